/** Promise: `search` uses a text index where a collection has one, looks through a number of rows where not, and tells nothing hidden. */
import fc from 'fast-check';
import { adminToken, tokens } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import { installSystem, type World } from '../support/garden.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { type Answer, ask, at, column, type Json } from '../support/http.ts';
import { type Cell, insertText, schemaText, type TableDef } from '../support/schema-text.ts';
import { loadSql } from '../support/sql-text.ts';
import { createDatabase, type TestVendor } from '../support/vendors.ts';

const rows: readonly (readonly Cell[])[] = [
  [1, 3, 'The red apple', 'An old tree of the north', 'barn owl'],
  [2, 3, 'Green pear', 'ab cd, with x1', 'apple'],
  [3, 4, 'Say foo_bar', "don't stop; 100% sure", null],
  [4, 4, 'apple pie', 'red wine', 'barn'],
  [5, 3, 'Nothing', null, null],
  [6, 4, 'Ten trees', 'apples, pears and more', 'red'],
];

const table = (name: string): TableDef => ({
  name,
  columns: [
    { kind: 'serial', name: 'id' },
    { kind: 'integer', name: 'owner' },
    { kind: 'string', name: 'title', length: 100 },
    { kind: 'text', name: 'body' },
    { kind: 'text', name: 'secret' },
  ],
  rows,
});

/** `stories` and `diaries` have an index, over what the writer may read and over more; `letters` have none. */
const tables = ['stories', 'diaries', 'letters'].map(table);

const indexes: Readonly<Record<TestVendor, string>> = {
  postgres: `create index stories_words on stories using gin (to_tsvector('simple', coalesce(title, '') || ' ' || coalesce(body, '')));
    create index diaries_words on diaries using gin (to_tsvector('simple', coalesce(title, '') || ' ' || coalesce(secret, '')));`,
  mysql: `create fulltext index stories_words on stories (title, body);
    create fulltext index diaries_words on diaries (title, secret);`,
  sqlite: `create virtual table stories_words using fts5(title, body, content='stories', content_rowid='id');
    create virtual table diaries_words using fts5(title, secret, content='diaries', content_rowid='id');
    insert into stories_words (stories_words) values ('rebuild'); insert into diaries_words (diaries_words) values ('rebuild');`,
};

function metadata(vendor: TestVendor): string {
  return [
    insertText(
      vendor,
      'directus_fields',
      ['collection', 'field', 'type', 'interface'],
      tables.map(({ name }) => [name, 'owner', 'owner', 'owner']),
    ),
    insertText(
      vendor,
      'directus_roles',
      ['id', 'name'],
      [
        [4, 'Writer'],
        [6, 'Crew'],
      ],
    ),
    insertText(
      vendor,
      'directus_users',
      ['id', 'status', 'role', 'first_name', 'email', 'token'],
      [
        [3, 'active', 4, 'Wim', 'wim@garden.test', tokens.writer],
        [4, 'active', 6, 'Cleo', 'cleo@garden.test', tokens.crew],
      ],
    ),
    insertText(
      vendor,
      'directus_permissions',
      ['role', 'collection', 'read', 'read_field_blacklist'],
      tables.flatMap(({ name }) => [
        [4, name, 'full', 'secret'],
        [6, name, 'mine', null],
      ]),
    ),
  ].join('\n');
}

interface Library {
  readonly vendor: TestVendor;
  readonly gateway: Gateway;
  get(path: string, token?: string): Promise<Answer>;
}

async function finds(t: Tester, library: Library, path: string, ids: readonly number[], token?: string): Promise<Answer> {
  const answer = await library.get(`${path}&fields=id&sort=id`, token);
  t.strictSame(answer.status === 200 ? column(answer, 'id') : told(answer), ids, path);
  return answer;
}

async function words(t: Tester, library: Library): Promise<void> {
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ['apple', [1, 4]],
    ['APPLE red', [1, 4]],
    ['tree  apple', [1]],
    ['apple nothing', []],
    ['', [1, 2, 3, 4, 5, 6]],
    ['x1', [2]],
    ['pear ab', [2]],
    ['the apple', [1]],
    ['the', [1]],
    ['foo_bar', [3]],
    ["don't stop", [3]],
    ['stop sure', [3]],
    ['100%', [3]],
    ['nothing', [5]],
    ['owl', []],
    ['trees', [6]],
  ];
  for (const [text, ids] of cases) await finds(t, library, `stories?search=${encodeURIComponent(text)}`, ids);
  await finds(t, library, 'stories?search=apple&filter[id]=4', [4]);
  await finds(t, library, 'stories?search=apple&q=wine', [4]);
  await finds(t, library, 'stories?search=apple&limit=1&offset=1', [4]);
  const counted = await finds(t, library, 'stories?search=apple&limit=1&meta=filter_count,total_count,search', [1]);
  t.strictSame(at(counted.json, 'meta'), {
    total_count: 6,
    filter_count: 2,
    search: { index: 'stories_words', rows: null, complete: true },
  });
  const file = await library.get('stories?search=apple&fields=id&sort=-id&export=ndjson');
  const lines = file.text.trim().split('\n');
  t.strictSame(
    lines.map((line) => JSON.parse(line)),
    [{ id: 4 }, { id: 1 }],
    'as a file',
  );
  const group = await library.get('stories?search=apple&aggregate[count]=*');
  t.strictSame(at(group.json, 'data'), [{ count: 2 }], 'as a number');
  t.equal(at((await library.get('stories?search=&meta=search')).json, 'meta', 'search'), undefined, 'nothing is looked for');
  t.equal(at((await library.get('stories?meta=*')).json, 'meta', 'search'), undefined);
  t.equal((await library.get('stories/1?search=pear&fields=id')).status, 200, 'an item is addressed, not looked for');
}

/** Without an index it is `q`. */
async function fallback(t: Tester, library: Library): Promise<void> {
  for (const text of ['apple', 'red wine', 'tree', 'pl', '%25', '%22', '\\', "'", 'the red', 'red the']) {
    const q = column(await library.get(`letters?fields=id&sort=id&q=${encodeURIComponent(text)}`), 'id') as number[];
    const answer = await finds(t, library, `letters?meta=search&search=${encodeURIComponent(text)}`, q);
    t.strictSame(at(answer.json, 'meta', 'search'), { index: null, rows: 10_000, complete: true });
  }
  const symbols = await finds(t, library, 'stories?search=%25&meta=search', [3]);
  t.strictSame(at(symbols.json, 'meta', 'search', 'index'), null, 'without a word there is nothing to ask an index for');
}

async function budget(t: Tester, library: Library): Promise<void> {
  const told = async (path: string, ids: readonly number[], complete: boolean, token?: string): Promise<void> => {
    const answer = await finds(t, library, `${path}&meta=search,filter_count`, ids, token);
    t.strictSame(at(answer.json, 'meta'), { filter_count: ids.length, search: { index: null, rows: 3, complete } }, path);
  };
  await told('letters?search=apple', [1, 2], false);
  await told('letters?search=wine', [], false);
  await told('letters?search=wine&filter[id][gte]=4', [4], true);
  await told('letters?search=apple&filter[id][gte]=2', [2, 4], false);
  await told('letters?search=e&filter[id][in]=1,4', [1, 4], true);
  await told('letters?search=pear', [6], true, tokens.crew);
  await finds(t, library, 'stories?search=apple', [1, 4]);
}

/** What the last read was, as the database would run it. */
async function plan(library: Library): Promise<string> {
  const { connection, statements } = library.gateway;
  const read = [...statements].reverse().find(({ text }) => /stories/.test(text));
  if (!connection || !read) return 'no statement';
  return connection.transaction(async (transaction) => {
    if (library.vendor === 'postgres') await transaction.execute({ text: 'set local enable_seqscan = off', values: [] });
    const explain = library.vendor === 'sqlite' ? 'explain query plan' : 'explain';
    return JSON.stringify(await transaction.rows({ ...read, text: `${explain} ${read.text}` }));
  });
}

const usage: Readonly<Record<TestVendor, RegExp>> = {
  postgres: /Index Scan on stories_words/,
  mysql: /"type":"fulltext"[^}]*"key":"stories_words"|Full-text index search on \w+ using stories_words/,
  sqlite: /VIRTUAL TABLE INDEX/,
};

async function used(t: Tester, library: Library): Promise<void> {
  library.gateway.statements.length = 0;
  await finds(t, library, 'stories?search=apple', [1, 4]);
  t.match(await plan(library), usage[library.vendor], 'the database goes by the index');
}

async function hidden(t: Tester, library: Library): Promise<void> {
  const indexOf = async (path: string, token?: string): Promise<Json> =>
    at((await library.get(`${path}&meta=search`, token)).json, 'meta', 'search', 'index');
  await finds(t, library, 'diaries?search=owl', [1]);
  await finds(t, library, 'diaries?search=barn apple', [1, 4]);
  t.equal(await indexOf('diaries?search=owl'), 'diaries_words');
  for (const collection of ['stories', 'diaries', 'letters']) {
    await finds(t, library, `${collection}?search=owl`, [], tokens.writer);
    await finds(t, library, `${collection}?search=barn`, [], tokens.writer);
    await finds(t, library, `${collection}?search=pie`, [4], tokens.writer);
    await finds(t, library, `${collection}?search=pie`, [4], tokens.crew);
    await finds(t, library, `${collection}?search=pear`, collection === 'letters' ? [6] : [], tokens.crew);
    t.equal((await library.get(`${collection}?search=pie`, '')).status, 401, 'nothing for the public');
  }
  for (const [token, count] of [
    [adminToken, 1],
    [tokens.writer, 0],
    [tokens.crew, 0],
  ] as const) {
    for (const collection of ['diaries', 'letters']) {
      const counted = await library.get(`${collection}?search=owl&aggregate[count]=*`, token);
      t.strictSame(at(counted.json, 'data'), [{ count }], `${collection}: numbers tell no more`);
    }
  }
  await finds(t, library, 'diaries?search=green', [2], tokens.writer);
  t.equal(await indexOf('stories?search=pie', tokens.writer), 'stories_words');
  // SQLite's can be asked about the other column alone.
  t.equal(await indexOf('diaries?search=pie', tokens.writer), library.vendor === 'sqlite' ? 'diaries_words' : null);
  await finds(t, library, 'diaries?search=barn', [4], tokens.crew);
  const names = column(await library.get('../collections'), 'collection');
  t.notOk(names.includes('stories_words'), 'an index is no collection');
}

/** Each row that is found is met once, by the index and without one. */
async function followed(t: Tester, library: Library): Promise<void> {
  for (const [path, ids] of [
    ['stories?search=apple', [4, 1]],
    ['letters?search=e', [6, 4, 3, 2, 1]],
  ] as const) {
    const seen: Json[] = [];
    let cursor: Json = '';
    while (typeof cursor === 'string' && seen.length <= ids.length) {
      const answer = await library.get(`${path}&fields=id&sort=-id&limit=1&meta=cursor${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...column(answer, 'id'));
      const next = at(answer.json, 'meta', 'cursor');
      if (typeof next === 'string') {
        const other = await library.get(`stories?search=pie&sort=-id&limit=1&cursor=${next}`);
        t.equal(other.status, 422, `a cursor of another search is refused (${told(other)})`);
      }
      cursor = next;
    }
    t.strictSame(seen, ids, path);
  }
}

const symbol = fc.constantFrom(...'+-*"\'()~<>@&|!:{}^%_\\/.,;#$?=[] \t\n\u00e9\u0301日本😀\u200d\ud800');
const word = fc.constantFrom(
  'apple',
  'AND',
  'OR',
  'NOT',
  'NEAR',
  'the',
  'ab',
  'red*',
  '"red',
  "it's",
  'x'.repeat(90),
  '0x41',
  'title:',
  '{title}',
  '$1',
  '?',
);
const text = fc.array(fc.oneof(symbol, word), { maxLength: 12 }).map((parts) => parts.join(''));

/** No text means anything to the index but its words. */
async function fuzz(t: Tester, library: Library): Promise<void> {
  await fc.assert(
    fc.asyncProperty(text, async (sought) => {
      const query = encodeURIComponent(sought.replace(/\p{Surrogate}/gu, '\ufffd'));
      for (const collection of ['stories', 'diaries']) {
        const answer = await library.get(`${collection}?fields=id&search=${query}&meta=search,filter_count`);
        if (answer.status !== 200) throw new Error(`${sought} ${told(answer)}`);
      }
    }),
    { numRuns: 60 },
  );
  t.equal((await library.get('stories?search=%00')).status, 400);
  const many = await library.get(`stories?search=${Array.from({ length: 51 }, (_, i) => `w${i}`).join('+')}`);
  t.equal(many.status, 400, `more words than that are refused (${told(many)})`);
  t.match(at(many.json, 'error', 'message'), /50 words/);
}

async function within(world: World, limits: { searchRows?: number }, run: (library: Library) => Promise<void>): Promise<void> {
  const gateway = await startGateway({ library: world.config }, limits);
  try {
    await run({
      vendor: world.vendor,
      gateway,
      get: (path, token = adminToken) => ask(gateway.url, `/library/items/${path}`, { token }),
    });
  } finally {
    await gateway.close();
  }
}

export const fullText: Feature = {
  promise: 'search uses a text index where there is one',
  async run(t, world) {
    const database = await createDatabase(world.vendor);
    const own: World = { ...world, config: database.config };
    try {
      await loadSql(database.config, `${schemaText(world.vendor, tables, [])}\n${indexes[world.vendor]}`);
      await installSystem(database.config, adminToken);
      await loadSql(database.config, metadata(world.vendor));
      await within(own, {}, async (library) => {
        await t.test('every word', (t) => words(t, library));
        await t.test('by the index', (t) => used(t, library));
        await t.test('without one', (t) => fallback(t, library));
        await t.test('what it does not tell', (t) => hidden(t, library));
        await t.test('row by row', (t) => followed(t, library));
        await t.test('whatever is typed', (t) => fuzz(t, library));
      });
      await t.test('within so many rows', (t) => within(own, { searchRows: 3 }, (library) => budget(t, library)));
    } finally {
      await database.drop();
    }
  },
};
