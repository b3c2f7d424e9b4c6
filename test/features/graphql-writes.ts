/** Promise: GraphQL writes under the rules of every write, all root fields of a document in one transaction. */
import { type Feature, type Tester, told } from '../support/expect.ts';
import { fails, gives, gql } from '../support/graphql.ts';
import { at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

async function items(t: Tester, garden: OwnGarden): Promise<void> {
  await gives(
    t,
    garden,
    `mutation ($name: String) {
      one: create_zones_item(data: {name: $name, parent: {key: 1}}) { name parent { name } }
      many: create_zones_items(data: [{name: "b", parent: {create: {name: "above"}}}, {name: "c"}]) { name parent { name } }
      update_zones_item(id: 9, data: {name: "Lake"}) { id name }
      update_zones_items(ids: [7, 8], data: {parent: null}) { id parent { id } }
    }`,
    {
      one: { name: 'a', parent: { name: 'Garden' } },
      many: [
        { name: 'b', parent: { name: 'above' } },
        { name: 'c', parent: null },
      ],
      update_zones_item: { id: '9', name: 'Lake' },
      update_zones_items: [
        { id: '7', parent: null },
        { id: '8', parent: null },
      ],
    },
    'admin',
    { name: 'a' },
  );
  await gives(
    t,
    garden,
    'mutation { update_zones_where(where: {name: {_in: ["a", "b"]}}, limit: 2, data: {name: "z"}) { count } delete_zones_where(where: {name: {_eq: "c"}}, limit: 1) { n: count } }',
    {
      update_zones_where: { count: 2 },
      delete_zones_where: { n: 1 },
    },
  );
  await gives(
    t,
    garden,
    'mutation { delete_zones_items(ids: [7]) { ids } upsert_families_items(by: ["code"], data: [{code: "ROS", name: "Roses"}, {code: "NEW", name: "New"}]) { code name } }',
    {
      delete_zones_items: { ids: ['7'] },
      upsert_families_items: [
        { code: 'NEW', name: 'New' },
        { code: 'ROS', name: 'Roses' },
      ],
    },
  );
}

async function nested(t: Tester, garden: OwnGarden): Promise<void> {
  const made = await gql(
    garden,
    'mutation { create_plants_item(data: {title: "Nested", status: "draft", price: "123456789.123456", uses: {create: [{weight: 7, use_id: {create: {name: "new use"}}}]}}) { id price uses { id weight use_id { name } } } }',
  );
  const plant = at(made.json, 'data', 'create_plants_item');
  t.match(made.text, /"price": ?123456789\.123456/, 'all digits of a number');
  t.strictSame(at(plant, 'uses', 0, 'use_id', 'name'), 'new use', told(made));
  const [id, use] = [at(plant, 'id'), at(plant, 'uses', 0, 'id')];
  await gives(
    t,
    garden,
    `mutation { update_plants_item(id: ${id}, data: {uses: {create: [{weight: 1}], delete: [${use}]}}) { uses { weight } } }`,
    { update_plants_item: { uses: [{ weight: 1 }] } },
  );
}

async function together(t: Tester, garden: OwnGarden): Promise<void> {
  const before = (await garden.rows('zones')).length;
  const answer = await fails(
    t,
    garden,
    'mutation { create_zones_item(data: {name: "gone"}) { id } update_zones_item(id: 4040, data: {name: "x"}) { id } }',
    'NOT_FOUND',
  );
  t.strictSame([at(answer.json, 'data'), at(answer.json, 'errors', 0, 'path')], [null, ['update_zones_item']], told(answer));
  t.equal((await garden.rows('zones')).length, before, 'nothing was written');
  await fails(t, garden, 'mutation { create_plants_item(data: {status: "draft"}) { id } }', 'BAD_USER_INPUT');
  await gives(
    t,
    garden,
    'mutation { a: update_zones_item(id: 1, data: {name: "first"}) { name } b: update_zones_item(id: 1, data: {name: "second"}) { name } }',
    { a: { name: 'first' }, b: { name: 'second' } },
  );
}

async function rights(t: Tester, garden: OwnGarden): Promise<void> {
  await fails(t, garden, 'mutation { create_zones_item(data: {name: "no"}) { id } }', 'GRAPHQL_VALIDATION_FAILED', 'editor');
  await garden.permit(3, 'zones', { create: 'full', update: 'full', write_field_blacklist: 'parent' });
  await gives(t, garden, 'mutation { create_zones_item(data: {name: "yes"}) { name } }', { create_zones_item: { name: 'yes' } }, 'editor');
  await fails(t, garden, 'mutation { create_zones_item(data: {parent: {key: 1}}) { id } }', 'GRAPHQL_VALIDATION_FAILED', 'editor');
  await fails(t, garden, 'mutation { delete_zones_item(id: 1) { ids } }', 'GRAPHQL_VALIDATION_FAILED', 'editor');
}

async function history(t: Tester, garden: OwnGarden): Promise<void> {
  const change = 'mutation { update_zones_item(id: 2, data: {name: "Changed"}, comment: "why") { name } }';
  const changed = await gql(garden, change, 'admin', {}, { 'user-agent': 'a client' });
  t.strictSame(at(changed.json, 'data'), { update_zones_item: { name: 'Changed' } }, told(changed));
  const kept = await gql(
    garden,
    '{ directus_revisions(filter: {collection_eq: "zones", item_eq: "2"}, sort: ["id"]) { data { id } } directus_activity(sort: ["-id"], limit: 1) { data { action ip user_agent comment } } }',
  );
  const entry = { action: 'update', ip: 'localhost', user_agent: 'a client', comment: 'why' };
  t.strictSame(at(kept.json, 'data', 'directus_activity', 'data', 0), entry, 'who, from where and by which client');
  const revision = at(kept.json, 'data', 'directus_revisions', 'data', 0, 'id');
  await gives(t, garden, 'mutation { update_zones_item(id: 2, data: {name: "Again"}) { name } }', { update_zones_item: { name: 'Again' } });
  await gives(t, garden, `mutation { revert_zones_item(id: 2, revision: ${revision}) { name } }`, {
    revert_zones_item: { name: 'Changed' },
  });
  const added = await gql(garden, 'mutation { add_comment(collection: "zones", item: 2, comment: "hello") { id comment item } }');
  t.match(at(added.json, 'data', 'add_comment'), { comment: 'hello', item: '2' });
  const id = at(added.json, 'data', 'add_comment', 'id');
  await gives(t, garden, `mutation { edit_comment(id: ${id}, comment: "bye") { comment } delete_comment(id: ${id}) { ids } }`, {
    edit_comment: { comment: 'bye' },
    delete_comment: { ids: [String(id)] },
  });
}

/** Addresses stand beside the columns, as Directus 8 lifts them out of `data`. */
async function files(t: Tester, garden: OwnGarden): Promise<void> {
  const data = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
  const made = await garden.send('POST', 'files', { filename_disk: 'dot.png', filename_download: 'dot.png', data });
  const url = at(made.json, 'data', 'data', 'url');
  const query =
    '{ directus_files(filter: {filename_download_eq: "dot.png"}) { data { title at: url full_url thumbnails { k: key w: width __typename } } } }';
  const found = await gql(garden, query);
  const file = at(found.json, 'data', 'directus_files', 'data', 0);
  t.match(file, { at: url, full_url: new RegExp(`^http://.*${String(url)}$`) }, told(found));
  t.strictSame(at(file, 'thumbnails', 0, '__typename'), 'DirectusFileThumbnailItem', told(found));
  t.match(at(file, 'thumbnails', 0), { k: /./, w: Number });
  await fails(t, garden, '{ directus_files { data { full_url } } }', 'GRAPHQL_VALIDATION_FAILED', 'nobody');
}

export const graphqlWrites: Feature = {
  promise: 'GraphQL writes',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await t.test('one and many', (t) => items(t, garden));
      await t.test('nested rows', (t) => nested(t, garden));
      await t.test('all of a document or nothing', (t) => together(t, garden));
      await t.test('history, reverting, comments', (t) => history(t, garden));
      await t.test('rights', (t) => rights(t, garden));
      await t.test('addresses of files', (t) => files(t, garden));
    }),
};
