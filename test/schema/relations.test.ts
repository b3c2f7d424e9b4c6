/** Relations from directus_relations, from field types and from foreign keys, and how they share names. */
import fc from 'fast-check';
import t from 'tap';
import type { IntrospectedTable } from '../../src/dialect/types.ts';
import { built, collection, fieldRow, relationRow, relations, remarks, table } from './tables.ts';

const articles = table('articles', { id: 'integer', title: 'text' });
const tags = table('tags', { id: 'integer', name: 'text' });
const articleTags = table('article_tags', { id: 'integer', article: 'integer', tag: 'integer' });

t.test('the many-to-many of directus8-data §8.1', async (t) => {
  const rows = [relationRow('article_tags.article', 'articles', 'labels', 'tag'), relationRow('article_tags.tag', 'tags', null, 'article')];
  const fields = [fieldRow('articles', 'labels', 'o2m', { interface: 'many-to-many' })];
  const schema = built([articles, tags, articleTags], { fields, relations: rows });
  t.same(relations(schema, 'articles'), { labels: 'o2m article_tags id=article junction tag' });
  t.same(relations(schema, 'tags'), {}, 'a covered column adds no list of its own');
  t.same(relations(schema, 'article_tags'), { article: 'm2o articles article=id', tag: 'm2o tags tag=id' });
  t.same(remarks(schema), []);
  const labels = collection(schema, 'articles').relations.get('labels');
  t.ok(labels?.kind === 'o2m' && labels.meta?.interface === 'many-to-many');
});

t.test('which lists are in wildcards', async (t) => {
  const texts = table('texts', { id: 'integer', article: 'integer', second: 'integer', third: 'integer', fourth: 'integer', lang: 'text' });
  const rows = [
    relationRow('texts.article', 'articles', 'translations'),
    relationRow('texts.second', 'articles', 'divider'),
    relationRow('texts.third', 'articles', 'bare'),
    relationRow('texts.fourth', 'articles', 'title'),
  ];
  const fields = [
    fieldRow('articles', 'translations', 'translation'),
    fieldRow('articles', 'divider', 'alias'),
    fieldRow('articles', 'empty', 'o2m'),
  ];
  const schema = built([articles, texts], { fields, relations: rows });
  t.same(relations(schema, 'articles'), {
    translations: 'o2m texts id=article translation',
    divider: 'o2m texts id=second unlisted',
    bare: 'o2m texts id=third unlisted',
  });
  t.same([...collection(schema, 'articles').aliases.keys()], ['empty']);
  t.match(remarks(schema), [/^articles\.title: .* name of a column/, /^articles\.empty: no usable row/]);
});

t.test('a junction that is no relation is not told', async (t) => {
  const schema = built([articles, articleTags], {
    fields: [fieldRow('articles', 'labels', 'o2m')],
    relations: [relationRow('article_tags.article', 'articles', 'labels', 'tag')],
  });
  t.same(relations(schema, 'articles'), { labels: 'o2m article_tags id=article' });
});

t.test('the first row of a column, and of a name, wins; ids decide', async (t) => {
  const books = table('books', { id: 'integer', a: 'integer', b: 'integer' });
  const [first, second, third] = [
    relationRow('books.a', 'articles', 'books'),
    relationRow('books.a', 'tags', 'books'),
    relationRow('books.b', 'articles', 'books'),
  ];
  const schema = built([articles, tags, books], { relations: [third, second, first] });
  t.same(relations(schema, 'books'), { a: 'm2o articles a=id', b: 'm2o articles b=id' });
  t.same(relations(schema, 'articles'), { books: 'o2m books id=a unlisted' });
});

t.test('rows that lead nowhere are told, and do not hide a foreign key', async (t) => {
  const pairs = table('pairs', { a: 'integer', b: 'integer' }, { primaryKey: ['a', 'b'] });
  const books = table('books', { id: 'integer', article: 'integer', pair: 'integer' }, { foreignKeys: [['article', 'articles']] });
  const schema = built([articles, pairs, books], {
    relations: [
      relationRow('nowhere.article', 'articles'),
      relationRow('books.nothing', 'articles'),
      relationRow('books.article', 'nowhere'),
      relationRow('books.article', null, 'x'),
      relationRow('books.pair', 'pairs'),
    ],
  });
  t.same(relations(schema, 'books'), { article: 'm2o articles article=id' });
  t.same(relations(schema, 'articles'), { books: 'o2m books id=article unlisted' });
  t.match(remarks(schema), [
    /^books\.nothing: .* no column "nothing"/,
    /^books\.article: .* no collection "nowhere"/,
    /^books\.article: .* names no collection/,
    /^books\.pair: .* key of several columns/,
    /^nowhere\.article: .* no collection "nowhere"/,
  ]);
});

t.test('a key stays a key', async (t) => {
  const profiles = table('profiles', { user: 'integer', bio: 'text' }, { primaryKey: ['user'], foreignKeys: [['user', 'people']] });
  const people = table('people', { id: 'integer' });
  const plain = built([people, profiles]);
  t.same(relations(plain, 'profiles'), { people: 'm2o people user=id fieldless unlisted' });
  t.same(relations(plain, 'people'), { profiles: 'o2m profiles id=user unlisted' });
  const described = built([people, profiles], {
    fields: [fieldRow('people', 'profile', 'o2m')],
    relations: [relationRow('profiles.user', 'people', 'profile')],
  });
  t.same(relations(described, 'profiles'), { people: 'm2o people user=id fieldless unlisted' });
  t.same(relations(described, 'people'), { profile: 'o2m profiles id=user' }, 'the list is that of the row');
  t.match(remarks(described), [/^profiles\.user: the column is the key/]);
});

t.test('types of files and users are relations without a row', async (t) => {
  const pages = table('pages', {
    id: 'integer',
    cover: 'integer',
    author: 'integer',
    made_by: 'integer',
    changed_by: 'integer',
    editor: 'integer',
  });
  const fields = [
    fieldRow('pages', 'cover', 'file'),
    fieldRow('pages', 'author', 'user'),
    fieldRow('pages', 'made_by', 'user_created'),
    fieldRow('pages', 'changed_by', 'user_updated'),
    fieldRow('pages', 'editor', 'user'),
  ];
  const files = table('directus_files', { id: 'integer' });
  const users = table('directus_users', { id: 'integer' });
  const people = table('people', { id: 'integer' });
  const schema = built([pages, files, users, people], { fields, relations: [relationRow('pages.editor', 'people')] });
  t.same(relations(schema, 'pages'), {
    editor: 'm2o people editor=id',
    cover: 'm2o directus_files cover=id',
    author: 'm2o directus_users author=id',
    made_by: 'm2o directus_users made_by=id',
    changed_by: 'm2o directus_users changed_by=id',
  });
  t.same(relations(built([pages, people], { fields }), 'pages'), {}, 'only where those collections exist');
});

t.test('foreign keys alone', async (t) => {
  const languages = table('languages', { id: 'integer', name: 'text' });
  const films = table(
    'films',
    { id: 'integer', language_id: 'integer', original_language_id: 'integer', sequel_of: 'integer' },
    {
      foreignKeys: [
        ['language_id', 'languages'],
        ['original_language_id', 'languages'],
        ['sequel_of', 'films'],
      ],
    },
  );
  const actors = table('actors', { id: 'integer' });
  const filmActors = table(
    'film_actors',
    { film_id: 'integer', actor_id: 'integer', changed: 'datetime' },
    {
      primaryKey: ['actor_id', 'film_id'],
      foreignKeys: [
        ['film_id', 'films'],
        ['actor_id', 'actors'],
      ],
    },
  );
  const schema = built([languages, films, actors, filmActors]);
  t.same(relations(schema, 'languages'), {
    films_by_language_id: 'o2m films id=language_id unlisted',
    films_by_original_language_id: 'o2m films id=original_language_id unlisted',
  });
  t.same(relations(schema, 'films'), {
    language_id: 'm2o languages language_id=id',
    original_language_id: 'm2o languages original_language_id=id',
    sequel_of: 'm2o films sequel_of=id',
    film_actors: 'o2m film_actors id=film_id unlisted',
    films: 'o2m films id=sequel_of unlisted',
    actors: 'm2m actors id=film_id film_actors actor_id=id unlisted',
  });
  t.same(relations(schema, 'actors'), {
    film_actors: 'o2m film_actors id=actor_id unlisted',
    films: 'm2m films id=actor_id film_actors film_id=id unlisted',
  });
  t.same(relations(schema, 'film_actors'), { actor_id: 'm2o actors actor_id=id', film_id: 'm2o films film_id=id' });
  const through = collection(schema, 'films').relations.get('actors');
  t.ok(through?.kind === 'm2m' && through.throughTable.name === 'film_actors' && through.throughTable.schema === null);
});

t.test('a link of a table with itself', async (t) => {
  const people = table('people', { id: 'integer', friends: 'text' });
  const friends = table(
    'friends',
    { a: 'integer', b: 'integer' },
    {
      primaryKey: ['a', 'b'],
      foreignKeys: [
        ['a', 'people'],
        ['b', 'people'],
      ],
    },
  );
  t.same(relations(built([people, friends]), 'people'), {
    friends_by_a: 'o2m friends id=a unlisted',
    friends_by_b: 'o2m friends id=b unlisted',
    people_via_friends_by_a: 'm2m people id=a friends b=id unlisted',
    people_via_friends_by_b: 'm2m people id=b friends a=id unlisted',
  });
});

t.test('no many-to-many through more than a link', async (t) => {
  const link = (primaryKey: string[], third = false): IntrospectedTable =>
    table(
      'links',
      { id: 'integer', article: 'integer', tag: 'integer', other: 'integer' },
      { primaryKey, foreignKeys: [['article', 'articles'], ['tag', 'tags'], ...(third ? ([['other', 'elsewhere']] as const) : [])] },
    );
  const kinds = (through: IntrospectedTable) =>
    [...collection(built([articles, tags, through]), 'articles').relations.values()].map((one) => one.kind);
  t.same(kinds(link(['article', 'tag'])), ['o2m', 'm2m']);
  t.same(kinds(link(['id'])), ['o2m'], 'its own key');
  t.same(kinds(link(['article', 'tag', 'other'])), ['o2m'], 'a third column in the key');
  t.same(kinds(link(['article', 'tag'], true)), ['o2m'], 'a third foreign key, even of a table that is not served');
});

t.test('keys of several columns, and columns that are unique but no key', async (t) => {
  const plots = table(
    'plots',
    { site: 'integer', plot: 'integer', neighbour: 'integer' },
    { primaryKey: ['site', 'plot'], foreignKeys: [['site neighbour', 'plots', 'site plot']] },
  );
  const crops = table(
    'crops',
    { id: 'integer', site: 'integer', plot: 'integer', code: 'text', plots: 'text' },
    {
      foreignKeys: [
        ['site plot', 'plots', 'site plot'],
        ['code', 'kinds', 'code'],
      ],
    },
  );
  const kinds = table('kinds', { id: 'integer', code: 'text' }, { unique: [['code']] });
  const schema = built([plots, crops, kinds]);
  t.same(relations(schema, 'crops'), {
    code: 'm2o kinds code=code',
    plots_site_plot: 'm2o plots site=site&plot=plot fieldless unlisted',
  });
  t.same(relations(schema, 'kinds'), { crops: 'o2m crops code=code unlisted' });
  t.same(relations(schema, 'plots'), {
    plots: 'm2o plots site=site&neighbour=plot fieldless unlisted',
    crops: 'o2m crops site=site&plot=plot unlisted',
    plots_by_site_neighbour: 'o2m plots site=site&plot=neighbour unlisted',
  });
});

t.test('generated names keep off columns, aliases and metadata', async (t) => {
  const people = table('people', { id: 'integer', pets: 'text' });
  const fields = [fieldRow('people', 'notes', 'alias'), fieldRow('people', 'books', 'o2m')];
  const child = (name: string) =>
    table(name, { id: 'integer', person: 'integer', second: 'integer' }, { foreignKeys: [['person', 'people']] });
  const books = table(
    'books',
    { id: 'integer', author: 'integer', editor: 'integer' },
    {
      foreignKeys: [
        ['author', 'people'],
        ['editor', 'people'],
      ],
    },
  );
  const schema = built([people, child('pets'), child('notes'), child('odd.name'), child('chats'), books], {
    fields,
    relations: [relationRow('books.author', 'people', 'books'), relationRow('chats.second', 'people', 'chats')],
  });
  t.same(relations(schema, 'people'), {
    books: 'o2m books id=author',
    chats: 'o2m chats id=second unlisted',
    books_by_editor: 'o2m books id=editor unlisted',
    chats_by_person: 'o2m chats id=person unlisted',
    notes_by_person: 'o2m notes id=person unlisted',
    odd_name: 'o2m odd.name id=person unlisted',
    pets_by_person: 'o2m pets id=person unlisted',
  });
});

t.test('several schemas', async (t) => {
  const customers = table('customers', { id: 'integer' }, { schema: 'public' });
  const orders = (schema: string) =>
    table('orders', { id: 'integer', customer: 'integer' }, { schema, foreignKeys: [['customer', 'public.customers']] });
  const archived = table('customers', { id: 'integer', was: 'integer' }, { schema: 'archive', foreignKeys: [['was', 'public.customers']] });
  const schema = built([customers, orders('archive'), orders('public'), archived], {}, 'public');
  t.same(relations(schema, 'customers'), {
    customers: 'o2m archive.customers id=was unlisted',
    archive_orders_by_customer: 'o2m archive.orders id=customer unlisted',
    orders_by_customer: 'o2m orders id=customer unlisted',
  });
  t.same(relations(schema, 'archive.orders'), { customer: 'm2o customers customer=id' });
});

t.test('one column with two foreign keys; keys that say the same; keys of tables that are not served', async (t) => {
  const both = table(
    'both',
    { id: 'integer', x: 'integer', y: 'integer' },
    {
      foreignKeys: [
        ['x', 'tags'],
        ['x', 'articles'],
        ['x', 'articles'],
        ['y', 'elsewhere'],
        ['y', 'tags', 'nothing'],
      ],
    },
  );
  const schema = built([articles, tags, both]);
  t.same(relations(schema, 'both'), { x: 'm2o articles x=id', tags: 'm2o tags x=id fieldless unlisted' });
  t.same(relations(schema, 'articles'), { both: 'o2m both id=x unlisted' });
  t.match(remarks(schema), [/^both\.y: .* points at "elsewhere"/, /^both\.y: .* points at "tags" \(nothing\)/]);
});

t.test('SQLite: names in another case, referenced columns left out', async (t) => {
  const album = table(
    'Album',
    { AlbumId: 'integer', ArtistId: 'integer' },
    { primaryKey: ['AlbumId'], foreignKeys: [['artistid', 'ARTIST', '']] },
  );
  const artist = table('Artist', { ArtistId: 'integer' }, { primaryKey: ['ArtistId'] });
  t.same(relations(built([album, artist]), 'Album'), { ArtistId: 'm2o Artist ArtistId=ArtistId' });
});

t.test('the order of the catalogue and of the rows does not matter', async () => {
  const parent = (name: string) => table(name, { id: 'integer', child: 'text' });
  const child = (name: string) =>
    table(
      name,
      { id: 'integer', a: 'integer', b: 'integer', c: 'integer' },
      {
        foreignKeys: [
          ['a', 'one'],
          ['b', 'one'],
          ['c', 'two'],
          ['a b', 'link', 'x y'],
          ['b a', 'link', 'x y'],
        ],
      },
    );
  const link = table(
    'link',
    { x: 'integer', y: 'integer' },
    {
      primaryKey: ['x', 'y'],
      foreignKeys: [
        ['x', 'one'],
        ['y', 'two'],
      ],
    },
  );
  const tables = [parent('one'), parent('two'), child('child'), child('other'), link];
  const metadata = { relations: [relationRow('child.a', 'one', 'kids'), relationRow('other.a', 'one', 'kids')] };
  const spelled = (list: readonly IntrospectedTable[], turned: boolean): string => {
    const shuffled = list.map((one) => ({ ...one, foreignKeys: turned ? [...one.foreignKeys].reverse() : one.foreignKeys }));
    const schema = built(shuffled, { relations: turned ? [...metadata.relations].reverse() : metadata.relations });
    return JSON.stringify([...schema.collections.keys()].map((name) => [name, relations(schema, name)]));
  };
  const expected = spelled(tables, false);
  fc.assert(
    fc.property(
      fc.shuffledSubarray(tables, { minLength: tables.length }),
      fc.boolean(),
      (list, turned) => spelled(list, turned) === expected,
    ),
  );
});
