/** Columns of every type that introspection knows, and values that they must keep exactly, as JSON. */
import type { TestVendor } from '../support/vendors.ts';

/** What is sent, and what is answered where that is another spelling of the same. */
type Sent = string | readonly [sent: string, answered: string];

/** `metadata` is the field's type where no type of the column says it. */
export interface Kind {
  readonly type: string;
  readonly values: readonly Sent[];
  readonly metadata?: string;
}

const text = (value: string): string => JSON.stringify(value);

const kind = (type: string, ...values: readonly Sent[]): Kind => ({ type, values });
const declared = (metadata: string, type: string, ...values: readonly Sent[]): Kind => ({ type, values, metadata });

const words = [
  '',
  'plain',
  ' blanks ',
  'quotes \' " ` \\ \\\\ %_',
  '😀 ÄÖ 日本',
  'tab\tnew\nline\r\n',
  'null',
  '{"a":1}',
  '\\x00',
  '$1 ? :x',
].map(text);
const bytes = ['', 'AP8Q', Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString('base64')].map(text);
const days = ['"2024-02-29"', '"1000-01-01"', '"9999-12-31"'];
const seconds = [
  '"2024-02-29 23:59:59"',
  '"1999-12-31 00:00:00"',
  ['"2019-01-04T16:12:05+02:00"', '"2019-01-04 14:12:05"'],
  ['"20190104T161205Z"', '"2019-01-04 16:12:05"'],
] as const;
const microseconds = [
  ...seconds,
  '"2024-02-29 23:59:59.123456"',
  '"1969-12-31 23:59:59.000001"',
  ['"2024-03-31T02:30:00.5+00:00"', '"2024-03-31 02:30:00.5"'],
] as const;
const clocks = ['"00:00:00"', '"23:59:59"'];
const documents = [
  '{}',
  '[]',
  '{"a":[1,2.5,{"b":null}],"ä":"😀 \\" \\\\ /","":[[]]}',
  '{"big":12345678901234567890,"fine":0.1234567890123456789}',
  '[true,false,null]',
];
const scalars = ['"text"', '5', 'true', '12345678901234567', '"5"', '""'];
const large = `{"long":"${'😀 and \\"more\\" '.repeat(60_000)}","list":[${Array.from({ length: 20_000 }, (_, i) => i).join(',')}]}`;
const uuids = [
  '"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"',
  ['"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A12"', '"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12"'],
] as const;
const doubles = ['0', '0.1', '-2.5e-10', '1.7976931348623157e308', '5e-324', '12345678.9'];
const singles = ['0', '0.1', '-2.5e-10', '3.4028235e38', '16777216'];
const lists = ['[]', '["a","b"]', ['[1,2.5,"c d"]', '["1","2.5","c d"]']] as const;
const wide = '12345678901234567890123456789.123456789';

const shared: readonly Kind[] = [
  declared('array', 'text', ...lists),
  declared('json', 'text', ...documents),
  declared('boolean', 'integer', 'true', 'false', ['1', 'true'], ['"false"', 'false']),
  declared('datetime', 'varchar(30)', ...seconds),
  kind('varchar(200)', ...words, ['5', '"5"'], ['12345678901234567890.50', '"12345678901234567890.50"']),
];

/** Beside the shared ones. */
export const kinds: Readonly<Record<TestVendor, readonly Kind[]>> = {
  postgres: [
    ...shared,
    kind('smallint', '-32768', '32767', ['"7"', '7'], ['7.0', '7']),
    kind('integer', '-2147483648', '2147483647'),
    kind('bigint', '-9223372036854775808', '9223372036854775807', ['"9007199254740993"', '9007199254740993']),
    kind('numeric(38,9)', wide, `-${wide}`, '0', ['1e3', '1000']),
    kind('numeric', wide, `${'9'.repeat(100)}.${'1'.repeat(100)}`),
    kind('numeric(5,-2)', '1234500', '-100'),
    kind('real', ...singles),
    kind('double precision', ...doubles),
    kind('boolean', 'true', 'false', ['1', 'true'], ['"0"', 'false']),
    kind('bit(3)', '"101"', '"000"'),
    kind('bit varying(5)', '""', '"10110"'),
    kind('char(4)', '"abcd"', '"ä\\"日😀"'),
    kind('text', ...words),
    kind('name', '"name"'),
    kind('"char"', '"c"'),
    kind('uuid', ...uuids),
    kind('date', ...days, '"0000-01-01"'.replace('0000', '0001')),
    kind('time', ...clocks, '"23:59:59.123456"'),
    kind('time(0)', ...clocks),
    kind('timetz', '"10:00:00+05:30"', ['"10:00:00Z"', '"10:00:00+00"']),
    kind('timestamp', ...microseconds),
    kind('timestamp(0)', ...seconds),
    kind(
      'timestamptz',
      ['"2019-01-04T16:12:05+02:00"', '"2019-01-04T14:12:05+00:00"'],
      ['"2024-03-31 02:30:00.123456"', '"2024-03-31T02:30:00.123456+00:00"'],
    ),
    kind('interval', '"1 day 02:00:00"'),
    kind('json', ...documents, ...scalars, large),
    kind('jsonb', ...documents, ...scalars),
    kind('bytea', ...bytes),
    kind('shop."Mood of (1)"', '"so so"', '"it\'s"'),
    kind('mood', '"calm"'),
    kind('positive', '7', '2147483647'),
    kind('short', '"abc"'),
    kind('bigint[]', '[]', '[9223372036854775807,null,-1]', '[[1,2],[3,4]]'),
    kind('numeric(38,9)[]', `[${wide},0.5]`),
    kind('varchar(40)[]', '["a b","c\\"d\\\\",null,"NULL","","{x}","😀,"]', '[["a"],["b"]]'),
    kind('char(2)[]', '["ab"]'),
    kind('"char"[]', '["a","b"]'),
    kind('name[]', '["a","b"]'),
    kind('varbit[]', '["1","10110"]'),
    kind('boolean[]', '[true,false,null]'),
    kind('bit(3)[]', '["101"]'),
    kind('timestamp[]', '["2020-06-01 12:00:00.5"]', ['["2020-06-01T12:00:00+02:00"]', '["2020-06-01 10:00:00"]']),
    kind('bytea[]', '["\\\\x00ff"]'),
    kind('jsonb[]', '[{"a": [1, null]},"x",[2]]'),
    kind('mood[]', '["calm","so so"]'),
    kind('positive[]', '[1]'),
    kind('shop."Mood of (1)"[]', '["it\'s"]'),
    kind('int4range', '"[1,5)"', '"empty"'),
    kind('point', '"(1,2)"'),
    kind('inet', '"10.0.0.1/8"'),
    kind('oid', '"4294967295"'),
    kind('xml', '"<a>b</a>"'),
    kind('pair', '"(1,\\"x y\\")"'),
    kind('tsvector', "\"'a' 'b'\""),
  ],
  mysql: [
    ...shared,
    kind('tinyint', '-128', '127'),
    kind('tinyint unsigned', '0', '255'),
    kind('smallint', '-32768', '32767'),
    kind('smallint unsigned', '65535'),
    kind('mediumint', '-8388608', '8388607'),
    kind('mediumint unsigned', '16777215'),
    kind('int', '-2147483648', '2147483647', ['"7"', '7']),
    kind('int unsigned', '4294967295'),
    kind('bigint', '-9223372036854775808', '9223372036854775807'),
    kind('bigint unsigned', '18446744073709551615', '0'),
    kind('decimal(38,9)', wide, `-${wide}`, '0', ['1e3', '1000']),
    kind('decimal(65,30)', `${'9'.repeat(35)}.${'1'.repeat(30)}`),
    kind('float', ...singles),
    kind('double', ...doubles),
    kind('bit(1)', 'true', 'false'),
    kind('bit(5)', '21', '0'),
    kind('bit(64)', '18446744073709551615'),
    kind('year', '2024', '1901', '2155', '0'),
    kind('char(4)', '"abcd"', '"ä\\"日😀"'),
    kind('varchar(200) character set latin1', '"äöü \\\\ \'"'),
    kind('text', ...words),
    kind('tinytext', '"😀"'),
    kind('longtext', ...words),
    kind('json', ...documents, ...scalars, large),
    kind('date', ...days),
    kind('time', ...clocks),
    kind('time(6)', ...clocks, '"23:59:59.123456"'),
    kind('datetime', ...seconds),
    kind('datetime(6)', ...microseconds),
    kind('timestamp(6) null', '"2024-02-29 23:59:59.123456"'),
    kind('binary(4)', '"AP8QAA=="'),
    kind('varbinary(256)', ...bytes),
    kind('blob', ...bytes),
    kind("enum('a','b c','1','it''s')", '"b c"', '"1"', '"it\'s"'),
    kind("set('a','b c','1')", '""', '"a,1"', ['"1,b c"', '"b c,1"']),
    declared('array', "set('a','b c','1')", ['["1","a"]', '"a,1"']),
    kind('point', '"POINT(1 2)"'),
  ],
  sqlite: [
    ...shared,
    kind('integer', '-9223372036854775808', '9223372036854775807'),
    kind('tinyint', '-9223372036854775808', '300'),
    kind('decimal(15,2)', '1234567890123.25', '0', '-0.1'),
    kind('numeric', '0.1', '9223372036854775807'),
    kind('decimal(38,9)', '0.123456789', '-12345678.9'),
    declared('decimal', 'text', [wide, text(wide)]),
    kind('real', ...doubles),
    kind('boolean', 'true', 'false'),
    kind('text', ...words),
    kind('uuid', ...uuids),
    kind('date', ...days),
    kind('time', ...clocks, '"23:59:59.123456"'),
    kind('datetime', ...microseconds),
    kind('json', ...documents, '"text"', 'true', '"5"', large),
    kind('blob', ...bytes),
    kind('year', '2024'),
    kind('', ...words, '"007"'),
    kind('string', ...words, ['"7"', '7']),
  ],
};

/** Types that MariaDB alone has. */
export const mariadbKinds: readonly Kind[] = [kind('uuid', ...uuids), kind('inet6', '"2001:db8::1"'), kind('inet4', '"10.0.0.1"')];

/** What is refused because it would be kept as something else: by us (`unprocessable`), or by the database (`validation`). */
export type Refused = readonly [error: 'unprocessable' | 'validation', kind: Kind];

export const refusedKinds: Readonly<Record<TestVendor, readonly Refused[]>> = {
  postgres: [
    ['validation', kind('tsvector', text('a:b'))],
    ['validation', kind('point', text('plain'))],
    ['validation', kind('varchar(2)[]', '["abc"]')],
    ['validation', kind('bit(2)[]', '["101"]')],
  ],
  mysql: [
    ['validation', kind('point', text('plain'), '5', text('LINESTRING(1 2)'))],
    ['validation', kind('varchar(9) character set latin1', text('日'))],
    ['validation', kind('timestamp null', text('1969-12-31 00:00:00'))],
  ],
  sqlite: [
    ['unprocessable', kind('decimal(38,9)', wide)],
    ['unprocessable', kind('numeric', '0.12345678901234567', '9223372036854775808')],
    ['unprocessable', kind('json', '12345678901234567890123', '1e400')],
    ['unprocessable', kind('string', '"007"', '"1e5"', '"-2.5e-10"', '" 7"', '"1e400"', text('1'.repeat(500)))],
  ],
};

/** Nested more deeply than MariaDB reads. */
export const mariadbRefused: readonly Refused[] = [
  ['unprocessable', kind('json', `${'['.repeat(32)}${']'.repeat(32)}`)],
  ['unprocessable', declared('json', 'longtext', `${'{"[":'.repeat(32)}1${'}'.repeat(32)}`)],
];

/** What the databases need before the table. */
export const before: Readonly<Record<TestVendor, readonly string[]>> = {
  postgres: [
    'create schema shop',
    `create type shop."Mood of (1)" as enum ('so so', 'it''s')`,
    "create type mood as enum ('calm', 'so so')",
    'create domain positive as int check (value > 0)',
    'create domain short as varchar(3)',
    'create type pair as (a int, b text)',
  ],
  mysql: [],
  sqlite: [],
};
