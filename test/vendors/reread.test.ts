/** Reading a catalogue again: only what has changed is read, and what comes out is what reading everything gives. */
import t from 'tap';
import type { Introspection } from '../../src/dialect/types.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { clientOf, createDatabase, type TestVendor, testVendors, whyNot } from '../support/vendors.ts';

/** A change, and the tables that are others because of it. Those that only went are not named. */
type Change = readonly [statement: string, changed: readonly string[]];

const start = [
  'create table authors (id integer primary key, name varchar(50))',
  'create table books (id integer primary key, title varchar(50), author integer, foreign key (author) references authors (id))',
  'create table places (id integer primary key, name varchar(50))',
  'create view shelf as select id, title from books',
];

const common: readonly Change[] = [
  ['alter table places add column size integer', ['places']],
  ['create index by_name on places (name)', ['places']],
  ['create unique index by_title on books (title)', ['books']],
  ['alter table books add column pages integer', ['books']],
  ['create table reviews (id integer primary key, book integer, foreign key (book) references books (id))', ['reviews']],
  ['alter table authors rename to writers', ['books', 'writers']],
  ['alter table writers rename column id to number', ['books', 'writers']],
  ['create view short as select id from shelf', ['short']],
  ['drop table reviews', []],
  ['drop view short', []],
  ['insert into places (id) values (1)', []],
];

const own: Readonly<Record<TestVendor, readonly Change[]>> = {
  sqlite: [
    ['create view open as select * from places', ['open']],
    ['create view wide as select * from "open"', ['wide']],
    ['alter table places add column floor integer', ['open', 'places', 'wide']],
    ['create table "a""b" (x)', ['a"b']],
    ['create view quoted as select * from "a""b"', ['quoted']],
    ['alter table "a""b" add column y', ['a"b', 'quoted']],
    ['create table notes (id integer primary key, Spot integer references SPOTS)', ['notes']],
    ['create table spots (id integer primary key)', ['notes', 'spots']],
    ['drop table spots', ['notes']],
    ['create trigger made instead of insert on shelf begin select 1; end', ['shelf']],
    ['create virtual table found using fts5 (title)', ['found']],
    ['drop table found', []],
    ['drop index by_name', ['places']],
    ['vacuum', []],
  ],
  postgres: [
    ['delete from places', []],
    ["create type mood as enum ('calm')", []],
    ['create table moods (id int primary key, mood mood)', ['moods']],
    ["alter type mood add value 'wild'", ['moods']],
    ['create domain positive as int', []],
    ['alter table places add column height positive', ['places']],
    ['alter domain positive set not null', ['places']],
    ["comment on column writers.name is 'As printed'", ['writers']],
    ['create table parts (id int, book int) partition by list (id)', ['parts']],
    ['create table part_1 partition of parts for values in (1)', []],
    ['alter table part_1 add foreign key (book) references books (id)', ['parts']],
    ['alter table books rename column id to isbn', ['books', 'parts']],
    ["create function nothing() returns trigger language plpgsql as 'begin return new; end'", []],
    ['create view over as select id, height from places where id > 0', ['over']],
    ['create view twice as select distinct id from over', ['twice']],
    ['create trigger made instead of insert on twice for each row execute function nothing()', ['twice']],
    ['drop index by_name', ['places']],
    ['vacuum full places', []],
    ['analyze', []],
  ],
  mysql: [
    ["alter table places comment 'where'", ['places']],
    ["alter table books add column state enum ('a', 'b')", ['books']],
    ["alter table books modify state enum ('a', 'b', 'c')", ['books']],
    ['alter table books alter pages set default 1', ['books']],
    ['drop index by_name on places', ['places']],
    ['set foreign_key_checks = 0', []],
    ['create table notes (id int primary key, spot int, foreign key (spot) references spots (id))', ['notes']],
    ['create table spots (id int primary key)', ['notes', 'spots']],
    ['analyze table places', []],
  ],
};

const withoutEstimates = ({ tables, ...rest }: Introspection): unknown => ({
  ...rest,
  tables: tables.map((one) => ({ ...one, rowEstimate: 0 })),
});

for (const name of testVendors) {
  const skip = (await whyNot(name)) ?? false;
  t.test(`${name}: only what has changed`, { skip }, async (t) => {
    const database = await createDatabase(name);
    const vendor = vendorOf(clientOf[name]);
    // One connection: settings of the session hold for what follows.
    const connection = await vendor.connect({ ...database.config, pool: { min: 1, max: 1 } });
    t.teardown(async () => {
      await connection.close();
      await database.drop();
    });
    for (const statement of start) await connection.knex.raw(statement);
    let before = await vendor.introspect(connection);
    for (const [statement, expected] of [...common, ...own[name]]) {
      await connection.knex.raw(statement);
      const told = await vendor.changed?.(connection, before);
      const now = await vendor.introspect(connection, undefined, before);
      t.strictSame(withoutEstimates(now), withoutEstimates(await vendor.introspect(connection)), statement);
      const changed = now.tables.filter((table) => !before.tables.includes(table)).map((table) => table.name);
      t.strictSame(changed, expected, 'the others are the same objects');
      // A table whose foreign key begins or ceases to lead somewhere has not changed itself.
      const missed = told && changed.filter((table) => !told.has(table) && table !== 'notes');
      t.strictSame(missed ?? [], [], 'what has changed was told beforehand');
      before = now;
    }
    const other = await vendor.introspect(connection, undefined, { version: '', defaultSchema: null, tables: [] });
    t.strictSame(withoutEstimates(other), withoutEstimates(before), 'what it has not read itself is not relied on');
  });

  t.test(`${name}: many changes at once`, { skip }, async (t) => {
    const database = await createDatabase(name);
    const vendor = vendorOf(clientOf[name]);
    const connection = await vendor.connect(database.config);
    t.teardown(async () => {
      await connection.close();
      await database.drop();
    });
    for (let i = 0; i < 120; i += 1) {
      await connection.knex.raw(
        `create table t${i} (id integer primary key, up integer, foreign key (up) references t${Math.max(0, i - 1)} (id))`,
      );
    }
    const before = await vendor.introspect(connection);
    for (let i = 0; i < 60; i += 1) await connection.knex.raw(`alter table t${i} add column more integer`);
    const now = await vendor.introspect(connection, undefined, before);
    t.strictSame(withoutEstimates(now), withoutEstimates(await vendor.introspect(connection)));
    t.equal(now.tables.filter((table) => before.tables.includes(table)).length, 60);
  });
}
