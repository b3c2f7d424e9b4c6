/** A schema built from the one before is the schema built anew, and keeps the objects of what has not changed. */
import assert from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import type { IntrospectedTable } from '../../src/dialect/types.ts';
import { atOnce } from '../../src/lib/slices.ts';
import { type Built, building } from '../../src/schema/build.ts';
import type { Collection, FieldMeta, JoinPair, Metadata, Relation, RelationMeta, Schema } from '../../src/schema/types.ts';
import { fieldRow, introspected, relationRow, table } from './tables.ts';

const nothing: Metadata = { collections: [], fields: [], relations: [] };

function build(tables: readonly IntrospectedTable[], metadata: Metadata = nothing, before?: Built): Built {
  return atOnce(building(introspected(tables, 'public'), metadata, (before?.schema.version ?? 0) + 1, before));
}

/** The collections that are other objects than before. */
function renewed(before: Built, now: Built): string[] {
  return [...now.schema.collections].filter(([name, one]) => before.schema.collections.get(name) !== one).map(([name]) => name);
}

const author = table('authors', { id: 'integer', name: 'text' });
const book = table('books', { id: 'integer', title: 'text', author: 'integer' }, { foreignKeys: [['author', 'authors']] });
const tag = table('tags', { id: 'integer' });
const link = table(
  'book_tags',
  { book: 'integer', tag: 'integer' },
  {
    primaryKey: ['book', 'tag'],
    foreignKeys: [
      ['book', 'books'],
      ['tag', 'tags'],
    ],
  },
);
const place = table('places', { id: 'integer', name: 'text' });
const visit = table('visits', { id: 'integer', place: 'integer' }, { foreignKeys: [['place', 'places']] });
const library = [author, book, tag, link, place, visit];

t.test('nothing has changed: every collection stays', async (t) => {
  const before = build(library);
  t.same(renewed(before, build([...library].reverse(), nothing, before)), []);
});

t.test('a table that changes takes its neighbours along, also behind a table of links, and nothing else', async (t) => {
  const before = build(library);
  const wider = table('tags', { id: 'integer', label: 'text' });
  const now = build([author, book, wider, link, place, visit], nothing, before);
  t.same(renewed(before, now), ['book_tags', 'books', 'tags']);
  const far = now.schema.collections.get('books')?.relations.get('tags');
  t.equal(
    far?.kind === 'm2m' && far.far[0]?.to,
    now.schema.collections.get('tags')?.fields.get('id'),
    'relations lead to the fields of now',
  );
  t.equal(before.schema.collections.get('tags')?.fields.size, 1, 'the schema before is as it was');
});

t.test('a table that goes takes its relations along; one that comes brings them', async (t) => {
  const before = build(library);
  const gone = build([author, book, tag, place, visit], nothing, before);
  t.same(renewed(before, gone), ['books', 'tags']);
  t.same([...(gone.schema.collections.get('books')?.relations.keys() ?? [])], ['author']);
  const back = build(library, nothing, gone);
  t.same(renewed(gone, back), ['book_tags', 'books', 'tags']);
  t.same([...(back.schema.collections.get('books')?.relations.keys() ?? [])].sort(), ['author', 'book_tags', 'tags']);
});

t.test('rows of metadata change the collections they speak of', async (t) => {
  const title = fieldRow('books', 'title', 'string', { note: 'Name' });
  const first: Metadata = { collections: [], fields: [title], relations: [] };
  const before = build(library, first);
  t.same(renewed(before, build(library, { ...first, fields: [title] }, before)), [], 'the same rows in another list');
  const place = fieldRow('places', 'name', 'slug');
  t.same(renewed(before, build(library, { ...first, fields: [title, place] }, before)), ['places', 'visits']);
  const row = relationRow('visits.place', 'places', 'guests');
  const related = build(library, { ...first, relations: [row] }, before);
  t.same(renewed(before, related), ['places', 'visits']);
  t.ok(related.schema.collections.get('places')?.relations.has('guests'));
  const mapping = build(library, { ...first, statusMapping: {} }, before);
  t.equal(renewed(before, mapping).length, library.length, 'a setting that may concern all changes all');
});

t.test('a junction is one as long as its other end is there', async (t) => {
  const rows = [relationRow('marks.book', 'books', 'marks', 'tag'), relationRow('marks.tag', 'tags', null, 'book')];
  const marks = table('marks', { id: 'integer', book: 'integer', tag: 'integer' });
  const junction = ({ schema }: Built): unknown => {
    const list = schema.collections.get('books')?.relations.get('marks');
    return list?.kind === 'o2m' && list.junction;
  };
  const before = build([book, marks, tag], { ...nothing, relations: rows });
  t.equal(junction(before), 'tag');
  t.equal(junction(build([book, marks], before.metadata, before)), undefined);
});

t.test('a row covers a foreign key also where neither has changed', async (t) => {
  const shelf = table('shelves', { id: 'integer' });
  const copies = table('copies', { id: 'integer', shelf: 'integer' }, { foreignKeys: [['shelf', 'shelves']] });
  const boxes = table('boxes', { id: 'integer', shelf: 'integer' }, { foreignKeys: [['shelf', 'shelves']] });
  const before = build([shelf, copies, boxes], { ...nothing, relations: [relationRow('copies.shelf', 'boxes')] });
  const wider = table('boxes', { id: 'integer', shelf: 'integer', more: 'text' }, { foreignKeys: [['shelf', 'shelves']] });
  const now = build([shelf, copies, wider], before.metadata, before);
  const lists = ({ schema }: Built): string[] => [...(schema.collections.get('shelves')?.relations.keys() ?? [])];
  t.same([lists(before), lists(now)], [['boxes'], ['boxes']]);
});

/** Everything in a schema as one value; a field of another version in a relation shows as such. */
function spelled(schema: Schema): unknown {
  const pair = ({ from, to }: JoinPair): string[] => [from, to].map((one) => `${one.collection}.${one.name}`);
  const current = (join: readonly JoinPair[]): boolean =>
    join.every((one) => [one.from, one.to].every((field) => schema.collections.get(field.collection)?.fields.get(field.name) === field));
  const relation = (one: Relation): unknown => {
    const joins = one.kind === 'm2m' ? [one.near, one.far] : [one.join];
    const { name, kind, to, listed } = one;
    const more =
      one.kind === 'o2m' ? [one.junction, one.translation, one.meta?.id] : one.kind === 'm2m' ? [one.through] : [one.field?.name];
    return { name, kind, to, listed, more, joins: joins.map((join) => join.map(pair)), current: joins.every(current) };
  };
  const collection = (one: Collection): unknown => ({
    ...one,
    key: one.key.map((field) => field.name),
    fields: [...one.fields.values()],
    relations: [...one.relations.values()].map(relation),
    aliases: [...one.aliases],
  });
  return { collections: [...schema.collections.values()].map(collection), remarks: schema.remarks };
}

t.test('any change, built from the schema before, gives what is built anew', async () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const column = fc.constantFrom('id', 'x', 'y', 'z');
  const key = fc.tuple(
    fc.uniqueArray(column, { minLength: 1, maxLength: 2 }),
    name,
    fc.uniqueArray(column, { minLength: 1, maxLength: 2 }),
  );
  const drawnTable = fc
    .record({
      name: fc.oneof({ weight: 8, arbitrary: name }, fc.constantFrom('directus_users', 'directus_settings')),
      schema: fc.oneof({ weight: 6, arbitrary: fc.constant('public') }, fc.constantFrom(null, 'other')),
      columns: fc.uniqueArray(column, { minLength: 1 }),
      primaryKey: fc.oneof(fc.constant(['id']), fc.constant(['x', 'y']), fc.constant([])),
      keys: fc.array(key, { maxLength: 3 }),
    })
    .map(({ name, schema, columns, primaryKey, keys }): IntrospectedTable => {
      const made = table(name, Object.fromEntries(columns.map((one) => [one, 'integer' as const])), { schema, primaryKey });
      const foreignKeys = keys.map(([from, toTable, toColumns]) => ({ name: 'k', columns: from, toSchema: schema, toTable, toColumns }));
      return { ...made, foreignKeys };
    });
  const drawnField = fc
    .tuple(name, fc.oneof(column, fc.constantFrom('list', 'a', 'b')), fc.constantFrom('string', 'o2m', 'status', 'owner', 'alias'))
    .map(([collection, field, type]): FieldMeta => fieldRow(collection, field, type));
  const drawnRelation = fc
    .tuple(name, column, fc.option(name), fc.option(fc.constantFrom('list', 'x')), fc.option(column))
    .map(([many, field, one, list, junction]): RelationMeta => ({ ...relationRow(`${many}.${field}`, one, list, junction) }));
  /** What is there, and what may come, go or take the place of another at each step. */
  const pool = fc.record({
    tables: fc.array(drawnTable, { minLength: 4, maxLength: 10 }),
    fields: fc.array(drawnField, { maxLength: 6 }),
    relations: fc.array(drawnRelation, { maxLength: 6 }),
  });
  const steps = fc.array(fc.array(fc.nat(30), { maxLength: 3 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(pool, steps, (drawn, toggles) => {
      const shown = new Set<object>([...drawn.tables.slice(2), ...drawn.fields.slice(2), ...drawn.relations.slice(2)]);
      const all: object[] = [...drawn.tables, ...drawn.fields, ...drawn.relations];
      const state = (before?: Built): Built => {
        const tables = drawn.tables.filter((one) => shown.has(one));
        // One table of a name in each schema.
        const distinct = tables.filter((one, i) => tables.findIndex((two) => two.name === one.name && two.schema === one.schema) === i);
        const fields = drawn.fields.filter((one) => shown.has(one));
        return build(distinct, { collections: [], fields, relations: drawn.relations.filter((one) => shown.has(one)) }, before);
      };
      let current = state();
      for (const step of toggles) {
        for (const at of step) {
          const one = all[at % all.length];
          if (one && !shown.delete(one)) shown.add(one);
        }
        current = state(current);
        assert.deepStrictEqual(spelled(current.schema), spelled(state().schema));
      }
    }),
    { numRuns: 400 },
  );
});
