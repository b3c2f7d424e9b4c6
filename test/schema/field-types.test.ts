/** The table of field types, inference, and operands in canonical form. */
import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { Scalar, Storage } from '../../src/dialect/types.ts';
import { coerceOperand, fieldTypes, inferType, isFieldType, resolveNow, searchable } from '../../src/schema/field-types.ts';
import type { FieldType } from '../../src/schema/types.ts';
import { column, field } from './tables.ts';

const storages: readonly Storage[] = [
  ...(['integer', 'decimal', 'float', 'boolean', 'bit', 'text', 'enum', 'set', 'uuid', 'date', 'time', 'datetime'] as const),
  ...(['instant', 'interval', 'year', 'json', 'binary', 'array', 'range', 'geometry', 'unknown'] as const),
];

t.test('the table', async (t) => {
  const alias = Object.keys(fieldTypes).filter((type) => isFieldType(type) && fieldTypes[type].alias);
  t.same(alias, ['alias', 'group', 'o2m', 'translation']);
  const searched = Object.keys(fieldTypes).filter((type) => isFieldType(type) && searchable(field('text', type)));
  t.same(searched, ['decimal', 'integer', 'string']);
  t.equal(Object.keys(fieldTypes).length, 27, 'the 27 types of directus8-system §8');
  t.equal(isFieldType('constructor'), false);
});

t.test('inference by storage', async (t) => {
  const types = Object.fromEntries(storages.map((storage) => [storage, inferType(column('c', storage))]));
  t.same(types, {
    integer: 'integer',
    decimal: 'decimal',
    float: 'decimal',
    boolean: 'boolean',
    bit: 'integer',
    text: 'string',
    enum: 'string',
    set: 'string',
    uuid: 'uuid',
    date: 'date',
    time: 'time',
    datetime: 'datetime',
    instant: 'datetime',
    interval: 'string',
    year: 'integer',
    json: 'json',
    binary: 'binary',
    array: 'json',
    range: 'string',
    geometry: 'string',
    unknown: 'string',
  });
});

type Case = readonly [value: unknown, expected: Scalar | undefined];

function check(t: Test, storage: Storage, type: FieldType, cases: readonly Case[]): void {
  for (const [value, expected] of cases)
    t.equal(coerceOperand(field(storage, type), value), expected, `${storage} ${typeof value} ${String(value)}`);
}

t.test('integers', async (t) => {
  check(t, 'integer', 'integer', [
    ['5', '5'],
    [' 5 ', '5'],
    [5, '5'],
    [9007199254740993n, '9007199254740993'],
    ['9223372036854775807', '9223372036854775807'],
    ['7.5', '7.5'],
    [1e21, '1000000000000000000000'],
    [true, '1'],
    ['true', undefined],
    ['abc', undefined],
    ['1abc', undefined],
    ['', undefined],
    [Number.NaN, undefined],
    [null, undefined],
    [undefined, undefined],
    [['1'], undefined],
    [{ a: 1 }, undefined],
  ]);
  check(t, 'year', 'integer', [['2020', '2020']]);
  check(t, 'integer', 'boolean', [
    ['true', '1'],
    ['False', '0'],
    [false, '0'],
    ['1', '1'],
    ['yes', undefined],
  ]);
});

t.test('decimals and floats', async (t) => {
  check(t, 'decimal', 'decimal', [
    ['0.10', '0.1'],
    [0.1, '0.1'],
    ['1e-7', '0.0000001'],
    ['12345678901234567890.123456789', '12345678901234567890.123456789'],
    ['x', undefined],
  ]);
  check(t, 'float', 'decimal', [
    ['1.5e3', '1500'],
    ['1e309', undefined],
    ['1e-350', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
  ]);
});

t.test('booleans and bits', async (t) => {
  check(t, 'boolean', 'boolean', [
    ['true', true],
    ['TRUE', true],
    ['0', false],
    [1, true],
    [false, false],
    ['2', undefined],
    ['', undefined],
  ]);
  check(t, 'bit', 'integer', [
    ['0101', '0101'],
    [true, '1'],
    [6, '6'],
    ['-1', undefined],
    ['x', undefined],
  ]);
});

t.test('dates and times', async (t) => {
  check(t, 'date', 'date', [
    ['2020-02-29', '2020-02-29'],
    ['2020-03-01T00:30:00+01:00', '2020-02-29'],
    ['2019-02-29', undefined],
    [20200101, undefined],
  ]);
  check(t, 'datetime', 'datetime', [
    ['2020-05-06', '2020-05-06 00:00:00'],
    ['2020-05-06T07:08:09.5+02:00', '2020-05-06 05:08:09.5'],
    ['soon', undefined],
  ]);
  check(t, 'instant', 'datetime', [['2020-05-06T07:08:09Z', '2020-05-06 07:08:09']]);
  check(t, 'time', 'time', [
    ['10:00', '10:00:00'],
    ['25:00', undefined],
  ]);
  check(t, 'text', 'datetime', [
    ['2020-05-06T07:08:09Z', '2020-05-06 07:08:09'],
    ['soon', 'soon'],
  ]);
  check(t, 'text', 'date', [['2020-05-06T07:08:09Z', '2020-05-06']]);
  check(t, 'text', 'time', [['07:08', '07:08:00']]);
});

t.test('texts, uuids, enums', async (t) => {
  check(t, 'text', 'string', [
    [' padded ', ' padded '],
    [5, '5'],
    [true, 'true'],
    ['', ''],
    ['a\0b', undefined],
    [null, undefined],
  ]);
  check(t, 'text', 'uuid', [['not-a-uuid', 'not-a-uuid']]);
  check(t, 'uuid', 'uuid', [
    ['44444444-4444-4444-8444-44444444444A', '44444444-4444-4444-8444-44444444444a'],
    ['44444444', undefined],
  ]);
  const mood = field('enum', 'string', { values: ['happy', 'sad'] });
  t.equal(coerceOperand(mood, 'sad'), 'sad');
  t.equal(coerceOperand(mood, 'angry'), undefined);
  t.equal(coerceOperand(field('enum'), 'angry'), 'angry', 'labels that are not known are not checked');
});

t.test('any value at any storage: a canonical form that is its own, or nothing; never NUL; never thrown', async () => {
  const value = fc.oneof(
    fc.anything(),
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.constantFrom('a\0', '2020-01-01', '1e5', 'true', '07:00'),
  );
  fc.assert(
    fc.property(fc.constantFrom(...storages), value, (storage, given) => {
      const one = field(storage);
      const found = coerceOperand(one, given);
      if (found === undefined) return true;
      return coerceOperand(one, found) === found && !(typeof found === 'string' && found.includes('\0'));
    }),
    { numRuns: 500 },
  );
});

t.test('now', async (t) => {
  const at = new Date('2020-02-29T23:59:58.999Z');
  t.equal(
    resolveNow(field('date', 'date'), 'now', () => at),
    '2020-02-29',
  );
  t.equal(
    resolveNow(field('datetime', 'datetime'), 'NOW', () => at),
    '2020-02-29 23:59:58',
  );
  t.equal(
    resolveNow(field('datetime', 'datetime_created'), 'Now', () => at),
    '2020-02-29 23:59:58',
  );
  t.equal(
    resolveNow(field('instant', 'datetime_updated'), 'now', () => at),
    '2020-02-29 23:59:58',
  );
  t.equal(
    resolveNow(field('text', 'string'), 'now', () => at),
    'now',
  );
  t.equal(
    resolveNow(field('time', 'time'), 'now', () => at),
    'now',
  );
  t.equal(
    resolveNow(field('date', 'date'), 'tomorrow', () => at),
    'tomorrow',
  );
  t.equal(
    resolveNow(field('date', 'date'), 5, () => at),
    5,
  );
});
