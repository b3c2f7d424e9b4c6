/** Promise: with a field or collection goes what relations say of it, and nothing else (directus8-system §7.6, §7.7, §8.6). */
import type { Feature } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

const key = { field: 'id', type: 'integer', datatype: 'INT', primary_key: true, auto_increment: true };
const number = (field: string) => ({ field, type: 'm2o', datatype: 'INT' });
const list = (field: string) => ({ field, type: 'o2m' });

/** Articles and tags with a table between, and pages of articles. */
async function made(garden: OwnGarden): Promise<void> {
  await garden.send('POST', 'collections', { collection: 'articles', fields: [key, list('tags'), list('pages')] });
  await garden.send('POST', 'collections', { collection: 'tags', fields: [key, list('articles')] });
  await garden.send('POST', 'collections', { collection: 'tagged', fields: [key, number('article'), number('tag')] });
  await garden.send('POST', 'collections', { collection: 'pages', fields: [key, number('article')] });
  const relation = (many: string, field: string, one: string, alias: string, junction: string | null) => ({
    collection_many: many,
    field_many: field,
    collection_one: one,
    field_one: alias,
    junction_field: junction,
  });
  await garden.gateway.connection
    ?.knex('directus_relations')
    .insert([
      relation('tagged', 'article', 'articles', 'tags', 'tag'),
      relation('tagged', 'tag', 'tags', 'articles', 'article'),
      relation('pages', 'article', 'articles', 'pages', null),
    ]);
}

async function said(garden: OwnGarden): Promise<string[]> {
  const rows = await garden.rows('directus_relations');
  const own = rows.filter((row) => ['tagged', 'pages'].includes(String(row['collection_many'])));
  return own.map((row) => `${row['collection_many']}.${row['field_many']} ${row['collection_one']}.${row['field_one'] ?? ''}`).sort();
}

const fieldsOf = async (garden: OwnGarden, collection: string): Promise<string[]> =>
  (await garden.rows('directus_fields', { collection })).map((row) => String(row['field'])).sort();

export const schemaEditingRelations: Feature = {
  promise: 'with a field or collection goes what is said of it',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      const { send } = garden;
      await made(garden);
      const all = ['pages.article articles.pages', 'tagged.article articles.tags', 'tagged.tag tags.articles'];
      t.strictSame(await said(garden), all);
      t.equal((await send('DELETE', 'fields/articles/pages')).status, 204);
      t.strictSame(await said(garden), ['pages.article articles.', ...all.slice(1)], 'a list goes, the column that it goes by stays');
      t.equal((await send('DELETE', 'fields/articles/tags?delete_junction=1')).status, 204);
      t.strictSame(await said(garden), ['pages.article articles.'], 'both rows of a junction');
      t.equal((await garden.get('items/tagged', 'admin')).status, 404, 'and its table');
      t.strictSame(await fieldsOf(garden, 'tagged'), []);
      t.strictSame(await fieldsOf(garden, 'articles'), ['id']);
      t.strictSame(await fieldsOf(garden, 'tags'), ['id'], 'and the list on the far side');
      t.equal((await send('DELETE', 'collections/articles')).status, 204);
      t.strictSame(await said(garden), [], 'relations to a collection go with it');
      t.equal((await garden.get('items/pages', 'admin')).status, 200);

      const { connection } = garden.gateway;
      await connection?.knex.schema.createTable('old_ones', (table) => {
        table.string('code', 7).primary();
        table.decimal('rate', 7, 3);
      });
      await garden.permit(3, 'old_ones', { read: 'full' });
      const before = JSON.stringify(at((await garden.get('fields/old_ones', 'admin')).json, 'data'));
      const managed = await send('PATCH', 'collections/old_ones', { managed: true, note: 'from before' });
      t.match(at(managed.json, 'data'), { collection: 'old_ones', managed: true, note: 'from before' }, told(managed));
      t.equal(JSON.stringify(at((await garden.get('fields/old_ones', 'admin')).json, 'data')), before, 'managing changes no column');
      const off = await send('PATCH', 'collections/old_ones', { managed: false });
      t.match(at(off.json, 'data'), { managed: false, note: 'from before' }, told(off));
      const adopted = await send('POST', 'collections', {
        collection: 'old_ones',
        fields: [{ field: 'rate', type: 'decimal', interface: 'numeric' }],
      });
      t.match(at(adopted.json, 'data'), { managed: true }, told(adopted));
      const [, was] = JSON.parse(before) as { datatype: string; length: string | null }[];
      const rate = at((await garden.get('fields/old_ones/rate', 'admin')).json, 'data');
      t.match(rate, { field: 'rate', interface: 'numeric', length: was?.length, datatype: was?.datatype }, 'nor does adopting it');
      const more = await send('POST', 'collections', {
        collection: 'old_ones',
        fields: [{ field: 'x', type: 'integer', datatype: 'INT' }],
      });
      t.equal(more.status, 422, told(more));
    }),
};
