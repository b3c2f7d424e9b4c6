/** Parameters of groups and aggregates into the query model. */
import t from 'tap';
import { parsePhpQuery } from '../../../src/surfaces/directus/parse.ts';
import { asksAggregate, type DirectusAggregate, parseAggregate, refuseAggregate } from '../../../src/surfaces/directus/parse-aggregate.ts';

const parse = (text: string): DirectusAggregate => parseAggregate('books', parsePhpQuery(text), 200);
const measure = (name: string, field: string) => ({ function: name, field });

t.test('all forms of functions', async (t) => {
  const wanted = [measure('sum', 'price'), measure('sum', 'views'), measure('count', '*')];
  for (const text of [
    'aggregate[sum]=price,views&aggregate[count]=*',
    'aggregate[sum][]=price&aggregate[sum][]=views&aggregate[count]=*',
    'aggregate[sum][0]= price&aggregate[sum][1]=views,&aggregate[count][]=*',
    'aggregate={"sum":["price","views"],"count":"*"}',
    `aggregate=${encodeURIComponent('{"sum": "price,views", "count": ["*"]}')}`,
  ]) {
    t.same(parse(text).request.measures, wanted, text);
  }
});

t.test('groups, orders and pages', async (t) => {
  const { request } = parse('groupBy[]=author&groupBy[]=year(author.born)&sort=-year(author.born),author&limit=5&page=3&status=*&q=x');
  t.same(request.groups, [
    { as: 'author', path: ['author'] },
    { as: 'author.born_year', path: ['author', 'born'], part: 'year' },
  ]);
  t.same(request.order, [
    { path: ['author', 'born_year'], descending: true },
    { path: ['author'], descending: false },
  ]);
  t.match(request, { limit: 5, offset: 10, statuses: 'any', search: 'x', collection: 'books' });
  t.equal(parse('aggregate[count]=*').request.limit, 200);
  t.equal(parse('aggregate[count]=*&limit=-1').request.limit, undefined);
});

t.test('what asks for groups', async (t) => {
  for (const text of ['aggregate[count]=*', 'groupBy=a', 'groupBy[]=a', 'aggregate={}', 'aggregate=x']) {
    t.ok(asksAggregate(parsePhpQuery(text)), text);
    t.throws(() => refuseAggregate(parsePhpQuery(text)), { message: /lists/ }, text);
  }
  for (const text of ['', 'aggregate=', 'groupBy=', 'fields=aggregate', 'filter[groupBy]=1']) {
    t.notOk(asksAggregate(parsePhpQuery(text)), text);
    refuseAggregate(parsePhpQuery(text));
  }
});

t.test('what has no place there is refused by name', async (t) => {
  for (const [text, name] of [
    ['fields=a', 'fields'],
    ['single=1', 'single'],
    ['lang=de', 'lang'],
    ['deep[a][_limit]=1', 'deep'],
    ['cursor=x', 'cursor'],
    ['export=csv', 'export'],
    ['meta=filter_count', 'filter_count'],
    ['meta=page', 'page'],
    ['sort=?', 'sort'],
    ['aggregate[sum]=', 'sum'],
    ['aggregate=[1]', 'aggregate'],
    ['aggregate={"sum":{"a":1}}', 'sum'],
    ['aggregate={"sum":[null]}', 'sum'],
    ['aggregate={"sum":"a","sum":"b"}', 'sum'],
  ] as const) {
    t.throws(() => parse(`groupBy=a&${text}`), { message: new RegExp(name) }, text);
  }
  t.same([...(parse('groupBy=a&meta=*').meta ?? [])], ['*']);
  t.same(parse('groupBy=a&fields=&single=&meta=').request.groups.length, 1, 'an empty parameter is none');
});
