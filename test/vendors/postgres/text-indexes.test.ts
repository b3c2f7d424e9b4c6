/** Promise: text indexes of PostgreSQL are known by what they are made of, and asked in the words by which the server uses them. */
import t from 'tap';
import type { Introspection } from '../../../src/dialect/types.ts';
import { name, print, sql } from '../../../src/lib/fragment.ts';
import { buildSchema } from '../../../src/schema/build.ts';
import type { TextIndex } from '../../../src/schema/types.ts';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { missingExtensions, whyNot } from '../../support/vendors.ts';
import { type Scratch, scratch } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;
const trigrams = absent === false && (await missingExtensions(['pg_trgm'])).length === 0;

const tables = [
  `create table d (id int primary key, title text, body varchar(200), lang regconfig, vec tsvector, bare tsvector, other char(10),
    gen tsvector generated always as (setweight(to_tsvector('english', coalesce(title, '')), 'A') || to_tsvector('english', coalesce(body, ''))) stored)`,
  'create index d_vec on d using gin (vec)',
  'create index d_bare on d using gin (bare)',
  'create index d_gen on d using gist (gen)',
  "create index d_expr on d using gin (to_tsvector('german', coalesce(title, '') || ' ' || coalesce(body, '')))",
  'create index d_lang on d using gin (to_tsvector(lang, body))',
  "create index d_part on d using gin (to_tsvector('english', title)) where id > 5",
  'create function folded(text) returns text language sql immutable as $$ select lower($1) $$',
  "create index d_func on d using gin (to_tsvector('english', folded(title)))",
  `create table f (id int primary key, title text, vec tsvector generated always as (to_tsvector('english', folded(title))) stored)`,
  'create index f_vec on f using gin (vec)',
  `create trigger filling before insert or update on d for each row execute function tsvector_update_trigger(vec, 'pg_catalog.english', title, body)`,
  'create index d_plain on d (title)',
  'create table "Odd ""n" ("k\'1" int primary key, "Title ""x" text)',
  `create index "odd i" on "Odd ""n" using gin (to_tsvector('simple', "Title ""x"))`,
  "create table keyless (title text); create index keyless_words on keyless using gin (to_tsvector('simple', title))",
];

const ofTrigrams = [
  'create extension pg_trgm',
  'create index d_trgm on d using gin (title gin_trgm_ops, body gin_trgm_ops)',
  'create index d_low on d using gin (lower(title) gin_trgm_ops)',
];

const seen = (found: Introspection) =>
  (found.textIndexes ?? []).map(({ table, name, form, columns }) => [table, name, form, columns] as const);

t.test('what there is', { skip: absent }, async (t) => {
  const s = await scratch(t, tables);
  const expression =
    "to_tsvector('german'::regconfig, ((COALESCE(title, ''::text) || ' '::text) || (COALESCE(body, ''::character varying))::text))";
  t.strictSame(seen(await postgres.introspect(s.connection)), [
    ['Odd "n', 'odd i', { is: 'expression', expression: `to_tsvector('simple'::regconfig, "Title ""x")`, config: 'simple' }, ['Title "x']],
    ['d', 'd_bare', { is: 'vector', column: 'bare', config: null }, ['bare']],
    ['d', 'd_expr', { is: 'expression', expression, config: 'german' }, ['title', 'body']],
    ['d', 'd_gen', { is: 'vector', column: 'gen', config: 'english' }, ['title', 'body', 'gen']],
    ['d', 'd_vec', { is: 'vector', column: 'vec', config: 'pg_catalog.english' }, ['vec']],
    ['keyless', 'keyless_words', { is: 'expression', expression: "to_tsvector('simple'::regconfig, title)", config: 'simple' }, ['title']],
  ]);
});

t.test('trigrams', { skip: trigrams ? false : absent || 'the extension is not there' }, async (t) => {
  const s = await scratch(t, [...tables, ...ofTrigrams]);
  t.strictSame(
    seen(await postgres.introspect(s.connection)).filter(([, , form]) => form.is === 'trigram'),
    [['d', 'd_trgm', { is: 'trigram' }, ['title', 'body']]],
  );
});

async function indexesOf(s: Scratch): Promise<{
  asked(index: TextIndex, text: string, words?: readonly string[]): Promise<string>;
  all: ReadonlyMap<string, readonly TextIndex[]>;
}> {
  const schema = buildSchema(await postgres.introspect(s.connection), { collections: [], fields: [], relations: [] }, 1);
  return {
    all: schema.textIndexes ?? new Map(),
    async asked(index, text, words = [text]) {
      const collection = schema.collections.get(index.fields[0]?.collection ?? '');
      if (!collection) throw new Error('no collection');
      const match = s.connection.dialect.textMatch({ collection, alias: 'a', index, fields: index.fields, text, words });
      const { text: query, values } = print(sql`select a.* from ${name(collection.table.name)} a where ${match}`, s.connection.dialect);
      return s.connection.transaction(async (transaction) => {
        await transaction.execute({ text: 'set local enable_seqscan = off', values: [] });
        const plan = await transaction.texts({ text: `explain ${query}`, values });
        const rows = await transaction.texts({ text: query, values });
        return `${plan.join('\n')}\n${rows.length} rows`;
      });
    },
  };
}

t.test('what the server makes of it', { skip: absent }, async (t) => {
  const s = await scratch(t, [
    ...tables,
    ...(trigrams ? ofTrigrams : []),
    `insert into d (id, title, body, bare) values (1, 'Das Haus', 'green trees', to_tsvector('running dogs'))`,
    `insert into "Odd ""n" values (1, 'Das Haus')`,
  ]);
  const { all, asked } = await indexesOf(s);
  const named = (collection: string, wanted: string): TextIndex => {
    const index = all.get(collection)?.find((one) => one.name === wanted);
    if (!index) throw new Error(`no index ${wanted}`);
    return index;
  };
  t.strictSame([...all.keys()].sort(), ['Odd "n', 'd'], 'rows without a key are not found again');
  const cases: readonly (readonly [string, string, string])[] = [
    ['d', 'd_vec', 'tree'],
    ['d', 'd_gen', 'trees'],
    ['d', 'd_expr', 'Häuser'],
    ['d', 'd_bare', 'dog runs'],
    ['Odd "n', 'odd i', 'haus das'],
  ];
  for (const [collection, index, text] of cases) {
    const plan = await asked(named(collection, index), text);
    t.match(plan, new RegExp(`Index Scan.* (?:on|using) "?${index}`), `${index} is used`);
    t.match(plan, '1 rows', `${index}: ${text}`);
    t.match(await asked(named(collection, index), 'nothing like it'), '0 rows');
    for (const odd of ["'", '"', '& | ! :* <->', '\\', 'the', 'x'.repeat(5000), '😀'])
      t.ok(await asked(named(collection, index), odd), `${index}: ${odd.slice(0, 20)}`);
  }
  if (trigrams) {
    for (const words of [['aus'], ['TREES', 'haus'], ['een', 'das']]) {
      const plan = await asked(named('d', 'd_trgm'), '', words);
      t.match(plan, /Index Scan.* on d_trgm/, words.join());
      t.match(plan, '1 rows', words.join());
    }
    t.match(await asked(named('d', 'd_trgm'), '', ['a_s']), '0 rows', 'an underscore stands for itself');
  }
});
