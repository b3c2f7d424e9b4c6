/** Connections that died without anybody hearing of it, as behind a load balancer: found out when used, and never the caller's trouble. */
import { connect, createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import type { Connection } from '../../../src/dialect/types.ts';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { eventually } from '../../support/eventually.ts';
import { whyNot } from '../../support/vendors.ts';
import { failure, of, type Scratch, scratch, urlWith } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;
const lanes = 6;

interface Lossy {
  readonly connection: Connection;
  /** Opens all connections of the pool and loses them silently: each answers what is sent next with a reset. */
  lose(): Promise<void>;
}

async function lossy(t: Test, s: Scratch): Promise<Lossy> {
  const open = new Set<Socket>();
  const lost = new WeakSet<Socket>();
  const url = new URL(String(s.config.connection));
  const server = createServer((near) => {
    const far = connect(Number(url.port || '5432'), url.hostname);
    open.add(near);
    near.on('error', () => undefined);
    far.on('error', () => near.destroy());
    near.on('data', (bytes) => {
      if (lost.has(near)) near.resetAndDestroy();
      else far.write(bytes);
    });
    far.on('data', (bytes) => near.write(bytes));
    near.on('close', () => {
      open.delete(near);
      far.destroy();
    });
    far.on('close', () => near.destroy());
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address) resolve(address.port);
      else reject(new Error('The server listens nowhere'));
    });
  });
  const connection = await postgres.connect({
    client: 'pg',
    connection: urlWith(s, (copy) => {
      copy.hostname = '127.0.0.1';
      copy.port = String(port);
    }),
    pool: { min: 0, max: lanes },
  });
  t.teardown(async () => {
    await connection.close();
    for (const socket of open) socket.destroy();
    server.close();
  });
  return {
    connection,
    async lose() {
      const all = async (): Promise<boolean> => {
        await Promise.all(Array.from({ length: lanes }, () => connection.texts(of('select pg_sleep(0.1)'))));
        return open.size === lanes;
      };
      t.ok(await eventually(all), 'all connections lie idle');
      for (const socket of open) lost.add(socket);
    },
  };
}

t.test('connections lost without a word', { skip: absent }, async (t) => {
  const s = await scratch(t, ['create table k (id int primary key)']);
  const { connection, lose } = await lossy(t, s);
  await lose();
  for (let i = 0; i < 3; i += 1) t.strictSame(await connection.texts(of('select 1')), [['1']], 'a read goes over a new one');
  await lose();
  const many = Array.from({ length: 20 }, (_, i) => connection.rows(of('select $1::int as n', String(i))));
  t.strictSame(
    await Promise.all(many),
    Array.from({ length: 20 }, (_, n) => [{ n }]),
    'many at once',
  );
  await lose();
  await connection.transaction((transaction) => transaction.execute(of('insert into k values (1)')));
  t.strictSame(await s.connection.texts(of('select id from k')), [['1']], 'so does a transaction');
});

t.test('what may have written is not repeated', { skip: absent }, async (t) => {
  const s = await scratch(t, ['create table k (id int)']);
  const { connection, lose } = await lossy(t, s);
  const writes = [
    () => connection.execute(of('insert into k values (1)')),
    () => connection.rows(of('insert into k values (2) returning id')),
    () => connection.rows(of('with w as (insert into k values (3) returning id) select id from w')),
  ];
  for (const write of writes) {
    await lose();
    t.equal((await failure(write())).kind, 'database_unavailable');
    await write();
  }
  t.strictSame(await s.connection.texts(of('select id from k order by id')), [['1'], ['2'], ['3']], 'once each');
  await lose();
  t.strictSame(
    await connection.rows(of('with w as (select id from k) select max(id) as id from w')),
    [{ id: 3 }],
    'a read of the same form is',
  );
});

t.test('more values than the protocol can carry', { skip: absent }, async (t) => {
  const { connection } = await scratch(t);
  const ask = (count: number): Promise<unknown> =>
    connection.texts({ text: `select count(*) from (values ${list(count)}) v (a)`, values: Array.from({ length: count }, () => '1') });
  const list = (count: number): string => Array.from({ length: count }, (_, i) => `($${i + 1})`).join();
  t.strictSame(await ask(65_535), [['65535']]);
  t.equal((await failure(ask(65_536))).kind, 'limit_exceeded');
});
