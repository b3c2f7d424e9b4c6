/** What of a PostgreSQL server is seen: foreign tables, several schemas, and what the connection's user may read. */
import t from 'tap';
import type { Introspection } from '../../../src/dialect/types.ts';
import { GatewayError } from '../../../src/lib/errors.ts';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { missingExtensions, whyNot } from '../../support/vendors.ts';
import { another, columnOf, failure, of, scratch, tableOf, urlWith } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;
const wrapper = absent === false && (await missingExtensions(['postgres_fdw'])).length === 0;

const names = (found: Introspection): string[] => found.tables.map((table) => table.name);

t.test('a foreign table whose server does not answer', { skip: absent }, async (t) => {
  const s = await scratch(t, [
    'create foreign data wrapper none',
    'create server nowhere foreign data wrapper none',
    'create foreign table far (id int) server nowhere',
    'create view over_far as select id from far',
    'create table near (id int primary key)',
    'create view over_near as select id from near',
  ]);
  const found = await postgres.introspect(s.connection);
  t.strictSame(names(found), ['far', 'near', 'over_far', 'over_near']);
  t.match(tableOf(found, 'far'), { kind: 'table', updatable: false });
  t.match(tableOf(found, 'near'), { updatable: true });
  const unread = await failure(s.connection.texts(of('select * from far')));
  t.match(unread, { kind: 'database_unavailable', message: 'Another database, in which these rows lie, does not answer' });
  const gone = {
    ...s.connection,
    rows: async (statement: { readonly text: string }) => {
      if (statement.text.includes('is_updatable')) throw new GatewayError('database_unavailable');
      return s.connection.rows({ values: [['public']], ...statement });
    },
  };
  t.match(await failure(postgres.introspect(gone)), { kind: 'database_unavailable' }, 'a lost connection is no broken wrapper');
});

t.test(
  'a foreign table that takes changes',
  { skip: absent || (wrapper ? false : 'The server lacks the extension postgres_fdw.') },
  async (t) => {
    const s = await scratch(t, [
      'create extension postgres_fdw',
      "create server other foreign data wrapper postgres_fdw options (host '/nowhere')",
      'create foreign table far (id int) server other',
      "create foreign table fixed (id int) server other options (updatable 'false')",
    ]);
    const found = await postgres.introspect(s.connection);
    t.equal(tableOf(found, 'far').updatable, true);
    t.equal(tableOf(found, 'fixed').updatable, false);
    await s.connection.execute(of("create user mapping for current_user server other options (user 'nobody')"));
    const pid = async (): Promise<unknown> => (await one.texts(of('select pg_backend_pid()')))[0]?.[0];
    const one = await another(t, s, { min: 0, max: 1 });
    const before = await pid();
    t.match(await failure(one.texts(of('select * from far'))), { kind: 'database_unavailable', message: /Another database/ });
    t.equal(await pid(), before, 'its own connection lives on');
  },
);

t.test('several schemas, with a foreign key across', { skip: absent }, async (t) => {
  const s = await scratch(t, [
    'create schema "Sales"',
    'create schema hidden',
    'create table a (id int primary key)',
    'create table "Sales".a (id int primary key, a int references public.a)',
    'create table hidden.h (id int primary key, a int references "Sales".a)',
    'create table outward (h int references hidden.h)',
    'create type "Sales".mood as enum (\'x\')',
    'create table "Sales".moods (m "Sales".mood)',
  ]);
  const own = await postgres.introspect(s.connection);
  t.match(own, { defaultSchema: 'public' });
  t.strictSame(names(own), ['a', 'outward']);
  t.match(tableOf(own, 'outward').foreignKeys, [{ toSchema: 'hidden', toTable: 'h' }], 'also to what is not served');
  const both = await postgres.introspect(s.connection, ['Sales', 'public']);
  t.match(both, { defaultSchema: 'Sales' });
  t.strictSame(
    both.tables.map((table) => `${table.schema}.${table.name}`),
    ['Sales.a', 'Sales.moods', 'public.a', 'public.outward'],
  );
  t.match(tableOf(both, 'a', 'Sales').foreignKeys, [{ columns: ['a'], toSchema: 'public', toTable: 'a', toColumns: ['id'] }]);
  t.strictSame(columnOf(tableOf(both, 'moods', 'Sales'), 'm').values, ['x']);
  t.strictSame((await postgres.introspect(s.connection, ['no_such'])).tables, []);
  const elsewhere = await postgres.connect({
    client: 'pg',
    connection: urlWith(s, (copy) => (copy.search = '?options=-c%20search_path%3D%22Sales%22')),
  });
  t.teardown(() => elsewhere.close());
  t.equal((await postgres.introspect(elsewhere)).defaultSchema, 'Sales');
});

t.test('only what the connection may read', { skip: absent }, async (t) => {
  const role = `sallyport_test_${process.pid}_reader`;
  const s = await scratch(t, [
    `create role ${role} login`,
    'create table open (id int primary key, a int unique, secret int unique, foreign_secret int)',
    'alter table open add foreign key (secret) references open (id), add foreign key (a) references open (id)',
    'create index on open (secret, a)',
    'create table shut (id int)',
    'create table whole (id int primary key)',
    'create view seen as select * from shut',
    'create schema locked',
    'create table locked.inside (id int)',
    `grant select (id, a) on open to ${role}`,
    `grant select on whole, seen, locked.inside to ${role}`,
  ]);
  t.teardown(async () => {
    await s.connection.execute(of(`drop owned by ${role}`));
    await s.connection.execute(of(`drop role ${role}`));
  });
  const limited = await postgres.connect({ client: 'pg', connection: urlWith(s, (copy) => (copy.username = role)) });
  t.teardown(() => limited.close());
  const schemas = ['public', 'locked'];
  const found = await postgres.introspect(limited, schemas);
  t.strictSame(names(found), ['open', 'seen', 'whole']);
  const open = tableOf(found, 'open');
  t.strictSame(
    open.columns.map((column) => column.name),
    ['id', 'a'],
  );
  t.strictSame(open.primaryKey, ['id']);
  t.strictSame(open.unique, [['a']]);
  t.strictSame(open.indexes, []);
  t.strictSame(
    open.foreignKeys.map((key) => key.columns),
    [['a']],
  );
  const prints = new Set([await postgres.fingerprint(limited, schemas)]);
  for (const right of [
    `revoke select on whole from ${role}`,
    `grant select (secret) on open to ${role}`,
    `grant usage on schema locked to ${role}`,
  ]) {
    await s.connection.execute(of(right));
    const print = await postgres.fingerprint(limited, schemas);
    t.notOk(prints.has(print), right);
    prints.add(print);
  }
  t.strictSame(names(await postgres.introspect(limited, schemas)), ['inside', 'open', 'seen']);
});
