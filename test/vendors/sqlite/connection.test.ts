/** What a connection to SQLite promises: exact values, transactions, errors in sentences, and files that come and go. */
import { copyFileSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import type { Queryable } from '../../../src/dialect/types.ts';
import type { Statement } from '../../../src/lib/fragment.ts';
import { translate } from '../../../src/vendors/sqlite/errors.ts';
import { sqlite } from '../../../src/vendors/sqlite/index.ts';
import { failure, folder, open } from './scratch.ts';

const of = (text: string, ...values: readonly unknown[]): Statement => ({ text, values });

t.test('values', async (t) => {
  const connection = await open(t, [
    'create table v (i, r, t, b, n)',
    `insert into v values (9223372036854775807, 0.1, 'ünï💥''', x'00ff', null), (-9007199254740993, 1e300, '', x'', null), (42, 1.0, '0', x'61', null)`,
  ]);
  const run = async (queryable: Queryable): Promise<void> => {
    t.strictSame(await queryable.texts(of('select * from v')), [
      ['9223372036854775807', '0.1', "ünï💥'", 'AP8=', null],
      ['-9007199254740993', '1e+300', '', '', null],
      ['42', '1', '0', 'YQ==', null],
    ]);
    t.strictSame(await queryable.rows(of('select * from v')), [
      { i: '9223372036854775807', r: 0.1, t: "ünï💥'", b: Buffer.from([0, 255]), n: null },
      { i: '-9007199254740993', r: 1e300, t: '', b: Buffer.from([]), n: null },
      { i: 42, r: 1, t: '0', b: Buffer.from('a'), n: null },
    ]);
  };
  await run(connection);
  await connection.transaction(run);
});

t.test('parameters', async (t) => {
  const connection = await open(t, ['create table n (v)']);
  t.equal(await connection.execute(of('insert into n values (?), (?), (?), (?), (?)', 1, true, 9007199254740993n, 1.5, null)), 5);
  t.strictSame(await connection.texts(of('select v, typeof(v) from n limit ? offset ?', 4, 1)), [
    ['1', 'integer'],
    ['9007199254740993', 'integer'],
    ['1.5', 'real'],
    [null, 'null'],
  ]);
  t.strictSame(await connection.texts(of('select ?', "\\' \n ☃ ? --")), [["\\' \n ☃ ? --"]]);
  t.equal(await connection.execute(of('update n set v = 0 where v = ?', '1')), 0, 'text is not a number here: the dialect binds types');
  t.equal(await connection.execute(of('delete from n where v = ? returning v', 1)), 2);
  t.strictSame(await connection.rows(of('insert into n values (7) returning v')), [{ v: 7 }]);
  t.strictSame(await connection.rows(of('delete from n where 1 = 2')), []);
});

t.test('our own function makes base64 of anything', async (t) => {
  const connection = await open(t);
  t.strictSame(
    await connection.texts(
      of("select sallyport_base64(x'00ff'), sallyport_base64('ü'), sallyport_base64(9007199254740993), sallyport_base64(null)"),
    ),
    [['AP8=', 'w7w=', 'OTAwNzE5OTI1NDc0MDk5Mw==', null]],
  );
  t.strictSame(await connection.texts(of("select json_object('b', sallyport_base64(x'01'))")), [['{"b":"AQ=="}']]);
});

t.test('a changed schema is seen by statements that are kept', async (t) => {
  const connection = await open(t, ['create table a (x)', 'insert into a values (1)']);
  const all = of('select * from a');
  t.strictSame(await connection.rows(all), [{ x: 1 }]);
  await connection.execute(of("alter table a add column y default 'new'"));
  t.strictSame(await connection.rows(all), [{ x: 1, y: 'new' }]);
  t.strictSame(await connection.texts(all), [['1', 'new']]);
  for (let i = 0; i < 450; i += 1) t.equal((await connection.texts(of(`select ${i}`)))[0]?.[0], String(i));
});

t.test('transactions', async (t) => {
  const connection = await open(t, ['create table a (id integer primary key)']);
  const seen: string[] = [];
  connection.onStatement = (statement) => seen.push(statement.text);
  const count = async (): Promise<string | null | undefined> => (await connection.texts(of('select count(*) from a')))[0]?.[0];
  const waited: Promise<unknown>[] = [];
  const result = await connection.transaction(async (transaction) => {
    await transaction.execute(of('insert into a values (1)'));
    waited.push(count());
    await new Promise((resolve) => setTimeout(resolve, 20));
    await transaction.execute(of('insert into a values (2)'));
    return 'done';
  });
  t.equal(result, 'done');
  t.strictSame(await Promise.all(waited), ['2'], 'others wait and see all of it');
  const mine = new Error('mine');
  await t.rejects(
    connection.transaction(async (transaction) => {
      await transaction.execute(of('insert into a values (3)'));
      throw mine;
    }),
    mine,
  );
  t.equal((await failure(connection.transaction((transaction) => transaction.execute(of('insert into a values (1)'))))).kind, 'duplicate');
  t.equal(await count(), '2');
  t.equal(seen.length, 6);
});

t.test('errors', async (t) => {
  const connection = await open(t, [
    'create table p (id integer primary key, a, b, unique (a, b))',
    'create table c (id integer primary key, p int references p, n int not null, k int check (k > 0)) strict',
    'insert into p values (1, 1, 1)',
    "create trigger refuse before insert on p when new.a = 666 begin select raise(abort, 'no devils'); end",
  ]);
  const kinds: readonly (readonly [string, string, object?])[] = [
    ['insert into p values (1, 2, 2)', 'duplicate', { collection: 'p', value: 'id' }],
    ['insert into p values (2, 1, 1)', 'duplicate', { collection: 'p', value: 'a, b' }],
    ['insert into c (n, p) values (1, 99)', 'constraint'],
    ['insert into c (p) values (1)', 'constraint', { field: 'n' }],
    ['insert into c (n, k) values (1, 0)', 'constraint'],
    ["insert into c (n) values ('x')", 'constraint'],
    ["insert into p values ('x', 2, 2)", 'validation'],
    ['insert into p values (2, 666, 2)', 'constraint'],
    [`select ${Array.from({ length: 1200 }, () => '1').join(' + ')}`, 'limit_exceeded'],
  ];
  for (const [text, kind, details] of kinds) {
    const error = await failure(connection.execute(of(text)));
    t.equal(error.kind, kind, text.slice(0, 60));
    if (details) t.match(error.details, details);
    t.notMatch(error.message, /insert|select/i);
  }
  await t.rejects(connection.texts(of('select nothing from nowhere')), { code: 'SQLITE_ERROR' }, 'what is our own fault stays as it is');
  t.equal(translate(new Error('anything')), undefined);
  t.equal(translate(null), undefined);
  const codes: readonly (readonly [string, string])[] = [
    ['SQLITE_BUSY', 'write_conflict'],
    ['SQLITE_BUSY_SNAPSHOT', 'write_conflict'],
    ['SQLITE_LOCKED', 'write_conflict'],
    ['SQLITE_CANTOPEN', 'database_unavailable'],
    ['SQLITE_IOERR_READ', 'database_unavailable'],
    ['SQLITE_READONLY', 'unprocessable'],
    ['SQLITE_INTERRUPT', 'statement_timeout'],
  ];
  for (const [code, kind] of codes) t.equal(translate(Object.assign(new Error('x'), { code }))?.kind, kind, code);
});

t.test('a database in memory lasts as long as its connection', async (t) => {
  const connection = await open(t, ['create table a (x)']);
  await connection.execute(of('insert into a values (1)'));
  t.strictSame(await Promise.all([connection.texts(of('select x from a')), connection.texts(of('select x from a'))]), [[['1']], [['1']]]);
  t.strictSame(await connection.knex('a').select('x'), [{ x: 1 }], 'knex uses the same connection');
});

t.test('files', async (t) => {
  const path = folder(t);
  const filename = join(path, 'a b?#%.db');
  const connect = (connection: string | Record<string, unknown>) => sqlite.connect({ client: 'better-sqlite3', connection });
  const missing = await failure(connect({ filename }));
  t.match(missing, { kind: 'database_unavailable', message: 'The database file "a b?#%.db" does not exist' });
  t.notOk(existsSync(filename), 'nothing is made by looking');
  t.equal((await failure(connect({ filename: join(path, 'no', 'folder.db'), create: true }))).kind, 'database_unavailable');
  t.match(await failure(connect({})), { message: 'The connection of this project names no file' });

  const made = await connect({ filename, create: true });
  await made.execute(of('create table a (x)'));
  t.strictSame(await made.texts(of('pragma journal_mode')), [['wal']]);
  t.strictSame(await made.texts(of('pragma foreign_keys')), [['1']]);
  t.strictSame(await made.texts(of('pragma busy_timeout')), [['0']], 'nothing holds up the process');
  t.match(await made.knex.raw('pragma busy_timeout'), [{ timeout: 5000 }], 'but migrations');
  t.strictSame(await made.texts(of('pragma busy_timeout')), [['0']]);
  await made.close();

  for (const name of [filename, relative(process.cwd(), filename), `sqlite:${filename}`, `sqlite://${filename}`, `file:${filename}`]) {
    const again = await connect(name);
    t.strictSame(await again.texts(of('select count(*) from a')), [['0']], name);
    await again.close();
  }

  const reader = await connect({ filename, readonly: true });
  t.equal((await failure(reader.execute(of('insert into a values (1)')))).kind, 'unprocessable');
  await reader.close();

  const text = join(path, 'text.db');
  writeFileSync(text, 'This is a letter and not a database at all. '.repeat(50));
  t.match(await failure(connect({ filename: text })), { message: 'The file of this project is not a SQLite database' });
});

t.test('a file that is replaced is read anew; one that is gone comes back', async (t) => {
  const path = folder(t);
  const filename = join(path, 'live.db');
  const connection = await open(t, ['create table a (x)', "insert into a values ('old')", 'pragma wal_checkpoint(truncate)'], filename);
  const other = join(path, 'other.db');
  copyFileSync(filename, other);
  const direct = new Database(other);
  direct.exec("update a set x = 'new'");
  direct.close();
  const value = async (): Promise<unknown> => (await connection.texts(of('select x from a')))[0]?.[0];
  t.equal(await value(), 'old');
  renameSync(other, filename);
  t.equal(await value(), 'new');

  const reading = await sqlite.connect({ client: 'better-sqlite3', connection: { filename } });
  t.teardown(() => reading.close());
  renameSync(filename, other);
  for (const rest of ['-wal', '-shm']) rmSync(`${filename}${rest}`, { force: true });
  t.equal((await failure(reading.texts(of('select x from a')))).kind, 'database_unavailable');
  t.notOk(existsSync(filename), 'and no empty one takes its place');
  renameSync(other, filename);
  t.strictSame(await reading.texts(of('select x from a')), [['new']]);
});

t.test('another process that writes is waited for', async (t) => {
  const filename = join(folder(t), 'shared.db');
  const connection = await open(t, ['create table a (x)'], filename, 50);
  const direct = new Database(filename);
  t.teardown(() => direct.close());
  direct.exec('begin immediate; insert into a values (1)');
  t.strictSame(await connection.texts(of('select count(*) from a')), [['0']], 'readers do not wait');
  t.match(await failure(connection.execute(of('insert into a values (2)'))), { kind: 'write_conflict', message: /try again/ });
  t.match(await failure(connection.transaction(async () => undefined)), { kind: 'write_conflict' });
  direct.exec('commit');
  t.equal(await connection.execute(of('insert into a values (2)')), 1);
});
