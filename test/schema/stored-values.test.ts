/** What clients send for a field, as it is stored, or the sentence that refuses it. */
import { match, ok } from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { IntrospectedColumn, Storage } from '../../src/dialect/types.ts';
import { parseJsonBody } from '../../src/lib/json-body.ts';
import { fieldTypes, inferType, isFieldType } from '../../src/schema/field-types.ts';
import { storedValue, type Verdict } from '../../src/schema/stored-values.ts';
import type { Field } from '../../src/schema/types.ts';
import { fieldRow, column as tableColumn } from './tables.ts';

type More = Partial<IntrospectedColumn>;

/** `x` of a storage, with metadata where a type is given. */
function field(storage: Storage, column: More = {}, type?: string): Field {
  const whole = tableColumn('x', storage, column);
  const said = type === undefined ? {} : { meta: fieldRow('things', 'x', type) };
  const named = type !== undefined && isFieldType(type) ? type : inferType(whole);
  return { name: 'x', collection: 'things', type: named, storage, column: whole, primaryKey: false, unique: false, iso: false, ...said };
}

const told = (verdict: Verdict): unknown => ('fault' in verdict ? `${verdict.fault}: ${verdict.message}` : verdict.value);
const of = (one: Field, json: string): unknown => told(storedValue(one, parseJsonBody(json)));

/** Pairs of JSON and what is stored, or the beginning of the refusal. */
function check(what: string, one: Field, pairs: readonly (readonly [json: string, stored: unknown])[]): void {
  t.test(what, async (t) => {
    t.equal(of(one, 'null'), null);
    for (const [json, stored] of pairs) {
      const got = of(one, json);
      if (typeof stored === 'string' && /^(validation|unprocessable|structured_value)/.test(stored)) {
        t.ok(String(got).startsWith(stored), `${json.slice(0, 60)}: ${String(got).slice(0, 200)}`);
        if (json.length > 6 && json.startsWith('"')) t.notOk(String(got).includes(json.slice(1, -1)), 'the value is not repeated');
      } else t.equal(got, stored, json.slice(0, 60));
    }
  });
}

const no = 'validation: x: This value';
const far = 'unprocessable: x: This value is not between';
const list = 'structured_value: Attempting to write an array as the value for field "x" in "things"';
const long = "unprocessable: The value submitted for 'x' is longer than the field's supported length";
const both = [
  ['[1]', list],
  ['{"a":1}', list],
] as const;

const int = (type: string, unsigned = false): Field => field('integer', { type, unsigned, precision: 3 });
check('a signed byte', int('tinyint'), [
  ['-128', '-128'],
  ['127', '127'],
  ['128', far],
  ['-129', far],
  ['"12"', '12'],
  ['1.0', '1'],
  ['1.5', `${no} is not a valid whole number.`],
  ['"abc"', no],
  ['""', no],
  ['true', '1'],
  ...both,
]);
check('an unsigned byte', int('tinyint', true), [
  ['255', '255'],
  ['256', far],
  ['-1', far],
]);
for (const [type, bytes] of [
  ['smallint', 2],
  ['int2', 2],
  ['mediumint', 3],
  ['int', 4],
  ['int4', 4],
  ['bigint', 8],
  ['int8', 8],
] as const) {
  const most = 2n ** BigInt(bytes * 8 - 1);
  check(type, int(type), [
    [String(most - 1n), String(most - 1n)],
    [String(-most), String(-most)],
    [String(most), far],
    [String(-most - 1n), far],
  ]);
  check(`${type} unsigned`, int(type, true), [
    [String(2n * most - 1n), String(2n * most - 1n)],
    [String(2n * most), far],
  ]);
}
check('any integer of SQLite has eight bytes', field('integer', { type: 'tinyint' }), [
  ['9223372036854775807', '9223372036854775807'],
  ['9223372036854775808', far],
]);
check('integers that mean truth', field('integer', { type: 'tinyint', precision: 3 }, 'boolean'), [
  ['true', '1'],
  ['"false"', '0'],
  ['0', '0'],
  ['5', no],
]);

check('decimals', field('decimal', { precision: 5, scale: 2 }), [
  ['-999.99', '-999.99'],
  ['1000', long],
  ['1.005', long],
  ['"1.500"', '1.5'],
  ['1e2', '100'],
  ['"x"', `${no} is not a valid number.`],
  [`"${'1'.repeat(2000)}"`, no],
  ...both,
]);
check('decimals of any size', field('decimal'), [[`${'9'.repeat(100)}.5`, `${'9'.repeat(100)}.5`]]);
check('decimals of tens and hundreds', field('decimal', { precision: 3, scale: -2 }), [
  ['12300', '12300'],
  ['12345', long],
  ['1234500', long],
]);
check('decimals below one', field('decimal', { precision: 2, scale: 4 }), [
  ['0.0099', '0.0099'],
  ['0.01', long],
  ['0', '0'],
]);
check('singles', field('float', { type: 'float4' }), [
  ['0.1', '0.1'],
  ['1e39', no],
  ['1e-60', no],
]);
check('doubles', field('float', { type: 'double' }), [
  ['1e300', `1${'0'.repeat(300)}`],
  ['1e309', no],
  ['"NaN"', no],
]);

check('truth', field('boolean'), [['true', true], ['0', false], ['"True"', true], ['1', true], ['"yes"', no], ['2', no], ...both]);
check('bits as a text', field('bit', { type: 'bit', length: 3 }), [
  ['"101"', '101'],
  ['101', '101'],
  ['"1010"', long],
  ['"10"', no],
  ['"102"', no],
]);
check('bits as a number', field('bit', { type: 'bit', precision: 5 }), [
  ['31', '31'],
  ['32', far],
]);
check('years', field('year'), [
  ['2024', '2024'],
  ['0', '0'],
  ['70', no],
  ['"2156"', `${no} is not a valid year.`],
]);

check('text', field('text', { length: 3 }), [
  ['"abc"', 'abc'],
  ['"😀😀😀"', '😀😀😀'],
  ['"😀😀😀😀"', long],
  ['"abcd"', long],
  ['5', '5'],
  ['true', '1'],
  ['""', ''],
  ['"a\\u0000"', no],
  ['"\\ud800"', no],
  ...both,
]);
check(
  'text whose length is in bytes',
  field('text', { type: 'tinytext', length: 255, collation: { name: 'utf8mb4_bin', exact: true, byCodePoint: true } }),
  [
    [`"${'ä'.repeat(127)}"`, 'ä'.repeat(127)],
    [`"${'ä'.repeat(128)}"`, long],
  ],
);
check('hashes are longer than what they are made of', field('text', { length: 60 }, 'hash'), [[`"${'p'.repeat(100)}"`, 'p'.repeat(100)]]);
check('digits are not lost in a text', field('text'), [['12345678901234567890.10', '12345678901234567890.10']]);
check('labels', field('enum', { values: ['a', 'B'] }), [
  ['"B"', 'B'],
  ['"b"', no],
  ['1', no],
]);
check('sets of labels', field('set', { values: ['a', 'b', 'c'] }), [
  ['"c,a"', 'a,c'],
  ['""', ''],
  ['"d"', no],
  ['["a"]', list],
]);
check('lists of labels', field('set', { values: ['a', 'b', 'c'] }, 'array'), [
  ['["c","a"]', 'a,c'],
  ['[]', ''],
  ['"c"', 'c'],
  ['["d"]', no],
]);
check('lists in JSON', field('json', {}, 'array'), [
  ['["a",[1]]', '["a",[1]]'],
  ['"a"', `${no} should be of type array.`],
]);
check('UUIDs', field('uuid'), [
  ['"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['"a0eebc99"', `${no} is not a valid UUID.`],
  ['5', no],
]);
check('bytes', field('binary', { length: 3 }), [
  ['"AP8Q"', 'AP8Q'],
  ['"AP8QAA=="', long],
  ['"AP8"', no],
  ['"AB=="', no],
  ['"A P8"', no],
]);
check('what only the database knows', field('range'), [['"[1,5)"', '[1,5)'], ...both]);

check('lists in a text', field('text', { length: 9 }, 'array'), [
  ['["a","b",3]', 'a,b,3'],
  ['[]', ''],
  ['"a"', `${no} should be of type array.`],
  ['{"a":1}', `${no} should be of type array.`],
  ['[["a"]]', no],
  ['["aaaaaaaaaa"]', long],
]);
check('JSON that Directus was told of', field('json', {}, 'json'), [
  ['{}', '{}'],
  ['[1,12345678901234567890]', '[1,12345678901234567890]'],
  ['"[]"', `${no} should be of type json.`],
  ['5', `${no} should be of type json.`],
  ['12345678901234567890', no],
  ['{"a":"\\u0000"}', no],
  ['{"\\ud800":1}', no],
]);
check('JSON in a text', field('text', { length: 7 }, 'json'), [
  ['{"a":1}', '{"a":1}'],
  ['{"a":10}', long],
  ['"{}"', no],
]);
check('JSON that nobody spoke of', field('json'), [
  ['"text"', '"text"'],
  ['5', '5'],
  ['false', 'false'],
]);

const array = (element: Storage, type: string): Field => field('array', { element, type, nativeType: `${type}[]` });
check('arrays of integers', array('integer', '_int2'), [
  ['[]', '{}'],
  ['[1,null,-3]', '{"1",NULL,"-3"}'],
  ['[[1],[2]]', '{{"1"},{"2"}}'],
  ['[[1],[2,3]]', no],
  ['[[1],2]', no],
  ['[1,[2]]', no],
  ['[[]]', no],
  ['[40000]', far],
  ['"{1}"', `${no} should be of type array.`],
  ['[{"a":1}]', list],
  [`${'['.repeat(7)}1${']'.repeat(7)}`, no],
]);
check('arrays of texts', array('text', '_text'), [[JSON.stringify(['a"b\\', '', 'NULL', '{,}']), '{"a\\"b\\\\","","NULL","{,}"}']]);
check('arrays of JSON', array('json', '_jsonb'), [['[{"a":[1]},[2],null,"x"]', '{"{\\"a\\":[1]}","[2]",NULL,"\\"x\\""}']]);

t.test('any JSON for any field gives a value or a sentence', async (t) => {
  const storages: readonly Storage[] = ['integer', 'decimal', 'float', 'boolean', 'bit', 'text', 'enum', 'set', 'uuid', 'date', 'time'];
  const others: readonly Storage[] = ['datetime', 'instant', 'interval', 'year', 'json', 'binary', 'array', 'range', 'geometry', 'unknown'];
  const types = Object.keys(fieldTypes).filter((one) => isFieldType(one) && !fieldTypes[one].alias);
  const sizes = fc.record(
    { length: fc.nat(20), precision: fc.nat(20), scale: fc.nat(9), element: fc.constantFrom(...storages, ...others) },
    { requiredKeys: [] },
  );
  const sent = fc.oneof(
    fc.json(),
    fc.constantFrom('12345678901234567890', '[[1],2]', '"\\u0000"', '"2020-02-30"', '1e5', '{"__proto__":1}'),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...storages, ...others),
      fc.option(fc.constantFrom(...types)),
      sizes,
      sent,
      (storage, type, column, json) => {
        const verdict = storedValue(field(storage, column as More, type ?? undefined), parseJsonBody(json));
        if ('fault' in verdict) match(verdict.message, /x/);
        else ok(verdict.value === null || ['string', 'boolean'].includes(typeof verdict.value));
      },
    ),
    { numRuns: 2000 },
  );
  t.pass('2000 values');
});
