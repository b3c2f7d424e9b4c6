/** Binding of groups and aggregates: names to fields, and which function works on which column. */
import t from 'tap';
import type { Storage } from '../../src/dialect/types.ts';
import { aggregateFunctions, distinguishes } from '../../src/query/aggregates.ts';
import { bindAggregate } from '../../src/query/bind-aggregate.ts';
import { limitsOf } from '../../src/query/limits.ts';
import type { AggregateQuery, RequestedAggregate, Visibility } from '../../src/query/types.ts';
import type { FieldType } from '../../src/schema/types.ts';
import { built, field, table } from '../schema/tables.ts';

const schema = built([
  table('authors', { id: 'integer', name: 'text', born: 'date', country: 'integer' }, { foreignKeys: [['country', 'countries']] }),
  table('countries', { id: 'integer', name: 'text' }),
  table(
    'books',
    { id: 'integer', title: 'text', price: 'decimal', count: 'integer', author: 'integer', extra: 'json' },
    { foreignKeys: [['author', 'authors']] },
  ),
]);

const visible = (hidden: readonly string[] = []): Visibility => ({
  collection: ({ name }) => !hidden.includes(name),
  field: ({ name }) => (hidden.includes(name) ? 'no' : 'yes'),
  relation: ({ name }) => !hidden.includes(name),
});

function bind(asked: Partial<RequestedAggregate>, hidden: readonly string[] = []): AggregateQuery {
  const request = { collection: 'books', groups: [], measures: [], offset: 0, ...asked };
  return bindAggregate(request, schema, visible(hidden), limitsOf(), () => new Date(0));
}

const group = (as: string, part?: string) => ({ as: part ? `${as}_${part}` : as, path: as.split('.'), ...(part ? { part } : {}) });
const measure = (name: string, of: string) => ({ function: name, field: of });

t.test('names become fields, the same asked twice is one', async (t) => {
  const query = bind({
    groups: [group('author'), group('author'), group('author.country.name'), group('author.born', 'year')],
    measures: [measure('count', '*'), measure('sum', 'price'), measure('sum', 'price')],
    order: [
      { path: ['sum', 'price'], descending: true },
      { path: ['author', 'born_year'], descending: true },
      { path: ['count'], descending: false },
    ],
    limit: 5,
  });
  t.same(
    query.groups.map(({ as, field, via, part }) => [as, field.collection, via?.map((step) => step.relation.name), part]),
    [
      ['author', 'books', undefined, undefined],
      ['author.country.name', 'countries', ['author', 'country'], undefined],
      ['author.born_year', 'authors', ['author'], 'year'],
    ],
  );
  t.same(
    query.measures.map((one) => [one.function, one.field?.name]),
    [
      ['count', undefined],
      ['sum', 'price'],
    ],
  );
  t.same(query.order, [
    { of: 'measures', at: 1, descending: true },
    { of: 'groups', at: 2, descending: true },
    { of: 'measures', at: 0, descending: false },
    { of: 'groups', at: 0, descending: false },
    { of: 'groups', at: 1, descending: false },
  ]);
  t.equal(query.limit, 5);
  t.match(bind({ measures: [measure('count', '*')] }), { limit: 25_001, most: 25_000 }, 'without a limit one more than may be');
});

t.test('what is hidden is unknown', async (t) => {
  t.throws(() => bind({ measures: [measure('sum', 'price')] }, ['price']), { message: 'Invalid field "price" in "books"' });
  t.throws(() => bind({ groups: [group('price')] }, ['price']), { message: 'Invalid field "price" in "books"' });
  t.throws(() => bind({ groups: [group('author.name')] }, ['author']), { message: 'Unable to find field "author"' });
  t.throws(() => bind({ groups: [group('author.name')] }, ['authors']), { message: 'Unable to find field "author"' });
  t.throws(() => bind({ groups: [group('author.country.name')] }, ['country']), { message: 'Unable to find field "country"' });
  t.throws(() => bind({ groups: [group('author.nope')] }), { message: 'Invalid field "nope" in "authors"' });
});

t.test('names of the answer are told apart', async (t) => {
  t.throws(() => bind({ groups: [group('count')], measures: [measure('count', '*')] }), { message: /"count"/ });
  t.equal(bind({ groups: [group('count')], measures: [measure('sum', 'count')] }).groups.length, 1);
  t.throws(() => bind({ groups: [group('author'), { as: 'author', path: ['title'] }] }), { message: /"author"/ });
  t.throws(() => bind({}), { message: /Nothing/ });
});

t.test('limits', async (t) => {
  const many = Array.from({ length: 1001 }, () => measure('sum', 'price'));
  t.throws(() => bind({ measures: many }), { message: /limit/ });
  const order = Array.from({ length: 51 }, () => ({ path: ['count'], descending: false }));
  t.throws(() => bind({ measures: [measure('count', '*')], order }), { message: /limit/ });
});

/** Ids of the functions that take such a field, `group` among them. */
function taken(storage: Storage, type?: FieldType): string {
  const one = field(storage, type);
  const ids = aggregateFunctions.filter(({ takes }) => takes(one)).map(({ id }) => id);
  return [...ids, ...(distinguishes(one) ? ['group'] : [])].join(' ');
}

t.test('which columns a function works on', async (t) => {
  const all = 'count countDistinct sum avg min max group';
  const ordered = 'count countDistinct min max group';
  const told = 'count countDistinct group';
  const cases: Readonly<Record<Storage, string>> = {
    integer: all,
    decimal: all,
    float: all,
    year: all,
    text: ordered,
    date: ordered,
    time: ordered,
    datetime: ordered,
    instant: ordered,
    boolean: told,
    bit: told,
    enum: told,
    set: told,
    uuid: told,
    interval: told,
    range: told,
    unknown: told,
    json: 'count',
    binary: 'count',
    array: 'count',
    geometry: 'count',
  };
  for (const [storage, expected] of Object.entries(cases)) t.equal(taken(storage as Storage), expected, storage);
  t.equal(taken('integer', 'boolean'), told, 'truth in a column of integers');
  t.equal(taken('text', 'json'), 'count', 'JSON in a column of text');
  t.equal(taken('text', 'array'), 'count', 'a list in a column of text');
});
