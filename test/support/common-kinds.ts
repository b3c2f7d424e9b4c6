/** Columns as every database has them: their types on each vendor, and values that all of them hold exactly. */
import fc from 'fast-check';
import type { Cell } from './schema-text.ts';
import type { TestVendor } from './vendors.ts';

/** Which operators and operands make sense. */
export type Family = 'text' | 'whole' | 'number' | 'truth' | 'date' | 'time' | 'moment' | 'uuid' | 'label' | 'bytes' | 'json';

export interface Kind {
  readonly family: Family;
  readonly types: Readonly<Record<TestVendor, string>>;
  readonly values: fc.Arbitrary<Cell>;
}

const pick = <T>(...list: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...list);

/** Cases, accents, scripts, marks that combine, emoji, blanks at either end, wildcards, and letters beyond 65,535. */
export const texts = [
  ['apple', 'Apple', 'APPLE', 'äpfel', 'Äpfel', 'ecole', 'école', 'École', 'ÉCOLE', 'e\u0301cole', 'zoo', 'Zoo', 'straße', 'STRASSE'],
  ['Σίσυφος', 'ΣΊΣΥΦΟΣ', 'σίσυφοσ', 'ΟΔΟΣ', 'οδος', '\u03a9mega', '\u2126mega', '\u212aelvin', 'kelvin', 'Kelvin'],
  ['İstanbul', 'istanbul', 'Istanbul', 'ısı', 'ISI', 'привет', 'ПРИВЕТ', '日本', '日本語', 'ｆｕｌｌ', 'ﬁn', 'fin', 'ǆ', 'Ǆ', 'ǅ'],
  ['😀', '😀 smile', '🎉', '👩‍👩‍👧', '\u{10400}', '\u{10428}', '\ufffd', '\uff5e', '\u{10fffd}'],
  [
    '',
    ' ',
    '  ',
    'a',
    'A',
    'a ',
    ' a',
    'a\t',
    'a\u00a0',
    'á',
    'a b',
    'a  b',
    'a%b',
    'a_b',
    'a\\b',
    'ab',
    '100%',
    '%',
    '_',
    '\\',
    "o'b",
    'a"b',
  ],
  ['10', '9', '09', '1e3', '1.50', 'null', 'true', '2024-01-01', 'a\nb', 'a,b', '[]', '{}', '\u0001', '\u007f', 'ÿ', 'Ÿ', 'µ', 'μ'],
].flat();

const latin1 = texts.filter((text) => /^[\0-\x7f\xa0-\xff]*$/.test(text));
const basic = texts.filter((text) => !/[\u{10000}-\u{10ffff}]/u.test(text));
const unpadded = basic.filter((text) => !text.endsWith(' '));

/** A text of the list, or two of them together. */
function words(list: readonly string[], longest = 40): fc.Arbitrary<Cell> {
  const one = fc.constantFrom(...list);
  const two = fc.tuple(one, one).map(([a, b]) => a + b);
  return fc.oneof({ weight: 3, arbitrary: one }, { weight: 1, arbitrary: two.filter((text) => [...text].length <= longest) });
}

const same = (type: string): Record<TestVendor, string> => ({ sqlite: type, postgres: type, mysql: type });
const text = (sqlite: string, postgres: string, mysql: string, list: readonly string[] = texts): Kind => ({
  family: 'text',
  types: { sqlite, postgres, mysql },
  values: words(list),
});

const digits = (from: number, to: number, scale: number): fc.Arbitrary<Cell> =>
  fc.oneof(
    fc.integer({ min: from, max: to }).map((value) => (value / 10 ** scale).toFixed(scale)),
    pick('0', '1', '-1', '2.5', '10').map((value) => (scale === 0 ? value.replace('.5', '') : Number(value).toFixed(scale))),
  );

const two = (value: number): string => String(value).padStart(2, '0');
const day = fc
  .record({
    year: pick(1, 99, 476, 1582, 1900, 1969, 1970, 1999, 2000, 2024, 2038, 9999),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  })
  .map((date) => `${String(date.year).padStart(4, '0')}-${two(date.month)}-${two(date.day)}`);
const fraction = pick('', '', '.5', '.25', '.000001', '.999999', '.1');
const clock = fc
  .record({ hours: pick(0, 1, 8, 12, 23), minutes: pick(0, 1, 30, 59), seconds: pick(0, 1, 59), fraction })
  .map((time) => `${two(time.hours)}:${two(time.minutes)}:${two(time.seconds)}${time.fraction}`);

const uuids = [
  '00000000-0000-0000-0000-000000000001',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
  'a0eebc99-9c0b-1ef8-bb6d-6bb9bd380a11',
  '0190163d-8694-739b-aea5-966c26f8ad91',
  'ffffffff-ffff-4fff-bfff-ffffffffffff',
  '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
];

/** In the order of their code points, which is how they sort where a database has no enums. */
export const labels = ['Draft', 'draft', 'live', 'Ärger', 'ärger'] as const;
const enumList = labels.map((label) => `'${label}'`).join(', ');

/** What the servers at hand have; set by the test that makes the tables. */
export interface Servers {
  /** MariaDB has a type for UUIDs, MySQL has none. */
  readonly mariadb: boolean;
}

export function kindsOf({ mariadb }: Servers): Readonly<Record<string, Kind>> {
  const nopad = mariadb ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
  return {
    text: text('text', 'text', 'text'),
    plain: text('varchar(60)', 'varchar(60)', 'varchar(60)'),
    human: text('varchar(60) collate nocase', 'varchar(60) collate "und-x-icu"', 'varchar(60) collate utf8mb4_unicode_ci'),
    loose: text('text collate rtrim', 'text collate loose', 'varchar(60) collate utf8mb4_unicode_520_ci'),
    padded: text('text', 'text collate "C"', 'varchar(60) collate utf8mb4_bin'),
    bytewise: text('text', 'text collate "POSIX"', `varchar(60) collate ${nopad}`),
    latin: text('varchar(60)', 'varchar(60)', 'varchar(60) character set latin1', latin1),
    basic: text('varchar(60)', 'varchar(60)', 'varchar(60) character set utf8mb3', basic),
    fixed: text('char(40)', 'char(40)', 'char(40)', unpadded),
    label: {
      family: 'label',
      types: { sqlite: 'varchar(20)', postgres: 'mood', mysql: `enum(${enumList}) character set utf8mb4 collate utf8mb4_bin` },
      values: fc.constantFrom<Cell>(...labels),
    },
    small: { family: 'whole', types: same('smallint'), values: fc.integer({ min: -30, max: 30 }) },
    whole: {
      family: 'whole',
      types: same('integer'),
      values: fc.oneof(fc.integer({ min: -5, max: 20 }), fc.integer({ min: -2147483648, max: 2147483647 })),
    },
    big: {
      family: 'whole',
      types: same('bigint'),
      values: pick(
        '0',
        '1',
        '-1',
        '9007199254740992',
        '9007199254740993',
        '-9007199254740993',
        '9223372036854775807',
        '-9223372036854775808',
        '42',
      ),
    },
    decimal: { family: 'number', types: same('decimal(12,3)'), values: digits(-999_999, 999_999, 3) },
    round: { family: 'number', types: same('decimal(10,0)'), values: digits(-50, 9_999_999, 0) },
    fine: { family: 'number', types: same('decimal(15,10)'), values: digits(-100_000, 100_000, 10) },
    double: {
      family: 'number',
      types: { sqlite: 'double', postgres: 'double precision', mysql: 'double' },
      values: fc.oneof(
        pick(
          '0',
          '1',
          '-1.5',
          '0.1',
          '0.30000000000000004',
          '2',
          '1e15',
          '1e16',
          '123456789.125',
          '1e-5',
          '2.5e-7',
          '1e300',
          '-1e300',
          '9007199254740992',
          '100',
        ),
        fc
          .double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
          .map((value) => (Math.abs(value) < 1e-9 ? '0' : String(Number(value.toPrecision(15))))),
      ),
    },
    truth: { family: 'truth', types: { sqlite: 'boolean', postgres: 'boolean', mysql: 'bit(1)' }, values: fc.boolean() },
    date: { family: 'date', types: same('date'), values: day },
    time: { family: 'time', types: { sqlite: 'time', postgres: 'time', mysql: 'time(6)' }, values: clock },
    moment: {
      family: 'moment',
      types: { sqlite: 'datetime', postgres: 'timestamp', mysql: 'datetime(6)' },
      values: fc.tuple(day, clock).map(([date, time]) => `${date} ${time}`),
    },
    second: {
      family: 'moment',
      types: { sqlite: 'datetime', postgres: 'timestamp(0)', mysql: 'datetime' },
      values: fc.tuple(day, clock).map(([date, time]) => `${date} ${time.slice(0, 8)}`),
    },
    uuid: {
      family: 'uuid',
      types: { sqlite: 'uuid', postgres: 'uuid', mysql: mariadb ? 'uuid' : 'char(36)' },
      values: fc.constantFrom<Cell>(...uuids),
    },
    bytes: {
      family: 'bytes',
      types: { sqlite: 'blob', postgres: 'bytea', mysql: 'blob' },
      values: pick('', '00', '00ff10', 'ff', '61', '4161', '417a').map((hex) => Buffer.from(hex, 'hex')),
    },
    json: {
      family: 'json',
      types: same('json'),
      values: pick('{"a": 1}', '[]', '{}', '[1, 2.5]', '"text"', '[12345678901234567890]', 'null'),
    },
  };
}
