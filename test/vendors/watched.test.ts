/** A connection that is watched works as any other, and every statement on it is told once, with its end. */
import t from 'tap';
import { watched } from '../../src/dialect/watched.ts';
import type { Statement } from '../../src/lib/fragment.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { createDatabase, whyNot } from '../support/vendors.ts';

const of = (text: string, ...values: readonly unknown[]): Statement => ({ text, values });

for (const vendor of ['sqlite', 'postgres', 'mysql'] as const) {
  const skip = (await whyNot(vendor)) ?? false;
  t.test(vendor, { skip }, async (t) => {
    const database = await createDatabase(vendor);
    t.teardown(() => database.drop());
    const config =
      vendor === 'sqlite' ? { ...database.config, connection: { ...Object(database.config.connection), create: true } } : database.config;
    const plain = await vendorOf(config.client).connect(config);
    t.teardown(() => plain.close());
    const told: string[] = [];
    const open = new Set<Statement>();
    const connection = watched(plain, (statement) => {
      open.add(statement);
      return (error) => {
        open.delete(statement);
        told.push(`${statement.text.split(' ')[0]} ${error === undefined ? 'ok' : 'failed'}`);
      };
    });
    const seen: string[] = [];
    connection.onStatement = ({ text }) => void seen.push(text);

    await connection.execute(of('create table things (id integer primary key, name varchar(20))'));
    await connection.transaction(async (transaction) => {
      await transaction.execute(of("insert into things values (1, 'one')"));
      t.same(await transaction.texts(of('select name from things')), [['one']]);
      await transaction.last(() => transaction.execute(of("update things set name = 'two'")));
    });
    t.match(await connection.rows(of('select name from things')), [{ name: 'two' }]);
    const rows: unknown[] = [];
    await connection.each(of('select name from things'), () => (row) => void rows.push(row));
    t.same(rows, [['two']]);
    await t.rejects(connection.texts(of('select nothing from nowhere')));
    await t.rejects(connection.transaction((transaction) => transaction.execute(of("insert into things values (1, 'again')"))));

    t.same(told, ['create ok', 'insert ok', 'select ok', 'update ok', 'select ok', 'select ok', 'select failed', 'insert failed']);
    t.equal(open.size, 0, 'each has ended');
    t.equal(seen.length, told.length, 'who counts statements still can');
    t.match(connection.use(), { busy: 0, waiting: 0 });
    t.equal(connection.use().most, vendor === 'sqlite' ? 1 : 10);
  });
}
