/** PostgreSQL's values in answers and as operands: every type exact, every comparison exact and by its index. */
import t from 'tap';
import type { Connection, IntrospectedColumn, Scalar } from '../../../src/dialect/types.ts';
import { type Fragment, join, name, print, sql } from '../../../src/lib/fragment.ts';
import type { Field } from '../../../src/schema/types.ts';
import { postgresDialect } from '../../../src/vendors/postgres/dialect.ts';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { whyNot } from '../../support/vendors.ts';
import { columnOf, of, scratch, tableOf } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;

const dialect = postgresDialect({ own: { name: 'pg_catalog."default"', exact: true, byCodePoint: true, lower: 'simple' } });

function fieldOf(column: IntrospectedColumn, more: Partial<Field> = {}): Field {
  const { storage } = column;
  return { name: column.name, collection: 'x', type: 'string', storage, column, primaryKey: false, unique: false, iso: false, ...more };
}

/** The rows of a query of one JSON expression, as they leave. */
async function answers(connection: Connection, json: Fragment, from: Fragment): Promise<string[]> {
  const rows = await connection.texts(print(sql`select ${dialect.jsonText(json)} ${from}`, dialect));
  return rows.map(([text]) => dialect.finish?.(text ?? '') ?? text ?? '');
}

const values: readonly (readonly [type: string, value: string, json: string, more?: Partial<Field>])[] = [
  ['int2', '1', '1'],
  ['int8', '9223372036854775807', '9223372036854775807'],
  ['numeric(30,10)', '12345678901234567890.0123456789', '12345678901234567890.0123456789'],
  ['numeric', "'NaN'", '"NaN"'],
  ['numeric', '1e-7', '0.0000001'],
  ['float4', '0.1', '0.1'],
  ['float8', '1e300', '1e+300'],
  ['float8', "'Infinity'", '"Infinity"'],
  ['money', '1.5', '"$1.50"'],
  ['boolean', 'false', 'false'],
  ['int4', '2', 'true', { type: 'boolean' }],
  ['bit(3)', "b'101'", '"101"'],
  ['char(5)', "'ab'", '"ab"'],
  ['varchar(9)', `'a"\\b'`, '"a\\"\\\\b"'],
  ['name', "'n'", '"n"'],
  ['"char"', "'c'", '"c"'],
  ['uuid', "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", '"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"'],
  ['bytea', "decode(repeat('00ff', 60), 'hex')", `"${Buffer.from('00ff'.repeat(60), 'hex').toString('base64')}"`],
  ['date', "'2020-02-29'", '"2020-02-29"'],
  ['date', "'infinity'", '"infinity"'],
  ['time', "'10:00:00.5'", '"10:00:00.5"'],
  ['timetz', "'10:00+05:30'", '"10:00:00+05:30"'],
  ['timestamp', "'2020-01-01 10:00:00.000001'", '"2020-01-01 10:00:00.000001"'],
  ['timestamp', "'2020-01-01 10:00'", '"2020-01-01T10:00:00+00:00"', { iso: true }],
  ['timestamp', "'2020-01-01 10:00:00.5'", '"2020-01-01T10:00:00.5+00:00"', { type: 'datetime_created' }],
  ['timestamp', "'infinity'", '"infinity"', { iso: true }],
  ['timestamptz', "'2020-06-01 12:00+02'", '"2020-06-01T10:00:00+00:00"'],
  ['timestamptz', "'-infinity'", '"-infinity"'],
  ['timestamptz', "'0044-03-15 10:00+00 BC'", '"0044-03-15T10:00:00+00:00 BC"'],
  ['interval', "'1 day 2 hours'", '"1 day 02:00:00"'],
  ['json', `'{"b": 1.0, "a":\t1e2, "b": 2}'`, '{"b": 1.0, "a":\t1e2, "b": 2}'],
  ['jsonb', `'{"b": 1.0}'`, '{"b": 1.0}'],
  ['text', `'{"b":1.0, "a": [12345678901234567890]}'`, '{"b":1.0, "a": [12345678901234567890]}', { type: 'json' }],
  ['text', `E'[1,\\n2]'`, '[1, 2]', { type: 'json' }],
  ['text', "'no json \"'", 'null', { type: 'json' }],
  ['text', "'a,b'", '["a","b"]', { type: 'array' }],
  ['xml', "'<a/>'", '"<a/>"'],
  ['int8[]', "'{9223372036854775807,null}'", '[9223372036854775807,null]'],
  ['int4[]', "'{{1,2},{3,4}}'", '[[1,2],[3,4]]'],
  ['text[]', `array['a b', 'c"d', null]`, '["a b","c\\"d",null]'],
  ['char(5)[]', "array['ab']", '["ab"]'],
  ['date[]', "array[date '2020-01-01']", '["2020-01-01"]'],
  ['timestamptz[]', "array[timestamptz '2020-06-01 12:00+02', 'infinity']", '["2020-06-01T10:00:00+00:00","infinity"]'],
  ['timestamp[]', "array[timestamp '2020-06-01 12:00']", '["2020-06-01 12:00:00"]'],
  ['bytea[]', "array['\\x00ff'::bytea]", '["\\\\x00ff"]'],
  ['jsonb[]', `array['{"a":1}'::jsonb]`, '[{"a": 1}]'],
  ['mood[]', "array['so so'::mood]", '["so so"]'],
  ['positive[]', 'array[1]::positive[]', '[1]'],
  ['int4range', "'[1,5)'", '"[1,5)"'],
  ['pair', "row(1, 'x y')", '"(1,\\"x y\\")"'],
  ['mood', "'so so'", '"so so"'],
  ['positive', '7', '7'],
  ['oid', '4294967295', '"4294967295"'],
  ['int2vector', "'1 2'", '"1 2"'],
  ['inet', "'10.0.0.1/8'", '"10.0.0.1/8"'],
  ['point', "'(1,2)'", '"(1,2)"'],
  ['tsvector', "'a b'", `"'a' 'b'"`],
];

t.test('every type in an answer', { skip: absent }, async (t) => {
  const s = await scratch(t, [
    "create type mood as enum ('so so')",
    'create type pair as (a int, b text)',
    'create domain positive as int check (value > 0)',
    `create table x (id int, ${values.map(([type], i) => `c${i} ${type}`).join(', ')})`,
    `insert into x values (1, ${values.map(([, value]) => value).join(', ')})`,
    'insert into x values (2)',
  ]);
  const table = tableOf(await postgres.introspect(s.connection), 'x');
  const pairs = values.map(([, , , more], i) => {
    const field = fieldOf(columnOf(table, `c${i}`), more);
    return [`c${i}`, dialect.jsonValue(field, name('x', field.name))] as const;
  });
  for (const [i, [type, value, json]] of values.entries()) {
    const pair = pairs[i];
    if (pair)
      t.strictSame(
        await answers(s.connection, dialect.jsonObject([pair]), sql`from x where id = 1`),
        [`{"c${i}":${json}}`],
        `${type} ${value}`,
      );
  }
  const nulls = values.map(([, , , more], i) => `"c${i}":${more?.type === 'array' ? '[]' : 'null'}`).join();
  const all = dialect.jsonList({
    row: dialect.jsonObject(pairs),
    from: sql`from x`,
    order: sql` order by ${name('x', 'id')} desc nulls last`,
  });
  t.strictSame(
    await answers(s.connection, all, sql``),
    [`[{${nulls}}, {${values.map(([, , json], i) => `"c${i}":${json}`).join()}}]`],
    'as a list',
  );
});

t.test('any name in an answer', { skip: absent }, async (t) => {
  const long = 'ü'.repeat(31);
  const names = ['j', 'l', 'x', 'Select', 'we"ird $1 \'?', ' ', 'Ünï cöde', long, 'row_to_json', 'ctid2'];
  const quoted = names.map((one) => dialect.identifier(one));
  const s = await scratch(t, [
    `create table "j" (${quoted.map((one) => `${one} int`).join()})`,
    `insert into j values (${names.map((_, i) => i).join()})`,
  ]);
  const table = tableOf(await postgres.introspect(s.connection), 'j');
  t.strictSame(
    table.columns.map((column) => column.name),
    names,
  );
  const pairs = names.map((one) => [one, name('j', one)] as const);
  const expected = `{${names.map((one, i) => `${JSON.stringify(one)}:${i}`).join()}}`;
  t.strictSame(await answers(s.connection, dialect.jsonObject(pairs), sql`from j`), [expected]);
  const inner = dialect.jsonList({ row: dialect.jsonObject(pairs), from: sql`from j`, order: sql`` });
  t.strictSame(await answers(s.connection, dialect.jsonObject([['j', inner]]), sql`from j`), [`{"j":[${expected}]}`], 'nested');
  // Keys longer than the server's names keep their order, and stored JSON its spelling.
  const stored = sql`'{"b": 1.0, "a": 1e2}'::json`;
  const keys = ['z'.repeat(64), 'b', 'a'.repeat(90), "it's", ''];
  const object = dialect.jsonObject(keys.map((key, i) => [key, i === 1 ? stored : name('j', 'l')] as const));
  const [text = ''] = await answers(s.connection, object, sql`from j`);
  t.strictSame(Object.keys(JSON.parse(text)), keys);
  t.match(text, '{"b": 1.0, "a": 1e2}');
  const many = Array.from({ length: 2000 }, (_, i) => [`k${i}`, name('j', 'l')] as const);
  const [wide = ''] = await answers(s.connection, dialect.jsonObject(many), sql`from j`);
  t.equal(Object.keys(JSON.parse(wide)).length, 2000, 'more than a row has columns');
  t.strictSame(await answers(s.connection, dialect.jsonObject([]), sql`from j`), ['{}']);
});

t.test('a large stored text that is to be JSON', { skip: absent }, async (t) => {
  const s = await scratch(t, [
    'create table big (id int, doc text)',
    `insert into big values (1, '["' || repeat('\\"x', 8000000) || '"]'), (2, '"' || repeat('x', 8000000)), (3, '{"a": "\\\\"}')`,
  ]);
  const field = fieldOf(columnOf(tableOf(await postgres.introspect(s.connection), 'big'), 'doc'), { type: 'json' });
  const object = dialect.jsonObject([['doc', dialect.jsonValue(field, name('big', 'doc'))]]);
  const [first = '', ...others] = await answers(s.connection, object, sql`from big order by id`);
  t.equal(first.length, '{"doc":[""]}'.length + 24_000_000);
  t.strictSame(others, ['{"doc":null}', '{"doc":{"a": "\\\\"}}']);
});

const operators = ['<', '>='] as const;

t.test('operands compare exactly', { skip: absent }, async (t) => {
  const s = await scratch(t, [
    "create type mood as enum ('low', 'high')",
    `create table o (id int, si int2, bi int8, de numeric, f4 float4, f8 float8, bo boolean, ch char(5), vc varchar(3), tx text, na name, c1 "char",
      uu uuid, da date, ti time, ts timestamp, tz timestamptz, en mood, by bytea, js jsonb, ar int[], ra int4range)`,
    `insert into o values (1, 5, 9223372036854775807, 0.1, 0.1, 0.1, true, 'ab', 'abc', 'x', 'n', 'c', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      '0001-01-01 BC', '10:00', '0001-01-01 00:00 BC', '2020-01-01 00:00+00', 'high', '\\x00ff', '{"a": 1}', '{1}', '[1,5)')`,
  ]);
  const table = tableOf(await postgres.introspect(s.connection), 'o');
  const cases: readonly (readonly [column: string, value: Scalar, equal: boolean])[] = [
    ['si', '5', true],
    ['si', '99999999999999999999', false],
    ['si', '5.5', false],
    ['bi', '9223372036854775807', true],
    ['bi', '9223372036854775806', false],
    ['bi', '9223372036854775808', false],
    ['de', '0.1', true],
    ['de', '0.10000000000000001', false],
    ['f4', '0.1', true],
    ['f4', '1e300', false],
    ['f4', '1e-60', false],
    ['f8', '0.1', true],
    ['bo', true, true],
    ['bo', false, false],
    ['ch', 'ab', true],
    ['ch', 'abcdefgh', false],
    ['vc', 'abc', true],
    ['vc', 'abcd', false],
    ['tx', 'x', true],
    ['na', 'n', true],
    ['na', 'n'.repeat(70), false],
    ['c1', 'c', true],
    ['c1', 'cd', false],
    ['uu', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', true],
    ['da', '0000-01-01', true],
    ['da', '0001-01-01', false],
    ['ti', '10:00:00', true],
    ['ts', '0000-01-01 00:00:00', true],
    ['tz', '2020-01-01 00:00:00', true],
    ['tz', '0000-01-01 00:00:00', false],
    ['en', 'high', true],
    ['by', 'AP8=', true],
    ['js', '{"a": 1}', true],
    ['ar', '{1}', true],
    ['ra', '[1,5)', true],
  ];
  const count = async (where: Fragment): Promise<string | null | undefined> =>
    (await s.connection.texts(print(sql`select count(*) from o where ${where}`, dialect)))[0]?.[0];
  for (const [column, value, equal] of cases) {
    const field = fieldOf(columnOf(table, column));
    const left = name('o', column);
    const what = `${column} ${value}`.slice(0, 40);
    t.equal(await count(dialect.equals(field, left, value)), equal ? '1' : '0', what);
    t.equal(await count(dialect.isIn(field, left, [value, value])), equal ? '1' : '0', `${what} in a list`);
    for (const operator of operators) await count(dialect.compares(field, left, operator, value));
  }
  const mood = fieldOf(columnOf(table, 'en'));
  const labelled = (...labels: readonly string[]): Fragment => dialect.isIn(mood, name('o', 'en'), labels);
  t.equal(await count(labelled('', 'high')), '1', 'labels that the enum does not have');
  t.equal(await count(labelled('', 'none')), '0');
  t.equal(await count(sql`not ${labelled('', 'none')}`), '1');
  t.equal(await count(sql`not (${labelled('none')} and en = 'high')`), '1');
  await s.connection.execute(of('update o set en = null'));
  t.equal(await count(labelled('none')), '0');
  t.equal(await count(sql`not ${labelled('none')}`), '0', 'NULL is neither');
  const like = (column: string, pattern: string): Promise<string | null | undefined> =>
    count(dialect.like(fieldOf(columnOf(table, column)), name('o', column), pattern));
  await s.connection.execute(of("update o set en = 'high'"));
  t.equal(await like('ch', '%B'), '1', 'without the padding');
  t.equal(await like('ch', '% '), '0');
  t.equal(await like('na', 'N'), '1');
  t.equal(await like('bi', '%775807'), '1');
  t.equal(await like('by', 'ap8=%'), '1');
  t.equal(await like('en', 'HI%'), '1');
  t.equal(await like('tx', '\\%'), '0');
});

t.test('operands use the index of their column', { skip: absent }, async (t) => {
  const types: readonly (readonly [type: string, value: Scalar, filler: string])[] = [
    ['int2', '5', 'n % 30000'],
    ['int8', '9223372036854775806', '9000000000000000000 + n'],
    ['numeric', '0.5', 'n'],
    ['float4', '0.5', 'n'],
    ['float8', '0.5', 'n'],
    ['char(9)', 'x', 'n::text'],
    ['varchar(9)', 'x', 'n::text'],
    ['text', 'x', 'n::text'],
    ['name', 'x', 'n::text'],
    ['uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'md5(n::text)::uuid'],
    ['date', '2020-01-01', "date '2020-01-01' + n % 30000"],
    ['time', '10:00:00', "time '00:00' + n * interval '1 second'"],
    ['timestamp', '2020-01-01 00:00:00', "timestamp '2020-01-01' + n * interval '1 hour'"],
    ['timestamptz', '2020-01-01 00:00:00', "timestamptz '2020-01-01' + n * interval '1 hour'"],
    ['mood', 'a', "'b'::mood"],
  ];
  const s = await scratch(t, [
    "create type mood as enum ('a', 'b')",
    `create table f (${types.map(([type], i) => `c${i} ${type}`).join()})`,
    `insert into f select ${types.map(([, , filler]) => filler).join()} from generate_series(1, 3000) n`,
    ...types.map((_, i) => `create index on f (c${i})`),
    'analyze f',
  ]);
  const table = tableOf(await postgres.introspect(s.connection), 'f');
  for (const [i, [type, value]] of types.entries()) {
    const field = fieldOf(columnOf(table, `c${i}`));
    const left = name('f', field.name);
    for (const where of [dialect.equals(field, left, value), dialect.isIn(field, left, [value, value])]) {
      const plan = await s.connection.texts(print(sql`explain select * from f where ${where}`, dialect));
      t.match(plan.flat().join('\n'), /index cond/i, `${type}: ${plan.flat().join('; ')}`);
    }
  }
});

t.test('order, pages and maps', { skip: absent }, async (t) => {
  const s = await scratch(t, ['create table p (id int, v text)', "insert into p values (1, 'b'), (2, null), (3, 'a')"]);
  const ids = async (descending: boolean, limit: number | undefined, offset: number): Promise<string> => {
    const order = dialect.orderTerm({ expression: name('v'), descending, nullable: true }, 'last');
    const rows = await s.connection.texts(print(sql`select id from p order by ${order} ${dialect.page(limit, offset)}`, dialect));
    return rows.flat().join();
  };
  t.equal(await ids(false, undefined, 0), '3,1,2');
  t.equal(await ids(true, undefined, 0), '1,3,2');
  t.equal(await ids(true, 1, 1), '3');
  t.equal(await ids(true, undefined, 1), '3,2');
  t.equal(await ids(true, 0, 0), '');
  const map = dialect.jsonMap(sql`select id as ${name('k')}, v as ${name('w')} from p order by id`, 'k', 'w');
  const [text = ''] = await answers(s.connection, map, sql``);
  t.same(JSON.parse(text), { 1: 'b', 2: null, 3: 'a' });
  const list = dialect.jsonList({ row: dialect.jsonObject([['id', name('p', 'id')]]), from: sql`from p where id > 5`, order: sql`` });
  t.strictSame(await answers(s.connection, list, sql``), ['[]']);
  t.strictSame(await answers(s.connection, dialect.jsonConstant(`{"it's": 1}`), sql``), [`{"it's": 1}`]);
  t.match(print(join([dialect.random()], ''), dialect), { text: 'random()' });
  t.equal((await s.connection.texts(of('select 1'))).length, 1);
});
