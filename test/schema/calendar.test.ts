/** Dates and times as text: the calendar, the clock, offsets, and that no digit of a fraction is lost. */
import fc from 'fast-check';
import t from 'tap';
import {
  canonicalDate,
  canonicalDatetime,
  canonicalInfinity,
  canonicalTime,
  canonicalZonedTime,
  daysAround,
} from '../../src/schema/calendar.ts';

t.test('what is a date', async (t) => {
  const dates = ['2020-02-29', '2000-02-29', '0000-02-29', '0000-01-01', '9999-12-31', '1970-01-01', '0099-12-31'];
  for (const date of dates) {
    t.equal(canonicalDate(date), date, date);
    t.equal(canonicalDatetime(date), `${date} 00:00:00`);
  }
  for (const none of [
    '2019-02-29',
    '1900-02-29',
    '2020-13-01',
    '2020-00-10',
    '2020-04-31',
    '2020-01-00',
    '20-01-01',
    '20200101',
    '',
    'now',
    '0000-00-00',
    '+02020-01-01',
    '2020-1-1',
  ]) {
    t.equal(canonicalDate(none), undefined, none);
    t.equal(canonicalDatetime(none), undefined, none);
  }
});

t.test('what is a moment', async (t) => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['2020-05-06 07:08', '2020-05-06 07:08:00'],
    ['2020-05-06 07:08:09', '2020-05-06 07:08:09'],
    ['2020-05-06 07:08:09.123456', '2020-05-06 07:08:09.123456'],
    ['2020-05-06 07:08:09.100000', '2020-05-06 07:08:09.1'],
    ['2020-05-06 07:08:09.000', '2020-05-06 07:08:09'],
    ['2020-05-06 07:08:09.123456789', '2020-05-06 07:08:09.123456'],
    ['2020-05-06T07:08:09', '2020-05-06 07:08:09'],
    ['2020-05-06t07:08:09z', '2020-05-06 07:08:09'],
    ['2020-05-06T07:08:09Z', '2020-05-06 07:08:09'],
    ['2020-05-06T07:08:09.000Z', '2020-05-06 07:08:09'],
    ['2020-05-06T07:08:09.120Z', '2020-05-06 07:08:09.12'],
    ['2019-01-04T16:12:05+02:00', '2019-01-04 14:12:05'],
    ['2019-01-04T16:12:05 02:00', '2019-01-04 14:12:05'],
    ['2019-01-04T16:12:05-0500', '2019-01-04 21:12:05'],
    ['2019-01-04T16:12:05-05', '2019-01-04 21:12:05'],
    ['2019-01-04 16:12:05.5+05:30', '2019-01-04 10:42:05.5'],
    ['20190104T161205Z', '2019-01-04 16:12:05'],
    ['20190104T1612Z', '2019-01-04 16:12:00'],
    ['2020-03-01T00:30:00+01:00', '2020-02-29 23:30:00'],
    ['2019-12-31T23:30:00-01:00', '2020-01-01 00:30:00'],
    ['0000-01-01T01:00:00+01:00', '0000-01-01 00:00:00'],
    ['0000-01-01T00:30:00+01:00', undefined],
    ['9999-12-31T23:30:00-01:00', undefined],
    ['2020-05-06 24:00:00', undefined],
    ['2020-05-06 23:60:00', undefined],
    ['2020-05-06 23:59:60', undefined],
    ['2020-05-06 7:08', undefined],
    ['2020-05-06 07:08:09.', undefined],
    ['2020-05-06 0708', undefined],
    ['2020-05-06 07:08:09 02:00', undefined],
    ['2020-05-06T07:08:09+25:00', undefined],
    ['2020-02-30 07:08:09', undefined],
    ['2020-05-06  07:08:09', undefined],
    ['2020-05-06 07:08:09 UTC', undefined],
  ];
  for (const [text, expected] of cases) t.equal(canonicalDatetime(text), expected, text);
  t.equal(canonicalDate('2020-03-01T00:30:00+01:00'), '2020-02-29', 'a date is the UTC date of a moment');
  t.equal(canonicalDate('2020-03-01 10:00'), '2020-03-01');
});

t.test('what is a time', async (t) => {
  t.equal(canonicalTime('10:00'), '10:00:00');
  t.equal(canonicalTime('23:59:59.25'), '23:59:59.25');
  t.equal(canonicalTime('10:00:00Z'), '10:00:00');
  t.equal(canonicalTime('01:30:00.50+02:00'), '23:30:00.5', 'in UTC, whatever the day');
  t.equal(canonicalTime('23:30 -05'), '04:30:00');
  for (const none of ['24:00', '10', '10:60', '1:00', '10:00:00+25:00', '10+02:00', '']) t.equal(canonicalTime(none), undefined, none);
  t.equal(canonicalZonedTime('10:00'), '10:00:00+00:00');
  t.equal(canonicalZonedTime('10:00:00.250 0230'), '10:00:00.25+02:30');
  t.equal(canonicalZonedTime('10:00:00-05'), '10:00:00-05:00');
  t.equal(canonicalZonedTime('24:00Z'), undefined);
});

const offset = fc.record({ sign: fc.constantFrom('+', '-'), hours: fc.nat(14), minutes: fc.nat(59) });
const two = (value: number): string => String(value).padStart(2, '0');

t.test('agrees with the calendar of JavaScript on every moment of four-digit years', async () => {
  const moment = fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true });
  fc.assert(
    fc.property(moment, offset, (date, { sign, hours, minutes }) => {
      const utc = date.toISOString().slice(0, 19);
      const shift = (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60000;
      const local = new Date(Date.parse(`${utc}Z`) + shift).toISOString().slice(0, 19);
      return canonicalDatetime(`${local}${sign}${two(hours)}:${two(minutes)}`) === utc.replace('T', ' ');
    }),
  );
});

t.test('is its own canonical form, and keeps microseconds that a Date would lose', async () => {
  const microseconds = fc.nat(999_999).map((value) => String(value).padStart(6, '0'));
  const second = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
  fc.assert(
    fc.property(second, microseconds, (date, fraction) => {
      const plain = `${date.toISOString().slice(0, 19).replace('T', ' ')}.${fraction}`;
      const canonical = plain.replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') || fraction !== '000000' ? '' : zeros));
      const iso = canonicalDatetime(`${plain.replace(' ', 'T')}Z`);
      return canonicalDatetime(plain) === canonical && iso === canonical && canonicalDatetime(canonical) === canonical;
    }),
  );
});

t.test('takes any text without throwing', async () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const found = canonicalDatetime(text);
      return found === undefined || canonicalDatetime(found) === found;
    }),
  );
});

t.test('the days around a moment are further away than any offset', async (t) => {
  t.strictSame(daysAround('2024-02-29 10:00:00'), ['2024-02-28', '2024-03-02']);
  t.strictSame(daysAround('0000-01-01'), ['', '0000-01-03']);
  t.strictSame(daysAround('9999-12-31'), ['9999-12-30', ':'], 'what comes after any year');
});

t.test('the ends of time', async (t) => {
  for (const [text, end] of [
    ['Infinity', 'infinity'],
    ['+infinity', 'infinity'],
    ['-INFINITY', '-infinity'],
    ['infinity ', undefined],
    ['inf', undefined],
    ['9999-12-31', undefined],
  ] as const) {
    t.equal(canonicalInfinity(text), end, text);
  }
});
