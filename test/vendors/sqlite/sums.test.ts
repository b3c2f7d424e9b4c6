/** Exact sums of SQLite: the decimal numbers as they are printed, and an order of them as texts. */
import fc from 'fast-check';
import t from 'tap';
import { exact, printed, rank } from '../../../src/vendors/sqlite/sums.ts';
import { open } from './scratch.ts';

const double = fc.double({ noDefaultInfinity: true, noNaN: true });
/** What columns of prices hold. */
const price = fc.integer({ min: -1e9, max: 1e9 }).map((cents) => cents / 100);

t.test('spellings', async (t) => {
  for (const [text, again] of [
    ['0', '0'],
    ['-0.50', '-0.5'],
    ['1e21', '1000000000000000000000'],
    ['-2.5e-10', '-0.00000000025'],
    ['12.300', '12.3'],
  ] as const) {
    t.equal(printed(exact(text), 0), again);
  }
  t.equal(printed(exact('1.5'), 4), '1.5000');
  t.equal(printed(exact('-3'), 2), '-3.00');
});

t.test('ranks are ordered as their numbers', async (t) => {
  const sign = (a: number, b: number): number => Number(a > b) - Number(a < b);
  fc.assert(
    fc.property(double, double, (a, b) => {
      const [x, y] = [rank(String(a)), rank(String(b))];
      return Number(x > y) - Number(x < y) === sign(a, b);
    }),
    { numRuns: 2000 },
  );
  t.ok(rank('NaN') > rank('1.7976931348623157e308'));
});

t.test('sums are exact and do not depend on the order', async (t) => {
  const connection = await open(t, ['create table numbers (n decimal(12,2), d double)']);
  const sums = async (values: readonly number[]): Promise<readonly (string | null)[] | undefined> => {
    await connection.execute({ text: 'delete from numbers', values: [] });
    for (const value of values) await connection.execute({ text: 'insert into numbers values (?, ?)', values: [value, value] });
    const total = (name: string, scale: number): string =>
      `sallyport_total(sum(${name} >> 32) filter (where typeof(${name}) = 'integer'), sum(${name} & 4294967295) filter (where typeof(${name}) = 'integer'), sallyport_sum(${name}, ${scale}) filter (where typeof(${name}) = 'real'), ${scale})`;
    const [row] = await connection.texts({ text: `select ${total('n', 2)}, ${total('d', 0)} from numbers`, values: [] });
    return row;
  };
  // A column of decimals keeps a whole number as an integer, with the digits that the double has.
  const kept = (value: number): string => (Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? String(BigInt(value)) : String(value));
  const expected = (values: readonly string[], least: number): string => {
    const parts = values.map(exact);
    const scale = Math.max(...parts.map((part) => part.scale));
    const digits = parts.reduce((sum, part) => sum + part.digits * 10n ** BigInt(scale - part.scale), 0n);
    return printed({ digits, scale }, least);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(double, price), { minLength: 1, maxLength: 8 }), async (values) => {
      const found = await sums(values);
      t.strictSame(found?.slice(), [expected(values.map(kept), 2), expected(values.map(String), 0)], String(values));
      t.strictSame((await sums([...values].reverse()))?.slice(), found?.slice());
    }),
    { numRuns: 100 },
  );
  t.strictSame((await sums([]))?.slice(), [null, null]);
});
