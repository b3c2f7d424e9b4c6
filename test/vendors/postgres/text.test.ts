/** Texts on PostgreSQL, whatever the collations of database and columns: equal, ordered and found alike, by an index where there can be one. */
import t, { type Test } from 'tap';
import type { Connection, DatabaseConfig } from '../../../src/dialect/types.ts';
import { name, print, sql } from '../../../src/lib/fragment.ts';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { createDatabase, missingExtensions, whyNot } from '../../support/vendors.ts';
import { asked } from '../asked.ts';
import { compareAlike, words } from '../words.ts';
import { of } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;
const missing = absent ? [] : await missingExtensions(['citext', 'pg_trgm']);

const columns = ['own', 'c', 'icu', 'loose', 'ci', 'padded', 'short'];

/** Where each connection leads. */
const configs = new WeakMap<Connection, DatabaseConfig>();

async function database(t: Test, options: string, statements: readonly string[]): Promise<Connection> {
  const { config, drop } = await createDatabase('postgres', options);
  t.teardown(drop);
  const connection = await postgres.connect(config);
  configs.set(connection, config);
  t.teardown(() => connection.close());
  for (const text of statements) await connection.execute(of(text));
  return connection;
}

const list = words.map((word, i) => `(${i}, '${word}')`).join();
const statements = [
  ...(missing.includes('citext') ? [] : ['create extension citext']),
  "create collation loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)",
  'create domain short as varchar(30) collate "POSIX"',
  `create table words (id int primary key, own text, c text collate "C", icu varchar(50) collate "und-x-icu", loose text collate loose,
    ci ${missing.includes('citext') ? 'text' : 'citext'}, padded char(20), short short)`,
  `insert into words select n, w, w, w, w, w, w, w from (values ${list}) v(n, w)`,
];

const utf8 = "template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'";

t.test('texts in a database that knows the cases of A to Z only', { skip: absent }, async (t) => {
  const on = await asked(postgres, await database(t, utf8, statements), 'words');
  t.match(on.field('own').column.collation, { exact: true, byCodePoint: true, lower: 'ascii' });
  t.match(on.field('short').column.collation, { exact: true, byCodePoint: true, lower: 'ascii' });
  t.match(on.field('icu').column.collation, { name: 'pg_catalog."und-x-icu"', exact: true, byCodePoint: false, lower: 'full' });
  t.match(on.field('loose').column.collation, { name: 'public.loose', exact: false, byCodePoint: false });
  t.equal(on.field('id').column.collation, undefined);
  await compareAlike(t, on, columns);
});

t.test('texts in the database as the server makes it', { skip: absent }, async (t) => {
  await compareAlike(t, await asked(postgres, await database(t, '', statements), 'words'), columns);
});

t.test('texts in a database of a language of its own', { skip: absent }, async (t) => {
  // From version 15 on.
  const made = await database(t, `${utf8} locale_provider icu icu_locale 'tr-TR'`, statements).catch(() => undefined);
  if (!made) return t.comment('This server has no ICU, or is older than 15');
  const on = await asked(postgres, made, 'words');
  t.match(on.field('own').column.collation, { exact: true, byCodePoint: false });
  t.equal(on.field('own').column.collation?.lower, undefined, 'its own letters');
  await compareAlike(t, on, columns);
});

t.test('as each collation does, where a project says so', { skip: absent }, async (t) => {
  const s = await database(t, utf8, statements);
  const groups = await s.texts(
    print(
      sql`select count(*) from words group by ${s.dialect.distinct((await asked(postgres, s, 'words')).field('loose'), name('loose'))}`,
      s.dialect,
    ),
  );
  t.equal(groups.length, words.length, 'otherwise every text is one of its own');
  const native = await postgres.connect({ client: 'pg', connection: '', ...configs.get(s), textOrder: 'native' });
  t.teardown(() => native.close());
  const on = await asked(postgres, native, 'words');
  t.equal(await on.equal('loose', 'ECOLE'), '4 5');
  t.equal(await on.within('loose', 'ZOO', 'apple'), '0 1 3');
  t.equal(await on.equal('icu', 'apple'), '0');
  t.match(await on.order('icu'), /13 2 0 1 5 4/, 'as people sort');
  t.equal(await on.compare('icu', '<', 'b'), '0 1 2 10 11 12 13');
  t.equal(await on.like('icu', '%École%'), '4 5', 'letters are sought as ever');
});

t.test('an index serves', { skip: absent }, async (t) => {
  const s = await database(t, utf8, [
    ...(missing.includes('pg_trgm') ? [] : ['create extension pg_trgm']),
    "create collation loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)",
    'create table f (id text primary key, c text collate "C", icu text collate "und-x-icu", loose text collate loose, padded char(9), found text collate "C.utf8")',
    "insert into f select 'k' || n, 'x' || n, 'x' || n, 'x' || n, 'x' || n, 'word ' || n from generate_series(1, 4000) n",
    ...['c', 'icu', 'loose', 'padded'].map((column) => `create index on f (${column})`),
    ...(missing.includes('pg_trgm') ? [] : ['create index on f using gin (found gin_trgm_ops)']),
    'analyze f',
  ]);
  const { dialect } = s;
  const on = await asked(postgres, s, 'f');
  for (const column of ['id', 'c', 'icu', 'loose', 'padded']) {
    const [field, left] = [on.field(column), name(column)];
    for (const where of [
      dialect.equals(field, left, 'x17'),
      dialect.exactly(field, left, 'x17'),
      dialect.isIn(field, left, ['x17', 'x18']),
    ]) {
      t.match(await on.plan({ where }), /index cond/i, column);
    }
  }
  for (const column of ['id', 'c', 'padded']) {
    t.notMatch(await on.plan({ order: dialect.ordered(on.field(column), name(column)) }), /sort/i, `${column} in order`);
    t.match(await on.plan({ where: dialect.compares(on.field(column), name(column), '<', 'a') }), /index cond/i, `${column} before`);
  }
  if (!missing.includes('pg_trgm')) {
    t.match(await on.plan({ where: dialect.like(on.field('found'), name('found'), '%ord 1234%') }), /index cond/i, 'trigrams');
  }
});

t.test('enums by their labels, times by their offset', { skip: absent }, async (t) => {
  const s = await database(t, '', [
    "create type size as enum ('small', 'large', 'giant')",
    'create table e (id int primary key, size size, at timetz)',
    "insert into e values (1, 'giant', '10:00+02'), (2, 'small', '08:00+00'), (3, 'large', '09:30-05')",
  ]);
  const on = await asked(postgres, s, 'e');
  t.equal(await on.order('size'), '2 3 1');
  t.equal(await on.compare('size', '<', 'giant'), '2 3');
  t.equal(await on.compare('size', '<', 'tiny'), 'none');
  t.equal(await on.equal('at', '10:00+02:00'), '1');
  t.equal(await on.equal('at', '08:00'), '2', 'UTC where nothing is said');
  t.equal(await on.compare('at', '>', '08:00'), '3', 'the later moment');
});
