/** Promise: counts are exact as long as they are cheap; then they are estimates that say so, and tell no more than the rows do. */
import { adminToken, tokens } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import { installSystem, type World } from '../support/garden.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { type Answer, ask, at, type Json } from '../support/http.ts';
import { insertText, schemaText, type TableDef } from '../support/schema-text.ts';
import { loadSql } from '../support/sql-text.ts';
import { createDatabase, type TestVendor } from '../support/vendors.ts';

const digits: TableDef = { name: 'digits', columns: [{ kind: 'integer', name: 'n' }], rows: Array.from({ length: 10 }, (_, i) => [i]) };

/** A hundred thousand rows; of ten one belongs to the writer, of four one is in each status. */
const leaves: TableDef = {
  name: 'leaves',
  columns: [
    { kind: 'serial', name: 'id' },
    { kind: 'integer', name: 'heads' },
    { kind: 'integer', name: 'owner' },
    { kind: 'string', name: 'state', length: 10 },
  ],
  rows: [],
};

const filling = `insert into leaves (heads, owner, state) select k % 1000, k % 10, case k % 4 when 0 then 'gone' when 1 then 'bud' else 'open' end
  from (select a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n as k from digits a, digits b, digits c, digits d, digits e) numbered order by k;`;

const analysing: Readonly<Record<TestVendor, string>> = { postgres: 'analyze leaves;', mysql: 'analyze table leaves;', sqlite: '' };

const mapping = { status_mapping: { open: { name: 'Open' }, bud: { name: 'Bud' }, gone: { name: 'Gone', soft_delete: true } } };

function metadata(vendor: TestVendor): string {
  const fields = ['collection', 'field', 'type', 'interface', 'options'];
  return [
    insertText(vendor, 'directus_fields', fields, [
      ['leaves', 'state', 'status', 'status', JSON.stringify(mapping)],
      ['leaves', 'owner', 'owner', 'owner', null],
    ]),
    insertText(vendor, 'directus_roles', ['id', 'name'], [[4, 'Writer']]),
    insertText(
      vendor,
      'directus_users',
      ['id', 'status', 'role', 'first_name', 'email', 'token'],
      [[3, 'active', 4, 'Wim', 'wim@garden.test', tokens.writer]],
    ),
    insertText(vendor, 'directus_permissions', ['role', 'collection', 'read'], [[4, 'leaves', 'mine']]),
  ].join('\n');
}

interface Leaves {
  readonly gateway: Gateway;
  get(query: string, token?: string): Promise<Answer>;
}

async function metaOf(t: Tester, garden: Leaves, query: string, token?: string): Promise<Json> {
  const answer = await garden.get(query, token);
  t.equal(answer.status, 200, `${query} (${told(answer)})`);
  return at(answer.json, 'meta');
}

function near(t: Tester, meta: Json, key: string, number: number): void {
  const value = Number(at(meta, key));
  t.ok(value > number * 0.7 && value < number * 1.3, `${key} is about ${number}: ${value}`);
}

async function exact(t: Tester, garden: Leaves): Promise<void> {
  const meta = await metaOf(t, garden, 'limit=5&filter[heads][lt]=500&meta=*');
  t.match(meta, { total_count: 75_000, filter_count: 37_500, page_count: 7500, status_count: { open: 50_000, bud: 25_000, gone: 25_000 } });
  t.notMatch(JSON.stringify(meta), 'estimated', 'nothing is estimated');
}

async function estimated(t: Tester, garden: Leaves): Promise<void> {
  const query = 'limit=5&filter[heads][lt]=500&meta=*';
  const meta = await metaOf(t, garden, query);
  const flags = ['total_count', 'status_count', 'filter_count', 'page_count'].map((key) => at(meta, `${key}_estimated`));
  t.strictSame(flags, [true, true, true, true], 'each says so');
  t.equal(at(meta, 'result_count'), 5);
  near(t, meta, 'total_count', 75_000);
  near(t, meta, 'filter_count', 37_500);
  near(t, at(meta, 'status_count'), 'open', 50_000);
  t.ok(at(meta, 'links', 'next'), 'there is a next page');
  const { statements } = garden.gateway;
  statements.length = 0;
  t.equal(at(await metaOf(t, garden, `${query}&fields=heads`), 'filter_count_estimated'), true);
  t.notOk(
    statements.some(({ text }) => text.includes('row_number()')),
    'counts that took too long are not tried again at once',
  );
  statements.length = 0;
  await metaOf(t, garden, 'limit=5&meta=result_count');
  t.notOk(
    statements.some(({ text }) => /leaves/.test(text) && /count\(\*\)|explain/.test(text)),
    'nothing is counted that was not asked for',
  );
}

/** Where the page ends, so do the rows. */
async function known(t: Tester, garden: Leaves): Promise<void> {
  const cases: readonly (readonly [string, number])[] = [
    ['filter[id][gt]=99990&limit=50&status=*', 10],
    ['filter[id][gt]=99990&limit=4&offset=8&status=*', 10],
    ['filter[id][gt]=99990&limit=-1&status=*', 10],
    ['filter[id]=-1&limit=5', 0],
  ];
  for (const [query, count] of cases) {
    const meta = await metaOf(t, garden, `${query}&meta=filter_count,total_count`);
    t.match(meta, { filter_count: count, total_count_estimated: true }, query);
    t.equal(at(meta, 'filter_count_estimated'), undefined, `${query}: exact`);
  }
  const beyond = await metaOf(t, garden, 'filter[heads][lt]=2&limit=5&offset=60000&meta=filter_count');
  t.equal(at(beyond, 'filter_count_estimated'), true, 'behind the last row nobody knows');
  const list = 'filter[id][gt]=99990&limit=6&status=*&meta=filter_count,total_count,cursor';
  const cursor = at(await metaOf(t, garden, list), 'cursor');
  const end = await metaOf(t, garden, `${list}&cursor=${cursor}`);
  t.strictSame([at(end, 'cursor'), at(end, 'filter_count_estimated')], [null, true], 'nor behind a cursor, how many rows were before it');
  const last = await metaOf(t, garden, 'filter[heads][gte]=0&limit=10&offset=74990&meta=page');
  t.ok(at(last, 'links', 'next'), 'a full page has a next one, whatever an estimate says');
}

/** The planner's numbers are about all rows; whoever may not read those gets numbers made of the others. */
async function restricted(t: Tester, garden: Leaves): Promise<void> {
  const { statements } = garden.gateway;
  statements.length = 0;
  const meta = await metaOf(t, garden, 'limit=5&filter[heads][lt]=500&meta=*', tokens.writer);
  t.strictSame([at(meta, 'total_count_estimated'), at(meta, 'filter_count_estimated')], [true, true]);
  near(t, meta, 'total_count', 10_000);
  near(t, meta, 'filter_count', 5000);
  t.strictSame(at(meta, 'status_count', 'gone'), 0, 'no row of a status that may not be read');
  const hidden = await metaOf(t, garden, 'limit=5&filter[heads]=4&meta=filter_count', tokens.writer);
  t.strictSame(hidden, { filter_count: 0 }, 'rows of others do not count');
  t.notOk(
    statements.some(({ text }) => /explain/.test(text)),
    'the planner is not asked',
  );
}

async function within(world: World, countMilliseconds: number, run: (garden: Leaves) => Promise<void>): Promise<void> {
  const gateway = await startGateway({ leaves: world.config }, { countMilliseconds });
  try {
    await run({
      gateway,
      get: (query, token = adminToken) => ask(gateway.url, `/leaves/items/leaves?${query}`, { token }),
    });
  } finally {
    await gateway.close();
  }
}

export const counts: Feature = {
  promise: 'counts are exact as long as they are cheap',
  async run(t, { vendor, ...world }) {
    const database = await createDatabase(vendor);
    const own: World = { ...world, vendor, config: database.config };
    try {
      await loadSql(database.config, `${schemaText(vendor, [digits, leaves], [])}\n${filling}\n${analysing[vendor]}`);
      await installSystem(database.config, adminToken);
      await loadSql(database.config, metadata(vendor));
      await t.test('in time', (t) => within(own, 12_000, (garden) => exact(t, garden)));
      await t.test('without a limit', (t) => within(own, 0, (garden) => exact(t, garden)));
      await t.test('out of time', (t) => within(own, 1, (garden) => estimated(t, garden)));
      await t.test('what a page tells by itself', (t) => within(own, 1, (garden) => known(t, garden)));
      await t.test('of rows that may be read', (t) => within(own, 1, (garden) => restricted(t, garden)));
    } finally {
      await database.drop();
    }
  },
};
