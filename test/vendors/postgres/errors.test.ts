/** PostgreSQL's errors as ours: the kinds, their sentences, and what is left alone; and the driver's options, which need no server. */
import { inspect } from 'node:util';
import t from 'tap';
import { GatewayError } from '../../../src/lib/errors.ts';
import { isForgotten, isLost, isStale, translate } from '../../../src/vendors/postgres/errors.ts';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { connectionOptions } from '../../../src/vendors/postgres/options.ts';
import { whyNot } from '../../support/vendors.ts';
import { failure, of, reason, scratch, urlWith } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;

t.test('errors of the server become ours', { skip: absent }, async (t) => {
  const s = await scratch(t, [
    "create type mood as enum ('fine')",
    'create domain positive as int check (value > 0)',
    'create table p (id int primary key)',
    `create table c (id int primary key, p int references p, n int not null, e mood, v varchar(2), d date, u int unique, k int check (k > 0),
      b bytea, j jsonb, m positive, i int, f float4, x uuid, t timestamptz, a int[], z numeric(3, 1), r int4range,
      exclude using gist (r with &&), unique (v, d))`,
    'create unique index c_expression on c (lower(v))',
    'insert into p values (1)',
    "insert into c (id, p, n, u, v, d, r) values (1, 1, 1, 1, 'ab', '2020-01-01', '[1,5)')",
    'create view checked as select id, n from c where n > 5 with check option',
    'create view grouped as select n, count(*) as many from c group by n',
    'create materialized view filled as select 1 as a',
    'create materialized view unfilled as select 1 as a with no data',
    "create function no() returns trigger language plpgsql as $$ begin raise exception 'secret of the trigger'; end $$",
    'create table ruled (a int)',
    'create trigger t before insert on ruled for each row execute function no()',
  ]);
  const kinds: readonly (readonly [text: string, kind: string, details?: object])[] = [
    ['insert into c (id, n) values (1, 1)', 'duplicate', { value: '1', collection: 'c' }],
    ['insert into c (id, n, u) values (2, 1, 1)', 'duplicate', { value: '1' }],
    ["insert into c (id, n, v, d) values (2, 1, 'ab', '2020-01-01')", 'duplicate', {}],
    ["insert into c (id, n, v) values (2, 1, 'AB')", 'duplicate', { value: 'ab' }],
    ['insert into c (id, n, p) values (2, 1, 99)', 'constraint'],
    ['delete from p', 'constraint'],
    ['insert into c (id) values (2)', 'constraint', { field: 'n' }],
    ['insert into c (id, n, k) values (2, 1, 0)', 'constraint'],
    ['insert into c (id, n, m) values (2, 1, 0)', 'constraint'],
    ["insert into c (id, n, r) values (2, 1, '[2,3)')", 'constraint'],
    ['insert into checked values (3, 1)', 'constraint'],
    ['insert into ruled values (1)', 'constraint', { message: 'A rule of the database refuses this change' }],
    ["insert into c (id, n, e) values (2, 1, 'bad')", 'validation'],
    ["insert into c (id, n, v) values (2, 1, 'abc')", 'validation'],
    ["insert into c (id, n, d) values (2, 1, 'no')", 'validation'],
    ["insert into c (id, n, d) values (2, 1, '2020-13-01')", 'validation'],
    ["insert into c (id, n, b) values (2, 1, '\\xzz')", 'validation'],
    ["insert into c (id, n, j) values (2, 1, '{')", 'validation'],
    ["insert into c (id, n, x) values (2, 1, 'x')", 'validation'],
    ["insert into c (id, n, a) values (2, 1, '{')", 'validation'],
    ['insert into c (id, n, z) values (2, 1, 1000)', 'validation'],
    ['insert into c (id, n, i) values (2, 1, 99999999999)', 'validation'],
    ['insert into c (id, n, f) values (2, 1, 1e300)', 'validation'],
    ['select 1 / n from (select 0 as n) z', 'validation'],
    ['select * from unfilled', 'unprocessable', { message: 'A materialised view has not been filled yet; refresh it in the database' }],
    ['insert into grouped values (1, 1)', 'unprocessable'],
    [`select ${Array.from({ length: 1700 }, () => '1').join()}`, 'limit_exceeded'],
  ];
  for (const [text, kind, details] of kinds) {
    const error = await failure(s.connection.execute(of(text)));
    const what = text.slice(0, 80);
    t.equal(error.kind, kind, what);
    if (details) t.match(error.details, details, what);
    t.notMatch(error.message, /insert|select|secret|\bc_|relation/i, what);
  }
  const slow = await failure(
    s.connection.transaction(async (transaction) => {
      await transaction.execute(of("set local statement_timeout = '50ms'"));
      await transaction.texts(of('select pg_sleep(5)'));
    }),
  );
  t.equal(slow.kind, 'statement_timeout');
  const readOnly = await failure(
    s.connection.transaction(async (transaction) => {
      await transaction.execute(of('set transaction read only'));
      await transaction.execute(of('delete from c'));
    }),
  );
  t.equal(readOnly.kind, 'unprocessable');
  for (const [text, code] of [
    ['select nothing from c', '42703'],
    ['select 1 from nowhere', '42P01'],
    ['select 1 from no_schema.c', '42P01'],
    ['selec 1', '42601'],
  ] as const) {
    const error = await reason(s.connection.texts(of(text)));
    t.match(error, { code }, 'what is our own fault stays as it is');
    t.equal(isStale(error), code !== '42601', text);
  }
});

t.test('rights of the user that the project connects as', { skip: absent }, async (t) => {
  const role = `sallyport_test_${process.pid}_errors`;
  const s = await scratch(t, [
    `create role ${role} login`,
    'create table open (a int, b int)',
    'create table shut (a int)',
    'create table own_rows (a int)',
    'alter table own_rows enable row level security',
    'create policy below on own_rows using (a < 5)',
    `grant select, insert on open, own_rows to ${role}`,
    `grant select on shut to ${role}`,
  ]);
  t.teardown(async () => {
    await s.connection.execute(of(`drop owned by ${role}`));
    await s.connection.execute(of(`drop role ${role}`));
  });
  const limited = await postgres.connect({ client: 'pg', connection: urlWith(s, (copy) => (copy.username = role)) });
  t.teardown(() => limited.close());
  t.strictSame(await limited.texts(of('select * from shut')), []);
  await s.connection.execute(of(`revoke select on shut from ${role}`));
  for (const text of [
    'select * from shut',
    'select * from shut',
    'delete from open',
    'insert into own_rows values (9)',
    'create table t ()',
  ]) {
    const error = await failure(limited.execute(of(text)));
    t.match(error, { kind: 'forbidden', message: 'The database does not allow this to the user that the project connects as' }, text);
  }
  await s.connection.execute(of(`revoke connect on database ${new URL(String(s.config.connection)).pathname.slice(1)} from public`));
  const refused = await failure(postgres.connect({ client: 'pg', connection: urlWith(s, (copy) => (copy.username = role)) }));
  t.equal(refused.kind, 'database_unavailable');
});

t.test('errors are told by their codes, whatever the language', async (t) => {
  const raised = (code: string, more: object = {}): unknown => Object.assign(new Error('etwas'), { code, ...more });
  t.equal(isForgotten(raised('0A000', { routine: 'RevalidateCachedQuery' })), true);
  t.equal(isForgotten(raised('0A000')), false);
  t.equal(isForgotten(raised('26000')), true);
  t.match(translate(raised('23505', { detail: 'Schlüssel »(a, b)=(1, x)« existiert bereits.', table: 'c' })), {
    details: { value: '1, x', collection: 'c' },
  });
  t.match(translate(raised('23505')), { kind: 'duplicate' });
  const kinds: readonly (readonly [string, string])[] = [
    ['57014', 'statement_timeout'],
    ['40001', 'write_conflict'],
    ['40P01', 'write_conflict'],
    ['55P03', 'write_conflict'],
    ['53300', 'database_unavailable'],
    ['28P01', 'database_unavailable'],
    ['3D000', 'database_unavailable'],
    ['08006', 'database_unavailable'],
    ['57P01', 'database_unavailable'],
    ['ECONNREFUSED', 'database_unavailable'],
    ['54001', 'limit_exceeded'],
    ['25006', 'unprocessable'],
    ['42501', 'forbidden'],
  ];
  for (const [code, kind] of kinds) t.equal(translate(raised(code))?.kind, kind, code);
  for (const text of ['Connection terminated unexpectedly', 'timeout expired', 'Client was closed and is not queryable']) {
    t.equal(isLost(new Error(text)), true, text);
  }
  for (const other of [raised('42601'), raised('42P01'), new Error('anything'), null, 'text', undefined])
    t.equal(translate(other), undefined);
  const own = new GatewayError('forbidden');
  t.equal(translate(own), own);
});

t.test('URLs and objects become options of the driver', async (t) => {
  const same = (url: string, options: object): boolean =>
    t.strictSame(
      connectionOptions(url),
      { connectionTimeoutMillis: 5000, keepAlive: true, application_name: 'sallyport', ...options },
      url,
    );
  same('postgres://us%40er:p%3Aw@[::1]:5433/my%20db', { host: '::1', port: 5433, user: 'us@er', password: 'p:w', database: 'my db' });
  same('postgresql://h', { host: 'h' });
  same('POSTGRES://me@/db?host=/var/run/postgresql', { host: '/var/run/postgresql', user: 'me', database: 'db' });
  same('postgres:///db', { database: 'db' });
  same('postgres://%2Fvar%2Frun%2Fpostgresql/db', { host: '/var/run/postgresql', database: 'db' });
  same('postgres://h/d?statement_timeout=3000&options=-c%20x%3D1&port=7&application_name=mine', {
    host: 'h',
    database: 'd',
    statement_timeout: 3000,
    options: '-c x=1',
    port: 7,
    application_name: 'mine',
  });
  const tls: readonly (readonly [string, unknown])[] = [
    ['', undefined],
    ['?sslmode=disable', false],
    ['?sslmode=prefer', false],
    ['?sslmode=require', { rejectUnauthorized: false }],
    ['?sslmode=no-verify', { rejectUnauthorized: false }],
    ['?sslmode=verify-full', {}],
    ['?ssl=true', true],
    ['?ssl=0', false],
    ['?ssl=no-verify', { rejectUnauthorized: false }],
  ];
  for (const [query, ssl] of tls) t.strictSame(connectionOptions(`postgres://h/d${query}`)['ssl'], ssl, query);
  const authority = connectionOptions('postgres://h/d?sslmode=verify-ca&sslrootcert=package.json')['ssl'];
  t.match(authority, { ca: /"name"/, checkServerIdentity: Function });
  t.match(connectionOptions({ host: 'h', statement_timeout: 5, ssl: false, made: 'up', types: {} }), {
    host: 'h',
    statement_timeout: 5,
    ssl: false,
  });
  t.notOk('made' in connectionOptions({ made: 'up' }));
  for (const text of [
    'no url: secret',
    'postgres://u:100%secret@h/d',
    'mysql://u:secret@h/d',
    'postgres://u:secret@h:port/d',
    'postgres://u:secret@h/d?sslmode=odd',
    'postgres://u:secret@h/d?sslmode=require&sslrootcert=/nowhere/at/all',
  ]) {
    const error: unknown = t.throws(() => connectionOptions(text), GatewayError, text);
    t.match(error, { kind: 'database_unavailable' });
    t.notMatch(inspect(error), 'secret');
  }
});
