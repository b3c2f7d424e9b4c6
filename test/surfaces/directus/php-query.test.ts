import fc from 'fast-check';
import t from 'tap';
import { GatewayError } from '../../../src/lib/errors.ts';
import { listOf, type PhpValue, parsePhpQuery } from '../../../src/surfaces/directus/php-query.ts';

/** Maps as nested entries, so that order and depth show. */
function plain(value: PhpValue | undefined): unknown {
  return value instanceof Map ? [...value].map(([key, inner]) => [key, plain(inner)]) : value;
}

t.test('brackets nest, lists append, the last of equal keys wins', async (t) => {
  t.same(plain(parsePhpQuery('a=1&a=2')), [['a', '2']]);
  t.same(plain(parsePhpQuery('f[]=x&f[]=y')), [
    [
      'f',
      [
        ['0', 'x'],
        ['1', 'y'],
      ],
    ],
  ]);
  t.same(plain(parsePhpQuery('f[7]=x&f[]=y')), [
    [
      'f',
      [
        ['7', 'x'],
        ['8', 'y'],
      ],
    ],
  ]);
  t.same(plain(parsePhpQuery('filter[a][0][gte]=1&filter[a][1][lte]=5')), [
    [
      'filter',
      [
        [
          'a',
          [
            ['0', [['gte', '1']]],
            ['1', [['lte', '5']]],
          ],
        ],
      ],
    ],
  ]);
  t.same(plain(parsePhpQuery('filter[a]=1&filter[a][logical]=or')), [['filter', [['a', [['logical', 'or']]]]]]);
  t.same(plain(parsePhpQuery('filter[author.name]=Ann')), [['filter', [['author.name', 'Ann']]]]);
  t.same(plain(parsePhpQuery('filter[p][null]')), [['filter', [['p', [['null', '']]]]]]);
});

t.test('brackets and operators, encoded or not', async (t) => {
  const expected = [['filter', [['id', [['<=', '5']]]]]];
  t.same(plain(parsePhpQuery('filter[id][<=]=5')), expected);
  t.same(plain(parsePhpQuery('filter[id][%3C%3D]=5')), expected);
  t.same(plain(parsePhpQuery('filter%5Bid%5D%5B%3C%3D%5D=5')), expected);
  t.same(plain(parsePhpQuery('q=a[b]=c+d')), [['q', 'a[b]=c d']]);
});

t.test('what cannot be read is refused with a sentence', async (t) => {
  for (const text of ['filter[a=1', 'filter[a]b=1', 'a]=1', '[a]=1', 'a=%zz', `a${'[x]'.repeat(40)}=1`, 'a=1&'.repeat(3000)]) {
    t.throws(() => parsePhpQuery(text), GatewayError, text.slice(0, 20));
  }
});

t.test('a key cannot reach a prototype', async (t) => {
  const map = parsePhpQuery('__proto__[x]=1&constructor[prototype][y]=2');
  t.same([...map.keys()], ['__proto__', 'constructor']);
  t.equal(({} as Record<string, unknown>)['x'], undefined);
});

t.test('lists in all their forms', async (t) => {
  for (const text of ['f=a,b', 'f[]=a&f[]=b', 'f[0]=a&f[1]=b', 'f[]=a,b']) t.same(listOf(parsePhpQuery(text).get('f')), ['a', 'b'], text);
  t.equal(listOf(undefined), undefined);
});

t.test('any text either parses or is refused', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '[', ']', '=', '&', '%', '5', 'B', '.', '+', '0') }), (text) => {
      try {
        parsePhpQuery(text);
      } catch (error) {
        return error instanceof GatewayError;
      }
      return true;
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
