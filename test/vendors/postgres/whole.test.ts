/** Promise: a statement that is all a transaction does is committed by itself, and only if it tells a row; nothing is lost or doubled by it. */
import t, { type Test } from 'tap';
import type { Connection, TextRow, Transaction } from '../../../src/dialect/types.ts';
import type { Statement } from '../../../src/lib/fragment.ts';
import { whyNot } from '../../support/vendors.ts';
import { failure, of, type Scratch, scratch } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;

const tables = ['create table t (id int primary key)', 'create table kept (id int)', 'insert into t select generate_series(1, 4)'];

const taking = (id: number): Statement =>
  of('with gone as (delete from t where id = $1 returning id), noted as (insert into kept select id from gone) select * from gone', id);

async function idsIn(connection: Connection, table: string): Promise<string> {
  const rows = await connection.texts(of(`select coalesce(string_agg(id::text, ' ' order by id), '') from ${table}`));
  return String(rows[0]?.[0]);
}

/** In a transaction on a connection that was used just now. */
async function warm<T>({ connection }: Scratch, run: (transaction: Transaction) => Promise<T>): Promise<T> {
  await connection.transaction((transaction) => transaction.texts(of('select 1')));
  return connection.transaction(run);
}

const whole = async (transaction: Transaction, statement: Statement): Promise<readonly TextRow[] | undefined> =>
  transaction.whole?.(statement);

const prepare = (t: Test, more: readonly string[] = []): Promise<Scratch> => scratch(t, [...tables, ...more]);

t.test('a statement that is all', { skip: absent }, async (t) => {
  await t.test('with a row it is committed, and nothing follows', async (t) => {
    const s = await prepare(t);
    t.same(await warm(s, (transaction) => whole(transaction, taking(1))), [['1']]);
    t.equal(await idsIn(s.connection, 't'), '2 3 4');
    t.equal(await idsIn(s.connection, 'kept'), '1');
    const late = warm(s, async (transaction) => {
      await whole(transaction, taking(2));
      await transaction.execute(of('insert into kept values (99)'));
    });
    await t.rejects(late, 'the transaction is over');
    t.equal(await idsIn(s.connection, 'kept'), '1 2', 'what came behind it was not sent');
  });

  await t.test('without one the transaction goes on, and is undone as a whole', async (t) => {
    const s = await prepare(t);
    const went = warm(s, async (transaction) => {
      t.same(await whole(transaction, taking(9)), []);
      await transaction.execute(of('insert into kept values (50)'));
      return whole(transaction, taking(1));
    });
    t.equal(await went, undefined, 'what was sent before needs its transaction');
    t.equal(await idsIn(s.connection, 'kept'), '50');
    const failing = warm(s, async (transaction) => {
      await whole(transaction, taking(9));
      await transaction.execute(of('insert into kept values (51)'));
      throw new Error('no');
    });
    await t.rejects(failing, { message: 'no' });
    t.equal(await idsIn(s.connection, 'kept'), '50');
  });

  await t.test('its failure leaves nothing, and is told as that of any statement', async (t) => {
    const s = await prepare(t, ['create table child (id int references t)', 'insert into child values (1)']);
    const error = await failure(warm(s, (transaction) => whole(transaction, taking(1))));
    t.equal(error.kind, 'constraint');
    t.equal(await idsIn(s.connection, 't'), '1 2 3 4');
    t.equal(await idsIn(s.connection, 'kept'), '');
    t.same(await warm(s, (transaction) => whole(transaction, taking(2))), [['2']], 'the connection serves others');
  });

  await t.test('a constraint that waits for the commit is waited for', async (t) => {
    const s = await prepare(t, ['create table child (id int references t deferrable initially deferred)', 'insert into child values (1)']);
    let told = false;
    const error = await failure(
      warm(s, async (transaction) => {
        await whole(transaction, taking(1));
        told = true;
      }),
    );
    t.equal(error.kind, 'constraint');
    t.notOk(told, 'nothing is said to be committed before it is');
    t.equal(await idsIn(s.connection, 't'), '1 2 3 4');
    t.equal(await idsIn(s.connection, 'kept'), '');
    t.same(await warm(s, (transaction) => whole(transaction, taking(2))), [['2']]);
  });

  await t.test('a table whose rules want their statement alone is written in a transaction', async (t) => {
    const s = await prepare(t, ['create rule noting as on delete to t do also insert into kept values (old.id + 100)']);
    for (const id of [1, 2]) {
      const went = await warm(s, async (transaction) => {
        const rows = await whole(transaction, taking(id));
        await transaction.execute(of('delete from t where id = $1', id));
        return rows;
      });
      t.equal(went, undefined);
    }
    t.equal(await idsIn(s.connection, 't'), '3 4');
    t.equal(await idsIn(s.connection, 'kept'), '101 102');
  });

  await t.test('many at once, some of rows that are gone', async (t) => {
    const s = await prepare(t);
    const all = Array.from({ length: 40 }, (_, i) => warm(s, (transaction) => whole(transaction, taking((i % 5) + 1))));
    const told = (await Promise.all(all)).filter((rows) => rows && rows.length > 0);
    t.ok(told.length <= 4, 'no row goes twice');
    t.equal(
      await idsIn(s.connection, 'kept'),
      told
        .map((rows) => rows?.[0]?.[0])
        .sort()
        .join(' '),
    );
  });
});
