/** What a connection to PostgreSQL promises: exact values, named statements, transactions, and life after lost connections. */
import { inspect } from 'node:util';
import t from 'tap';
import type { Connection, Queryable, Row } from '../../../src/dialect/types.ts';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { whyNot } from '../../support/vendors.ts';
import { another, failure, of, reason, type Scratch, scratch, urlWith } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;
const one = { min: 0, max: 1 };

/** Value as SQL, and as text. Where the row differs from the text, its form there. */
const types: readonly (readonly [type: string, value: string, text: string, row?: unknown])[] = [
  ['int2', '-32768', '-32768', -32768],
  ['int4', '2147483647', '2147483647', 2147483647],
  ['int8', '-9223372036854775808', '-9223372036854775808'],
  ['oid', '4294967295', '4294967295', 4294967295],
  ['numeric(30,10)', '12345678901234567890.0123456789', '12345678901234567890.0123456789'],
  ['numeric', "'NaN'", 'NaN'],
  ['float4', '0.1', '0.1'],
  ['float8', '0.1', '0.1'],
  ['float8', "'-Infinity'", '-Infinity'],
  ['money', '12.5', '$12.50'],
  ['boolean', 'true', 't', true],
  ['bit(3)', "b'101'", '101'],
  ['char(5)', "'ab'", 'ab   '],
  ['varchar(20)', "'ünï💥'", 'ünï💥'],
  ['text', "'te''x\\t'", "te'x\\t"],
  ['name', "'n'", 'n'],
  ['uuid', "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['bytea', "'\\x00ff'", '\\x00ff', Buffer.from([0, 255])],
  ['date', "'2020-02-29'", '2020-02-29'],
  ['date', "'infinity'", 'infinity'],
  ['date', "'0044-03-15 BC'", '0044-03-15 BC'],
  ['time', "'24:00'", '24:00:00'],
  ['timetz', "'10:00+05:30'", '10:00:00+05:30'],
  ['timestamp', "'2020-01-01 10:00:00.000001'", '2020-01-01 10:00:00.000001'],
  ['timestamptz', "'2020-06-01 12:00:00.5+02'", '2020-06-01 10:00:00.5+00'],
  ['timestamptz', "'-infinity'", '-infinity'],
  ['interval', "'1 year 2 days 03:04:05.6'", '1 year 2 days 03:04:05.6'],
  ['json', `'{"b": 1.0, "a": 1e2}'`, '{"b": 1.0, "a": 1e2}'],
  ['jsonb', `'{"b": 1.0, "a": [1]}'`, '{"a": [1], "b": 1.0}'],
  ['xml', "'<a/>'", '<a/>'],
  ['int4[]', "'{1,null,3}'", '{1,NULL,3}'],
  ['text[]', `array['a b', 'c"d']`, '{"a b","c\\"d"}'],
  ['int4range', "'[1,5)'", '[1,5)'],
  ['inet', "'10.0.0.1/8'", '10.0.0.1/8'],
  ['point', "'(1,2)'", '(1,2)'],
  ['tsvector', "'a b'", "'a' 'b'"],
  ['mood', "'so so'", 'so so'],
  ['pair', "row(1, 'x y')", '(1,"x y")'],
  ['positive', '5', '5', 5],
];

/** Statements outside and inside a transaction answer alike, prepared and not. */
async function everyWay(s: Scratch, run: (queryable: Queryable, way: string) => Promise<void>): Promise<void> {
  await run(s.connection, 'first');
  await run(s.connection, 'prepared');
  await run(s.connection, 'by name');
  await s.connection.transaction((transaction) => run(transaction, 'in a transaction'));
  const plain = await postgres.connect({ ...s.config, preparedStatements: false });
  try {
    for (let i = 0; i < 3; i += 1) await run(plain, 'unprepared');
    t.strictSame(await plain.texts(of('select name from pg_prepared_statements')), []);
  } finally {
    await plain.close();
  }
}

t.test('values', { skip: absent }, async (t) => {
  const columns = types.map(([type], i) => `c${i} ${type}`).join(', ');
  const s = await scratch(t, [
    "create type mood as enum ('so so')",
    'create type pair as (a int, b text)',
    'create domain positive as int check (value > 0)',
    `create table types (${columns})`,
    `insert into types values (${types.map(([, value]) => value).join(', ')})`,
    'insert into types default values',
  ]);
  await everyWay(s, async (queryable, way) => {
    const [first = [], second = []] = await queryable.texts(of('select * from types order by c0'));
    types.forEach(([type, value, text], i) => {
      t.equal(first[i], text, `${type} ${value} as text, ${way}`);
    });
    t.ok(
      second.every((value) => value === null),
      `NULLs, ${way}`,
    );
    const [row = {}] = await queryable.rows(of('select * from types where c0 = $1', '-32768'));
    types.forEach(([type, value, text, own], i) => {
      t.strictSame(row[`c${i}`], own ?? text, `${type} ${value} in a row, ${way}`);
    });
    t.notOk(
      Object.values(row).some((value) => value instanceof Date),
      `no Date, ${way}`,
    );
  });
});

t.test('a session depends on no setting of server or role', { skip: absent }, async (t) => {
  const s = await scratch(t);
  const database = new URL(String(s.config.connection)).pathname.slice(1);
  for (const setting of [
    "timezone = 'Asia/Kathmandu'",
    "datestyle = 'German'",
    "intervalstyle = 'iso_8601'",
    "bytea_output = 'escape'",
    'extra_float_digits = 0',
    'standard_conforming_strings = off',
  ]) {
    await s.connection.execute(of(`alter database ${database} set ${setting}`));
  }
  const connection = await another(t, s);
  const text = `select timestamptz '2020-01-01 00:00+00', date '2020-02-01', interval '1 day 2 hours', '\\x00ff'::bytea, 0.1::float8 + 0.2, 'a\\b',
    current_setting('jit'), current_setting('client_encoding'), current_setting('application_name')`;
  t.strictSame(await connection.texts(of(text)), [
    ['2020-01-01 00:00:00+00', '2020-02-01', '1 day 02:00:00', '\\x00ff', '0.30000000000000004', 'a\\b', 'off', 'UTF8', 'sallyport'],
  ]);
});

t.test('parameters, counts and names', { skip: absent }, async (t) => {
  const s = await scratch(t, [
    'create table n (id bigint primary key, flag boolean, note text)',
    'create table "we""ird ?\'$1" ("sel?ect" int, "Ünï cöde" int)',
    'insert into "we""ird ?\'$1" values (1, 2)',
  ]);
  t.equal(await s.connection.execute(of("insert into n values (1, true, 'a'), (2, false, 'b'), (9007199254740993, null, null)")), 3);
  await everyWay(s, async (queryable, way) => {
    const page = await queryable.texts(of('select id from n order by id limit $1 offset $2', '1', '2'));
    t.strictSame(page, [['9007199254740993']], way);
    t.strictSame(await queryable.texts(of('select id from n where flag = $1', true)), [['1']], way);
    t.strictSame(
      await queryable.texts(of('select id from n where id = any($1)', ['2', '9007199254740993'])),
      [['2'], ['9007199254740993']],
      way,
    );
    t.strictSame(await queryable.texts(of('select note from n where note is not distinct from $1::text', null)), [[null]], way);
    t.strictSame(await queryable.texts(of('select $1::text', "\\' \n ☃ -- $2")), [["\\' \n ☃ -- $2"]], way);
    t.equal(await queryable.execute(of('update n set flag = $1 where id = $2', true, '1')), 1, way);
    const rows: Row[] = await queryable.rows(of('select *, $1::text as v from "we""ird ?\'$1" where "sel?ect" = $2', '?', '1'));
    t.strictSame(rows, [{ 'sel?ect': 1, 'Ünï cöde': 2, v: '?' }], way);
  });
});

const named = async (connection: Connection): Promise<number> => {
  const [[count] = []] = await connection.texts(of('select count(*) from pg_prepared_statements'));
  return Number(count);
};

t.test('statements get a name on second sight, at most two hundred of them', { skip: absent }, async (t) => {
  const s = await scratch(t);
  const connection = await another(t, s, one);
  await connection.texts(of('select 1'));
  t.equal(await named(connection), 0);
  await connection.texts(of('select 1'));
  t.equal(await named(connection), 2, 'itself and the question');
  await connection.texts(of('select 1'));
  t.equal(await named(connection), 2);
  for (let i = 0; i < 250; i += 1) {
    for (let again = 0; again < 3; again += 1) t.equal((await connection.texts(of(`select ${i} as a`)))[0]?.[0], String(i));
  }
  t.equal(await named(connection), 200);
});

t.test('statements whose name the server no longer takes', { skip: absent }, async (t) => {
  const s = await scratch(t, ['create table shape (id int)', 'insert into shape values (1)']);
  const connection = await another(t, s, one);
  const all = of('select * from shape');
  const thrice = async (expected: readonly string[]): Promise<void> => {
    for (let i = 0; i < 4; i += 1) t.strictSame(await connection.texts(all), [expected], `use ${i + 1}`);
  };
  await thrice(['1']);
  await s.connection.execute(of('alter table shape add b int default 2'));
  await thrice(['1', '2']);
  await connection.execute(of('deallocate all'));
  await thrice(['1', '2']);
  await connection.execute(of('discard all'));
  await thrice(['1', '2']);
  await s.connection.execute(of('alter table shape add c int default 3'));
  const inside = await reason(connection.transaction((transaction) => transaction.texts(all)));
  t.ok(postgres.isStale(inside), 'a transaction fails as out of date');
  await thrice(['1', '2', '3']);
  t.strictSame(await connection.transaction((transaction) => transaction.texts(all)), [['1', '2', '3']]);
});

t.test('transactions', { skip: absent }, async (t) => {
  const s = await scratch(t, ['create table a (id int primary key, b int not null)']);
  const seen: string[] = [];
  s.connection.onStatement = (statement) => seen.push(statement.text);
  const result = await s.connection.transaction(async (transaction) => {
    await transaction.execute(of('insert into a values (1, 1)'));
    t.same(await s.connection.texts(of('select count(*) from a')), [['0']], 'unseen outside');
    return 'done';
  });
  t.equal(result, 'done');
  const mine = new Error('mine');
  const thrown = await reason(
    s.connection.transaction(async (transaction) => {
      await transaction.execute(of('insert into a values (2, 2)'));
      throw mine;
    }),
  );
  t.equal(thrown, mine);
  const taken = s.connection.transaction((transaction) => transaction.execute(of('insert into a values (1, 2)')));
  t.match(await failure(taken), { kind: 'duplicate', details: { value: '1' } });
  t.equal(seen.length, 4, 'every statement was shown, and no begin or commit');

  const swallowed = s.connection.transaction(async (transaction) => {
    await transaction.execute(of('insert into a values (3, 3)'));
    await transaction.execute(of('insert into a values (1, 3)')).catch(() => undefined);
    return 'done';
  });
  t.match(await failure(swallowed), { kind: 'duplicate' }, 'what was not committed is no success');
  t.same(await s.connection.texts(of('select id from a')), [['1']]);

  const warnings: Error[] = [];
  const warned = (warning: Error): unknown => warnings.push(warning);
  process.on('warning', warned);
  await s.connection.transaction(async (transaction) => {
    await Promise.all([4, 5, 6, 7].map((id) => transaction.execute(of('insert into a values ($1, 1)', String(id)))));
  });
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', warned);
  t.strictSame(warnings, [], 'several statements at once');
  t.same(await s.connection.texts(of('select id from a order by id')), [['1'], ['4'], ['5'], ['6'], ['7']]);

  let late: Promise<unknown> | undefined;
  let escaped: Queryable | undefined;
  await s.connection.transaction(async (transaction) => {
    escaped = transaction;
    late = reason(transaction.execute(of('insert into a values (8, 1)')));
  });
  await late;
  t.match(await reason(escaped?.execute(of('insert into a values (9, 1)')) ?? Promise.resolve()), /over/, 'not outside its transaction');
  t.same(await s.connection.texts(of('select id from a where id = 9')), []);
});

t.test('connections ended by an administrator', { skip: absent }, async (t) => {
  const s = await scratch(t, ['create table k (id int primary key)']);
  const connection = await another(t, s, one);
  const pidOf = async (queryable: Queryable): Promise<string> => (await queryable.texts(of('select pg_backend_pid()')))[0]?.[0] ?? '';
  const end = async (pid: string): Promise<void> => void (await s.connection.texts(of('select pg_terminate_backend($1)', pid)));

  const first = await pidOf(connection);
  await end(first);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const second = await pidOf(connection);
  t.not(second, first, 'found dead while idle');

  // Ended, and used before this process can have heard of it.
  await end(second);
  const third = await pidOf(connection);
  t.not(third, second, 'found dead by a read, which is repeated');

  await end(third);
  await connection.transaction((transaction) => transaction.execute(of('insert into k values (1)')));
  t.same(await connection.texts(of('select count(*) from k')), [['1']], 'found dead by a beginning');

  const inside = connection.transaction(async (transaction) => {
    await transaction.execute(of('insert into k values (2)'));
    await end(await pidOf(transaction));
    await transaction.execute(of('insert into k values (3)'));
  });
  t.equal((await failure(inside)).kind, 'database_unavailable', 'a transaction is never repeated');
  t.same(await connection.texts(of('select count(*) from k')), [['1']]);

  const running = of("select pid from pg_stat_activity where query like 'select pg_sleep(20)%' and state = 'active'");
  const slow = failure(connection.texts(of('select pg_sleep(20)')));
  let pid: string | undefined;
  while (typeof pid !== 'string') pid = (await s.connection.texts(running))[0]?.[0] ?? undefined;
  await s.connection.texts(of('select pg_cancel_backend($1)', pid));
  t.match(await slow, { kind: 'database_unavailable', message: /was ended/ }, 'ended by hand');
});

t.test('what cannot be connected to is said in a sentence', { skip: absent }, async (t) => {
  const s = await scratch(t);
  const attempts: readonly (readonly [string, RegExp])[] = [
    [urlWith(s, (copy) => (copy.port = '1')), /does not answer/],
    [urlWith(s, (copy) => (copy.pathname = '/no_such_database_here')), /does not answer/],
    [urlWith(s, (copy) => (copy.username = 'nobody_at_all')), /does not answer/],
    [urlWith(s, (copy) => (copy.search = '?host=/nowhere/at/all')), /does not answer/],
    ['http:// no', /not a valid URL/],
  ];
  for (const [connection, message] of attempts) {
    const refusal = await failure(postgres.connect({ client: 'pg', connection }));
    t.match(refusal, { kind: 'database_unavailable', message }, connection);
  }
  const start = performance.now();
  const nowhere = { host: '10.255.255.1', database: 'x', connectionTimeoutMillis: 300 };
  t.equal((await failure(postgres.connect({ client: 'pg', connection: nowhere }))).kind, 'database_unavailable');
  t.ok(performance.now() - start < 9000, 'by its own time limit');
  const secret = await postgres.connect({ client: 'pg', connection: urlWith(s, (copy) => (copy.password = 'hush-hush')) });
  t.teardown(() => secret.close());
  t.strictSame(await secret.texts(of('select 1')), [['1']]);
  t.notMatch(inspect(secret.knex.client.config, { depth: 5 }), 'hush-hush', 'a password is not seen where the pool is printed');
});
