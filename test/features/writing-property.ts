/**
 * Promise: whatever is written through whichever relations, the database holds what the payload says, and the history tells it: random
 * writes over four tables, beside a model that writes row by row.
 */
import fc from 'fast-check';
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import { type Answer, at } from '../support/http.ts';
import { type Entry, historySince, lastActivity, type WritingWorld, withWriting } from '../support/writing.ts';
import {
  columnsOf,
  copyOf,
  Refused,
  type Row,
  remove,
  save,
  type Web,
  type WebRequest,
  webRequests,
  webTables,
} from '../support/written-web.ts';

const runs = Number(process.env['PROPERTY_RUNS'] ?? 40);

/** Rows 1 to 5 of each table. */
function start(): Web {
  const tables = webTables.map((table) => {
    const rows = [1, 2, 3, 4, 5].map((id): [number, Row] => {
      const row = Object.fromEntries(columnsOf(table).map((column): [string, string | number] => [column, (id % 3) + 1]));
      for (const column of ['name', 'words']) if (Object.hasOwn(row, column)) row[column] = `${column} ${id}`;
      return [id, { ...row, id }];
    });
    return [table, new Map(rows)] as const;
  });
  return { tables: Object.fromEntries(tables), told: [] };
}

async function reset(world: WritingWorld, web: Web): Promise<void> {
  await world.knex.transaction(async (trx) => {
    for (const table of webTables) {
      await trx(table).delete();
      await trx(table).insert([...(web.tables[table]?.values() ?? [])]);
    }
  });
}

function send(world: WritingWorld, { method, table, items, form }: WebRequest): Promise<Answer> {
  const [first] = items;
  const keys = items.map((item) => String(item['id'])).join(',');
  if (method === 'DELETE') return world.send('DELETE', `${table}/${keys}`);
  if (form === 'list') return world.send(method, table, items);
  if (method === 'POST') return world.send('POST', table, first);
  return world.send('PATCH', `${table}/${form === 'keys' ? keys : String(first?.['id'])}`, first);
}

/** What should be there then; undefined where it is to be refused. */
function expected(before: Web, { method, table, items, form }: WebRequest): Web | undefined {
  const web = copyOf(before);
  const [first] = items;
  try {
    for (const item of form === 'one' && method !== 'DELETE' ? items.slice(0, 1) : items) {
      if (method === 'DELETE') {
        if (!remove(web, table, Number(item['id']))) throw new Refused();
      } else if (method === 'POST') {
        if (form === 'list' || item === first) save(web, table, item, 'create');
      } else save(web, table, form === 'keys' && first ? { ...first, id: item['id'] ?? null } : item, 'update');
    }
    return web;
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

async function found(world: WritingWorld): Promise<Record<string, Row[]>> {
  const tables: [string, Row[]][] = [];
  for (const table of webTables) {
    const rows: Row[] = await world.knex(table).select(columnsOf(table)).orderBy('id');
    tables.push([table, rows.map((row) => ({ ...row }))]);
  }
  return Object.fromEntries(tables);
}

function plain(web: Web): Record<string, Row[]> {
  return Object.fromEntries(
    webTables.map((table) => {
      const rows = [...(web.tables[table]?.values() ?? [])].sort((a, b) => Number(a['id']) - Number(b['id']));
      return [table, rows.map((row) => Object.fromEntries(columnsOf(table).map((column) => [column, row[column] ?? null])))];
    }),
  );
}

function outlines(entries: readonly Entry[]): string[] {
  return entries.map(({ action, collection, item, revision }) => {
    const parent = revision?.parent;
    return `${action} ${collection} ${item}${parent ? ` of ${parent[0]} ${parent[1] ?? 'new'}` : ''}`;
  });
}

const ordered = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

function same(what: string, got: unknown, wanted: unknown): void {
  const [one, other] = [ordered(got), ordered(wanted)];
  if (one !== other) throw new Error(`${what}:\n  is     ${one}\n  should ${other}`);
}

/** The last revision of a row holds what the row holds. */
function lastRevisions(entries: readonly Entry[], web: Web): void {
  const last = new Map(entries.map((entry) => [`${entry.collection} ${entry.item}`, entry]));
  for (const { action, collection, item, revision } of last.values()) {
    const row = web.tables[collection]?.get(Number(item));
    if (action === 'delete' || !row) continue;
    for (const column of columnsOf(collection))
      same(`revision of ${collection} ${item}: ${column}`, at(revision?.data, column), row[column] ?? null);
  }
}

async function holds(world: WritingWorld, request: WebRequest): Promise<'done' | 'refused'> {
  const before = start();
  await reset(world, before);
  const since = await lastActivity(world);
  const answer = await send(world, request);
  const wanted = expected(before, request);
  if (answer.status >= 500) throw new Error(`a fault of the server: ${told(answer)}`);
  same(`answered ${told(answer)}; refused`, answer.status >= 400, wanted === undefined);
  same('tables', await found(world), plain(wanted ?? before));
  const entries = await historySince(world, since);
  same('history', outlines(entries).sort(), [...(wanted?.told ?? [])].sort());
  lastRevisions(entries, wanted ?? before);
  return wanted ? 'done' : 'refused';
}

async function randomWrites(t: Tester, world: WritingWorld): Promise<void> {
  let done = 0;
  let rows = 0;
  const property = fc.asyncProperty(webRequests, async (request) => {
    if ((await holds(world, request)) === 'done') done += 1;
    rows += JSON.stringify(request).split('"id"').length;
  });
  const result = await fc.check(property, { numRuns: runs });
  t.comment(`${runs} random writes, seed ${result.seed}: ${done} were done, of ${rows} rows in all`);
  t.notOk(result.failed, result.failed ? String(fc.defaultReportMessage(result)) : `${runs} writes, ${done} of them done`);
  // By chance it may be few; none of any kind would prove nothing.
  t.ok(done > runs / 10, `${done} of ${runs} were done`);
}

export const writingProperty: Feature = {
  promise: 'nested writes do what the payload says, and the history tells it',
  run: (t, { vendor }) => withWriting(vendor, (world) => randomWrites(t, world)),
};
