/** Numbers as text: one spelling each, every digit kept. */
import fc from 'fast-check';
import t from 'tap';
import { canonicalNumber, compareNumbers, fitsDouble } from '../../src/schema/numerals.ts';

t.test('one spelling for each number', async (t) => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['1', '1'],
    ['01', '1'],
    ['+7', '7'],
    ['-0', '0'],
    ['0.00', '0'],
    ['7.50', '7.5'],
    ['7.', '7'],
    ['.5', '0.5'],
    ['-.5', '-0.5'],
    ['1e3', '1000'],
    ['1.5E+2', '150'],
    ['12.5e-3', '0.0125'],
    ['0.001e3', '1'],
    ['9223372036854775808', '9223372036854775808'],
    ['123456789012345678901234567890.123456789', '123456789012345678901234567890.123456789'],
    ['0e9999', '0'],
    ['1e401', undefined],
    ['1e-401', undefined],
    ['1e99999', undefined],
    ['', undefined],
    ['.', undefined],
    ['-', undefined],
    ['e5', undefined],
    ['1e', undefined],
    ['0x10', undefined],
    ['1,5', undefined],
    ['1_000', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['1abc', undefined],
    ['١', undefined],
  ];
  for (const [text, expected] of cases) t.equal(canonicalNumber(text), expected, text);
});

t.test('what a double can hold', async (t) => {
  t.equal(fitsDouble('0'), true);
  t.equal(fitsDouble(`1${'0'.repeat(308)}`), true);
  t.equal(fitsDouble(`1${'0'.repeat(309)}`), false);
  t.equal(fitsDouble(`0.${'0'.repeat(330)}1`), false);
});

t.test('whole numbers of any size keep their value', async () => {
  fc.assert(fc.property(fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }), (value) => canonicalNumber(String(value)) === String(value)));
});

t.test('what JavaScript prints of a number is read as that number', async () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = canonicalNumber(String(value));
      return text !== undefined && Number(text) === (value === 0 ? 0 : value) && canonicalNumber(text) === text;
    }),
  );
});

t.test('canonical numbers are compared by size, digit by digit', async (t) => {
  const number = fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat(30));
  const scaled = ([digits, scale]: [bigint, number]): bigint => digits * 10n ** BigInt(30 - scale);
  fc.assert(
    fc.property(number, number, (one, other) => {
      const [a, b] = [one, other].map(([digits, scale]) => canonicalNumber(`${digits}e-${scale}`) ?? '');
      const difference = scaled(one) - scaled(other);
      return Math.sign(compareNumbers(a ?? '', b ?? '')) === (difference === 0n ? 0 : difference > 0n ? 1 : -1);
    }),
  );
  t.ok(compareNumbers('-0.5', '0') < 0);
  t.ok(compareNumbers('10', '9.99') > 0);
});
