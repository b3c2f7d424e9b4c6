/** Bracketed query strings, as clients write them and as nobody should (strapi-rest S-32). */
import t from 'tap';
import { GatewayError } from '../../src/lib/errors.ts';
import { parseBrackets } from '../../src/surfaces/bracket-query.ts';

const bounds = { queryDepth: 20, queryParameters: 1000 };
const read = (text: string): unknown => JSON.parse(JSON.stringify(parseBrackets(text, bounds)));

function refusal(text: string): string | undefined {
  try {
    read(text);
    return undefined;
  } catch (error) {
    return error instanceof GatewayError ? error.kind : String(error);
  }
}

const forms: readonly (readonly [text: string, value: unknown])[] = [
  ['', {}],
  ['a=1&b[c][d]=2', { a: '1', b: { c: { d: '2' } } }],
  ['a%5Bb%5D=1+2%2B', { a: { b: '1 2+' } }],
  ['a[]=1&a[]=2', { a: ['1', '2'] }],
  ['a=1&a=2', { a: ['1', '2'] }],
  ['a[5]=x&a[2]=y', { a: ['y', 'x'] }],
  ['a[99999999999]=1&a[3]=2', { a: ['2', '1'] }],
  ['a[b][]&c[]=', { a: { b: [] }, c: [] }],
  ['a&b=', { a: '', b: '' }],
  ['a=b[]&c=x=y', { a: 'b[]', c: 'x=y' }],
  ['0=a&1=b', { 0: 'a', 1: 'b' }],
  [`a=${'['.repeat(50)}`, { a: '['.repeat(50) }],
  ['f[$or][0][x][$eq]=1&f[$or][1][x]=2', { f: { $or: [{ x: { $eq: '1' } }, { x: '2' }] } }],
];

t.test('forms', async (t) => {
  for (const [text, value] of forms) t.strictSame(read(text), value, text.slice(0, 60));
  const odd = JSON.stringify(parseBrackets('a[__proto__][x]=1&a[constructor]=2&__proto__=3&prototype[y]=2', bounds));
  t.equal(odd, '{"a":{"__proto__":{"x":"1"},"constructor":"2"},"__proto__":"3","prototype":{"y":"2"}}', 'names as any others');
  t.equal(Object.getPrototypeOf(parseBrackets('a[b]=1', bounds)['a']), null, 'nothing is inherited');
});

t.test('bounds', async (t) => {
  let deep = read(`a${'[x]'.repeat(20)}=1`);
  for (let level = 0; level <= 20; level++) deep = Object.values(deep as object)[0];
  t.equal(deep, '1', 'so many levels');
  const list = 'a[]=1&'.repeat(1000).slice(0, -1);
  t.equal([parseBrackets(list, bounds)['a']].flat().length, 1000, 'so many parameters');
  for (const [text, kind] of [
    [`a${'[x]'.repeat(21)}=1`, 'limit_exceeded'],
    [`a${'%5Bx%5D'.repeat(21)}`, 'limit_exceeded'],
    [`${list}&b=1`, 'limit_exceeded'],
    ['a=%E0%A4%A', 'bad_request'],
    ['a[%]=1', 'bad_request'],
  ] as const) {
    t.equal(refusal(text), kind, text.slice(0, 40));
  }
  const long = `${'['.repeat(20_000)}=${']'.repeat(20_000)}`;
  t.equal(refusal(long), 'limit_exceeded', 'a long text of brackets is refused');
});
