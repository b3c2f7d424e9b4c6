/** What a stream of MySQL and MariaDB promises: the rows that `texts` gives, a statement that ends when nobody wants it, a whole pool. */
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import type { Connection } from '../../../src/dialect/types.ts';
import type { Statement } from '../../../src/lib/fragment.ts';
import { mysql } from '../../../src/vendors/mysql/index.ts';
import { eventually } from '../../support/eventually.ts';
import { drained, streamed } from '../../support/streams.ts';
import { whyNot } from '../../support/vendors.ts';
import { failure, type Scratch, scratch } from './scratch.ts';

const absent = (await whyNot('mysql')) ?? false;
const of = (text: string, ...values: readonly unknown[]): Statement => ({ text, values });

const digits = 'create table d (i int primary key)';
const filled = `insert into d values ${Array.from({ length: 10 }, (_, i) => `(${i})`).join()}`;
/** Ten thousand rows, fewer by a limit. */
const many = "select a.i + 10 * b.i + 100 * c.i + 1000 * e.i as n, repeat('x', 100), null from d a, d b, d c, d e order by n limit ?";

/** The same server through a pool of one connection, prepared and not. */
async function everyWay(s: Scratch, run: (small: Connection, way: string) => Promise<void>): Promise<void> {
  for (const preparedStatements of [true, false]) {
    const small = await mysql.connect({ ...s.config, preparedStatements, pool: { min: 0, max: 1 } });
    try {
      await run(small, preparedStatements ? 'prepared' : 'as text');
    } finally {
      await small.close();
    }
  }
}

async function atRest(s: Scratch): Promise<boolean> {
  const text =
    "select count(*) as n from information_schema.processlist where db = database() and id <> connection_id() and command <> 'Sleep'";
  return eventually(async () => Number((await s.connection.rows(of(text)))[0]?.['n']) === 0);
}

async function reason(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => new Error('It did not fail'),
    (error: unknown) => error,
  );
}

t.test('rows are those of texts', { skip: absent }, async (t) => {
  const s = await scratch([digits, filled]);
  t.teardown(() => s.end());
  await everyWay(s, async (small, way) => {
    for (const count of [0, 1, 10_000]) {
      const { rows, batches } = await drained(streamed(small, of(many, count)));
      t.strictSame(rows, await small.texts(of(many, count)), `${count} rows ${way}`);
      t.ok(count < 1000 || batches > 2, `in ${batches} batches`);
    }
    const values =
      "select cast(0.10 as decimal(5,2)), 9007199254740993, 0.1, cast('2020-01-01 10:00:00.5' as datetime(3)), x'00ff', point(1, 2), ?";
    t.strictSame((await drained(streamed(small, of(values, 'ü')))).rows, await small.texts(of(values, 'ü')), way);
  });
});

t.test('one connection, given back', { skip: absent }, async (t) => {
  const s = await scratch([digits, filled]);
  t.teardown(() => s.end());
  await everyWay(s, async (small, way) => {
    t.equal(small.streams, 0);
    const connectionId = async (): Promise<string> => String((await small.texts(of('select connection_id()')))[0]?.[0]);
    const first = await connectionId();
    await drained(streamed(small, of(many, 1000)));
    t.equal(await connectionId(), first, `after the end, ${way}`);
    t.match(await failure(drained(streamed(small, of('select 9223372036854775807 + i from d order by i desc')))), { kind: 'validation' });
    t.match(await reason(drained(streamed(small, of('select nothing')))), { errno: 1054 });
    t.equal(await connectionId(), first, `after errors, ${way}`);
    for await (const _ of streamed(small, of(many, 10_000))) break;
    await connectionId();
    t.pass(`after half of it, ${way}`);
    await streamed(small, of(many, 10_000)).return?.();
    await connectionId();
    t.pass(`after none of it, ${way}`);
    const mariadb = /mariadb/i.test(String((await small.texts(of('select version()')))[0]?.[0]));
    const patience = of(
      `select @@session.net_write_timeout + 0, @@session.${mariadb ? 'max_statement_time' : 'max_execution_time / 1000'} + 0`,
    );
    const before = await small.texts(patience);
    const [meanwhile = []] = (await drained(streamed(small, patience))).rows;
    t.strictSame(meanwhile.map(Number), [60, 60], 'the server waits, and works, as long as the stream may take');
    t.strictSame(await small.texts(patience), before, 'and not longer');
  });
  t.ok(await atRest(s));
});

t.test('a statement that is still busy is ended', { skip: absent }, async (t) => {
  const s = await scratch([digits, filled]);
  t.teardown(() => s.end());
  await everyWay(s, async (small, way) => {
    for (const text of ['select sleep(60)', 'select i, if(i > 5, sleep(60), 0) from d']) {
      const controller = new AbortController();
      const work = drained(streamed(small, of(text), controller.signal));
      setTimeout(() => controller.abort(new Error('enough')), 200);
      t.match(await reason(work), { message: 'enough' }, way);
      t.ok(await atRest(s), 'the server works no more');
      t.strictSame(await small.texts(of('select 1')), [['1']], 'the pool is whole');
    }
  });
});

t.test('a connection that is lost', { skip: absent }, async (t) => {
  const s = await scratch([digits, filled]);
  t.teardown(() => s.end());
  await everyWay(s, async (small, way) => {
    const end = async (id: unknown): Promise<unknown> => s.connection.execute(of(`kill ${Number(id)}`));
    const id = of('select connection_id()');
    await end((await small.texts(id))[0]?.[0]);
    await pause(100);
    t.equal((await drained(streamed(small, of(many, 100)))).rows.length, 100, `while idle is passed over, ${way}`);
    const [[mine] = []] = await small.texts(id);
    const rows = streamed(small, of(`${many.replace('order by n limit ?', ', d f, d g')}`));
    await rows.next();
    await end(mine);
    t.equal((await failure(drained(rows))).kind, 'database_unavailable', `in the middle ends the stream, ${way}`);
    t.strictSame(await small.texts(of('select 1')), [['1']], 'and the next one is new');
  });
});

t.test('a list that was cut is an error at the end', { skip: absent }, async (t) => {
  const s = await scratch([
    'create table big (id int auto_increment primary key, x longtext)',
    `insert into big (x) values ${Array.from({ length: 40 }, () => "(repeat('x', @@max_allowed_packet div 32))").join()}`,
  ]);
  t.teardown(() => s.end());
  await everyWay(s, async (small, way) => {
    const cut = of("select 1, (select json_arrayagg(x) from big) union all select 2, 'fine'");
    t.match(await failure(drained(streamed(small, cut))), { kind: 'limit_exceeded' }, way);
    t.strictSame(await small.texts(of('select 1')), [['1']], 'the connection works on');
  });
});
