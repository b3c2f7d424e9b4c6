/** Transactions on every vendor: what meets is tried again, what fails changes nothing, and many find their way through a few connections. */
import t from 'tap';
import type { Connection, Transaction } from '../../src/dialect/types.ts';
import { transactional } from '../../src/engine/transactional.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { name, print, type Statement, sql } from '../../src/lib/fragment.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { hangingUp } from '../support/hanging-up.ts';
import { testVendors, whyNot } from '../support/vendors.ts';
import { counts, increment, opened } from './opened.ts';

const of = (text: string, ...values: readonly unknown[]): Statement => ({ text, values });
const many = 200;

const reasonOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Resolves when so many have come. */
function meeting(size: number): () => Promise<void> {
  let come = 0;
  let open: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    come += 1;
    if (come === size) open();
    return all;
  };
}

for (const vendor of testVendors) {
  const absent = (await whyNot(vendor)) ?? false;

  t.test(`${many} transactions at once on a pool of five, on ${vendor}`, { skip: absent }, async (t) => {
    const { connection } = await opened(t, vendor);
    let [now, most] = [0, 0];
    const write = (i: number): Promise<string | null | undefined> =>
      transactional(connection, async (transaction) => {
        now += 1;
        most = Math.max(most, now);
        try {
          await transaction.execute(increment(connection, 1 + (i % 5)));
          return (await transaction.texts(of(`select n from counters where id = ${1 + (i % 5)}`)))[0]?.[0];
        } finally {
          now -= 1;
        }
      });
    const seen = await Promise.all(Array.from({ length: many }, (_, i) => write(i)));
    t.strictSame(await counts(connection), [40, 40, 40, 40, 40]);
    t.equal(new Set(seen.map((n, i) => `${i % 5} ${n}`)).size, many, 'each saw its own change alone');
    t.ok(most <= 5, 'no more at once than there are connections');
  });

  t.test(`transactions in each other's way, on ${vendor}`, { skip: absent }, async (t) => {
    const { connection } = await opened(t, vendor);
    const write = (i: number): Promise<void> =>
      transactional(connection, async (transaction) => {
        const [first, second] = i % 2 === 0 ? [1, 2] : [2, 1];
        await transaction.execute(increment(connection, first));
        await transaction.execute(increment(connection, second));
      });
    await Promise.all(Array.from({ length: 40 }, (_, i) => write(i)));
    t.strictSame(await counts(connection), [40, 40, 0, 0, 0], 'each once');
  });

  t.test(`what fails changes nothing, on ${vendor}`, { skip: absent }, async (t) => {
    const { connection } = await opened(t, vendor);
    let runs = 0;
    const swallowed = transactional(connection, async (transaction) => {
      runs += 1;
      await transaction.execute(increment(connection, 1));
      await transaction.execute(of('insert into counters values (2, 7)')).catch(() => undefined);
      const after = await reasonOf(transaction.execute(increment(connection, 3)));
      t.match(after, { kind: 'duplicate' }, 'nothing is sent any more');
      return 'done';
    });
    t.match(await reasonOf(swallowed), { kind: 'duplicate' }, 'also where nobody looks');
    t.equal(runs, 1, 'what would fail again is not tried again');
    const endless = transactional(connection, async (transaction) => {
      runs += 1;
      await transaction.execute(increment(connection, 1));
      throw new GatewayError('write_conflict');
    });
    t.match(await reasonOf(endless), { kind: 'write_conflict' });
    t.equal(runs, 7, 'nothing is tried for ever');
    let escaped: Transaction | undefined;
    await connection.transaction(async (transaction) => {
      escaped = transaction;
      await transaction.execute(increment(connection, 5));
    });
    t.match(
      await reasonOf(escaped?.execute(increment(connection, 5)) ?? Promise.resolve()),
      /over/,
      'nothing runs outside its transaction',
    );
    t.strictSame(await counts(connection), [0, 0, 0, 0, 1]);
  });

  t.test(`reads inside a transaction, on ${vendor}`, { skip: absent }, async (t) => {
    const { config } = await opened(t, vendor);
    const connection = await vendorOf(config.client).connect({ ...config, pool: { max: 1 } });
    t.teardown(() => connection.close());
    await connection.transaction(async (transaction) => {
      t.equal(transaction.dialect, connection.dialect);
      t.equal(transaction.vendor, connection.vendor);
      await transaction.execute(increment(connection, 1));
      const found: unknown[] = [];
      for (let i = 0; i < 4; i += 1) {
        await transaction.each(of('select id, n from counters order by id limit 1'), () => (row) => void found.push(row));
      }
      t.strictSame(
        found,
        Array.from({ length: 4 }, () => ['1', '1']),
        'row by row, what it changed',
      );
      const estimate = await transaction.estimate?.(of('select id from counters where n >= 0'));
      if (connection.estimate) t.type(estimate?.rows, 'number', 'the planner is asked on the same connection');
      t.strictSame(await transaction.texts(of('select count(*) from counters'), { timeout: 10_000 }), [['5']]);
      await transaction.execute(increment(connection, 2));
    });
    t.strictSame(await counts(connection), [1, 1, 0, 0, 0]);
  });
}

for (const vendor of testVendors) {
  t.test(`what the dialect says of changes, on ${vendor}`, { skip: (await whyNot(vendor)) ?? false }, async (t) => {
    const { connection } = await opened(t, vendor, ['create table noted (id integer primary key, x integer default 7)']);
    const { returning, deletesByAlias, forUpdate, defaultValue } = connection.dialect;
    const changes = {
      insert: 'insert into counters values (6, 0)',
      update: 'update counters set n = 1 where id = 6',
      delete: `delete ${deletesByAlias ? 'c ' : ''}from counters as c where c.id = 6`,
    };
    for (const change of ['insert', 'update', 'delete'] as const) {
      const back = await connection.texts(of(`${changes[change]} returning id`)).catch(() => undefined);
      t.strictSame(back, returning[change] ? [['6']] : undefined, change);
      if (!back) await connection.execute(of(changes[change]));
    }
    const locked = print(sql`select n from ${name('counters')} where id = 1${forUpdate}`, connection.dialect);
    t.strictSame(await connection.transaction((transaction) => transaction.texts(locked)), [['0']]);
    if (defaultValue) await connection.execute(print(sql`insert into noted values (1, ${defaultValue})`, connection.dialect));
    t.strictSame(await connection.texts(of('select x from noted')), defaultValue ? [['7']] : []);
    t.equal(await connection.execute(of('update counters set n = n where id < 4')), 3, 'rows that were found as they should be count');
  });
}

const slow = {
  postgres: 'select pg_sleep(5)',
  mysql: 'select count(*) from information_schema.columns a, information_schema.columns b, information_schema.columns c',
};
const ports = { postgres: 5432, mysql: 3306 };

for (const vendor of ['postgres', 'mysql'] as const) {
  const absent = (await whyNot(vendor)) ?? false;

  t.test(`a deadlock is tried again, on ${vendor}`, { skip: absent }, async (t) => {
    const { connection } = await opened(t, vendor);
    const both = meeting(2);
    let runs = 0;
    const write = (first: number, second: number): Promise<string> => {
      let met = false;
      return transactional(connection, async (transaction) => {
        runs += 1;
        await transaction.execute(increment(connection, first));
        if (!met) await both();
        met = true;
        await transaction.execute(increment(connection, second));
        return `${first} ${second}`;
      });
    };
    t.strictSame(await Promise.all([write(1, 2), write(2, 1)]), ['1 2', '2 1']);
    t.equal(runs, 3, 'one of them once more');
    t.strictSame(await counts(connection), [2, 2, 0, 0, 0]);
  });

  t.test(`a read that runs out of its own time leaves the transaction as it was, on ${vendor}`, { skip: absent }, async (t) => {
    const { connection } = await opened(t, vendor);
    await connection.transaction(async (transaction) => {
      await transaction.execute(increment(connection, 1));
      t.match(await reasonOf(transaction.texts(of(slow[vendor]), { timeout: 50 })), { kind: 'statement_timeout' });
      await transaction.execute(increment(connection, 1));
      const [[limit] = []] = vendor === 'postgres' ? await transaction.texts(of('show statement_timeout')) : [['0']];
      t.equal(limit, '0', 'and its limit with it');
    });
    t.strictSame(await counts(connection), [2, 0, 0, 0, 0]);
  });

  t.test(`a connection lost while it commits, on ${vendor}`, { skip: absent }, async (t) => {
    const { config, connection } = await opened(t, vendor);
    const url = new URL(String(config.connection));
    const port = await hangingUp(t, url.hostname, Number(url.port || ports[vendor]), 'commit');
    [url.hostname, url.port] = ['127.0.0.1', String(port)];
    const lossy = await vendorOf(config.client).connect({ ...config, connection: url.href });
    t.teardown(() => lossy.close());
    let runs = 0;
    const error = await reasonOf(
      transactional(lossy, async (transaction) => {
        runs += 1;
        await transaction.execute(increment(lossy, 1));
      }),
    );
    t.match(error, { kind: 'database_unavailable', message: /not known/ });
    t.equal(runs, 1, 'what may have been saved is not repeated');
    t.strictSame(await counts(connection), [1, 0, 0, 0, 0], 'here it was');
  });
}

t.test('a serialisation failure is tried again', { skip: (await whyNot('postgres')) ?? false }, async (t) => {
  const { connection } = await opened(t, 'postgres');
  const both = meeting(2);
  let runs = 0;
  const write = (target: number): Promise<void> => {
    let met = false;
    return transactional(connection, async (transaction) => {
      runs += 1;
      await transaction.execute(of('set transaction isolation level serializable'));
      const [[sum] = []] = await transaction.texts(of('select sum(n) from counters'));
      if (!met) await both();
      met = true;
      await transaction.execute(of(`update counters set n = ${Number(sum) + 1} where id = ${target}`));
    });
  };
  await Promise.all([write(1), write(2)]);
  t.equal(runs, 3);
  t.strictSame((await counts(connection)).slice(0, 2).sort(), [1, 2], 'as if one came after the other');
});

t.test('keys that an insert generated', { skip: (await whyNot('mysql')) ?? false }, async (t) => {
  const { connection } = await opened(t, 'mysql', [
    'create table made (id bigint unsigned auto_increment primary key, v int)',
    'alter table made auto_increment = 18446744073709551000',
    'create table keyless (v int)',
  ]);
  const ids = (inside: (transaction: Transaction) => Promise<unknown>, rows: number): Promise<readonly string[] | undefined> =>
    (connection as Connection).transaction(async (transaction) => {
      await inside(transaction);
      return transaction.insertedIds?.(rows);
    });
  const insert = of('insert into made (v) values (1), (2), (3)');
  const expected = ['18446744073709551000', '18446744073709551001', '18446744073709551002'];
  t.strictSame(await ids((transaction) => transaction.execute(insert), 3), expected, 'to the last digit');
  t.strictSame((await connection.texts(of('select cast(id as char) from made order by id'))).flat(), expected);
  t.strictSame(await ids((transaction) => transaction.execute(of('insert into made (v) values (4)')), 1), ['18446744073709551003']);
  const none = async (transaction: Transaction): Promise<void> => {
    await transaction.execute(insert);
    await transaction.execute(of('insert into keyless values (1)'));
  };
  t.strictSame(await ids(none, 1), [], 'none of an earlier insert');
  const inSteps = async (transaction: Transaction): Promise<void> => {
    await transaction.execute(of('set session auto_increment_increment = 10'));
    await transaction.execute(of('alter table made auto_increment = 18446744073709551100')).catch(() => undefined);
    await transaction.execute(insert);
  };
  const found = await ids(inSteps, 3);
  const stored = await connection.texts(of('select cast(id as char) from made order by id desc limit 3'));
  t.strictSame(found, stored.flat().reverse(), 'where servers take turns');
});
