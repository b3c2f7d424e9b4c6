/** Introspection of SQLite: declared types of every sort, every spelling, every kind of key, and databases nobody here designed. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import t from 'tap';
import type { IntrospectedColumn, Storage } from '../../../src/dialect/types.ts';
import { sqlite } from '../../../src/vendors/sqlite/index.ts';
import { typeOf } from '../../../src/vendors/sqlite/storage.ts';
import { columnOf, folder, open, tableOf } from './scratch.ts';

t.test('declared types', async (t) => {
  const types: readonly (readonly [declared: string, storage: Storage, more?: object])[] = [
    ['INTEGER', 'integer'],
    ['BIGINT UNSIGNED', 'integer', { unsigned: true }],
    ['UNSIGNED BIG INT', 'integer', { unsigned: true }],
    ['TINYINT(1)', 'integer', { type: 'tinyint' }],
    ['BOOLEAN', 'boolean'],
    ['bool', 'boolean'],
    ['VARCHAR(200)', 'text', { type: 'varchar', length: 200 }],
    ['NVARCHAR ( 160 )', 'text', { type: 'nvarchar', length: 160 }],
    ['CHARACTER VARYING(10)', 'text', { type: 'character varying', length: 10 }],
    ['TEXT', 'text'],
    ['CLOB', 'text'],
    ['DECIMAL(10,2)', 'decimal', { precision: 10, scale: 2 }],
    ['NUMERIC(12, 0)', 'decimal', { precision: 12, scale: 0 }],
    ['NUMERIC', 'decimal'],
    ['number(8)', 'decimal', { precision: 8, scale: 0 }],
    ['REAL', 'float'],
    ['DOUBLE PRECISION', 'float'],
    ['FLOAT', 'float'],
    ['DATE', 'date'],
    ['TIME', 'time'],
    ['DATETIME', 'datetime'],
    ['TIMESTAMP', 'datetime'],
    ['TIMESTAMP(6) WITH TIME ZONE', 'datetime'],
    ['JSON', 'json'],
    ['UUID', 'uuid'],
    ['BLOB', 'binary'],
    ['VARBINARY(16)', 'binary', { length: 16 }],
    ['POINT', 'unknown'],
    ['STRING', 'unknown'],
    ['ANY', 'unknown'],
    ['', 'unknown'],
  ];
  for (const [declared, storage, more] of types) t.match(typeOf(declared, false), { storage, ...more }, declared);
  t.equal(typeOf('BLOB', true).storage, 'unknown', 'in a view');
});

t.test('columns', async (t) => {
  const connection = await open(t, [
    `create table a (id integer primary key, n decimal(10, 2) not null default 1.5, s varchar(9) default 'o''k', x default null,
      made timestamp default current_timestamp, v int as (id + 1), w int generated always as (id + 2) stored)`,
    'create table no_alias (id integer primary key desc)',
    'create table int_key (id int primary key)',
    'create table pair (b text, a integer, v, primary key (a, b)) without rowid',
    'create table counted (id integer primary key autoincrement)',
    'create table tight (id integer primary key, anything any, raw blob) strict',
    'create table keyless (a, b)',
  ]);
  const found = await sqlite.introspect(connection);
  t.match(found, { defaultSchema: null });
  t.match(found.version, /^SQLite 3\.\d+\.\d+$/);
  const a = tableOf(found, 'a');
  t.match(a, { schema: null, kind: 'table', materialized: false, updatable: true, rowEstimate: null, comment: null, primaryKey: ['id'] });
  const expected: Readonly<Record<string, Partial<IntrospectedColumn>>> = {
    id: { storage: 'integer', autoIncrement: true, nullable: false, default: null, generated: false },
    n: { storage: 'decimal', nativeType: 'decimal(10, 2)', nullable: false, default: '1.5', precision: 10, scale: 2 },
    s: { storage: 'text', default: "'o''k'", length: 9 },
    x: { storage: 'unknown', nativeType: '', default: null, nullable: true },
    made: { storage: 'datetime', default: 'current_timestamp' },
    v: { generated: true },
    w: { generated: true },
  };
  for (const [name, column] of Object.entries(expected)) t.match(columnOf(a, name), column, name);
  t.equal(columnOf(tableOf(found, 'no_alias'), 'id').autoIncrement, false);
  t.equal(columnOf(tableOf(found, 'int_key'), 'id').autoIncrement, false);
  t.equal(columnOf(tableOf(found, 'counted'), 'id').autoIncrement, true);
  t.strictSame(tableOf(found, 'pair').primaryKey, ['a', 'b']);
  t.match(columnOf(tableOf(found, 'pair'), 'a'), { autoIncrement: false, nullable: false });
  t.strictSame(tableOf(found, 'keyless').primaryKey, []);
  t.equal(columnOf(tableOf(found, 'tight'), 'anything').storage, 'unknown');
  t.equal(columnOf(tableOf(found, 'tight'), 'raw').storage, 'binary');
});

t.test('spellings, keys, indexes and estimates', async (t) => {
  const connection = await open(t, [
    'create table "Order" ("Select" int, "Ünï cöde" int, "quo""te `tick`" text unique, primary key ("Ünï cöde", "Select"))',
    `create table "line s" (id integer primary key, o1 int, o2 int, self int references "LINE S", p text, x int, a int, gone int,
      foreign key (o1, o2) references "order", foreign key (a) references missing (id), foreign key (gone) references "Order" (nowhere),
      foreign key (x) references "Order", unique (p, a))`,
    'create index i_x on "line s" (x desc, a)',
    'create unique index u_part on "line s" (x) where x > 1',
    'create index i_expr on "line s" (lower(p))',
    'create unique index u_plain on "line s" (o2)',
    'pragma foreign_keys = off',
    `insert into "line s" (id, o2, p) values (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c')`,
    'analyze',
  ]);
  const found = await sqlite.introspect(connection);
  t.strictSame(
    found.tables.map((table) => table.name),
    ['Order', 'line s'],
    "without SQLite's own",
  );
  t.strictSame(tableOf(found, 'Order').primaryKey, ['Ünï cöde', 'Select']);
  t.strictSame(tableOf(found, 'Order').unique, [['quo"te `tick`']]);
  const lines = tableOf(found, 'line s');
  t.strictSame(new Set(lines.unique.map(String)), new Set(['p,a', 'o2']));
  t.strictSame(lines.indexes, [['x', 'a']]);
  t.strictSame(lines.foreignKeys, [
    { name: 'line s_self_foreign', columns: ['self'], toSchema: null, toTable: 'line s', toColumns: ['id'] },
    { name: 'line s_o1_o2_foreign', columns: ['o1', 'o2'], toSchema: null, toTable: 'Order', toColumns: ['Ünï cöde', 'Select'] },
  ]);
  t.equal(lines.rowEstimate, 3);
});

t.test('views, virtual tables, and what SQLite itself cannot read', async (t) => {
  const filename = join(folder(t), 'odd.db');
  const connection = await open(
    t,
    [
      'create table a (id integer primary key, n decimal(10, 2), b blob, u, t text)',
      'create view plain as select id, n, b, u, t, n * 2 as twice, count(*) over () as c from a',
      'create view writable as select id from a',
      'create trigger put instead of insert on WRITABLE begin insert into a (id) values (new.id); end',
      'create table gone (x)',
      'create view broken as select x from gone',
      'drop table gone',
      'create virtual table words using fts5(title, body)',
      'create virtual table boxes using rtree(id, x1, x2)',
      'create temp table passing (x)',
    ],
    filename,
  );
  const check = async (): Promise<void> => {
    const found = await sqlite.introspect(connection);
    t.strictSame(
      found.tables.map((table) => table.name),
      ['a', 'boxes', 'broken', 'plain', 'words', 'writable'],
    );
    const plain = tableOf(found, 'plain');
    t.match(plain, { kind: 'view', updatable: false, primaryKey: [] });
    t.match(columnOf(plain, 'n'), { storage: 'decimal', scale: 2 });
    t.equal(columnOf(plain, 'id').autoIncrement, false);
    for (const name of ['twice', 'u']) t.equal(columnOf(plain, name).storage, 'unknown', name);
    t.match(tableOf(found, 'writable'), { kind: 'view', updatable: true });
    t.match(tableOf(found, 'broken'), { kind: 'view', columns: [], updatable: false });
    const words = tableOf(found, 'words');
    t.match(words, { kind: 'table', updatable: true });
    t.strictSame(
      words.columns.map((column) => column.name),
      ['title', 'body'],
    );
    t.equal(tableOf(found, 'boxes').columns.length, 3);
    t.equal(tableOf(found, 'a').columns.length, 5);
  };
  await check();

  const direct = new Database(filename);
  direct.unsafeMode(true);
  direct.pragma('writable_schema = on');
  direct.exec(`insert into sqlite_schema values ('table', 'alien', 'alien', 0, 'CREATE VIRTUAL TABLE alien using nowhere(a)')`);
  direct.pragma('schema_version = 1000');
  direct.close();
  const found = await sqlite.introspect(connection);
  t.match(tableOf(found, 'alien'), { columns: [], updatable: false }, 'a module that is not there');
  t.equal(tableOf(found, 'a').columns.length, 5);
});

t.test('the fingerprint follows the schema, not the rows', async (t) => {
  const connection = await open(t, ['create table a (x)']);
  const first = await sqlite.fingerprint(connection);
  await connection.execute({ text: 'insert into a values (1)', values: [] });
  t.equal(await sqlite.fingerprint(connection), first);
  await connection.execute({ text: 'create view v as select x from a', values: [] });
  t.not(await sqlite.fingerprint(connection), first);
});

t.test('hundreds of tables in each query', async (t) => {
  for (const count of [500, 3000]) {
    const filename = join(folder(t), 'big.db');
    const direct = new Database(filename);
    const columns = Array.from({ length: 9 }, (_, i) => `c${i} varchar(100)`).join(', ');
    direct.exec('begin');
    for (let i = 0; i < count; i += 1) {
      direct.exec(
        `create table t${i} (id integer primary key, parent int references t${Math.max(0, i - 1)} (id), ${columns}, made datetime)`,
      );
    }
    direct.exec('commit');
    direct.close();
    const connection = await open(t, [], filename);
    let statements = 0;
    connection.onStatement = () => {
      statements += 1;
    };
    const start = performance.now();
    const found = await sqlite.introspect(connection);
    const took = performance.now() - start;
    t.comment(`${count} tables: ${Math.round(took)} ms`);
    t.ok(statements <= 6 + count / 25, 'for a hundred tables at a time');
    t.equal(found.tables.length, count);
    t.ok(found.tables.every((table) => table.columns.length === 12 && table.foreignKeys.length === 1));
  }
});

t.test('real databases', async (t) => {
  const datasets: readonly (readonly [file: string, tables: number, foreignKeys: number])[] = [
    ['chinook-sqlite', 11, 11],
    ['northwind-snake-sqlite', 14, 13],
  ];
  for (const [file, tables, foreignKeys] of datasets) {
    const path = resolve('../shared/datasets', `${file}.sql.gz`);
    if (!existsSync(path)) {
      t.comment(`skipped: ${file} is not there to be loaded`);
      continue;
    }
    const filename = join(folder(t), 'real.db');
    const direct = new Database(filename);
    direct.exec(gunzipSync(readFileSync(path)).toString());
    direct.close();
    const found = await sqlite.introspect(await open(t, [], filename));
    t.equal(found.tables.length, tables, `${file}: tables`);
    t.equal(
      found.tables.reduce((sum, table) => sum + table.foreignKeys.length, 0),
      foreignKeys,
      `${file}: foreign keys`,
    );
    t.ok(
      found.tables.every((table) => table.columns.every((column) => column.storage !== 'unknown')),
      `${file}: every type is known`,
    );
  }
});
