import fc from 'fast-check';
import t from 'tap';
import { type ExactJson, parseExactJson } from '../../src/lib/exact-json.ts';

const read = (text: string): ExactJson => {
  const parsed = parseExactJson(text);
  if ('fault' in parsed) throw new Error(parsed.fault);
  return parsed.value;
};

/** As plain JSON, numbers by their text. */
function plain(value: ExactJson): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

t.test('numbers are their text', async (t) => {
  for (const text of ['0', '-0', '9007199254740993', '1.10', '1e5', '-2.5E-10', `${'9'.repeat(400)}.5`]) t.equal(read(text), text);
  t.same(plain(read(' [ 1.0 , {"a" : 2} ] ')), ['1.0', { a: '2' }]);
});

t.test('everything else as JSON.parse reads it', async (t) => {
  const texts = (value: unknown): unknown => {
    if (typeof value === 'number') return JSON.stringify(value);
    if (Array.isArray(value)) return value.map(texts);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, texts(inner)]));
  };
  fc.assert(
    fc.property(fc.json(), fc.boolean(), (text, spaced) => {
      const value: unknown = JSON.parse(text);
      t.same(plain(read(spaced ? JSON.stringify(value, null, 2) : text)), texts(value));
    }),
    { numRuns: 300 },
  );
  t.pass('300 values');
});

t.test('what JSON.parse refuses is refused', async (t) => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom('', '"', '}', ']', ',', ':', '0', '.', '\\', '\n', 'e'), (text, at, piece) => {
      const broken = text.slice(0, at % (text.length + 1)) + piece + text.slice((at % (text.length + 1)) + 1);
      let taken = true;
      try {
        JSON.parse(broken);
      } catch {
        taken = false;
      }
      const parsed = parseExactJson(broken);
      const twice = 'fault' in parsed && parsed.fault.includes('twice');
      if (taken === 'fault' in parsed && !twice) throw new Error(broken);
    }),
    { numRuns: 2000 },
  );
  for (const text of ['', ' ', '{', '[1,]', '{"a":1,}', '{a:1}', '01', '1.', '.5', '+1', 'nul', '"a', '"\t"', '"\\x"', '1 2', "'a'"]) {
    t.ok('fault' in parseExactJson(text), text);
  }
});

t.test('a key that stands twice, and too many levels', async (t) => {
  t.match(parseExactJson('{"a":1,"b":{"c":1,"c":2}}'), { fault: /"c" stands twice/ });
  t.same([...(read('{"__proto__":1}') as ReadonlyMap<string, unknown>).keys()], ['__proto__']);
  t.match(parseExactJson('['.repeat(200) + ']'.repeat(200)), { fault: /more than 100 levels/ });
  t.match(parseExactJson('['.repeat(100_000)), { fault: /more than 100 levels/ });
});
