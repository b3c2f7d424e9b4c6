/** Promise: MySQL and MariaDB end statements by themselves when their time is up, by the session's limit and by a statement's own. */
import t from 'tap';
import type { Connection } from '../../../src/dialect/types.ts';
import type { Statement } from '../../../src/lib/fragment.ts';
import { mysql } from '../../../src/vendors/mysql/index.ts';
import { sessionTime, within } from '../../../src/vendors/mysql/time-limit.ts';
import { eventually } from '../../support/eventually.ts';
import { whyNot } from '../../support/vendors.ts';
import { failure, type Scratch, scratch } from './scratch.ts';

const absent = (await whyNot('mysql')) ?? false;

const of = (text: string, ...values: readonly unknown[]): Statement => ({ text, values });

async function limited(s: Scratch, statementMilliseconds: number): Promise<Connection> {
  return mysql.connect({ ...s.config, statementMilliseconds, pool: { min: 0, max: 1 } });
}

/** Rows to join until the time is up, whatever the planner makes of it. */
const long =
  'select count(*) from information_schema.columns a, information_schema.columns b, information_schema.columns c where a.ordinal_position + b.ordinal_position + c.ordinal_position = -?';

const working = of(
  "select count(*) from information_schema.processlist where db = database() and command not in ('Sleep') and id <> connection_id()",
);

/** Whether the server soon works on nothing of this test any more: it tells of an error before it has put all away. */
function atRest(s: Scratch): Promise<boolean> {
  return eventually(async () => (await s.connection.texts(working))[0]?.[0] === '0');
}

t.test('the limit of a session', { skip: absent }, async (t) => {
  const s = await scratch(['create table held (id int primary key)']);
  t.teardown(() => s.end());
  const connection = await limited(s, 1500);
  t.teardown(() => connection.close());
  t.match(await failure(connection.texts(of(long, 4))), { kind: 'statement_timeout', message: /statementMilliseconds/ });
  t.ok(await atRest(s), 'nothing goes on in the database');
  t.strictSame(await connection.texts(of('select 1')), [['1']], 'the connection does');
  await s.connection.transaction(async (transaction) => {
    await transaction.execute(of('insert into held values (1)'));
    t.match(
      await failure(connection.execute(of('insert into held values (1)'))),
      { kind: 'write_conflict', message: /under way/ },
      'a lock is told apart',
    );
  });
});

t.test('the limit of one statement', { skip: absent }, async (t) => {
  const s = await scratch();
  t.teardown(() => s.end());
  const connection = await limited(s, 1500);
  t.teardown(() => connection.close());
  for (let i = 0; i < 2; i++) {
    t.strictSame(await connection.texts(of('select ? as a', 'x'), { timeout: 1400 }), [['x']]);
    t.strictSame(await connection.rows(of('select ? as a', 'x'), { timeout: 1400 }), [{ a: 'x' }]);
    t.match(await failure(connection.texts(of(long, 4), { timeout: 100 })), { kind: 'statement_timeout' });
    t.ok(await atRest(s), 'nothing goes on in the database');
    t.strictSame(await connection.texts(of('select sleep(1.8)'), { timeout: 0 }), [['0']], 'longer than all others');
    t.match(await failure(connection.texts(of(long, 4))), { kind: 'statement_timeout' }, 'what held before holds after it');
  }
});

t.test('the words of each server', async (t) => {
  t.equal(sessionTime(0), '');
  t.equal(sessionTime(undefined), '');
  t.match(
    sessionTime(2500),
    'session max_execution_time = cast(if(@@max_execution_time > 0 and @@max_execution_time < 2500, @@max_execution_time, 2500) as unsigned)',
  );
  t.match(
    sessionTime(2500),
    'session max_statement_time = if(@@max_statement_time > 0 and @@max_statement_time < 2.5, @@max_statement_time, 2.5)',
  );
  const select = of('select a from b where c = ?', 1);
  t.strictSame(within(select, 250, 'mysql'), of('select /*+ MAX_EXECUTION_TIME(250) */ a from b where c = ?', 1));
  t.strictSame(within(select, 0, 'mysql'), of('select /*+ MAX_EXECUTION_TIME(4294967295) */ a from b where c = ?', 1));
  t.strictSame(within(select, 250, 'mariadb'), of('set statement max_statement_time=0.25 for select a from b where c = ?', 1));
  t.strictSame(within(of('show tables'), 250, 'mysql'), of('show tables'));
  t.equal(within(select, undefined, 'mariadb'), select);
});
