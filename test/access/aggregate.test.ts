/** The rules of groups and aggregates, as written into a bound query. */
import t from 'tap';
import { aggregateAccess } from '../../src/access/aggregate.ts';
import { compileRules } from '../../src/access/compile-rules.ts';
import type { Actor } from '../../src/access/types.ts';
import type { Row } from '../../src/dialect/types.ts';
import { bindAggregate } from '../../src/query/bind-aggregate.ts';
import { limitsOf } from '../../src/query/limits.ts';
import type { AggregateQuery } from '../../src/query/types.ts';
import { parsePhpQuery } from '../../src/surfaces/directus/parse.ts';
import { parseAggregate } from '../../src/surfaces/directus/parse-aggregate.ts';
import { built, fieldRow, table } from '../schema/tables.ts';

const mapping = { draft: { name: 'Draft' }, published: { name: 'Published' }, gone: { name: 'Gone', soft_delete: true } };
const schema = built(
  [
    table('shelves', { id: 'integer', name: 'text', secret: 'text' }),
    table(
      'books',
      { id: 'integer', state: 'text', owner: 'integer', price: 'decimal', shelf: 'integer' },
      { foreignKeys: [['shelf', 'shelves']] },
    ),
  ],
  { fields: [fieldRow('books', 'state', 'status', { options: { status_mapping: mapping } }), fieldRow('books', 'owner', 'owner')] },
);

const actor: Actor = { is: 'user', id: '7', role: '3', admin: false, ip: '' };

function authorised(query: string, permissions: readonly Row[]): AggregateQuery {
  const rules = compileRules({ permissions: permissions.map((row, id) => ({ id, role: 3, ...row })), roles: [{ id: 3 }], settings: [] }, 1);
  const access = aggregateAccess(schema, rules, actor);
  const { request } = parseAggregate('books', parsePhpQuery(query), 100);
  return access.authorise(bindAggregate(request, schema, access.visible, limitsOf(), () => new Date(0)));
}

const inState = (...values: readonly string[]) => ({ is: 'compare', field: { name: 'state' }, values });

t.test('rows are those of a list', async (t) => {
  const own = { is: 'compare', field: { name: 'owner' }, operator: 'eq', values: ['7'] };
  const mine = [{ collection: 'books', read: 'mine' }];
  t.match(authorised('aggregate[count]=*', mine).where, { is: 'all', of: [own, inState('draft', 'published')] });
  t.match(authorised('aggregate[count]=*&status=*', mine).where, { is: 'all', of: [own, { is: 'any' }] });
  const byState = [
    { collection: 'books', status: 'draft', read: 'none' },
    { collection: 'books', status: 'published', read: 'full' },
  ];
  t.match(authorised('aggregate[count]=*', byState).where, inState('published'));
  t.match(authorised('aggregate[count]=*&filter[price][gt]=1', byState).where, {
    is: 'all',
    of: [{ is: 'compare', field: { name: 'price' } }, inState('published')],
  });
});

t.test('a field counts in the rows only that tell it', async (t) => {
  const permissions = [
    { collection: 'books', status: 'draft', read: 'full', read_field_blacklist: 'price' },
    { collection: 'books', status: 'published', read: 'full' },
  ];
  const query = authorised('aggregate[sum]=price&aggregate[count]=*,owner&groupBy=price,owner', permissions);
  const visible = inState('published');
  t.match(query.measures, [{ function: 'sum', visible }, { function: 'count' }, { function: 'count', field: { name: 'owner' } }]);
  t.notOk(query.measures.some((measure) => measure.visible && measure.field?.name !== 'price'));
  t.match(query.groups, [{ as: 'price', visible }, { as: 'owner' }]);
  t.notOk(query.groups[1]?.visible);
});

t.test('related rows count under their own rules', async (t) => {
  const books = { collection: 'books', read: 'full' };
  const full = [books, { collection: 'shelves', read: 'full', read_field_blacklist: 'secret' }];
  t.match(authorised('groupBy=shelf.name,shelf.name', full).groups, [{ as: 'shelf.name', via: [{ relation: { name: 'shelf' } }] }]);
  t.throws(() => authorised('groupBy=shelf.secret', full), { message: 'Invalid field "secret" in "shelves"' });
  t.throws(() => authorised('groupBy=shelf.name', [books]), { message: 'Unable to find field "shelf"' });
  t.throws(() => authorised('groupBy=shelf.name', [{ ...books, read_field_blacklist: 'shelf' }, ...full.slice(1)]), {
    message: 'Unable to find field "shelf"',
  });
});

t.test('nothing without a right to read', async (t) => {
  t.throws(() => authorised('aggregate[count]=*', []), { message: 'Reading items from "books" collection was denied' });
});
