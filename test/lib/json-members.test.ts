import fc from 'fast-check';
import t from 'tap';
import { eachItem, eachMember } from '../../src/lib/json-members.ts';

function membersOf(text: string): [key: string, value: string][] {
  const members: [string, string][] = [];
  eachMember(text, (key, value) => void members.push([key, value]));
  return members;
}

t.test('members are told as they stand', async (t) => {
  t.strictSame(membersOf('{}'), []);
  t.strictSame(membersOf(' { } '), []);
  t.strictSame(membersOf('{"a":1,"b":-1.50e+30,"c":12345678901234567890}'), [
    ['a', '1'],
    ['b', '-1.50e+30'],
    ['c', '12345678901234567890'],
  ]);
  t.strictSame(membersOf('{"a":{"b":["}",{"c":"]"}]},"d":[],"e":null,"f":true}'), [
    ['a', '{"b":["}",{"c":"]"}]}'],
    ['d', '[]'],
    ['e', 'null'],
    ['f', 'true'],
  ]);
  t.strictSame(membersOf('{"q\\"k":"a\\\\","n":"\\\\\\"","":""}'), [
    ['q\\"k', '"a\\\\"'],
    ['n', '"\\\\\\""'],
    ['', '""'],
  ]);
  t.strictSame(membersOf('{ "a" : 1 ,\n "b" :\t[ 1, 2 ] }'), [
    ['a', '1'],
    ['b', '[ 1, 2 ]'],
  ]);
});

t.test('every object comes apart as it was put together', async () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.jsonValue())), fc.constantFrom('', ' ', '\n  '), (members, blank) => {
      const parts = members.map(([key, value]) => [JSON.stringify(key).slice(1, -1), JSON.stringify(value)] as [string, string]);
      const text = `{${blank}${parts.map(([key, value]) => `"${key}"${blank}:${blank}${value}`).join(`${blank},${blank}`)}${blank}}`;
      t.strictSame(membersOf(text), parts);
    }),
  );
});

t.test('what is no object is refused', async (t) => {
  const broken = [
    '',
    '1',
    '[1]',
    'null',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":}',
    '{"a":1,}',
    '{"a":"x}',
    '{"a":[1}',
    '{a:1}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{,}',
  ];
  for (const text of broken) t.throws(() => membersOf(text), SyntaxError, text);
});

t.test('items of lists are told as they stand', async (t) => {
  const itemsOf = (text: string): string[] => {
    const items: string[] = [];
    eachItem(text, (item) => void items.push(item));
    return items;
  };
  t.strictSame(itemsOf('[]'), []);
  t.strictSame(itemsOf(' [ 1 ,\n "a]," , {"b":[2]} ] '), ['1', '"a],"', '{"b":[2]}']);
  for (const broken of ['{}', '[1', '[1 2]', '[,]', '[1,', '["a]']) t.throws(() => itemsOf(broken), SyntaxError, broken);
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (list) => {
      t.strictSame(
        itemsOf(JSON.stringify(list)),
        list.map((item) => JSON.stringify(item)),
      );
    }),
    { numRuns: 50 },
  );
});
