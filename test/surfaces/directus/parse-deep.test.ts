import t from 'tap';
import { GatewayError } from '../../../src/lib/errors.ts';
import type { RequestedRead } from '../../../src/query/types.ts';
import { parsePhpQuery, parseRead } from '../../../src/surfaces/directus/parse.ts';

const parse = (text: string): RequestedRead => parseRead('books', parsePhpQuery(text), 200).read;
const compare = (name: string, operator: string, value: unknown) => ({ is: 'compare', path: [name], operator, value });
const related = (relation: string, quantifier: string, where: unknown) => ({ is: 'related', relation, quantifier, where });

t.test('a filter as JSON', async (t) => {
  const filter = (value: unknown) => parse(`filter=${encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))}`).where;
  t.same(filter({ a: 1, b: { _gt: 2, _lt: 3 } }), {
    is: 'all',
    of: [compare('a', 'eq', '1'), { is: 'all', of: [compare('b', 'gt', '2'), compare('b', 'lt', '3')] }],
  });
  t.same(filter('{"a":12345678901234567890.10}'), compare('a', 'eq', '12345678901234567890.10'));
  t.same(filter({ a: true }), compare('a', 'eq', true));
  t.same(filter({ a: { _neq: null } }), compare('a', 'nnull', null));
  t.same(filter({ a: { b: 1, c: 2 } }), related('a', 'some', { is: 'all', of: [compare('b', 'eq', '1'), compare('c', 'eq', '2')] }));
  t.same(filter({ 'a.b': { _none: { c: 1 } } }), related('a', 'some', related('b', 'none', compare('c', 'eq', '1'))));
  t.same(filter({ 'a.b': 1 }), { is: 'compare', path: ['a', 'b'], operator: 'eq', value: '1' });
  t.same(filter({ _not: { a: 1 } }), { is: 'not', of: compare('a', 'eq', '1') });
  t.equal(filter({}), undefined);
});

t.test('brackets with its words mean the same; without them they are the flat form', async (t) => {
  t.same(parse('filter[_or][0][a][_eq]=1&filter[_or][1][b]=2').where, {
    is: 'any',
    of: [compare('a', 'eq', '1'), compare('b', 'eq', '2')],
  });
  t.same(parse('filter[a][_some][b]=1').where, related('a', 'some', compare('b', 'eq', '1')));
  t.same(parse('filter[a][eq]=1').where, { is: 'all', of: [compare('a', 'eq', '1')] });
  // Names that merely begin like the words of the other form.
  t.same(parse('filter[_id][eq]=1').where, { is: 'all', of: [compare('_id', 'eq', '1')] });
  t.throws(() => parse('filter[a][_id]=1'), GatewayError);
});

t.test('arguments of relations', async (t) => {
  const wanted = new Map([
    [
      'a',
      {
        where: compare('x', 'gt', '1'),
        order: [{ path: ['y', 'z'], descending: true }],
        limit: 3,
        offset: 6,
        nested: new Map([['b', { search: 'q' }]]),
      },
    ],
  ]);
  t.same(parse('deep[a][_filter][x][_gt]=1&deep[a][_sort]=-y.z&deep[a][_limit]=3&deep[a][_page]=3&deep[a][b][_search]=q').nested, wanted);
  const json = '{"a":{"_filter":{"x":{"_gt":1}},"_sort":["-y.z"],"_limit":3,"_page":3,"b":{"_q":"q"}}}';
  t.same(parse(`deep=${encodeURIComponent(json)}`).nested, wanted);
  t.same(parse('deep[a][_limit]=-1').nested, new Map([['a', {}]]));
  t.equal(parse('fields=*').nested, undefined);
});
