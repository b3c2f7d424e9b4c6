import fc from 'fast-check';
import t from 'tap';
import { ExactNumber, parsePlainJson, writePlainJson } from '../../src/lib/plain-json.ts';

t.test('numbers keep their digits', async (t) => {
  const text =
    '{"a":9007199254740993,"b":1.50,"c":1.5,"d":-12345678901234567890.123456789,"e":[1e400,-0,0],"f":"9007199254740993","__proto__":7}';
  const value = parsePlainJson(text) as Record<string, unknown>;
  t.equal(value['a'], 9007199254740993n);
  t.ok(value['b'] instanceof ExactNumber);
  t.equal(Number(value['b']), 1.5);
  t.equal(String(value['b']), '1.50');
  t.equal(value['c'], 1.5);
  t.equal(writePlainJson(value), text);
  t.equal(writePlainJson({ ...value, more: 10n ** 30n }), text.replace(/\}$/, `,"more":1${'0'.repeat(30)}}`));
});

t.test('any JSON passes through', async (t) => {
  fc.assert(fc.property(fc.json(), (text) => writePlainJson(parsePlainJson(text)) === JSON.stringify(JSON.parse(text)) || /\d/.test(text)));
  fc.assert(
    fc.property(fc.bigInt(), fc.integer({ min: 1, max: 30 }), (whole, digits) => {
      const text = `[${whole},"${whole}",${whole}.${'0'.repeat(digits)}]`;
      return writePlainJson(parsePlainJson(text)) === text;
    }),
  );
  t.equal(writePlainJson(undefined), undefined);
  t.throws(() => new ExactNumber('1,5'), TypeError);
  t.throws(() => parsePlainJson('{'), SyntaxError);
});
