/** What `doctor` says of tables, from introspection and schema alone. */
import t from 'tap';
import { addressOf } from '../../src/cli/doctor-replicas.ts';
import { makeReport, printReport } from '../../src/cli/doctor-report.ts';
import type { IntrospectedColumn, IntrospectedTable } from '../../src/dialect/types.ts';
import { noExtensions } from '../../src/extensions/load.ts';
import { buildSchema } from '../../src/schema/build.ts';
import { column as columnOf, table as tableOf } from '../schema/tables.ts';

const column = (name: string, more: Partial<IntrospectedColumn> = {}): IntrospectedColumn => columnOf(name, 'integer', more);

const table = (name: string, { columns = [column('id')], ...more }: Partial<IntrospectedTable> = {}): IntrospectedTable => ({
  ...tableOf(name, Object.fromEntries(columns.map((one) => [one.name, one])), { schema: 'public', rowEstimate: 7 }),
  ...more,
});

const key = (columns: string[]) => ({
  name: `fk_${columns.join('_')}`,
  columns,
  toSchema: 'public',
  toTable: 'one',
  toColumns: ['id'],
});

const introspection = {
  version: 'PostgreSQL 15.1',
  defaultSchema: 'public',
  tables: [
    table('one'),
    table('two', { columns: [column('id'), column('a'), column('b')], foreignKeys: [key(['a']), key(['b'])], indexes: [['b', 'a']] }),
    table('odd', { columns: [column('id'), column('place', { type: 'cube', nativeType: 'cube', storage: 'unknown' })] }),
    table('elsewhere', { schema: 'sales', rowEstimate: null }),
    table('log', { primaryKey: [], rowEstimate: null }),
    table('directus_users'),
  ],
};

t.test('a line a table, and what there is to say about it', async (t) => {
  const schema = buildSchema(introspection, { collections: [], fields: [], relations: [] }, 1);
  const [, , , elsewhere, log] = introspection.tables;
  if (!elsewhere || !log) return t.fail('the fixture lost its tables');
  const counts = new Map([
    [elsewhere, { rows: 3, atLeast: false }],
    [log, { rows: 1_000_000, atLeast: true }],
  ]);
  const faults = [{ extension: 'hooks/b', reason: 'it has no index.js' }];
  const extensions = { ...noExtensions, loaded: ['hooks/a', 'endpoints/c'], faults };
  const report = makeReport({
    project: 'shop',
    native: false,
    introspection,
    schema,
    installed: false,
    counts,
    extensions,
    calls: { pending: 3, dead: 1 },
    replicas: [
      { number: 1, name: 'near.example/shop', state: 'near', secondsBehind: 0.1 },
      { number: 2, name: 'far.example/shop', state: 'behind', secondsBehind: 10 },
      { number: 3, name: addressOf('postgres://reader:hush/hush@far.example/shop'), state: 'away', reason: 'It does not answer' },
      {
        number: 4,
        name: addressOf({ host: 'db.example', port: 5433, user: 'reader', password: 'hush', database: 'shop' }),
        state: 'near',
        secondsBehind: 0,
      },
    ],
  });
  t.same(
    report.tables.map(({ table, rows, served }) => [table, rows, served]),
    [
      ['one', 7, 'fully'],
      ['two', 7, 'fully'],
      ['odd', 7, 'partly'],
      ['sales.elsewhere', 3, 'fully'],
      ['log', 1_000_000, 'partly'],
    ],
  );
  t.same(report.tables[1]?.foreignKeysWithoutIndex, ['a'], 'an index serves a key only when it begins with it');
  t.same(report.tables[2]?.unknownTypes, ['place cube']);

  const text = printReport(report).join('\n');
  t.match(text, /^two +table +7 +id +fully served\n {4}foreign key \(a\) has no index/m);
  t.match(text, /^log +table +1000000\+ +no key +partly served$/m);
  t.match(text, /Run: sallyport install shop/);
  t.match(text, 'extensions: hooks/a, endpoints/c\n    hooks/b is not loaded: it has no index.js\n');
  t.match(text, '\nwebhooks: 3 calls to be made, 1 given up\n');
  t.match(
    text,
    '\nreplicas:\n    1 near.example/shop answers, at most 0.1 s behind\n    2 far.example/shop answers, more than 10 s behind\n',
  );
  t.match(text, '    3 an unreadable address is not read from: It does not answer\n    4 db.example:5433/shop answers');
  t.notMatch(text, /hush/, 'no password');
  t.match(text, /5 tables and views, 3 fully served, 2 partly or not/);
});
