/** Promise: a text index is asked only by who may read all that it tells something of, and estimates are the planner's only for those. */
import t from 'tap';
import { compileRules } from '../../src/access/compile-rules.ts';
import { readAccess } from '../../src/access/read.ts';
import type { Actor } from '../../src/access/types.ts';
import type { IntrospectedTextIndex, TextIndexForm } from '../../src/dialect/types.ts';
import { bindRead } from '../../src/query/bind.ts';
import { limitsOf } from '../../src/query/limits.ts';
import type { Filter, ReadQuery } from '../../src/query/types.ts';
import { buildSchema } from '../../src/schema/build.ts';
import { parsePhpQuery, parseRead } from '../../src/surfaces/directus/parse.ts';
import { column, fieldRow, table } from '../schema/tables.ts';

const tables = [
  table(
    'posts',
    { id: column('id', 'integer', { nullable: false }), owner: 'integer', title: 'text', body: 'text', secret: 'text', author: 'integer' },
    { foreignKeys: [['author', 'people']] },
  ),
  table('people', { id: 'integer', owner: 'integer', name: 'text' }),
];

const index = (
  name: string,
  form: TextIndexForm,
  columns: readonly string[],
  more: Partial<IntrospectedTextIndex> = {},
): IntrospectedTextIndex => ({
  name,
  schema: null,
  table: 'posts',
  form,
  columns,
  ...more,
});

const fulltext = { is: 'fulltext' } as const;
const fts5 = { is: 'fts5', table: 'words', key: 'id' } as const;

const grant = (collection: string, read: string, blacklist: string | null = null) => ({
  id: 1,
  role: 3,
  collection,
  read,
  read_field_blacklist: blacklist,
});

const rules = compileRules(
  { permissions: [grant('posts', 'full', 'secret'), grant('people', 'mine')], roles: [{ id: 3 }], settings: [] },
  1,
);
const writer: Actor = { is: 'user', id: '7', role: '3', admin: false, ip: '' };
const admin: Actor = { is: 'user', id: '1', role: '1', admin: true, ip: '' };

function queryOf(query: string, actor: Actor, indexes: readonly IntrospectedTextIndex[]): ReadQuery {
  const fields = [fieldRow('posts', 'owner', 'owner'), fieldRow('people', 'owner', 'owner')];
  const schema = buildSchema(
    { version: '', defaultSchema: null, tables, textIndexes: indexes },
    { collections: [], fields, relations: [] },
    1,
  );
  const access = readAccess(schema, rules, actor);
  return access.authorise(bindRead(parseRead('posts', parsePhpQuery(query), 20).read, schema, access.visible, limitsOf())).query;
}

/** The kinds of a filter's parts. */
function told(filter: Filter): unknown {
  if (filter.is === 'all' || filter.is === 'any') return { [filter.is]: filter.of.map(told) };
  if (filter.is === 'words') return { [filter.index.name]: filter.words, in: filter.fields.map((field) => field.name) };
  if (filter.is === 'like') return `${filter.field.name} ${filter.pattern}`;
  if (filter.is === 'among') return { among: filter.rows, of: told(filter.of), where: told(filter.where) };
  return filter.is === 'compare' ? `${filter.field.name} ${filter.operator}` : filter.is;
}

const searching = (query: string, actor: Actor, ...indexes: readonly IntrospectedTextIndex[]): unknown =>
  told(queryOf(query, actor, indexes).where);

t.test('which index', async (t) => {
  const title = index('title', fulltext, ['title']);
  const both = index('both', fulltext, ['title', 'body']);
  const hidden = index('hidden', fulltext, ['title', 'body', 'secret']);
  t.strictSame(
    searching('search=red apple', admin, title, hidden, both),
    { hidden: ['red', 'apple'], in: ['title', 'body', 'secret'] },
    'the widest',
  );
  t.strictSame(
    searching('search=red apple', writer, title, hidden, both),
    { both: ['red', 'apple'], in: ['title', 'body'] },
    'of those that tell nothing hidden',
  );
  t.strictSame(
    searching('search=red', writer, hidden),
    { among: 10_000, of: 'always', where: { any: ['id %red%', 'title %red%', 'body %red%', 'author %red%'] } },
    'or none',
  );
  const words = index('words', fts5, ['secret', 'title', 'gone']);
  t.strictSame(searching('search=red', admin, words), { words: ['red'], in: ['secret', 'title'] });
  t.strictSame(searching('search=red', writer, words), { words: ['red'], in: ['title'] }, 'one that can be asked about single fields');
  const parts = [index('p1', { is: 'trigram' }, ['body']), index('p2', { is: 'trigram' }, ['secret'])];
  t.strictSame(searching('search=red', writer, ...parts), { p1: ['red'], in: ['body'] });
  t.strictSame(searching('search=red', admin, ...parts), { 'p1, p2': ['red'], in: ['body', 'secret'] });
  t.strictSame(searching('search=red', writer, ...parts, title), { title: ['red'], in: ['title'] }, 'words before parts of words');
  t.strictSame(queryOf('search=red', writer, [title]).searched, { index: 'title', rows: null });
});

t.test('words that an index leaves out', async (t) => {
  const some = index('some', fulltext, ['title', 'body'], { least: 3, most: 5, common: ['the'] });
  t.strictSame(searching('search=The red ab appletree', writer, some), {
    all: [
      { some: ['red'], in: ['title', 'body'] },
      { any: ['title %The%', 'body %The%'] },
      { any: ['title %ab%', 'body %ab%'] },
      { any: ['title %appletree%', 'body %appletree%'] },
    ],
  });
  t.match(searching('search=the ab', writer, some), { among: 10_000 }, 'nothing is left for it');
  t.match(searching('search=%25', writer, some), { among: 10_000 });
});

t.test('what is looked through is what may be read and matches otherwise', async (t) => {
  const { where } = queryOf('search=red&filter[title]=x&q=y', writer, []);
  t.match(told(where), { among: 10_000, of: { all: ['title eq', { any: ['id %y%', 'title %y%', 'body %y%', 'author %y%'] }] } });
  t.strictSame(told(queryOf('search=', writer, []).where), 'always');
});

t.test('a filter that was not bound by these rules finds nothing', async (t) => {
  const { where, ...rest } = queryOf('search=red', admin, [index('hidden', fulltext, ['secret', 'title'])]);
  const schema = buildSchema({ version: '', defaultSchema: null, tables }, { collections: [], fields: [], relations: [] }, 1);
  t.throws(() => readAccess(schema, rules, writer).authorise({ ...rest, where }), /Invalid field "secret"/);
});

t.test('whose counts a planner may estimate', async (t) => {
  const cases: readonly (readonly [string, Actor, unknown])[] = [
    ['filter[title]=x', admin, { rows: true, filter: true }],
    ['filter[secret]=x&filter[author.name]=y', admin, { rows: true, filter: true }],
    ['filter[title]=x', writer, { rows: true, filter: true }],
    ['q=x', writer, { rows: true, filter: true }],
    ['filter[author.name]=y', writer, { rows: true, filter: false }],
  ];
  for (const [query, actor, open] of cases) t.strictSame(queryOf(`${query}&meta=filter_count`, actor, []).readable?.open, open, query);
});
