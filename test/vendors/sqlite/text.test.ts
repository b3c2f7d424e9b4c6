/** Texts, dates and numbers on SQLite, however columns were declared and values spelled: compared alike, by an index where there is one. */
import t from 'tap';
import { name } from '../../../src/lib/fragment.ts';
import { sqlite } from '../../../src/vendors/sqlite/index.ts';
import { asked } from '../asked.ts';
import { compareAlike, words } from '../words.ts';
import { open } from './scratch.ts';

t.test('texts', async (t) => {
  const list = words.map((word, i) => `(${i}, '${word}', '${word}', '${word}', '${word}')`).join();
  const connection = await open(t, [
    'create table words (id integer primary key, plain text, loose varchar(20) collate nocase, padded char(20) collate rtrim, sorted text)',
    'create index words_loose on words (loose)',
    'create index words_sorted on words (sorted collate nocase)',
    `insert into words values ${list}`,
  ]);
  const on = await asked(sqlite, connection, 'words');
  t.equal(on.field('plain').column.collation, undefined);
  t.match(on.field('loose').column.collation, { name: 'NOCASE' });
  t.match(on.field('sorted').column.collation, { name: 'NOCASE' });
  await compareAlike(t, on, ['plain', 'loose', 'padded', 'sorted']);
});

t.test('an index serves', async (t) => {
  const connection = await open(t, [
    'create table f (id text primary key, plain text, loose text collate nocase, at datetime)',
    'create index f_plain on f (plain)',
    'create index f_loose on f (loose)',
    'create index f_at on f (at)',
  ]);
  const { dialect } = connection;
  const on = await asked(sqlite, connection, 'f');
  for (const column of ['id', 'plain', 'loose']) {
    const [field, left] = [on.field(column), name(column)];
    for (const where of [
      dialect.equals(field, left, 'x17'),
      dialect.exactly(field, left, 'x17'),
      dialect.isIn(field, left, ['x17', 'x18']),
    ]) {
      t.match(await on.plan({ where }), /SEARCH f USING (COVERING )?INDEX/, column);
    }
  }
  for (const column of ['id', 'plain', 'at']) {
    t.notMatch(await on.plan({ order: dialect.ordered(on.field(column), name(column)) }), /TEMP B-TREE/, `${column} in order`);
  }
  for (const operator of ['<', '>='] as const) {
    const where = dialect.compares(on.field('at'), name('at'), operator, '2024-01-01 00:00:00');
    t.match(await on.plan({ where }), /SEARCH f USING INDEX f_at/, `moments ${operator}`);
  }
  t.match(await on.plan({ where: dialect.equals(on.field('at'), name('at'), '2024-01-01 00:00:00') }), /SEARCH f USING INDEX f_at/);
});

t.test('dates and times in any spelling', async (t) => {
  const connection = await open(t, [
    'create table m (id integer primary key, at datetime, day date, clock time)',
    `insert into m values
      (1, '2024-01-01 10:00:00', '2024-01-01', '10:00:00'),
      (2, '2024-01-01T10:00:00Z', '2024-01-01T10:00:00Z', '10:00'),
      (3, '2024-01-01T12:00:00.000+02:00', '2024-01-02T01:00:00+02:00', '10:00:00.000'),
      (4, '2024-01-01 10:00:00.500000', '2023-12-31', '10:00:00.5'),
      (5, '2023-12-31', '2024-01-02', '09:59:59.999'),
      (6, 'some day', 'some day', 'some time'),
      (7, null, null, null)`,
  ]);
  const on = await asked(sqlite, connection, 'm');
  t.equal(await on.equal('at', '2024-01-01 10:00'), '1 2 3');
  t.equal(await on.equal('at', '2024-01-01T11:00:00.50+01:00'), '4');
  t.equal(await on.within('at', '2024-01-01 10:00:00.5', '2023-12-31'), '4 5');
  t.equal(await on.compare('at', '<', '2024-01-01 10:00:00'), '5');
  t.equal(await on.compare('at', '<=', '2024-01-01 10:00:00'), '1 2 3 5');
  t.equal(await on.compare('at', '>', '2024-01-01 10:00:00'), '4 6');
  t.equal(await on.compare('at', '>=', '2024-01-01 10:00:00'), '1 2 3 4 6');
  t.equal(await on.compare('at', '>', '9999-12-31 23:59:59'), '6', 'what is no date comes behind all');
  t.equal(await on.equal('day', '2024-01-01'), '1 2 3', 'the day in UTC');
  t.equal(await on.compare('day', '<', '2024-01-01'), '4');
  t.equal(await on.within('day', '2024-01-02', '2023-12-31'), '4 5');
  t.equal(await on.equal('clock', '10:00:00.0'), '1 2 3');
  t.equal(await on.compare('clock', '<', '10:00'), '5');
  t.equal(await on.compare('clock', '>', '10:00'), '4 6');
});

t.test('numbers that cannot be stored, and UUIDs in either case', async (t) => {
  const connection = await open(t, [
    'create table n (id integer primary key, whole bigint, share decimal(20, 4), f double, u uuid)',
    `insert into n values (1, 9007199254740993, 0.1, 0.1, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'), (2, 9007199254740994, 1, 1, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
      (3, -9223372036854775808, -1.5, -1.5, null), (4, 9223372036854775807, 9007199254740993, 9007199254740993, null)`,
  ]);
  const on = await asked(sqlite, connection, 'n');
  t.equal(await on.equal('whole', '9007199254740993'), '1');
  t.equal(await on.equal('whole', '9007199254740993.5'), '');
  t.equal(await on.compare('whole', '<', '9007199254740993.5'), '1 3');
  t.equal(await on.compare('whole', '>=', '9007199254740993.5'), '2 4');
  t.equal(await on.compare('whole', '>', '-9223372036854775808.5'), '1 2 3 4');
  t.equal(await on.compare('whole', '<', '1e30'), '1 2 3 4');
  t.equal(await on.within('whole', '9223372036854775808', '1.5'), '');
  t.equal(await on.equal('share', '0.1'), '1');
  t.equal(await on.equal('share', '0.10000000000000000000001'), '');
  t.equal(await on.compare('share', '<', '0.10000000000000000000001'), '1 3');
  t.equal(await on.compare('share', '>', '0.09999999999999999999999'), '1 2 4');
  t.equal(await on.equal('share', '9007199254740993'), '4');
  t.equal(await on.equal('f', '0.1000000000000000055'), '1', 'a double is compared with the nearest double');
  t.equal(await on.equal('f', '9007199254740993'), '4');
  t.equal(await on.equal('u', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'), '1 2');
  t.equal(await on.within('u', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'), '1 2');
});
