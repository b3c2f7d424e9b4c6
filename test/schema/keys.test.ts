/** The text form of keys: reversible, exact, and clear about what is missing. */
import fc from 'fast-check';
import t from 'tap';
import type { IntrospectedColumn, Storage } from '../../src/dialect/types.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { keyText, parseKey } from '../../src/schema/keys.ts';
import type { Collection } from '../../src/schema/types.ts';
import { built, collection, column, table } from './tables.ts';

function keyed(...storages: readonly (Storage | IntrospectedColumn)[]): Collection {
  const columns = storages.map((one, i) => (typeof one === 'string' ? column(`k${i}`, one) : { ...one, name: `k${i}` }));
  const schema = built([
    table('things', Object.fromEntries(columns.map((one) => [one.name, one])), { primaryKey: columns.map((one) => one.name) }),
  ]);
  return collection(schema, 'things');
}

t.test('one column: the text as it is', async (t) => {
  t.equal(keyText(['a;b~,/']), 'a;b~,/');
  t.same(parseKey(keyed('text'), 'a;b~3b,/'), ['a;b~3b,/']);
  t.equal(keyText([true]), 'true');
  t.same(parseKey(keyed('boolean'), 'true'), [true]);
  t.equal(keyText([]), '');
});

t.test('several columns: joined, their separators escaped', async (t) => {
  t.equal(keyText(['a;b', '~', 'x,y/z']), 'a~3bb;~7e;x~2cy~2fz');
  t.same(parseKey(keyed('text', 'text', 'text'), 'a~3Bb;~7E;x~2cy~2fz'), ['a;b', '~', 'x,y/z']);
  t.equal(parseKey(keyed('text', 'text'), 'a~zz;b'), undefined, 'a lone tilde is no key');
  t.equal(parseKey(keyed('text', 'text'), 'a;b~'), undefined);
  t.equal(parseKey(keyed('text', 'text'), 'a;~00'), undefined, 'no NUL');
});

t.test('values fit their columns exactly', async (t) => {
  const integer = keyed('integer');
  t.same(parseKey(integer, '1'), ['1']);
  t.same(parseKey(integer, '01'), ['1']);
  t.same(parseKey(integer, '-5'), ['-5']);
  t.same(parseKey(integer, '9223372036854775807'), ['9223372036854775807']);
  for (const none of ['1abc', 'abc', '1.0', '1e0', '', ' 1', '7.5', '+1', '1;2']) t.equal(parseKey(integer, none), undefined, none);
  t.same(parseKey(keyed('text'), '01'), ['01']);
  t.same(parseKey(keyed('decimal'), '1.50'), ['1.5']);
  t.same(parseKey(keyed('uuid'), '11111111-1111-4111-8111-11111111111A'), ['11111111-1111-4111-8111-11111111111a']);
  t.equal(parseKey(keyed('uuid'), 'x'), undefined);
  t.same(parseKey(keyed('integer', 'text'), '01;01'), ['1', '01']);
});

t.test('no key, and keys of another length, say so', async (t) => {
  t.throws(() => parseKey(keyed(), '1'), new GatewayError('item_not_found', { id: '1' }));
  const pair = keyed('integer', 'integer');
  for (const text of ['1', '1;2;3', '']) {
    try {
      parseKey(pair, text);
      t.fail('must throw');
    } catch (error) {
      t.ok(error instanceof GatewayError && error.kind === 'unprocessable');
      t.match(error, { message: /"things" has 2 parts, "k0", "k1"/ });
    }
  }
});

t.test('every key of several texts comes back', async () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('~', ';', ',', '/', '7', 'e', 'a', '2', 'f', ' ') }),
  );
  const values = fc.array(
    value.filter((text) => !text.includes('\0')),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(values, (key) => {
      const text = keyText(key);
      const back = parseKey(keyed(...key.map((): Storage => 'text')), text);
      // Escaped, a key of several columns is one entry of a comma list and one segment of a path.
      const single = key.length === 1 || !/[,/]/.test(text);
      return single && JSON.stringify(back) === JSON.stringify(key);
    }),
  );
});

t.test('every key of integers comes back', async () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }), { minLength: 1, maxLength: 4 }), (numbers) => {
      const key = numbers.map(String);
      return JSON.stringify(parseKey(keyed(...key.map((): Storage => 'integer')), keyText(key))) === JSON.stringify(key);
    }),
  );
});
