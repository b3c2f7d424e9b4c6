/** Promise: who may not read learns it in the same way everywhere (directus8-data §3). */
import type { Who } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { answers, lists, refused, refuses } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { rows as rowsOf } from '../support/http.ts';

const json = { 'content-type': 'application/json' };

/** Nothing is granted on `keepers` to anybody but administrators; 12 is a key that exists, 13 one that does not. */
async function matrix(t: Tester, world: World): Promise<void> {
  await refuses(t, world, 'items/keepers', 401, 3, null);
  await refuses(t, world, 'items/keepers?single=1', 401, 3, null);
  for (const id of ['12', '13']) await refuses(t, world, `items/keepers/${id}`, 404, 203, null);
  await refuses(t, world, 'items/keepers/12,13', 403, 300, null);
  await refuses(t, world, 'users/me', 401, 3, 'nobody');
  await refuses(t, world, 'users/5', 404, 203, 'nobody');
  for (const who of ['editor', 'nobody'] satisfies Who[]) {
    await refuses(t, world, 'items/keepers', 403, 300, who);
    await refuses(t, world, 'items/keepers?single=1', 404, 203, who);
    for (const id of ['12', '13']) await refuses(t, world, `items/keepers/${id}`, 404, 203, who);
    await refuses(t, world, 'items/keepers/12,13', 403, 300, who);
  }
}

async function rows(t: Tester, world: World): Promise<void> {
  await answers(t, world, 'items/sightings/1?fields=id', { id: 1 }, 'writer');
  await refuses(t, world, 'items/sightings/2', 404, 203, 'writer');
  await refuses(t, world, 'items/sightings/99', 404, 203, 'writer');
  await lists(t, world, 'items/sightings/1,2?fields=id', [1], 'writer');
  await lists(t, world, 'items/sightings/2,3?fields=id', [], 'writer');
  await refuses(t, world, 'items/sightings?single=1&filter[id]=2', 404, 203, 'writer');
}

/** What a caller may not read is refused before any name in the request is looked at. */
async function nothingLearned(t: Tester, world: World): Promise<void> {
  for (const query of ['fields=nope', 'filter[nope]=1', 'filter[nope.nope]=1', 'sort=nope', 'fields=keeper.nope']) {
    await refuses(t, world, `items/keepers?${query}`, 403, 300, 'nobody');
    await refuses(t, world, `items/keepers?${query}`, 401, 3, null);
  }
}

/** Fields are told of collections that may be read, and not those on a blacklist (directus8-system §8.3). */
async function schema(t: Tester, world: World): Promise<void> {
  const all = await world.get('fields', 'sleuth');
  const told = new Set(rowsOf(all).map((field) => field['collection']));
  t.ok(told.has('plants') && told.has('directus_users') && !told.has('keepers') && !told.has('directus_webhooks'), [...told].join());
  await refuses(t, world, 'fields/keepers', 403, 300, 'sleuth');
  await refuses(t, world, 'fields/keepers/keeper', 403, 300, 'sleuth');
  await refuses(t, world, 'fields/plants/zone', 404, 202, 'sleuth');
  await refuses(t, world, 'fields/plants/nope', 404, 202, 'sleuth');
  await refuses(t, world, 'fields/plants', 401, 3, null);
  t.ok(rowsOf(await world.get('fields/keepers', 'admin')).length > 0);
  await lists(t, world, 'collections/plants,nope,keepers', ['plants', 'keepers'], 'admin', 'collection');
  await refuses(t, world, 'collections/nope', 404, 203);
}

/** Rows of these have numbers, and nothing else is a path of theirs. */
async function numbers(t: Tester, world: World): Promise<void> {
  for (const path of ['permissions/abc', 'permissions/1,x', 'settings/project_name', 'folders/abc']) await refuses(t, world, path, 404, 1);
  await refuses(t, world, 'roles/abc', 404, 203);
  const changed = await world.get('settings/project_name', 'admin', { method: 'PATCH', body: '{"value":"x"}', headers: json });
  refused(t, changed, 404, 1, 'nor is it written');
}

/** The public is refused changes of the schema as anybody else is. */
async function publicChanges(t: Tester, world: World): Promise<void> {
  const field = JSON.stringify({ field: 'x', type: 'integer', datatype: 'INT' });
  refused(t, await world.get('fields/plants', undefined, { method: 'POST', body: field, headers: json }), 403, 301, 'a field');
  refused(t, await world.get('fields/plants/title', undefined, { method: 'DELETE' }), 403, 303, 'a field that is there');
  refused(t, await world.get('collections/plants', undefined, { method: 'DELETE' }), 403, 306, 'a collection that is there');
  refused(t, await world.get('collections', undefined, { method: 'POST', body: '{}', headers: json }), 401, 3, 'a collection');
}

async function levelsWithoutOwner(t: Tester, world: World): Promise<void> {
  await refuses(t, world, 'items/families', 403, 300, 'crew');
  await refuses(t, world, 'items/families/ROS', 404, 203, 'crew');
  // Statuses that the collection does not have grant nothing, and the first row of a collection counts.
  await lists(t, world, 'items/families?fields=code&filter[code]=PIN', ['PIN'], 'writer', 'code');
}

export const refusals: Feature = {
  promise: 'who may not read is told so in one way',
  async run(t, world) {
    await t.test('401, 403 and 404 by caller and form of the request', (t) => matrix(t, world));
    await t.test('rows that are not the caller’s', (t) => rows(t, world));
    await t.test('a refusal says nothing about names', (t) => nothingLearned(t, world));
    await t.test('the schema', (t) => schema(t, world));
    await t.test('paths of numbers', (t) => numbers(t, world));
    await t.test('changes of the schema by the public', (t) => publicChanges(t, world));
    await t.test('a level below full needs an owner to go by', (t) => levelsWithoutOwner(t, world));
  },
};
