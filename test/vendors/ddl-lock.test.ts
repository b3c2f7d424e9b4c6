/** Promise: changes of one database's schema are made one at a time, whoever makes them, and one that takes long is told in the log. */
import t from 'tap';
import type { Connection } from '../../src/dialect/types.ts';
import { type EditContext, runEdit } from '../../src/engine/editing/run-edit.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Schema } from '../../src/schema/types.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { refusal, scratchDatabase } from '../projects/support.ts';
import { eventually } from '../support/eventually.ts';
import { type TestDatabase, type TestVendor, whyNot } from '../support/vendors.ts';

async function opened(database: TestDatabase): Promise<Connection> {
  return vendorOf(database.config.client).connect({ ...database.config, pool: { max: 1 } });
}

for (const vendor of ['postgres', 'mysql'] satisfies TestVendor[]) {
  t.test(`one after the other on ${vendor}`, async (t) => {
    const reason = await whyNot(vendor);
    if (reason !== undefined) return void t.comment(reason);
    const database = await scratchDatabase(vendor);
    const { ddl } = vendorOf(database.config.client);
    const [one, other] = [await opened(database), await opened(database)];
    const order: string[] = [];
    let end = (): void => undefined;
    const first = ddl.exclusively(one, async () => {
      order.push('first begins');
      await new Promise<void>((done) => {
        end = done;
      });
      order.push('first ends');
    });
    await eventually(() => order.length > 0);
    const second = ddl.exclusively(other, async () => void order.push('second'));
    // It waits at the server; whoever did not would be through long before.
    const statement = { text: 'select 1', values: [] };
    for (let i = 0; i < 50; i += 1) await other.texts(statement);
    end();
    await Promise.all([first, second]);
    t.strictSame(order, ['first begins', 'first ends', 'second']);
    const failed = refusal(ddl.exclusively(one, () => Promise.reject(new Error('no'))));
    t.match(await failed, { kind: 'other' });
    t.equal(await ddl.exclusively(other, async () => 'free'), 'free', 'what fails gives the lock back');
    await one.close();
    await other.close();
    await database.drop();
  });
}

t.test('on SQLite the work is begun anew where another process has written', async (t) => {
  const database = await scratchDatabase('sqlite');
  const { ddl } = vendorOf('better-sqlite3');
  const [one, other] = [await opened(database), await opened(database)];
  let times = 0;
  await ddl.exclusively(one, async (undisturbed) => {
    times += 1;
    if (times < 3) await other.execute({ text: `create table t${times} (a)`, values: [] });
    await one.transaction(undisturbed);
  });
  t.equal(times, 3);
  await one.close();
  await other.close();
  await database.drop();
});

t.test('a change that takes long is told in the log again and again', async (t) => {
  const database = await scratchDatabase('sqlite');
  const connection = await opened(database);
  const told: string[] = [];
  const schema: Schema = { collections: new Map(), version: 1, remarks: [] } as unknown as Schema;
  const context: EditContext = {
    schema,
    introspection: { version: '', defaultSchema: null, tables: [] },
    connection,
    vendor: vendorOf('better-sqlite3'),
    actor: { is: 'system', reason: 'a test' },
    userAgent: '',
    log: { ...silentLog, info: (_: object, message?: string) => void told.push(String(message)) },
    unrecorded: true,
    force: false,
    reportMilliseconds: 5,
  };
  const still = (): number => told.filter((line) => line === 'the schema is still being changed: something').length;
  const metadata = async (): Promise<void> => void (await eventually(() => still() >= 2));
  await runEdit(context, { what: 'something', checks: [], changes: [], metadata });
  const count = still();
  t.ok(count >= 2, `${count} lines`);
  await connection.close();
  await database.drop();
});
