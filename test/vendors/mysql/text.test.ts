/** Texts on MySQL and MariaDB, whatever the collations of the columns: equal, ordered and found alike, by an index where there can be one. */
import t from 'tap';
import type { TextOrder } from '../../../src/dialect/types.ts';
import { name, print, sql } from '../../../src/lib/fragment.ts';
import { mysqlDialect } from '../../../src/vendors/mysql/dialect.ts';
import { mysql } from '../../../src/vendors/mysql/index.ts';
import { field } from '../../schema/tables.ts';
import { isMariadb, whyNot } from '../../support/vendors.ts';
import { asked } from '../asked.ts';
import { compareAlike, words } from '../words.ts';
import { scratch } from './scratch.ts';

const absent = (await whyNot('mysql')) ?? false;
const nopad = absent || (await isMariadb()) ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';

const columns = {
  general: 'varchar(40) collate utf8mb4_general_ci',
  unicode: 'varchar(40) collate utf8mb4_unicode_520_ci',
  turkish: 'varchar(40) collate utf8mb4_turkish_ci',
  padding: 'varchar(40) collate utf8mb4_bin',
  bytewise: `varchar(40) collate ${nopad}`,
  extended: 'text',
  fixed: 'char(40)',
  wide: 'varchar(40) character set utf16',
};

t.test('texts', { skip: absent }, async (t) => {
  const list = words
    .map(
      (word, i) =>
        `(${i}, ${Object.keys(columns)
          .map(() => `'${word}'`)
          .join()})`,
    )
    .join();
  const definitions = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
  const s = await scratch([`create table words (id int primary key, ${definitions.join()})`, `insert into words values ${list}`]);
  t.teardown(() => s.end());
  const on = await asked(mysql, s.connection, 'words');
  t.match(on.field('general').column.collation, { name: 'utf8mb4_general_ci', exact: false, byCodePoint: false });
  t.match(on.field('bytewise').column.collation, { name: nopad, exact: true, byCodePoint: true });
  await compareAlike(t, on, Object.keys(columns));
});

t.test('character sets that lack letters', { skip: absent }, async (t) => {
  const s = await scratch([
    'create table small (id int primary key, latin varchar(20) character set latin1, basic varchar(20) character set utf8mb3, plain varchar(20) character set ascii)',
    "insert into small values (1, 'école', 'école', 'ecole'), (2, 'École', '日本', 'Ecole'), (3, null, null, null), (4, '€', 'e', '??')",
  ]);
  t.teardown(() => s.end());
  const on = await asked(mysql, s.connection, 'small');
  t.equal(await on.equal('latin', 'école'), '1');
  t.equal(await on.equal('latin', '€'), '4', 'in the set, but not where Unicode has it');
  t.equal(await on.within('latin', '日本', 'École', '😀'), '2');
  t.equal(await on.equal('basic', '😀'), '');
  t.equal(await on.within('basic', '😀', '日本'), '2');
  t.equal(await on.equal('plain', 'école'), '');
  t.equal(await on.equal('plain', '日本'), '', 'which the server would make two question marks of');
  t.equal(await on.compare('latin', '>=', 'é'), '1 4');
  t.equal(await on.like('latin', 'É%'), '1 2');
  t.equal(await on.order('latin'), '3 2 1 4');
  const native = await mysql.connect({ ...s.config, textOrder: 'native' });
  t.teardown(() => native.close());
  const there = await asked(mysql, native, 'small');
  t.equal(await there.equal('latin', 'ÉCOLE'), '1 2', 'native');
  t.equal(await there.equal('latin', '日本'), '', 'native');
  t.equal(await there.order('plain'), '3 4 1 2', 'native');
});

t.test('what Directus 8 made is compared as it was there', { skip: absent }, async (t) => {
  const s = await scratch([
    'create table words (id integer primary key, word varchar(20) collate utf8mb4_general_ci)',
    "insert into words values (1, 'École'), (2, 'zoo'), (3, 'Apfel'), (4, 'ähnlich')",
  ]);
  t.teardown(() => s.end());
  const found = async (textOrder?: TextOrder) => {
    const connection = await mysql.connect({ ...s.config, ...(textOrder ? { textOrder } : {}) });
    try {
      const on = await asked(mysql, connection, 'words');
      return [await on.equal('word', 'ecole'), await on.order('word'), connection.dialect.native];
    } finally {
      await connection.close();
    }
  };
  const [portable, native] = [
    ['', '3 2 1 4', false],
    ['1', '4 3 1 2', true],
  ];
  t.strictSame(await found(), portable, 'nobody made system tables');
  await s.connection.knex.raw('create table directus_migrations (version bigint primary key, migration_name varchar(100))');
  t.strictSame(await found(), portable, 'a ledger without entries');
  await s.connection.knex('directus_migrations').insert({ version: '20261121000001', migration_name: 'SallyportLedger' });
  t.strictSame(await found('auto'), portable, 'one of our own');
  await s.connection.knex('directus_migrations').insert({ version: '20180220023138', migration_name: 'CreateActivityTable' });
  t.strictSame([await found(), await found('auto'), await found('native')], [native, native, native], 'one of Directus 8');
  t.strictSame(await found('portable'), portable, 'the project has the last word');
});

t.test('an index serves', { skip: absent }, async (t) => {
  const s = await scratch([
    `create table f (id varchar(20) primary key, general varchar(20) collate utf8mb4_general_ci, latin varchar(20) character set latin1,
      bytewise varchar(20) collate ${nopad}, key (general), key (latin), key (bytewise))`,
    `insert into f with recursive n as (select 1 as n union all select n + 1 from n where n < 70)
      select concat('k', a.n, '-', b.n), concat('x', a.n, b.n), concat('x', a.n, b.n), concat('x', a.n, b.n) from n a, n b`,
    'analyze table f',
  ]);
  t.teardown(() => s.end());
  const { dialect } = s.connection;
  const on = await asked(mysql, s.connection, 'f');
  for (const [column, index] of [
    ['id', 'PRIMARY'],
    ['general', 'general'],
    ['latin', 'latin'],
    ['bytewise', 'bytewise'],
  ] as const) {
    const [field, left] = [on.field(column), name(column)];
    for (const where of [
      dialect.equals(field, left, 'x17'),
      dialect.exactly(field, left, 'x17'),
      dialect.isIn(field, left, ['x17', 'x18', 'x19']),
    ]) {
      const [line = ''] = (await on.plan({ where })).split('\n');
      t.match(line, new RegExp(`(const|ref|range|unique).* ${index} |no matching row|Impossible`, 'i'), `${column}: ${line}`);
    }
  }
  t.notMatch(await on.plan({ order: dialect.ordered(on.field('bytewise'), name('bytewise')) }), /filesort/i);
});

t.test('enums, singles, large numbers, dates and UUIDs', { skip: absent }, async (t) => {
  const uuid = (await isMariadb()) ? 'uuid' : 'char(36)';
  const s = await scratch([
    `create table v (id int primary key, size enum('small', 'large', 'giant'), chosen set('b', 'a'), single float, large decimal(65, 30), big bigint unsigned,
      at datetime(6), day date, u ${uuid})`,
    `insert into v values
      (1, 'giant', 'a', 0.1, '12345678901234567890123456789012345.123456789012345678901234567890', 18446744073709551615, '2024-01-01 10:00:00.25', '0001-01-01', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'),
      (2, 'small', 'b', 16777216, 0.5, 5, '0999-12-31 23:59:59', '9999-12-31', 'a0eebc99-9c0b-1ef8-bb6d-6bb9bd380a11'),
      (3, 'large', 'b,a', -1.5, -1, 0, null, null, '0190163d-8694-739b-aea5-966c26f8ad91')`,
  ]);
  t.teardown(() => s.end());
  const on = await asked(mysql, s.connection, 'v');
  t.equal(await on.order('size'), '2 3 1');
  t.equal(await on.compare('size', '<', 'giant'), '2 3');
  t.equal(await on.compare('size', '>=', 'large'), '1 3');
  t.equal(await on.order('chosen'), '1 2 3', 'a set by its text');
  t.equal(await on.equal('single', '0.1'), '1');
  t.equal(await on.equal('single', '16777216'), '2');
  t.equal(await on.compare('single', '<', '0.1'), '3');
  const { dialect } = s.connection;
  const json = dialect.jsonText(dialect.jsonObject([['s', dialect.jsonValue(on.field('single'), name('single'))]]));
  const shown = await s.connection.texts(print(sql`select ${json} from v order by id`, dialect));
  t.strictSame(
    shown.map(([text]) => JSON.parse(text ?? '')),
    [{ s: 0.1 }, { s: 16777216 }, { s: -1.5 }],
    'with as many digits as a single has',
  );
  t.equal(await on.like('single', '%777216'), '2');
  t.equal(await on.equal('large', '12345678901234567890123456789012345.12345678901234567890123456789'), '1');
  t.equal(await on.equal('large', '0.5000000000000000000000000000000000000001'), '');
  t.equal(await on.compare('large', '<', '0.5000000000000000000000000000000000000001'), '2 3');
  t.equal(await on.compare('large', '>', '1e100'), '');
  t.equal(await on.compare('large', '>', '-1e100'), '1 2 3');
  t.equal(await on.equal('big', '18446744073709551615'), '1');
  t.equal(await on.compare('big', '>', '18446744073709551614.5'), '1');
  t.equal(await on.equal('at', '2024-01-01T10:00:00.250000Z'), '1');
  t.equal(await on.compare('at', '<', '1000-01-01'), '2');
  t.equal(await on.compare('day', '>', '0000-02-29'), '1 2', 'a day that this calendar lacks');
  t.equal(await on.order('u'), '3 1 2');
  t.equal(await on.compare('u', '<', '6ba7b810-9dad-11d1-80b4-00c04fd430c9'), '1 3');
});

t.test('the SQL of MySQL itself', async (t) => {
  const dialect = mysqlDialect('mysql');
  const words = field('text', 'string', { collation: { name: 'utf8mb4_0900_ai_ci', exact: false, byCodePoint: false } });
  const said = (fragment: Parameters<typeof print>[0]): string => print(fragment, dialect).text;
  t.equal(said(dialect.equals(words, name('w'), 'x')), '(`w` = ? and `w` collate utf8mb4_0900_bin = ?)');
  t.equal(said(dialect.ordered(words, name('w'))), '`w` collate utf8mb4_0900_bin');
  t.equal(said(dialect.distinct(words, name('w'))), '`w` collate utf8mb4_0900_bin');
  t.equal(said(dialect.like(words, name('w'), 'x')), 'lower(`w` collate utf8mb4_0900_ai_ci) collate utf8mb4_bin like ?');
  t.equal(said(mysqlDialect('mysql', 'native').equals(words, name('w'), 'x')), '`w` = ?');
  t.equal(said(mysqlDialect('mysql', 'native').ordered(words, name('w'))), '`w`');
});
