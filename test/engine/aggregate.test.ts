/** Groups and aggregates through the engine alone, on an embedded database: what SQLite's columns may hold beside what they declare. */
import t from 'tap';
import { compileRules } from '../../src/access/compile-rules.ts';
import type { Connection } from '../../src/dialect/types.ts';
import { aggregate } from '../../src/engine/aggregate.ts';
import { createSealer } from '../../src/lib/sealed-text.ts';
import { limitsOf } from '../../src/query/limits.ts';
import { buildSchema } from '../../src/schema/build.ts';
import type { Metadata } from '../../src/schema/types.ts';
import { parsePhpQuery } from '../../src/surfaces/directus/parse.ts';
import { parseAggregate } from '../../src/surfaces/directus/parse-aggregate.ts';
import { sqlite } from '../../src/vendors/sqlite/index.ts';
import { fieldRow } from '../schema/tables.ts';

interface Teardown {
  teardown(end: () => Promise<void>): void;
}

async function open(t: Teardown, ...statements: readonly string[]): Promise<Connection> {
  const connection = await sqlite.connect({ client: 'better-sqlite3', connection: { filename: ':memory:' } });
  t.teardown(() => connection.close());
  for (const text of statements) await connection.execute({ text, values: [] });
  return connection;
}

/** Texts of the groups that a Directus query gets, asked by the system itself. */
async function texts(
  connection: Connection,
  collection: string,
  query: string,
  more: { metadata?: Partial<Metadata>; pageRows?: number } = {},
): Promise<readonly string[]> {
  const metadata = { collections: [], fields: [], relations: [], ...more.metadata };
  const schema = buildSchema(await sqlite.introspect(connection), metadata, 1);
  const rules = compileRules({ permissions: [], roles: [], settings: [] }, 1);
  const { request } = parseAggregate(collection, parsePhpQuery(query), 100);
  const limits = limitsOf({ pageRows: more.pageRows });
  const sealer = createSealer('secret', 'test');
  return (await aggregate({ actor: { is: 'system', reason: 'test' }, schema, rules, connection, limits, sealer }, request)).texts;
}

t.test('sums of what is not of the declared type', async (t) => {
  const connection = await open(
    t,
    'create table odd (id integer primary key, whole integer, price decimal(8,2), factor double)',
    "insert into odd values (1, 1.5, 0.125, 9e999), (2, 'two', 1, 1), (3, 9223372036854775807, 'x', null), (4, x'00', 2.5, 2), (5, 1, null, 1e300)",
  );
  t.same(await texts(connection, 'odd', 'aggregate[sum]=whole,price'), ['{"sum":{"whole":9223372036854775809.5,"price":3.625}}']);
  t.same(await texts(connection, 'odd', 'aggregate[sum]=factor&aggregate[avg]=factor'), [
    '{"sum":{"factor":"NaN"},"avg":{"factor":"NaN"}}',
  ]);
  t.same(await texts(connection, 'odd', 'aggregate[sum]=factor,price&filter[id]=5'), ['{"sum":{"factor":1e+300,"price":null}}']);
  // NaN is the highest, NULL the last.
  t.same(await texts(connection, 'odd', 'aggregate[sum]=factor&groupBy=id&sort=-sum.factor'), [
    '{"id":1,"sum":{"factor":"NaN"}}',
    '{"id":5,"sum":{"factor":1e+300}}',
    '{"id":4,"sum":{"factor":2}}',
    '{"id":2,"sum":{"factor":1}}',
    '{"id":3,"sum":{"factor":null}}',
  ]);
  t.same(await texts(connection, 'odd', 'aggregate[avg]=factor&groupBy=id&sort=-avg.factor&limit=2'), [
    '{"id":1,"avg":{"factor":"NaN"}}',
    '{"id":5,"avg":{"factor":1e+300}}',
  ]);
});

t.test('texts are told apart whatever the collation of their column', async (t) => {
  const connection = await open(
    t,
    'create table words (word text collate nocase, other varchar(9) collate rtrim, blank)',
    "insert into words values ('b', 'x', 1), ('B', 'x ', '1'), ('a', 'x', x'31')",
  );
  t.same(await texts(connection, 'words', 'groupBy=word'), ['{"word":"B"}', '{"word":"a"}', '{"word":"b"}']);
  t.same(await texts(connection, 'words', 'aggregate[countDistinct]=word,other,blank&aggregate[min]=word'), [
    '{"countDistinct":{"word":3,"other":2,"blank":3},"min":{"word":"B"}}',
  ]);
});

t.test('truth is one value in whatever form it is stored', async (t) => {
  const connection = await open(
    t,
    'create table votes (done boolean, counted integer)',
    "insert into votes values (1, 1), ('true', 7), ('no', 0), (0, 0), (null, null)",
  );
  const metadata = { fields: [fieldRow('votes', 'counted', 'boolean')] };
  const done = ['{"done":false,"count":2}', '{"done":true,"count":2}', '{"done":null,"count":1}'];
  t.same(await texts(connection, 'votes', 'groupBy=done&aggregate[count]=*', { metadata }), done);
  const counted = done.map((text) => text.replace('done', 'counted'));
  t.same(await texts(connection, 'votes', 'groupBy=counted&aggregate[count]=*', { metadata }), counted);
});

t.test('parts of dates only of what is one', async (t) => {
  const connection = await open(
    t,
    'create table logs (at datetime)',
    "insert into logs values ('2024-12-31 23:59:59.9999999'), ('2024-12-31T23:59:59Z'), (1735689599), ('soon'), ('2024-12-31')",
  );
  t.same(await texts(connection, 'logs', 'groupBy=year(at),month(at),day(at),hour(at)&aggregate[count]=*'), [
    '{"at_year":2024,"at_month":12,"at_day":31,"at_hour":0,"count":1}',
    '{"at_year":2024,"at_month":12,"at_day":31,"at_hour":23,"count":2}',
    '{"at_year":null,"at_month":null,"at_day":null,"at_hour":null,"count":2}',
  ]);
});

t.test('more groups than an answer may hold', async (t) => {
  const connection = await open(t, 'create table many (n integer)', 'insert into many values (1), (2), (3), (3)');
  t.equal((await texts(connection, 'many', 'groupBy=n&limit=-1', { pageRows: 3 })).length, 3);
  await t.rejects(texts(connection, 'many', 'groupBy=n&limit=-1', { pageRows: 2 }), { message: /pageRows/ });
});
