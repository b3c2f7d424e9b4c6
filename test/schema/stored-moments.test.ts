/** Dates and times that clients send, as they are stored. */
import t from 'tap';
import type { IntrospectedColumn, Storage } from '../../src/dialect/types.ts';
import { storedValue } from '../../src/schema/stored-values.ts';
import type { Field, FieldType } from '../../src/schema/types.ts';
import { fieldOf } from '../query/fields.ts';

function field(storage: Storage, type: FieldType, column: Partial<IntrospectedColumn> = {}): Field {
  const plain = fieldOf('x');
  return { ...plain, type, storage, column: { ...plain.column, type: storage, storage, ...column } };
}

function check(what: string, one: Field, stored: Readonly<Record<string, string>>, refused: readonly string[], kind: string): void {
  t.test(what, async (t) => {
    for (const [text, value] of Object.entries(stored)) t.same(storedValue(one, text), { value }, text);
    const message = `x: This value is not a valid ${kind}.`;
    for (const text of refused) t.same(storedValue(one, text), { fault: 'validation', message }, text);
  });
}

const same = (...texts: string[]): Record<string, string> => Object.fromEntries(texts.map((text) => [text, text]));
const noDates = [
  '0000-01-01',
  '2023-02-29',
  '2024-13-01',
  '2024-1-1',
  '01.02.2024',
  '',
  '0000-00-00',
  '20240229',
  ' 2024-02-29',
  'infinity',
  '9'.repeat(100),
];
const offsets = {
  '2019-01-04T16:12:05+02:00': '2019-01-04 14:12:05',
  '2019-01-04T16:12:05Z': '2019-01-04 16:12:05',
  '20190104T161205Z': '2019-01-04 16:12:05',
  '2019-01-04T16:12:05-0500': '2019-01-04 21:12:05',
  '2019-12-31T23:00:00-02': '2020-01-01 01:00:00',
  '2019-01-04 16:12:05+02:00': '2019-01-04 14:12:05',
  '2019-01-04T16:12:05.000Z': '2019-01-04 16:12:05',
};
const noMoments = [
  '0000-01-01 00:00:00',
  '2024-02-29',
  '2024-02-29 10:00',
  '2024-02-29T10:00Z',
  '2024-02-30 10:00:00',
  '2024-02-29 24:00:00',
  '2019-01-04T16:12:05 02:00',
  'now',
  '',
];

check(
  'dates',
  field('date', 'date'),
  same('2024-02-29', '0001-01-01', '9999-12-31'),
  [...noDates, '2024-02-29 10:00:00', '2024-02-29T10:00:00Z'],
  'date',
);
check(
  'moments in whole seconds',
  field('datetime', 'datetime', { precision: 0 }),
  { ...same('2024-02-29 23:59:59'), ...offsets },
  [...noMoments, '2024-02-29 10:00:00.5'],
  'datetime',
);
check(
  'moments with milliseconds',
  field('datetime', 'datetime', { precision: 3 }),
  { ...same('2024-02-29 10:00:00.123'), '2019-01-04T16:12:05.120Z': '2019-01-04 16:12:05.12' },
  ['2024-02-29 10:00:00.1234'],
  'datetime',
);
check(
  'moments with microseconds',
  field('instant', 'datetime', { precision: 6 }),
  { ...same('2024-02-29 10:00:00.123456'), ...offsets },
  [...noMoments, '2024-02-29 10:00:00.1234567'],
  'datetime',
);
check(
  'moments in a text',
  field('text', 'datetime', { length: 30 }),
  { ...same('2024-02-29 10:00:00.123456'), ...offsets },
  noMoments,
  'datetime',
);
check(
  'a date over a moment',
  field('datetime', 'date', { precision: 0 }),
  { '2024-02-29': '2024-02-29 00:00:00' },
  ['2024-02-30'],
  'datetime',
);
check(
  'times in whole seconds',
  field('time', 'time', { precision: 0 }),
  same('00:00:00', '23:59:59'),
  ['10:00', '24:00:00', '10:00:00.5', '10:00:00Z', '1:00:00', '-01:00:00', ''],
  'time',
);
check(
  'times with a fraction',
  field('time', 'time', { precision: 6 }),
  { ...same('10:00:00.123456'), '10:00:00.500': '10:00:00.5' },
  ['10:00:00.1234567'],
  'time',
);
check(
  'times with an offset of their own',
  field('time', 'time', { type: 'timetz', precision: 6 }),
  { '10:00:00+05:30': '10:00:00+05:30', '10:00:00Z': '10:00:00+00:00' },
  ['10:00Z'],
  'time',
);
