/** Making a table anew keeps everything of it but what is to change. */
import t from 'tap';
import type { ColumnChange } from '../../../src/dialect/ddl.ts';
import type { Connection } from '../../../src/dialect/types.ts';
import { takeStep } from '../../../src/engine/editing/run-edit.ts';
import { vendorOf } from '../../../src/vendors/index.ts';
import { loadSql } from '../../support/sql-text.ts';
import { withDatabase } from '../../support/vendors.ts';

const tables = `
create table owners (id integer primary key, name text);
create table "odd, (table" (
  id integer primary key autoincrement, -- the key, of course
  /* a name, (with) signs */ [na me] varchar(20) constraint named not null default 'a, (b' collate nocase,
  owner integer references owners (id) on delete set null,
  price decimal(10,2) check (price >= 0), twice decimal generated always as (price * 2) virtual,
  code text -- what it is called
    unique,
  constraint pair unique (owner, code)
);
create index by_name on "odd, (table" ([na me]) where price > 1;
create table children (id integer primary key, parent integer references "odd, (table" (id) on delete cascade);
create table log (what text);
create trigger watched after update on "odd, (table" begin insert into log values ('it''s ' || new.code); end;
create view seen as select id, price from "odd, (table";
insert into owners values (1, 'o');
insert into "odd, (table" (id, [na me], owner, price, code) values (3, 'x', 1, 1.5, 'c3'), (7, 'y', null, 2, 'c7');
insert into "odd, (table" (id, code) values (50, 'gone');
delete from "odd, (table" where id = 50;
insert into children values (1, 3), (2, 7);
`;

async function altered(connection: Connection, change: readonly ColumnChange[], drop: readonly string[]): Promise<void> {
  const vendor = vendorOf('better-sqlite3');
  const { tables: found } = await vendor.introspect(connection);
  const table = found.find(({ name }) => name.startsWith('odd'));
  if (!table || !connection.rebuilding) throw new Error('No table to rebuild');
  await connection.rebuilding(async (transaction) => {
    for (const step of await vendor.ddl.plan(transaction, { is: 'alter', table, add: [], change, drop })) await takeStep(transaction, step);
  });
}

t.test('a table made anew is the same but for what changes', (t) =>
  withDatabase('sqlite', async (config) => {
    await loadSql(config, tables);
    const connection = await vendorOf('better-sqlite3').connect(config);
    const texts = (text: string) => connection.texts({ text, values: [] });
    const others = () =>
      texts(`select type, name, sql from sqlite_schema where name not like 'odd%' and name not like 'sqlite_%' order by 1, 2`);
    const rows = () => texts('select * from "odd, (table" order by id');
    try {
      const [before, held] = [await others(), await rows()];
      await altered(connection, [{ name: 'na me', type: 'varchar(40)', nullable: true, force: false }], []);
      t.strictSame(await others(), before, 'indexes, triggers, views and other tables');
      t.strictSame(await rows(), held, 'rows, and what is worked out of them');
      const [[text = ''] = []] = await texts(`select sql from sqlite_schema where name like 'odd%'`);
      t.match(text, /\[na me\] varchar\(40\) default 'a, \(b' collate nocase/, 'the column');
      for (const kept of ['-- the key, of course', 'on delete set null', 'check (price >= 0)', 'constraint pair unique (owner, code)']) {
        t.ok(text?.includes(kept), kept);
      }
      t.strictSame(await texts('select count(*) from children'), [['2']], 'no foreign key has acted');
      await connection.execute({ text: 'insert into "odd, (table" (code) values (?)', values: ['new'] });
      t.strictSame(await texts('select max(id) from "odd, (table"'), [['51']], 'numbers are not given again');
      await connection.execute({ text: 'update "odd, (table" set price = 3 where id = ?', values: [3] });
      t.strictSame(await texts('select what from log'), [["it's c3"]], 'triggers act');
      await connection.execute({ text: 'delete from owners', values: [] });
      t.strictSame(await texts('select owner from "odd, (table" where id = 3'), [[null]], 'and so do foreign keys');
      await t.rejects(connection.execute({ text: 'insert into children values (9, 999)', values: [] }), 'of other tables too');

      await altered(connection, [], ['owner']);
      const [[less = ''] = []] = await texts(`select sql from sqlite_schema where name like 'odd%'`);
      t.notMatch(less, /owner|pair/, 'a column goes with its constraints');
      t.strictSame(await texts('select count(*), min(id) from "odd, (table"'), [['3', '3']]);
      t.strictSame(await texts('pragma foreign_keys'), [['1']]);
      t.strictSame(await texts('pragma legacy_alter_table'), [['0']]);
      await t.rejects(
        altered(
          connection,
          [
            { name: 'code', nullable: false, force: false },
            { name: 'price', default: null, type: 'nope(', force: false },
          ],
          [],
        ),
      );
      t.strictSame(await texts('select count(*) from "odd, (table"'), [['3']], 'what fails is undone');
    } finally {
      await connection.close();
    }
  }),
);

const count = 7001;
const filled = `with recursive n (i) as (select 1 union all select i + 1 from n where i < ${count})`;

for (const [what, key] of [
  ['numbers for keys', 'id integer primary key autoincrement'],
  ['other keys', 'id text primary key'],
  ['no rowid', 'id text primary key'],
] as const) {
  t.test(`many rows are copied a part at a time, with ${what}`, (t) =>
    withDatabase('sqlite', async (config) => {
      const end = what === 'no rowid' ? ' without rowid' : '';
      await loadSql(config, `create table "odd" (${key}, name text)${end}; ${filled} insert into odd select i * 3 - 900, 'n' || i from n;`);
      const connection = await vendorOf('better-sqlite3').connect(config);
      const held = async () => JSON.stringify(await connection.texts({ text: 'select * from odd order by id', values: [] }));
      const numbers = async () =>
        end === '' ? JSON.stringify(await connection.texts({ text: 'select rowid, id from odd', values: [] })) : '';
      try {
        const [before, ids] = [await held(), await numbers()];
        let [turns, over] = [0, false];
        const others = (async () => {
          for (; !over; turns += 1) await new Promise(setImmediate);
        })();
        await altered(connection, [{ name: 'name', type: 'varchar(40)', force: false }], []);
        over = true;
        await others;
        t.equal(await held(), before, 'every row is there');
        t.equal(await numbers(), ids, 'with its number');
        if (end === '') t.ok(turns >= 3, `others had ${turns} turns`);
      } finally {
        await connection.close();
      }
    }),
  );
}
