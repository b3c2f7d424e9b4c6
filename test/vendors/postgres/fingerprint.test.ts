/** The fingerprint of a PostgreSQL schema, the speed of reading large ones, and databases nobody here designed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { shared } from '../../support/entry.ts';
import type { Tester } from '../../support/expect.ts';
import { loadSql } from '../../support/sql-text.ts';
import { missingExtensions, whyNot } from '../../support/vendors.ts';
import { columnOf, of, type Scratch, scratch, tableOf } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;
t.setTimeout(700_000);

t.test('the fingerprint follows the schema, not the rows', { skip: absent }, async (t) => {
  const s = await scratch(t, [
    "create type mood as enum ('a')",
    'create domain positive as int',
    'create table a (id int primary key, b int, m mood, p positive)',
  ]);
  const seen = new Set([await postgres.fingerprint(s.connection)]);
  const changes = [
    'alter table a add column c varchar(10)',
    'alter table a alter column c type varchar(11)',
    'alter table a alter column c set not null',
    "alter table a alter column c set default 'x'",
    "alter table a alter column c set default 'y'",
    'alter table a alter column c drop default',
    'alter table a rename column c to d',
    'alter table a drop column d',
    'alter table a add unique (b)',
    'create index i on a (m)',
    'drop index i',
    'create table d (id int, a int)',
    'alter table d add primary key (id)',
    'alter table d add constraint f foreign key (a) references a (id)',
    'alter table d drop constraint f',
    'create view v as select id from a',
    'create or replace view v as select id, b from a',
    'create or replace view v as select distinct id, b from a',
    "create function nothing() returns trigger language plpgsql as 'begin return new; end'",
    'create trigger t instead of insert on v for each row execute function nothing()',
    'create trigger u instead of update on v for each row execute function nothing()',
    'drop view v',
    'alter table d rename to e',
    'drop table e',
    "alter type mood add value 'b'",
    "alter type mood rename value 'b' to 'c'",
    'alter domain positive set not null',
    "comment on table a is 'x'",
    "comment on table a is 'y'",
    "comment on column a.b is 'z'",
    'comment on column a.b is null',
    'create materialized view k as select id from a',
    'alter type mood rename to spirits',
    'alter table a owner to pg_monitor',
    'create foreign data wrapper none',
    'create server nowhere foreign data wrapper none',
    'create foreign table far (id int) server nowhere',
  ];
  for (const text of changes) {
    await s.connection.execute(of(text));
    const print = await postgres.fingerprint(s.connection);
    // Taking away what was just added may lead back to where it was; and a server or a function is no table.
    if (/ drop |^drop|wrapper none$|^create function| null$/.test(text) && !/default|column d$/.test(text)) t.pass(text);
    else t.notOk(seen.has(print), text);
    seen.add(print);
  }
  const before = await postgres.fingerprint(s.connection);
  const harmless = [
    'insert into a (id, p) select n, 1 from generate_series(1, 2000) n',
    'analyze',
    'vacuum a',
    'vacuum (freeze) a',
    'vacuum (full) a',
    'refresh materialized view k',
    'truncate a',
    'create temporary table c ()',
  ];
  for (const text of harmless) {
    await s.connection.execute(of(text));
    t.equal(await postgres.fingerprint(s.connection), before, text);
  }
  await s.connection.execute(of('create schema other'));
  await s.connection.execute(of('create table other.a (id int)'));
  t.equal(await postgres.fingerprint(s.connection), before, 'a schema that is not served');
  t.not(await postgres.fingerprint(s.connection, ['public', 'other']), before);
});

/** Milliseconds of the work, printed. */
async function timed<T>(t: Test, what: string, work: () => Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now();
  const result = await work();
  const took = performance.now() - start;
  t.comment(`${what}: ${Math.round(took)} ms`);
  return [result, took];
}

/** Tables of at least three columns. Keys cost a file each: without them ten thousand are made in seconds. */
async function fill(s: Scratch, tables: number, columns: number, keys: boolean): Promise<void> {
  const list = Array.from({ length: columns - 3 }, (_, i) => `, c${i} varchar(100)`).join('');
  const [primary, foreign] = keys ? [' primary key', ' references t%s'] : ['', ''];
  const chunk = 500;
  for (let from = 0; from < tables; from += chunk) {
    const text = `do $$ begin for i in ${from}..${Math.min(from + chunk, tables) - 1} loop
      execute format('create table t%s (id int${primary}, parent int${foreign}, made timestamp${list})', i, greatest(i - 1, 0));
    end loop; end $$`;
    await s.connection.execute(of(text));
  }
}

for (const [tables, columns, keys] of [
  [500, 12, true],
  [4_000, 3, false],
] as const) {
  t.test(`${tables} tables of ${columns} columns`, { skip: absent }, async (t) => {
    const s = await scratch(t);
    await fill(s, tables, columns, keys);
    let statements = 0;
    s.connection.onStatement = () => {
      statements += 1;
    };
    const [found] = await timed(t, `introspection of ${tables} tables`, () => postgres.introspect(s.connection));
    t.ok(statements <= 7 + 4 * Math.ceil(tables / 500), 'for hundreds of tables at a time');
    t.equal(found.tables.length, tables);
    t.equal(
      found.tables.reduce((sum, table) => sum + table.foreignKeys.length, 0),
      keys ? tables : 0,
    );
    await timed(t, 'fingerprint', () => postgres.fingerprint(s.connection));
    await timed(t, 'fingerprint again', () => postgres.fingerprint(s.connection));
  });
}

interface Expected {
  readonly file: string;
  readonly tables: number;
  readonly views: number;
  readonly foreignKeys: number;
  readonly extensions?: readonly string[];
  readonly more?: (t: Tester, s: Scratch) => Promise<void>;
}

const datasets: readonly Expected[] = [
  {
    file: 'pagila',
    tables: 15,
    views: 10,
    // The three that six of the partitions of payment declare count once, as those of payment.
    foreignKeys: 22,
    async more(t, s) {
      const found = await postgres.introspect(s.connection);
      const film = tableOf(found, 'film');
      t.equal(columnOf(film, 'rating').values?.join(), 'G,PG,PG-13,R,NC-17');
      t.equal(columnOf(film, 'release_year').storage, 'integer', 'a domain');
      t.equal(columnOf(film, 'special_features').element, 'text');
      t.equal(columnOf(film, 'fulltext').storage, 'unknown');
      t.equal(columnOf(tableOf(found, 'staff'), 'picture').storage, 'binary');
      t.equal(tableOf(found, 'film_actor').primaryKey.join(), 'actor_id,film_id');
      t.equal(found.tables.filter((table) => table.materialized).length, 1);
      t.equal(found.tables.filter((table) => table.name.startsWith('payment')).length, 1, 'partitions are not served');
    },
  },
  { file: 'chinook', tables: 11, views: 0, foreignKeys: 11 },
  { file: 'northwind', tables: 14, views: 0, foreignKeys: 13 },
  {
    file: 'musicbrainz',
    tables: 371,
    views: 10,
    foreignKeys: 0,
    extensions: ['cube', 'unaccent'],
    async more(t, s) {
      const rows = await s.connection.texts(
        of("select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'"),
      );
      const all = await postgres.introspect(s.connection, [
        'public',
        ...rows
          .flat()
          .map(String)
          .filter((name) => name !== 'public'),
      ]);
      const tables = all.tables.filter((table) => table.kind === 'table');
      t.equal(tables.length, 371 + 117, 'all schemas');
      t.equal(
        all.tables.reduce((sum, table) => sum + table.foreignKeys.length, 0),
        880,
        'foreign keys',
      );
      t.equal(tables.filter((table) => table.primaryKey.length > 1).length, 95, 'composite keys');
      t.equal(tables.filter((table) => table.primaryKey.length === 0).length, 5, 'tables without a key, four partitions aside');
    },
  },
];

t.test('real databases', { skip: absent }, async (t) => {
  for (const expected of datasets) {
    const { file, tables, views } = expected;
    const path = [`${file}-postgres.sql.gz`, `${file}-postgres-schema.sql.gz`].map((one) => join(shared, 'datasets', one)).find(existsSync);
    if (path === undefined) {
      t.comment(`skipped: ${file} is not there to be loaded`);
      continue;
    }
    const missing = await missingExtensions(expected.extensions ?? []);
    if (missing.length > 0) {
      t.comment(`skipped: ${file} needs the extensions ${missing.join(', ')}, which this server lacks`);
      continue;
    }
    const s = await scratch(t);
    await loadSql(s.config, gunzipSync(readFileSync(path)).toString('utf8'));
    const [found] = await timed(t, `introspection of ${file}`, () => postgres.introspect(s.connection));
    await timed(t, `fingerprint of ${file}`, () => postgres.fingerprint(s.connection));
    t.equal(found.tables.filter((table) => table.kind === 'table').length, tables, `${file}: tables`);
    t.equal(found.tables.filter((table) => table.kind === 'view').length, views, `${file}: views`);
    const keys = found.tables.reduce((sum, table) => sum + table.foreignKeys.length, 0);
    if (expected.foreignKeys > 0) t.equal(keys, expected.foreignKeys, `${file}: foreign keys`);
    t.ok(
      found.tables.every((table) => table.columns.length > 0),
      `${file}: every table has columns`,
    );
    await expected.more?.(t, s);
  }
});
