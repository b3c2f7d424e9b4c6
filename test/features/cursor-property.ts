/**
 * Promise: whatever is inserted and deleted between two pages, a reader who follows cursors meets every row that was there throughout
 * exactly once, in order (issue 3). Random rows full of ties and NULLs, random orders of mixed directions, both rules for NULLs.
 */
import fc from 'fast-check';
import type { Connection } from '../../src/dialect/types.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import { installSystem, type World } from '../support/garden.ts';
import { type Gateway, project, startGateway } from '../support/gateway.ts';
import { ask, at, type Json, rows } from '../support/http.ts';
import { loadSql } from '../support/sql-text.ts';
import { type TestVendor, withDatabase } from '../support/vendors.ts';

const runs = Number(process.env['PROPERTY_RUNS'] ?? 36);
const token = 'token-of-the-follower';

interface Column {
  readonly name: string;
  readonly types: Readonly<Record<TestVendor, string>>;
  readonly required?: true;
  readonly indexed?: true;
  readonly values: readonly string[];
}

const alike = (type: string): Column['types'] => ({ sqlite: type, postgres: type, mysql: type });
const text = (value: string): string => `'${value}'`;

/** Few values each, so that rows tie; some that differ in case, accents, blanks or the last digit alone. */
const columns: readonly Column[] = [
  { name: 'n', types: alike('integer'), required: true, indexed: true, values: ['1', '2', '3'] },
  { name: 'm', types: alike('integer'), indexed: true, values: ['-1', '0', '7'] },
  {
    name: 't',
    types: alike('varchar(20)'),
    indexed: true,
    values: ['', ' ', 'a', 'A', 'á', 'a ', 'b', 'ab', '😀', 'ﬁ', '1', '01'].map(text),
  },
  { name: 'c', types: alike('char(3)'), values: ['x', 'X', 'xy', 'xyz'].map(text) },
  {
    name: 'd',
    types: alike('decimal(30,10)'),
    values: ['1.5', '1.5000000001', '-2', '12345678901234567.0000000001', '12345678901234567.0000000002'],
  },
  { name: 'big', types: alike('bigint'), values: ['9007199254740992', '9007199254740993', '-9223372036854775808', '9223372036854775807'] },
  {
    name: 'r',
    types: { sqlite: 'double', postgres: 'double precision', mysql: 'double' },
    values: ['0.1', '0.30000000000000004', '0.3', '-1e300', '12345678.9'],
  },
  { name: 's', types: { sqlite: 'float', postgres: 'real', mysql: 'float' }, values: ['0.1', '0.2', '16777217', '-3.5'] },
  {
    name: 'stamp',
    types: { sqlite: 'datetime', postgres: 'timestamp', mysql: 'datetime(6)' },
    values: ['2024-01-01 00:00:00.000001', '2024-01-01 00:00:00.000002', '1969-12-31 23:59:59.999999'].map(text),
  },
  { name: 'day', types: alike('date'), indexed: true, values: ['2024-02-29', '1000-01-01'].map(text) },
  {
    name: 'kind',
    types: { sqlite: 'varchar(5)', postgres: 'kind_of_thing', mysql: "enum('z','a','m')" },
    values: ['z', 'a', 'm'].map(text),
  },
  {
    name: 'raw',
    types: { sqlite: 'blob', postgres: 'bytea', mysql: 'varbinary(8)' },
    values: ["x''", "x'00'", "x'00ff'", "x'ff'", "x'61'"],
  },
  { name: 'flag', types: alike('boolean'), values: ['true', 'false'] },
  { name: 'maker', types: alike('integer'), values: ['1', '2', '3', '4'] },
];

const sortable: readonly string[] = [
  ...columns.map(({ name }) => name).filter((name) => name !== 'maker'),
  'maker.name',
  'maker.home.name',
];

function tables(vendor: TestVendor): string {
  const shown = columns.map(({ name, types, required }) => `${name} ${types[vendor]}${required ? ' not null' : ''}`);
  const indexes = columns.filter(({ indexed }) => indexed).map(({ name }) => `create index things_${name} on things (${name});`);
  const types = vendor === 'postgres' ? "create type kind_of_thing as enum ('z', 'a', 'm');" : '';
  return `${types}
    create table homes (id integer primary key, name varchar(10));
    insert into homes values (1, 'far'), (2, null), (3, 'near');
    create table makers (id integer primary key, name varchar(10), home integer, foreign key (home) references homes (id));
    insert into makers values (1, 'Ann', 1), (2, null, 2), (3, 'Bea', null), (4, 'Ann', 3);
    create table things (id integer primary key, ${shown.join(', ')}, foreign key (maker) references makers (id));
    ${indexes.join('\n')}`;
}

type Row = readonly string[];

/** What happens between two pages; `remove` counts through the rows there are. */
interface Step {
  readonly insert: readonly Row[];
  readonly remove: readonly number[];
}

interface Story {
  readonly start: readonly Row[];
  readonly order: string;
  readonly limit: number;
  /** The pages are those of GraphQL from the end. */
  readonly backward: boolean;
  readonly steps: readonly Step[];
}

const cell = ({ values, required }: Column): fc.Arbitrary<string> =>
  required
    ? fc.constantFrom(...values)
    : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: fc.constant('null') });
const row: fc.Arbitrary<Row> = fc.tuple(...columns.map(cell));
const order = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...sortable), fc.boolean()), { minLength: 0, maxLength: 3, selector: ([name]) => name })
  .map((terms) => terms.map(([name, descending]) => `${descending ? '-' : ''}${name}`).join(','));
const step: fc.Arbitrary<Step> = fc.record({
  insert: fc.array(row, { maxLength: 3 }),
  remove: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
});
const story: fc.Arbitrary<Story> = fc.record({
  start: fc.array(row, { minLength: 1, maxLength: 30 }),
  order,
  limit: fc.integer({ min: 1, max: 7 }),
  backward: fc.constantFrom(false, false, true),
  steps: fc.array(step, { maxLength: 8 }),
});

interface Stage {
  readonly gateway: Gateway;
  readonly database: Connection;
}

/** Rows get random-looking ids, so that new ones come between the others. */
const idOf = (count: number): number => ((count * 37) % 1009) + 1;

async function insert({ database }: Stage, list: readonly Row[], from: number): Promise<number[]> {
  if (list.length === 0) return [];
  const ids = list.map((_, i) => idOf(from + i));
  const bytes = (literal: string): string => (database.vendor === 'pg' ? literal.replace(/^x'/, "'\\x") : literal);
  const values = list.map((cells, i) => `(${ids[i]}, ${cells.map(bytes).join(', ')})`);
  await database.execute({
    text: `insert into things (id, ${columns.map(({ name }) => name).join(', ')}) values ${values.join(', ')}`,
    values: [],
  });
  return ids;
}

async function get({ gateway }: Stage, query: string): Promise<Found> {
  const answer = await ask(gateway.url, `/${project}/items/things?fields=id&${query}`, { token });
  if (answer.status !== 200) throw new Error(`${query}: ${told(answer)}`);
  return { ids: rows(answer).map(({ id }) => Number(id)), cursor: at(answer.json, 'meta', 'cursor') ?? null };
}

interface Found {
  readonly ids: number[];
  readonly cursor: Json;
}

/** The page before a cursor, or the last one, and the cursor of the page before it. */
async function getBackward({ gateway }: Stage, sort: string, limit: number, before: Json): Promise<Found> {
  const query =
    'query ($last: Int, $before: String, $sort: [String!]) { things_connection(last: $last, before: $before, sort: $sort) { edges { cursor node { id } } pageInfo { hasPreviousPage hasNextPage startCursor } } }';
  const variables = { last: limit, before, sort: sort === '' ? null : sort.split(',') };
  const answer = await ask(gateway.url, `/${project}/gql`, {
    token,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const edges = at(answer.json, 'data', 'things_connection', 'edges');
  const page = at(answer.json, 'data', 'things_connection', 'pageInfo');
  if (!Array.isArray(edges)) throw new Error(`${sort}: ${told(answer)}`);
  if (at(page, 'hasNextPage') !== (before !== null)) throw new Error(`hasNextPage is wrong: ${told(answer)}`);
  if (at(page, 'startCursor') !== (at(edges[0], 'cursor') ?? null)) throw new Error(`startCursor is wrong: ${told(answer)}`);
  return {
    ids: edges.map((edge) => Number(at(edge, 'node', 'id'))),
    cursor: at(page, 'hasPreviousPage') === true ? (at(page, 'startCursor') ?? null) : null,
  };
}

async function play(stage: Stage, { start, order: sort, limit, backward, steps }: Story): Promise<void> {
  await stage.database.execute({ text: 'delete from things', values: [] });
  const alive = await insert(stage, start, 0);
  const throughout = new Set(alive);
  let made = start.length;
  const met: number[] = [];
  let cursor: Json = null;
  for (let page = 0; ; page += 1) {
    if (page > 200) throw new Error('the pages do not end');
    const found: Found = backward
      ? await getBackward(stage, sort, limit, cursor)
      : await get(stage, `sort=${sort}&limit=${limit}&meta=cursor${cursor === null ? '' : `&cursor=${cursor}`}`);
    if (found.ids.length > limit) throw new Error(`${found.ids.length} rows on a page of ${limit}`);
    met.splice(backward ? 0 : met.length, 0, ...found.ids);
    cursor = found.cursor;
    if (cursor === null) break;
    const { insert: added, remove } = steps[page] ?? { insert: [], remove: [] };
    alive.push(...(await insert(stage, added, made)));
    made += added.length;
    for (const nth of remove) {
      const id = alive[nth % alive.length];
      if (id === undefined) continue;
      throughout.delete(id);
      await stage.database.execute({ text: `delete from things where id = ${id}`, values: [] });
    }
  }
  if (new Set(met).size !== met.length) throw new Error(`a row came twice: ${met.join()}`);
  const expected = (await get(stage, `sort=${sort}&limit=-1`)).ids.filter((id) => throughout.has(id));
  const seen = met.filter((id) => throughout.has(id));
  if (seen.join() !== expected.join()) throw new Error(`sort=${sort}: met ${seen.join()}, expected ${expected.join()}`);
}

/** The setting `sort_null_last`, and who orders texts. */
const rules = [
  ['1', 'portable'],
  ['0', 'portable'],
  ['1', 'native'],
] as const;

async function property(t: Tester, { vendor }: World): Promise<void> {
  await withDatabase(vendor, async (config) => {
    await loadSql(config, tables(vendor));
    await installSystem(config, token);
    const database = await vendorOf(config.client).connect(config);
    try {
      for (const [nullsLast, textOrder] of rules) {
        await loadSql(
          config,
          `update directus_settings set value = '${nullsLast}' where ${vendor === 'mysql' ? '`key`' : '"key"'} = 'sort_null_last'`,
        );
        const gateway = await startGateway({ [project]: { ...config, textOrder } });
        try {
          const result = await fc.check(
            fc.asyncProperty(story, (one) => play({ gateway, database }, one)),
            { numRuns: runs },
          );
          t.notOk(
            result.failed,
            result.failed ? String(fc.defaultReportMessage(result)) : `${runs} stories, sort_null_last=${nullsLast}, ${textOrder}`,
          );
        } finally {
          await gateway.close();
        }
      }
    } finally {
      await database.close();
    }
  });
}

export const cursorProperty: Feature = {
  promise: 'following cursors meets every row that stays exactly once, in order',
  run: property,
};
