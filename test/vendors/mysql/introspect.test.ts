/** Introspection of MySQL and MariaDB: every type, every spelling, every kind of key, and databases nobody here designed. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import type { IntrospectedColumn } from '../../../src/dialect/types.ts';
import { mysql } from '../../../src/vendors/mysql/index.ts';
import { loadSql } from '../../support/sql-text.ts';
import { isMariadb, whyNot } from '../../support/vendors.ts';
import { columnOf, failure, scratch, tableOf } from './scratch.ts';

const absent = (await whyNot('mysql')) ?? false;

const types = `create table types (
  id int unsigned auto_increment primary key,
  ti tinyint(1) not null default 0, si smallint, mi mediumint, bi bigint unsigned, de decimal(20, 5) unsigned default 1.5, fl float, db double,
  ch char(5) default 'o''b\\\\c', vc varchar(200) comment 'a ''comment''', nothing varchar(9) default null, word varchar(9) default 'NULL',
  tt tinytext, tx text, lt longtext, bn binary(16), vb varbinary(20), bl blob, b1 bit(1) default b'1', b9 bit(9),
  en enum('a', 'it''s', 'com,ma', 'back\\\\slash') not null default 'it''s', se set('x', 'unsigned') default 'x',
  ye year, da date, tm time(2), dt datetime(6) default current_timestamp(6), ts timestamp null default current_timestamp on update current_timestamp,
  js json, ge geometry, po point, gv int as (si + 1) virtual, gs int as (si + 2) stored
) comment 'all of them'`;

t.test('types', { skip: absent }, async (t) => {
  const s = await scratch([types, 'create table bare (a int)', 'insert into types (si) values (1), (2)', 'analyze table types']);
  t.teardown(() => s.end());
  const found = await mysql.introspect(s.connection);
  t.match(found.version, /^(MySQL|MariaDB) \d+\.\d+\.\d+$/);
  t.equal(found.defaultSchema, null);
  const table = tableOf(found, 'types');
  t.match(table, { schema: null, kind: 'table', updatable: true, materialized: false, comment: 'all of them', primaryKey: ['id'] });
  t.equal(typeof table.rowEstimate, 'number');
  const expected: Readonly<Record<string, Partial<IntrospectedColumn>>> = {
    id: { storage: 'integer', type: 'int', unsigned: true, nullable: false, autoIncrement: true, default: null },
    ti: { storage: 'integer', type: 'tinyint', nativeType: 'tinyint(1)', nullable: false, default: '0', autoIncrement: false },
    bi: { storage: 'integer', unsigned: true },
    de: { storage: 'decimal', precision: 20, scale: 5, unsigned: true, default: '1.50000' },
    fl: { storage: 'float' },
    ch: { storage: 'text', length: 5, default: "o'b\\c", nullable: true },
    vc: { storage: 'text', type: 'varchar', nativeType: 'varchar(200)', length: 200, comment: "a 'comment'" },
    nothing: { default: null },
    word: { default: 'NULL' },
    lt: { storage: 'text' },
    bn: { storage: 'binary', length: 16 },
    bl: { storage: 'binary' },
    b1: { storage: 'boolean', default: "b'1'" },
    b9: { storage: 'bit', precision: 9 },
    en: { storage: 'enum', values: ['a', "it's", 'com,ma', 'back\\slash'], default: "it's", nullable: false },
    se: { storage: 'set', values: ['x', 'unsigned'], unsigned: false },
    ye: { storage: 'year' },
    da: { storage: 'date' },
    tm: { storage: 'time', precision: 2 },
    dt: { storage: 'datetime', precision: 6 },
    ts: { storage: 'datetime', type: 'timestamp' },
    js: { storage: 'json' },
    ge: { storage: 'geometry' },
    po: { storage: 'geometry', type: 'point' },
    gv: { generated: true },
    gs: { generated: true },
  };
  for (const [name, column] of Object.entries(expected)) t.match(columnOf(table, name), column, name);
  t.equal(columnOf(table, 'vc').generated, false);
  t.match(columnOf(table, 'dt').default, /^current_timestamp/i);
  t.equal(columnOf(table, 'da').comment, null);
  t.strictSame(tableOf(found, 'bare').primaryKey, [], 'a table without a key');
});

t.test('spellings, keys and views', { skip: absent }, async (t) => {
  const s = await scratch([
    'create table `Order` (`Select` int, `Ünï cöde` int, `back``tick "quote"` varchar(20), primary key (`Ünï cöde`, `Select`), unique (`back``tick "quote"`))',
    'create table `line s` (id int primary key, o1 int, o2 int, self int, p varchar(50), t text, a int, b int, x int, ' +
      'constraint `my fk` foreign key (o1, o2) references `Order` (`Ünï cöde`, `Select`), foreign key (self) references `line s` (id), ' +
      'unique u_ab (b, a), unique u_prefix (p(5)), index i_x (x desc, a), fulltext (t))',
    'create view plain as select id, t from `line s`',
    'create view counted as select count(*) as n, max(p) as p from `line s`',
    'create table gone (a int)',
    'create view broken as select a from gone',
    'drop table gone',
  ]);
  t.teardown(() => s.end());
  await s.connection.transaction(async (transaction) => {
    await transaction.execute({ text: 'set foreign_key_checks = 0', values: [] });
    await transaction.execute({
      text: 'create table dangling (id int primary key, x int, foreign key (x) references missing (id))',
      values: [],
    });
    await transaction.execute({ text: 'set foreign_key_checks = 1', values: [] });
  });
  const found = await mysql.introspect(s.connection);
  t.strictSame(
    found.tables.map((table) => table.name),
    ['Order', 'broken', 'counted', 'dangling', 'line s', 'plain'],
  );
  const order = tableOf(found, 'Order');
  t.strictSame(order.primaryKey, ['Ünï cöde', 'Select']);
  t.strictSame(order.unique, [['back`tick "quote"']]);
  t.strictSame(
    order.columns.map((column) => column.name),
    ['Select', 'Ünï cöde', 'back`tick "quote"'],
  );
  const lines = tableOf(found, 'line s');
  t.strictSame(lines.unique, [['b', 'a']]);
  t.ok(lines.indexes.some((index) => index.join() === 'x,a'));
  t.ok(lines.indexes.some((index) => index.join() === 'p'));
  t.notOk(lines.indexes.some((index) => index.join() === 't'));
  t.strictSame(
    lines.foreignKeys.filter((key) => key.name === 'my fk'),
    [{ name: 'my fk', columns: ['o1', 'o2'], toSchema: null, toTable: 'Order', toColumns: ['Ünï cöde', 'Select'] }],
  );
  t.ok(lines.foreignKeys.some((key) => key.toTable === 'line s' && key.columns.join() === 'self'));
  t.match(tableOf(found, 'plain'), { kind: 'view', updatable: true, primaryKey: [], comment: null, rowEstimate: null });
  t.match(tableOf(found, 'counted'), { kind: 'view', updatable: false });
  t.match(tableOf(found, 'broken'), { kind: 'view', updatable: false, columns: [], comment: null });
  const refusal = await failure(s.connection.texts({ text: 'select count(*) from broken', values: [] }));
  t.equal(refusal.kind, 'unprocessable', 'a broken view is told so');
  t.ok(mysql.isStale(refusal), 'what is known of it may be old');
  t.strictSame(tableOf(found, 'dangling').foreignKeys, [], 'a foreign key to nowhere');
});

t.test("MariaDB's own", { skip: absent }, async (t) => {
  const s = await scratch();
  t.teardown(() => s.end());
  if (!(await isMariadb())) return t.pass('this server is MySQL');
  const statements = [
    'create table m (id uuid primary key default uuid(), ip inet6, hidden int invisible default 3, ' +
      "js json default '{}', own longtext check (json_valid(own)), other longtext check (json_valid(other) or other is null))",
    'create sequence numbers',
    'create table versioned (id int primary key, a int, start_ timestamp(6) generated always as row start, ' +
      'end_ timestamp(6) generated always as row end, period for system_time (start_, end_)) with system versioning',
  ];
  for (const text of statements) await s.connection.execute({ text, values: [] });
  const found = await mysql.introspect(s.connection);
  t.strictSame(
    found.tables.map((table) => table.name),
    ['m', 'versioned'],
  );
  const table = tableOf(found, 'm');
  t.match(columnOf(table, 'id'), { storage: 'uuid', default: 'uuid()' });
  t.equal(columnOf(table, 'ip').storage, 'unknown');
  t.equal(columnOf(table, 'hidden').default, '3');
  t.match(columnOf(table, 'js'), { storage: 'json', type: 'longtext', default: '{}' });
  t.equal(columnOf(table, 'own').storage, 'json');
  t.equal(columnOf(table, 'other').storage, 'text');
  t.match(tableOf(found, 'versioned'), { kind: 'table', updatable: true });
  t.ok(columnOf(tableOf(found, 'versioned'), 'start_').generated);
});

t.test('the fingerprint follows the schema, not the rows', { skip: absent }, async (t) => {
  const s = await scratch(['create table a (id int primary key, b int)']);
  t.teardown(() => s.end());
  const seen = new Set([await mysql.fingerprint(s.connection)]);
  const changes = [
    'alter table a add column c varchar(10)',
    'alter table a modify c varchar(11)',
    'alter table a modify c varchar(11) not null',
    "alter table a modify c varchar(11) not null comment 'x'",
    "alter table a modify c varchar(11) not null default 'x' comment 'x'",
    'alter table a add unique (b)',
    'create table d (id int primary key, a int)',
    'alter table d add constraint f foreign key (a) references a (id)',
    'alter table d drop foreign key f',
    'create view v as select id from a',
    'drop view v',
    'rename table d to e',
    "alter table a comment 'y'",
  ];
  for (const text of changes) {
    await s.connection.execute({ text, values: [] });
    const print = await mysql.fingerprint(s.connection);
    if (text !== 'drop view v' && text !== 'alter table d drop foreign key f') t.notOk(seen.has(print), text);
    seen.add(print);
  }
  const before = await mysql.fingerprint(s.connection);
  await s.connection.execute({ text: "insert into a values (1, 2, 'c')", values: [] });
  t.equal(await mysql.fingerprint(s.connection), before);
});

t.test('five hundred tables in nine queries', { skip: absent }, async (t) => {
  const s = await scratch();
  t.teardown(() => s.end());
  const columns = Array.from({ length: 9 }, (_, i) => `c${i} varchar(100)`).join(', ');
  for (let i = 0; i < 500; i += 1) {
    const key = i === 0 ? '' : `, foreign key (parent) references t${i - 1} (id)`;
    await s.connection.execute({
      text: `create table t${i} (id int primary key, parent int, ${columns}, made datetime, key (parent)${key})`,
      values: [],
    });
  }
  let statements = 0;
  s.connection.onStatement = () => {
    statements += 1;
  };
  const start = performance.now();
  const found = await mysql.introspect(s.connection);
  const took = performance.now() - start;
  t.comment(`${Math.round(took)} ms`);
  t.ok(statements <= 9);
  t.equal(found.tables.length, 500);
  t.equal(
    found.tables.reduce((sum, table) => sum + table.foreignKeys.length, 0),
    499,
  );
  const once = performance.now();
  await mysql.fingerprint(s.connection);
  t.comment(`fingerprint ${Math.round(performance.now() - once)} ms`);
});

t.test('real databases', { skip: absent }, async (t) => {
  const datasets: readonly (readonly [file: string, tables: number, views: number, foreignKeys: number])[] = [
    ['chinook-mysql', 11, 0, 11],
    ['sakila-mysql', 16, 7, 22],
    ['northwind-snake-mysql', 14, 0, 13],
  ];
  for (const [file, tables, views, foreignKeys] of datasets) {
    const path = resolve('../shared/datasets', `${file}.sql.gz`);
    if (!existsSync(path)) {
      t.comment(`skipped: ${file} is not there to be loaded`);
      continue;
    }
    const s = await scratch();
    t.teardown(() => s.end());
    await loadSql(s.config, gunzipSync(readFileSync(path)).toString());
    const found = await mysql.introspect(s.connection);
    t.equal(found.tables.filter((table) => table.kind === 'table').length, tables, `${file}: tables`);
    t.equal(found.tables.filter((table) => table.kind === 'view').length, views, `${file}: views`);
    t.equal(
      found.tables.reduce((sum, table) => sum + table.foreignKeys.length, 0),
      foreignKeys,
      `${file}: foreign keys`,
    );
    t.ok(
      found.tables.every((table) => table.columns.length > 0 && table.columns.every((column) => column.storage !== 'unknown')),
      `${file}: every type is known`,
    );
    if (file === 'sakila-mysql') {
      const film = tableOf(found, 'film');
      t.strictSame(columnOf(film, 'rating').values, ['G', 'PG', 'PG-13', 'R', 'NC-17']);
      t.equal(columnOf(film, 'special_features').storage, 'set');
      t.equal(columnOf(film, 'release_year').storage, 'year');
      t.strictSame(tableOf(found, 'film_actor').primaryKey, ['actor_id', 'film_id']);
      t.equal(columnOf(tableOf(found, 'staff'), 'picture').storage, 'binary');
      t.equal(tableOf(found, 'customer_list').kind, 'view');
    }
  }
});
