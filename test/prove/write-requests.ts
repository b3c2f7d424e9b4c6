/** Requests that write: what they answer tells no more than reading does. */
import type { Cell } from '../support/schema-text.ts';
import { filterTree } from './filters.ts';
import { keyColumns, keyOf, keyText } from './keys.ts';
import type { Request } from './request.ts';
import { anyTable, key, keyCells, stepsFrom, tableNamed, type Vocabulary } from './vocabulary.ts';
import { ghosts, someValue, type Table } from './world.ts';

type Item = Record<string, unknown>;

/** The status and the owner are given to new rows only: else a change would open what was hidden, which it may. */
function values(words: Vocabulary, table: Table, depth: number, fresh: boolean): Item {
  const { world, dice } = words;
  const item: Item = {};
  for (const column of dice.some(table.plain, 0.4)) item[column.name] = someValue(column, dice);
  // Nobody but the request makes these keys.
  if (fresh && table.keyed === 'uuid' && dice.chance(0.8)) item['id'] = keyOf('uuid', 5000 + dice.below(1000));
  if (fresh && table.status && dice.chance(0.7)) item['state'] = dice.pick(['draft', 'live', 'gone']);
  if (fresh && table.owner && dice.chance(0.3)) item['owner'] = dice.pick([3, 4, null]);
  if (dice.chance(0.15)) item['code'] = `code-${table.name}-${dice.pick([1, 2, 3, 77, 78])}`;
  for (const { name, to, many } of dice.some(stepsFrom(world, table), depth > 0 ? 0.35 : 0.15)) {
    const target = tableNamed(world, to);
    if (depth === 0) {
      if (!many) item[name] = key(words, target, !table.declared);
    } else item[name] = many ? [nested(words, target, depth - 1), nested(words, target, depth - 1)] : nested(words, target, depth - 1);
  }
  return item;
}

/** A row behind a relation: made, changed, named or deleted. */
function nested(words: Vocabulary, table: Table, depth: number): Item | Cell {
  const { dice } = words;
  const own = keyCells(words, table, false);
  const form = dice.below(6);
  if (form === 0) return Object.values(own)[0] ?? null;
  if (form === 1) return own;
  if (form === 2) return { ...own, $delete: true };
  return form < 5 ? { ...own, ...values(words, table, depth, false) } : values(words, table, depth, true);
}

/** Where a row that a filter or a key names may be missing, and is found by nobody. */
function answerOf({ dice }: Vocabulary, more: readonly string[] = []): string {
  const fields = dice.pick(['fields=*', 'fields=*.*', 'fields=id', 'fields=*.*.*&meta=*']);
  return [fields, ...more, ...(dice.chance(0.6) ? ['comment=why'] : [])].join('&');
}

function create(words: Vocabulary): Request {
  const { dice } = words;
  const table = anyTable(words);
  const one = (): Item => {
    const item = values(words, table, 2, true);
    return dice.chance(0.15) ? { ...keyCells(words, table, false), ...item } : item;
  };
  return { method: 'POST', url: `items/${table.name}?${answerOf(words)}`, body: dice.chance(0.3) ? [one(), one()] : one() };
}

function update(words: Vocabulary): Request {
  const { dice } = words;
  const table = anyTable(words);
  if (dice.chance(0.2)) {
    const items = [keyCells(words, table), keyCells(words, table)].map((own) => ({ ...own, ...values(words, table, 0, false) }));
    return { method: 'PATCH', url: `items/${table.name}?${answerOf(words)}`, body: items };
  }
  const keys = dice.chance(0.2) ? `${key(words, table)},${key(words, table)}` : `${key(words, table)}`;
  return { method: 'PATCH', url: `items/${table.name}/${keys}?${answerOf(words)}`, body: values(words, table, 2, false) };
}

function remove(words: Vocabulary): Request {
  const table = anyTable(words);
  const keys = words.dice.chance(0.2) ? `${key(words, table)},${key(words, table)}` : `${key(words, table)}`;
  return { method: 'DELETE', url: `items/${table.name}/${keys}?${answerOf(words)}` };
}

function upsert(words: Vocabulary): Request {
  const { dice } = words;
  const table = anyTable(words);
  const by = dice.pick(['code', 'code', 'key']);
  // Who may make none does not hear that a row is there which he may not read, not even by its unique value.
  const mayCreate = words.world.rights.some((right) => right.collection === table.name && right.create !== 'none');
  const numbers = mayCreate ? [1, 2, 3, 4, 5, 77] : [1, 2, 77, ...ghosts];
  const one = (): Item => ({
    ...values(words, table, 1, false),
    ...(by === 'key' ? keyCells(words, table, !mayCreate) : { code: `code-${table.name}-${dice.pick(numbers)}` }),
  });
  return {
    method: 'POST',
    url: `items/${table.name}?upsert=${by === 'key' ? keyColumns(table).join(',') : by}&${answerOf(words)}`,
    body: dice.chance(0.3) ? [one(), one()] : one(),
  };
}

function matching(words: Vocabulary): Request {
  const { dice } = words;
  const table = anyTable(words);
  const filter = encodeURIComponent(JSON.stringify(filterTree(words, table, 2)));
  const status = dice.chance(0.3) ? '&status=*' : '';
  const url = `items/${table.name}?filter=${filter}&limit=${dice.pick([1, 3, 50])}${status}&comment=why`;
  return dice.chance(0.15) ? { method: 'DELETE', url } : { method: 'PATCH', url, body: values(words, table, 0, false) };
}

function batch(words: Vocabulary): Request {
  const { dice } = words;
  const one = (): Item => {
    const table = anyTable(words);
    const collection = table.name;
    const method = dice.pick(['create', 'update', 'update', 'delete', 'upsert', 'where']);
    const fields = dice.pick(['*', '*.*']);
    if (method === 'create') return { method, collection, item: values(words, table, 1, true), fields };
    if (method === 'delete') return { method, collection, key: key(words, table) };
    const item = values(words, table, 0, false);
    if (method === 'where') return { method: 'update', collection, filter: filterTree(words, table, 1), limit: 5, item };
    if (method === 'update') return { method, collection, key: key(words, table), item, fields, as: `a${dice.below(1000)}` };
    return { method, collection, by: ['code'], item: { ...item, code: `code-${collection}-${dice.pick([1, 2, 77])}` }, fields };
  };
  return { method: 'POST', url: 'batch?comment=why', body: { operations: Array.from({ length: 1 + dice.below(3) }, one) } };
}

function commented(words: Vocabulary): Request {
  const { dice } = words;
  const table = anyTable(words);
  const url = `activity/comment/${1 + dice.below(60)}?fields=*&comment=why`;
  if (dice.chance(0.3)) return { method: 'PATCH', url, body: { comment: 'changed' } };
  if (dice.chance(0.2)) return { method: 'DELETE', url };
  const body = { collection: table.name, item: String(key(words, table)), comment: 'seen' };
  return { method: 'POST', url: 'activity/comment?fields=*&comment=why', body };
}

function revert(words: Vocabulary): Request {
  const { world, dice } = words;
  const table = anyTable(words);
  const id = key(words, table);
  // Two revisions for each row, table after table; mostly one of this very row.
  const before = world.tables.slice(0, world.tables.indexOf(table)).reduce((count, { rows }) => count + rows.length, 0);
  const at = Math.max(
    0,
    table.rows.findIndex((row) => keyText(table, row) === String(id)),
  );
  const revision = dice.chance(0.8) ? 2 * (before + at) + 1 + dice.below(2) : 1 + dice.below(60);
  return { method: 'PATCH', url: `items/${table.name}/${id}/revert/${revision}?${answerOf(words)}`, body: {} };
}

const doors = [create, create, update, update, update, remove, upsert, upsert, matching, matching, batch, batch, commented, revert];

/** One request that may change something. */
export function writeRequest(words: Vocabulary): Request {
  const { dice } = words;
  const request = dice.pick(doors)(words);
  if (request.url.startsWith('activity') || !dice.chance(0.2)) return request;
  return { ...request, replay: true, headers: { 'idempotency-key': `key-${dice.below(1_000_000)}` } };
}
