import t from 'tap';
import { GatewayError } from '../../../src/lib/errors.ts';
import { type DirectusRead, parsePhpQuery, parseRead } from '../../../src/surfaces/directus/parse.ts';

const parse = (text: string, keys?: string[]): DirectusRead => parseRead('books', parsePhpQuery(text), 200, keys);

t.test('conditions join flat, AND before OR', async (t) => {
  const compare = (path: string, operator: string, value: string): unknown => ({ is: 'compare', path: [path], operator, value });
  t.same(parse('filter[a]=1&filter[b][gt]=2').read.where, { is: 'all', of: [compare('a', 'eq', '1'), compare('b', 'gt', '2')] });
  t.same(parse('filter[a]=1&filter[b][gt]=2&filter[b][logical]=or&filter[c]=3').read.where, {
    is: 'any',
    of: [
      { is: 'all', of: [compare('a', 'eq', '1')] },
      { is: 'all', of: [compare('b', 'gt', '2'), compare('c', 'eq', '3')] },
    ],
  });
  t.same(parse('filter[a][0][gte]=1&filter[a][1][lte]=5').read.where, {
    is: 'all',
    of: [compare('a', 'gte', '1'), compare('a', 'lte', '5')],
  });
  t.match(parse('filter[author.name][contains]=x').read.where, { is: 'all', of: [{ path: ['author', 'name'], operator: 'contains' }] });
});

t.test('unknown operators and shapes are refused', async (t) => {
  for (const text of ['filter=x', 'filter[a][nope]=1', 'filter[a][eqq]=1', 'limit[]=1', 'q[x]=1'])
    t.throws(() => parse(text), GatewayError, text);
});

t.test('limit, offset and page', async (t) => {
  t.match(parse('').read, { limit: 200, offset: 0 });
  t.match(parse('limit=0').read, { limit: 0 });
  t.match(parse('limit=').read, { limit: 0 });
  t.match(parse('limit=abc').read, { limit: 0 });
  t.notHas(parse('limit=-1').read, { limit: Number });
  t.match(parse('limit=3&page=2').read, { limit: 3, offset: 3 });
  t.match(parse('page=2').read, { limit: 200, offset: 0 });
  t.match(parse('limit=3&offset=1&page=2').read, { limit: 3, offset: 1 });
  t.match(parse('offset=-1&limit=2').read, { limit: 2, offset: 0 });
  t.match(parse('single=1'), { single: true, read: { limit: 1 } });
  t.match(parse('single=0'), { single: false, read: { limit: 200 } });
});

t.test('fields become a tree', async (t) => {
  const { selection } = parse('fields=id,author.name,author.books.title,*.*,-secret').read;
  t.same([...selection.named.keys()], ['id', 'author']);
  t.equal(selection.all, true);
  t.equal(selection.each?.all, true);
  t.same([...selection.without], ['secret']);
  const author = selection.named.get('author');
  t.same([...(author?.named.keys() ?? [])], ['name', 'books']);
});

t.test('one item by key drops filter, q and status', async (t) => {
  const { read, single } = parse('filter[a]=1&q=x&status=draft&fields=id', ['7']);
  t.equal(single, true);
  t.same(
    Object.keys(read).filter((name) => ['where', 'search', 'statuses', 'limit'].includes(name)),
    [],
  );
});

t.test('counts are asked for only when meta wants them', async (t) => {
  t.same(parse('').read.counts, { filtered: false, total: false, byStatus: false });
  t.same(parse('meta=result_count,type').read.counts, { filtered: false, total: false, byStatus: false });
  t.same(parse('meta=filter_count').read.counts, { filtered: false, total: true, byStatus: false });
  t.same(parse('meta=filter_count&q=x').read.counts, { filtered: true, total: false, byStatus: false });
  t.same(parse('meta=*&q=x').read.counts, { filtered: true, total: true, byStatus: true });
});
