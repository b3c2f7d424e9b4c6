/** Promise: FTS5 tables about other tables are indexes of those, whatever their statements look like, and no collections. */
import t from 'tap';
import { sqlite } from '../../../src/vendors/sqlite/index.ts';
import { declared } from '../../../src/vendors/sqlite/text-indexes.ts';
import { open } from './scratch.ts';

t.test('what a statement declares', async (t) => {
  const cases: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>])[] = [
    ["create virtual table f using fts5(a, b, content='t')", ['a', 'b'], { content: 't' }],
    ["CREATE VIRTUAL TABLE f USING FTS5 ( \"a,b\" , [c d] unindexed , `e``f` , 'g''h' )", ['a,b', 'e`f', "g'h"], {}],
    [
      'create virtual table "using fts5(x)" using fts5(a UNINDEXED, b, content = "t ""x", content_rowid=id, tokenize = \'porter unicode61\')',
      ['b'],
      { content: 't "x', content_rowid: 'id', tokenize: 'porter unicode61' },
    ],
    ["create virtual table f using fts5(\n  a -- no\n, content=''\n)", ['a'], { content: '' }],
    ['create virtual table f using fts5(content, body)', ['content', 'body'], {}],
  ];
  for (const [text, columns, options] of cases) {
    const found = declared(text);
    t.strictSame([found.columns, Object.fromEntries(found.options)], [columns, options], text);
  }
});

t.test('what there is', async (t) => {
  const connection = await open(t, [
    'create table Articles (Id integer primary key, Title text, body text, hidden text)',
    'create table codes (code text primary key, title text) without rowid',
    'create table loose (title text)',
    'create view shown as select Id as id, Title as title from Articles',
    "create virtual table articles_words using fts5(title, body, gone, hidden unindexed, content='articles', content_rowid='id')",
    "create virtual table articles_parts using fts5(title, content='Articles', content_rowid='Id', tokenize='trigram')",
    "create virtual table articles_few using fts5(title, content='Articles', content_rowid='Id', detail=none)",
    "create virtual table codes_words using fts5(title, content='codes')",
    "create virtual table loose_words using fts5(title, content='loose')",
    "create virtual table shown_words using fts5(title, content='shown', content_rowid='id')",
    'create virtual table own using fts5(title)',
    "create virtual table bare using fts5(title, content='')",
    "create virtual table lost using fts5(title, content='no such table')",
  ]);
  const found = await sqlite.introspect(connection);
  t.strictSame(found.textIndexes, [
    {
      name: 'articles_parts',
      schema: null,
      table: 'Articles',
      form: { is: 'fts5', table: 'articles_parts', key: 'Id' },
      columns: ['Title'],
      least: 3,
    },
    {
      name: 'articles_words',
      schema: null,
      table: 'Articles',
      form: { is: 'fts5', table: 'articles_words', key: 'Id' },
      columns: ['Title', 'body'],
    },
    { name: 'loose_words', schema: null, table: 'loose', form: { is: 'fts5', table: 'loose_words', key: 'rowid' }, columns: ['title'] },
    { name: 'shown_words', schema: null, table: 'shown', form: { is: 'fts5', table: 'shown_words', key: 'id' }, columns: ['title'] },
  ]);
  t.strictSame(
    found.tables.map((table) => table.name),
    ['Articles', 'bare', 'codes', 'loose', 'lost', 'own', 'shown'],
  );
});
