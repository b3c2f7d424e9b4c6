/** Requests that read: every door through which rows, counts, groups and history are seen. */
import { type Filtered, filterPairs, filterTree } from './filters.ts';
import { graphqlRequest } from './graphql-requests.ts';
import { payloadRequest } from './payload-requests.ts';
import type { Request } from './request.ts';
import { anyColumn, anyTable, key, operand, path, stepsFrom, tableNamed, type Vocabulary, walk } from './vocabulary.ts';
import type { Table } from './world.ts';

const get = (url: string): Request => ({ method: 'GET', url });

function fieldsOf(words: Vocabulary, table: Table): string {
  const { dice } = words;
  const one = (): string => {
    if (dice.chance(0.25)) return dice.pick(['*', '*.*', '*.*.*']);
    const { steps, end } = walk(words, table, 3);
    return [...steps.map(({ name }) => name), dice.chance(0.4) ? '*' : anyColumn(words, end)].join('.');
  };
  return Array.from({ length: 1 + dice.below(3) }, one).join(',');
}

function sortOf(words: Vocabulary, table: Table): string {
  const { dice } = words;
  const one = (): string => `${dice.chance(0.5) ? '-' : ''}${path(words, table, 2, true)}`;
  return Array.from({ length: 1 + dice.below(2) }, one).join(',');
}

/** Conditions, as of a list. */
function narrowing(words: Vocabulary, table: Table): string[] {
  const { dice } = words;
  const parts: string[] = [];
  const form: Filtered = dice.pick(['pairs', 'tree', 'none']);
  if (form === 'pairs') parts.push(...filterPairs(words, table));
  if (form === 'tree') parts.push(`filter=${encodeURIComponent(JSON.stringify(filterTree(words, table, 3)))}`);
  if (dice.chance(0.15)) parts.push(`q=${encodeURIComponent(dice.pick(['a', 'pie', 'tree', 'o', '1', 'ash']))}`);
  else if (dice.chance(0.1)) parts.push(`search=${encodeURIComponent(dice.pick(['pie', 'tree', 'apple pie', 'elm', 'code']))}`);
  if (dice.chance(0.25)) parts.push(`status=${dice.pick(['*', 'draft', 'gone', 'live,gone', 'odd'])}`);
  return parts;
}

function deepOf(words: Vocabulary, table: Table): string[] {
  const { world, dice } = words;
  const lists = stepsFrom(world, table);
  if (lists.length === 0) return [];
  const { name, to, many } = dice.pick(lists);
  const target = tableNamed(world, to);
  const given: Record<string, unknown> = dice.chance(0.6) ? { _filter: filterTree(words, target, 1) } : { _q: 'e' };
  if (many) Object.assign(given, { _limit: dice.below(4) - 1, _sort: sortOf(words, target) });
  return [`fields=id,${name}.*`, `deep=${encodeURIComponent(JSON.stringify({ [name]: given }))}`];
}

const metas = ['*', 'total_count', 'filter_count', 'result_count,status', 'page,filter_count', 'search,filter_count'];

function list(words: Vocabulary): Request {
  const { dice } = words;
  const table = anyTable(words);
  const parts = narrowing(words, table);
  parts.push(...(dice.chance(0.2) ? deepOf(words, table) : dice.chance(0.85) ? [`fields=${fieldsOf(words, table)}`] : []));
  if (dice.chance(0.5)) parts.push(`sort=${sortOf(words, table)}`);
  if (dice.chance(0.6)) parts.push(`meta=${dice.pick(metas)}`);
  if (dice.chance(0.5)) parts.push(`limit=${dice.below(6) - 1}`);
  if (dice.chance(0.2)) parts.push(dice.pick(['offset=1', 'page=2', 'single=1']));
  return get(`items/${table.name}?${parts.join('&')}`);
}

function paged(words: Vocabulary): Request {
  const { dice } = words;
  const table = anyTable(words);
  const sort = dice.chance(0.8) ? [`sort=${sortOf(words, table)}`] : [];
  const parts = [...narrowing(words, table), ...sort, `fields=${fieldsOf(words, table)}`, `limit=${1 + dice.below(2)}`, 'meta=*,cursor'];
  return { ...get(`items/${table.name}?${parts.join('&')}`), follow: 4 };
}

function item(words: Vocabulary): Request {
  const { dice } = words;
  const table = anyTable(words);
  const keys = dice.chance(0.3) ? `${key(words, table)},${key(words, table)}` : `${key(words, table)}`;
  const parts = dice.chance(0.2) ? deepOf(words, table) : [`fields=${fieldsOf(words, table)}`];
  if (dice.chance(0.2)) parts.push('meta=*');
  if (dice.chance(0.2)) parts.push('status=*');
  return get(`items/${table.name}/${keys}?${parts.join('&')}`);
}

function exported(words: Vocabulary): Request {
  const table = anyTable(words);
  const form = words.dice.pick(['csv', 'json', 'ndjson']);
  const parts = [...narrowing(words, table), `fields=${fieldsOf(words, table)}`, `sort=${sortOf(words, table)}`];
  return get(`items/${table.name}?${parts.join('&')}&export=${form}`);
}

/** Moments are grouped by parts of them too. */
function partOf({ world }: Vocabulary, from: Table, name: string): string {
  const names = name.split('.');
  const column = names.pop();
  const end = names.reduce<Table>((table, step) => {
    const to = stepsFrom(world, table).find((one) => one.name === step)?.to;
    return to === undefined ? table : tableNamed(world, to);
  }, from);
  const isMoment = end.plain.some((one) => one.name === column && one.kind === 'datetime');
  return isMoment ? `${['year', 'month', 'weekday', 'hour'][(from.rows.length + name.length) % 4]}(${name})` : name;
}

function grouped(words: Vocabulary): Request {
  const { dice } = words;
  const table = anyTable(words);
  const asked = Array.from({ length: 1 + dice.below(2) }, () => {
    const name = dice.pick(['count', 'countDistinct', 'min', 'max', 'sum', 'avg']);
    const numbers = table.plain.filter(({ kind }) => kind === 'integer' || kind === 'decimal').map((column) => column.name);
    const column = name === 'sum' || name === 'avg' ? dice.pick([...numbers, 'id']) : anyColumn(words, table);
    return [name, column] as const;
  });
  const by = Array.from({ length: dice.below(3) }, () => partOf(words, table, path(words, table, 2, true)));
  const parts = ['aggregate[count][]=*', ...asked.map(([name, column]) => `aggregate[${name}][]=${column}`)];
  parts.push(...by.map((name) => `groupBy[]=${name}`), ...narrowing(words, table));
  const orders = ['count', ...asked.map(([name, column]) => `${name}.${column}`), ...by];
  if (dice.chance(0.6)) parts.push(`sort=${dice.chance(0.5) ? '-' : ''}${dice.pick(orders)}`);
  if (dice.chance(0.4)) parts.push(`limit=${1 + dice.below(3)}`);
  if (dice.chance(0.3)) parts.push('meta=*');
  return get(`items/${table.name}?${parts.join('&')}`);
}

function history(words: Vocabulary): Request {
  const { dice } = words;
  const table = anyTable(words);
  const row = `items/${table.name}/${key(words, table)}/revisions`;
  const more = dice.pick([
    'meta=*',
    'fields=*.*',
    'sort=-id',
    'limit=3&meta=*',
    `fields=id,item,collection,data&filter[collection]=${table.name}`,
  ]);
  const door = dice.pick([
    row,
    row,
    `${row}/${dice.below(3)}`,
    'revisions',
    'activity',
    `revisions/${1 + dice.below(40)}`,
    `activity/${1 + dice.below(60)}`,
  ]);
  return get(`${door}?${more}`);
}

function historyAsked(words: Vocabulary): Request {
  const { dice } = words;
  const table = anyTable(words);
  const conditions = [
    `filter[item]=${key(words, table)}`,
    'filter[action]=comment',
    `filter[action_by]=${dice.pick([1, 3, 4])}`,
    'filter[user_agent][contains]=another',
    'filter[comment][contains]=something',
    `filter[data][contains]=${encodeURIComponent(operand(words, table, anyColumn(words, table)))}`,
    'filter[activity.user_agent][contains]=another',
    'q=another',
  ];
  const groups = 'aggregate[count]=*&groupBy=collection';
  const more = dice.pick(['meta=*', 'fields=*&sort=-item,id', 'fields=id&meta=filter_count', groups, 'export=csv&fields=id,item']);
  return get(`${dice.pick(['revisions', 'activity'])}?${dice.pick(conditions)}&${more}`);
}

/** Users by every surface: a condition as it stands in each of them. */
const askedOfUsers: readonly (readonly [directus: string, strapi: string, payload: string, graphql: string])[] = [
  ['meta=*', 'populate=*', 'depth=2', ''],
  ['sort=-last_name,-first_name', 'sort=last_name:desc,first_name', 'sort=-last_name,-first_name', '(sort: ["-last_name", "id"])'],
  [
    'filter[email][contains]=other',
    'filters[email][$contains]=other',
    'where[email][contains]=other',
    '(where: {email: {_contains: "other"}})',
  ],
  ['q=other', '_q=other', 'where[first_name][like]=other', '(where: {first_name: {_contains: "Other"}})'],
  [
    'filter[token][contains]=other',
    'filters[status][$ne]=active',
    'where[status][not_equals]=active',
    '(where: {status: {_neq: "active"}})',
  ],
  ['status=*&meta=status_count,total_count', 'filters[status]=deleted', 'where[_status][equals]=draft&trash=true', '(status: ["*"])'],
  ['fields=role.users.*&sort=id', 'filters[role][name][$contains]=Role', 'where[role.name][contains]=Role', ''],
];

function people(words: Vocabulary): Request {
  const { dice } = words;
  const id = 2 + dice.below(4);
  const door = dice.pick([
    'users',
    'users',
    `users/${id}`,
    'users/me',
    'strapi',
    'strapi one',
    'payload',
    'payload one',
    'graphql',
    'roles',
  ]);
  const [directus, strapi, payload, graphql] = dice.pick(askedOfUsers);
  switch (door) {
    case 'strapi':
      return get(`strapi/api/users?${strapi}`);
    case 'strapi one':
      return get(`strapi/api/users/${id}?populate=*`);
    case 'payload':
      return get(`payload/api/users?${payload}`);
    case 'payload one':
      return get(`payload/api/users/${id}?${payload}`);
    case 'graphql':
      return {
        method: 'POST',
        url: 'gql',
        body: { query: `{ directus_users${graphql} { data { id status first_name last_name email } } }` },
      };
    case 'roles':
      return get(`roles?fields=id,users.*&${directus}`);
    default:
      return get(`${door}?fields=*&${directus}`);
  }
}

function described(words: Vocabulary): Request {
  const { name } = anyTable(words);
  return get(words.dice.pick(['collections', `collections/${name}`, `fields/${name}`, 'permissions/me', `permissions/me/${name}`]));
}

const doors = [
  list,
  list,
  list,
  list,
  list,
  list,
  paged,
  paged,
  item,
  item,
  exported,
  grouped,
  grouped,
  grouped,
  history,
  historyAsked,
  people,
  graphqlRequest,
  graphqlRequest,
  graphqlRequest,
  payloadRequest,
  payloadRequest,
  payloadRequest,
];

/** One request that changes nothing. */
export function readRequest(words: Vocabulary): Request {
  return words.dice.chance(0.02) ? described(words) : words.dice.pick(doors)(words);
}
