/** The JSON that clients send: exact numbers, own keys only, and back to text without a difference. */
import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { isExactNumber, isJsonObject, type Json, jsonTextOf, numberText, parseJsonBody } from '../../src/lib/json-body.ts';
import { jsonDepth } from '../../src/lib/json-strings.ts';
import { exactJson } from '../support/exact-json.ts';

const member = (value: Json, key: string): Json | undefined => (isJsonObject(value) ? value[key] : undefined);

t.test('numbers that a double keeps are numbers, all others their digits', async (t) => {
  for (const text of ['0', '-1', '1.5', '999999999999999', '0.12345678901234', '-0.000001']) {
    t.equal(parseJsonBody(text), Number(text), text);
    t.equal(numberText(parseJsonBody(text)), text, text);
  }
  const exact = [
    '9007199254740993',
    '1e5',
    '-2.5E-10',
    '0.0000001',
    '12345678901234567890.10',
    '1000000000000000',
    '0.1234567890123456',
    '1e400',
  ];
  for (const text of exact) {
    const value = parseJsonBody(`{"a":[${text}]}`);
    t.equal(jsonTextOf(value), `{"a":[${text}]}`, text);
    const list = member(value, 'a') as readonly Json[];
    t.ok(isExactNumber(list[0]), text);
    t.equal(numberText(list[0]), text);
  }
  t.equal(numberText(Number.NaN), undefined);
  t.equal(numberText('5'), undefined);
});

t.test('no object of a client is taken for a number', async (t) => {
  const value = parseJsonBody('{"digits":"5","Symbol(exact number)":true,"exact number":true,"n":12345678901234567890}');
  t.notOk(isExactNumber(value));
  t.equal(jsonTextOf(value), '{"digits":"5","Symbol(exact number)":true,"exact number":true,"n":12345678901234567890}');
});

t.test('keys of prototypes are keys like others', async (t) => {
  for (const number of ['1', '12345678901234567890']) {
    const text = `{"__proto__":{"admin":true},"constructor":${number},"toString":[]}`;
    const value = parseJsonBody(text);
    t.same(Object.keys(value as object), ['__proto__', 'constructor', 'toString'], number);
    t.equal(member(value, 'admin'), undefined);
    t.equal(Object.getPrototypeOf(value), Object.prototype);
    t.equal(jsonTextOf(value), text);
    t.equal(jsonTextOf(parseJsonBody(`{"a":1,"a":${number}}`)), `{"a":${number}}`, 'the last of two values counts');
  }
});

t.test('what is no JSON, or too deep, is refused', async (t) => {
  const texts = [
    '',
    '{',
    '{"a":12345678901234567890',
    '[1,]',
    '01',
    '1 2',
    'NaN',
    '"\\x"',
    '"a',
    '{"a" 1}',
    '\ufeff1',
    '.5',
    '5.',
    '+1',
    '1e',
    '"\n"',
  ];
  for (const text of texts) t.throws(() => parseJsonBody(text), SyntaxError, text);
  const nested = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
  t.equal(jsonTextOf(parseJsonBody(nested(99))), nested(99));
  for (const levels of [100, 101, 200_000]) t.throws(() => parseJsonBody(nested(levels)), SyntaxError, `${levels} levels`);
  t.throws(() => parseJsonBody('['.repeat(200_000)), SyntaxError);
});

t.test('texts of megabytes are read either way', async (t) => {
  const long = '\\" 😀 [{'.repeat(500_000);
  for (const number of ['1', '12345678901234567890']) {
    const text = `{"a":${JSON.stringify(long)},"n":${number}}`;
    t.ok(jsonTextOf(parseJsonBody(text)) === text, number);
  }
  t.equal(jsonDepth('{"a[{":[[1],{"\\"[":2}]}'), 3);
});

const number = fc.oneof(
  fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,25})?([eE][+-]?\d{1,3})?$/),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => JSON.stringify(one)),
);
const { text } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    number,
    fc.constantFrom('null', 'true', 'false'),
    fc.string({ unit: 'grapheme' }).map((one) => JSON.stringify(one)),
    fc.array(tie('text'), { maxLength: 4 }).map((all) => `[ ${all.join(' ,')}]`),
    fc
      .array(fc.tuple(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'digits')), tie('text')), { maxLength: 4 })
      .map((all) => `{${all.map(([key, value]) => `${JSON.stringify(key)} : ${value}`).join(',\n')}}`),
  ),
}));

/** The texts are no names of assertions, which would be read as TAP. */
function accepted(parse: (json: string) => unknown, json: string): boolean {
  try {
    parse(json);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

t.test('what is read and written again says the same', async (t) => {
  fc.assert(
    fc.property(text, (json) => {
      const written = jsonTextOf(parseJsonBody(json));
      deepEqual(exactJson(written), exactJson(json));
      equal(jsonTextOf(parseJsonBody(written)), written);
    }),
    { numRuns: 500 },
  );
  t.pass('500 texts');
});

t.test('what JSON.parse refuses is refused', async (t) => {
  fc.assert(
    fc.property(text, fc.nat(), fc.constantFrom('', '"', '}', ']', ',', ':', '0', '.', '\\', '\n', 'e'), (json, at, piece) => {
      const place = at % (json.length + 1);
      const broken = json.slice(0, place) + piece + json.slice(place + 1);
      equal(accepted(parseJsonBody, broken), accepted(JSON.parse, broken));
    }),
    { numRuns: 500 },
  );
  t.pass('500 texts');
});
