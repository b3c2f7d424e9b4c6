/** What a connection to MySQL or MariaDB promises: exact values, whole answers, transactions, and life after lost connections. */
import t from 'tap';
import type { Queryable, Row } from '../../../src/dialect/types.ts';
import type { Statement } from '../../../src/lib/fragment.ts';
import { mysql } from '../../../src/vendors/mysql/index.ts';
import { isMariadb, whyNot } from '../../support/vendors.ts';
import { failure, type Scratch, scratch } from './scratch.ts';

const absent = (await whyNot('mysql')) ?? false;
const of = (text: string, ...values: readonly unknown[]): Statement => ({ text, values });

const types = `create table types (id int primary key, ti tinyint, bu bigint unsigned, bs bigint, de decimal(30, 10), fl float, db double,
  ch char(5), vc varchar(20), tx text, bl blob, bn binary(4), bt bit(9), b1 bit(1), en enum('a','b'), se set('x','y'), ye year,
  da date, ti6 time(6), dt datetime, dt6 datetime(6), ts timestamp(3) null, js json, ge point)`;

const filled = `insert into types values (1, -128, 18446744073709551615, -9223372036854775808, 12345678901234567890.0123456789, 0.1, 0.1,
  'ab', 'ünï💥', 'te''xt', x'00ff', x'01020304', b'100000001', b'1', 'b', 'x,y', 1999,
  '2020-02-29', '-838:59:59.000000', '2020-01-01 00:00:00', '2020-01-01 10:00:00.000001', '2020-06-01 12:00:00.5', '{"a": [1, 2]}',
  point(1, 2))`;

/** Statements outside and inside a transaction answer alike, prepared and not. */
async function everyWay(s: Scratch, run: (queryable: Queryable, way: string) => Promise<void>): Promise<void> {
  await run(s.connection, 'prepared');
  await s.connection.transaction((transaction) => run(transaction, 'in a transaction'));
  const plain = await mysql.connect({ ...s.config, preparedStatements: false });
  try {
    await run(plain, 'as text');
  } finally {
    await plain.close();
  }
}

t.test('values', { skip: absent }, async (t) => {
  const s = await scratch([types, filled, 'insert into types (id) values (2)']);
  t.teardown(() => s.end());
  await everyWay(s, async (queryable, way) => {
    const [first, second] = await queryable.texts(of('select * from types order by id'));
    t.strictSame(
      first?.slice(0, -1),
      [
        '1',
        '-128',
        '18446744073709551615',
        '-9223372036854775808',
        '12345678901234567890.0123456789',
        '0.1',
        '0.1',
        'ab',
        'ünï💥',
        "te'xt",
        'AP8=',
        'AQIDBA==',
        '257',
        '1',
        'b',
        'x,y',
        '1999',
        '2020-02-29',
        '-838:59:59.000000',
        '2020-01-01 00:00:00',
        '2020-01-01 10:00:00.000001',
        '2020-06-01 12:00:00.500',
        '{"a": [1, 2]}',
      ],
      `every type as text, ${way}`,
    );
    t.match(first?.at(-1), /^[A-Za-z0-9+/]+=*$/, `geometry as its bytes, ${way}`);
    t.ok(
      second?.slice(1).every((value) => value === null),
      `NULLs, ${way}`,
    );
    const [row = {}] = await queryable.rows(of('select * from types where id = ?', '1'));
    const expected: Row = {
      id: 1,
      ti: -128,
      bu: '18446744073709551615',
      bs: '-9223372036854775808',
      de: '12345678901234567890.0123456789',
      fl: 0.1,
      db: 0.1,
      vc: 'ünï💥',
      bt: 257,
      b1: 1,
      ye: 1999,
      da: '2020-02-29',
      dt: '2020-01-01 00:00:00',
      dt6: '2020-01-01 10:00:00.000001',
      ts: '2020-06-01 12:00:00.500',
      js: '{"a": [1, 2]}',
    };
    t.match(row, expected, `rows, ${way}`);
    t.strictSame(row['bl'], Buffer.from([0, 255]), way);
    t.ok(Buffer.isBuffer(row['ge']), way);
  });
});

t.test('a column may have any name', { skip: absent }, async (t) => {
  const s = await scratch(['create table `we``ird ?\'"` (`sel?ect` int, `Ünï cöde` int)', 'insert into `we``ird ?\'"` values (1, 2)']);
  t.teardown(() => s.end());
  await everyWay(s, async (queryable) => {
    t.strictSame(await queryable.rows(of('select *, ? as v from `we``ird ?\'"` where `sel?ect` = ?', '?', '1')), [
      { 'sel?ect': 1, 'Ünï cöde': 2, v: '?' },
    ]);
  });
});

t.test('parameters', { skip: absent }, async (t) => {
  const s = await scratch(['create table n (id bigint primary key, flag tinyint, note varchar(50))']);
  t.teardown(() => s.end());
  t.equal(await s.connection.execute(of("insert into n values (1, 1, 'a'), (2, 0, 'b'), (9007199254740993, null, null)")), 3);
  await everyWay(s, async (queryable, way) => {
    const page = await queryable.texts(of('select id from n order by id limit ? offset ?', 1, 2));
    t.strictSame(page, [['9007199254740993']], `limits are numbers, ${way}`);
    t.strictSame(await queryable.texts(of('select id from n where flag = ?', true)), [['1']], way);
    t.strictSame(await queryable.texts(of('select id from n where id = ?', 9007199254740993n)), [['9007199254740993']], way);
    t.strictSame(await queryable.texts(of('select note from n where note <=> ?', null)), [[null]], way);
    t.strictSame(await queryable.texts(of('select ?', "\\' \0 \n ☃ --")), [["\\' \0 \n ☃ --"]], way);
    t.equal(await queryable.execute(of('update n set flag = ? where id = ?', '1', '1')), 1, `an unchanged row counts, ${way}`);
  });
  if (await isMariadb()) {
    const list = 'select json_arrayagg(id order by id limit ? offset ?) from n';
    t.strictSame(await s.connection.texts(of(list, 2, 1)), [['[2,9007199254740993]']], 'a limit inside an aggregate');
  }
  await t.rejects(s.connection.texts(of('select ?', { a: 1 })), TypeError);
});

t.test('every session is set up alike', { skip: absent }, async (t) => {
  const s = await scratch();
  t.teardown(() => s.end());
  const [[zone, mode, names, longest] = []] = await s.connection.texts(
    of('select @@time_zone, @@sql_mode, @@character_set_client, @@group_concat_max_len'),
  );
  t.equal(zone, '+00:00');
  t.equal(mode, 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION');
  t.equal(names, 'utf8mb4');
  t.ok(Number(longest) >= 1024 ** 3);
});

t.test('a list that was cut is an error, never half a list', { skip: absent }, async (t) => {
  const s = await scratch([
    'create table big (id int auto_increment primary key, x longtext)',
    // More than the server gives in one value: four times as much on MySQL as on MariaDB.
    `insert into big (x) values ${Array.from({ length: 40 }, () => "(repeat('x', @@max_allowed_packet div 32))").join()}`,
  ]);
  t.teardown(() => s.end());
  const cut = of("select 1, (select json_arrayagg(x) from big) union all select 2, 'fine'");
  await everyWay(s, async (queryable, way) => {
    t.match(await failure(queryable.texts(cut)), { kind: 'limit_exceeded', message: /too long|larger/ }, way);
    t.same(await queryable.texts(of('select count(*) from big')), [['40']], `the connection works on, ${way}`);
    t.strictSame(await queryable.texts(of("select cast('abc' as signed)")), [['0']], `other warnings are none of its business, ${way}`);
  });
});

t.test('warnings are asked for only when there are some', { skip: absent }, async (t) => {
  const s = await scratch();
  t.teardown(() => s.end());
  await s.connection.transaction(async (transaction) => {
    const asked = async (): Promise<number> => {
      const [row = {}] = await transaction.rows(of("show session status like 'Com_show_warnings'"));
      return Number(row['Value']);
    };
    const before = await asked();
    await transaction.texts(of('select 1'));
    t.equal(await asked(), before);
    await transaction.texts(of("select cast('abc' as signed)"));
    t.equal(await asked(), before + 1);
  });
});

t.test('transactions', { skip: absent }, async (t) => {
  const s = await scratch(['create table a (id int primary key, b int not null)']);
  t.teardown(() => s.end());
  const seen: string[] = [];
  s.connection.onStatement = (statement) => seen.push(statement.text);
  const result = await s.connection.transaction(async (transaction) => {
    await transaction.execute(of('insert into a values (1, 1)'));
    t.same(await s.connection.texts(of('select count(*) from a')), [['0']], 'unseen outside');
    return 'done';
  });
  t.equal(result, 'done');
  t.same(await s.connection.texts(of('select count(*) from a')), [['1']]);
  const mine = new Error('mine');
  await t.rejects(
    s.connection.transaction(async (transaction) => {
      await transaction.execute(of('insert into a values (2, 2)'));
      throw mine;
    }),
    mine,
  );
  const taken = s.connection.transaction((transaction) => transaction.execute(of('insert into a values (1, 2)')));
  t.match(await failure(taken), { kind: 'duplicate', details: { value: '1' } });
  t.same(await s.connection.texts(of('select id from a')), [['1']]);
  t.equal(seen.length, 6, 'every statement was shown, and no begin or commit');
});

t.test('errors', { skip: absent }, async (t) => {
  const s = await scratch([
    'create table p (id int primary key)',
    `create table c (id int primary key, p int, n int not null, e enum('a'), v varchar(2), d date, u int unique, k int check (k > 0),
      foreign key (p) references p (id))`,
    'insert into p values (1)',
    'insert into c (id, p, n, u) values (1, 1, 1, 1)',
  ]);
  t.teardown(() => s.end());
  const kinds: readonly (readonly [string, string])[] = [
    ['insert into c (id, n) values (1, 1)', 'duplicate'],
    ['insert into c (id, n, u) values (2, 1, 1)', 'duplicate'],
    ['insert into c (id, n, p) values (2, 1, 99)', 'constraint'],
    ['delete from p', 'constraint'],
    ['insert into c (id) values (2)', 'constraint'],
    ['insert into c (id, n) values (2, null)', 'constraint'],
    ['insert into c (id, n, k) values (2, 1, 0)', 'constraint'],
    ["insert into c (id, n, e) values (2, 1, 'z')", 'validation'],
    ["insert into c (id, n, v) values (2, 1, 'abc')", 'validation'],
    ["insert into c (id, n, d) values (2, 1, 'no')", 'validation'],
    ['insert into c (id, n) values (99999999999, 1)', 'validation'],
    ["insert into c (id, n) values ('x', 1)", 'validation'],
  ];
  for (const [text, kind] of kinds) {
    const error = await failure(s.connection.execute(of(text)));
    t.equal(error.kind, kind, text);
    t.notMatch(error.message, /insert|select/i);
  }
  const unknown = await s.connection.texts(of('select nothing from nowhere')).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  t.match(unknown, { errno: 1146 }, 'what is our own fault stays as it is');
  t.notOk(Object.hasOwn(Object(unknown), 'sql'), 'but without the SQL');
});

t.test('a killed connection is replaced', { skip: absent }, async (t) => {
  const s = await scratch(['create table k (id int primary key)']);
  const other = await mysql.connect(s.config);
  t.teardown(async () => {
    await other.close();
    await s.end();
  });
  const idOf = async (queryable: Queryable): Promise<string> => (await queryable.texts(of('select connection_id()')))[0]?.[0] ?? '';
  const kill = async (id: string): Promise<void> => void (await other.execute(of(`kill ${Number(id)}`)));

  const first = await idOf(s.connection);
  await kill(first);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const second = await idOf(s.connection);
  t.not(second, first, 'found dead while idle');

  // Back in the pool, killed, and used before this process can have heard of it.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const raw = await s.connection.knex.client.acquireConnection();
  raw.stream.pause();
  await s.connection.knex.client.releaseConnection(raw);
  await kill(second);
  t.not(await idOf(s.connection), second, 'found dead by a read, which is repeated');

  const third = await idOf(s.connection);
  const [outcome] = await Promise.allSettled([
    s.connection.transaction(async (transaction) => {
      await transaction.execute(of('insert into k values (1)'));
      await kill(third);
      await transaction.execute(of('insert into k values (2)'));
    }),
  ]);
  t.match(outcome, { status: 'rejected', reason: { kind: 'database_unavailable' } }, 'a transaction is never repeated');
  t.same(await s.connection.texts(of('select count(*) from k')), [['0']]);
  const slow = failure(s.connection.texts(of('select 1 from (select sleep(20) as slept) s where slept > 5')));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const [[running] = []] = await other.texts(
    of("select id from information_schema.processlist where info like '%sleep(20)%' and id <> connection_id()"),
  );
  await other.execute(of(`kill query ${Number(running)}`));
  t.match(await slow, { kind: 'database_unavailable', message: /was ended/ }, 'ended by hand');
});

t.test('what cannot be connected to is said in a sentence', { skip: absent }, async (t) => {
  const s = await scratch();
  t.teardown(() => s.end());
  const url = new URL(String(s.config.connection));
  const urlWith = (change: (copy: URL) => void): string => {
    const copy = new URL(url);
    change(copy);
    return copy.href;
  };
  const attempts: readonly (readonly [string, RegExp])[] = [
    [urlWith((copy) => (copy.port = '1')), /does not answer/],
    [urlWith((copy) => (copy.pathname = '/no_such_database_here')), /does not answer/],
    [urlWith((copy) => (copy.username = 'nobody_at_all')), /does not answer/],
    [urlWith((copy) => (copy.pathname = '/')), /names no database/],
    ['http:// no', /not a valid URL/],
  ];
  for (const [connection, message] of attempts) {
    const refusal = await failure(mysql.connect({ client: 'mysql2', connection }));
    t.match(refusal, { kind: 'database_unavailable', message }, String(message));
  }
  const start = performance.now();
  const nowhere = { host: '10.255.255.1', database: 'x', connectTimeout: 300 };
  t.equal((await failure(mysql.connect({ client: 'mysql2', connection: nowhere }))).kind, 'database_unavailable');
  t.ok(performance.now() - start < 9000, 'by its own time limit');
});
