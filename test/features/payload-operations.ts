/** Promise: the Payload surface copies documents, tells and restores their versions, and says what the caller may do and nothing beside. */
import { PayloadSDK } from '@payloadcms/sdk';
import { tokens, type Who } from '../fixtures/garden-people.ts';
import { type Feature, type Tester, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { project } from '../support/gateway.ts';
import { at, type Json } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { api, column, refused, refuses, send } from '../support/payload.ts';

async function copies(t: Tester, garden: OwnGarden): Promise<void> {
  await send(garden, 'PATCH', '/plants/1?locale=fr', { name: 'Pommier' });
  const texts = (id: Json) => garden.rows('plant_texts', { plant: id });
  const before = await api(garden, '/plants/1?depth=0');
  const made = await send(garden, 'POST', '/plants/1/duplicate?depth=0', { height: 2 });
  t.strictSame([made.status, at(made.json, 'message')], [200, 'Plant successfully duplicated.'], told(made));
  const doc = at(made.json, 'doc');
  for (const name of ['title', 'family', 'zone', 'uses', 'tags', 'traits', 'planted', 'price', 'name']) {
    t.strictSame(at(doc, name), at(before.json, name), name);
  }
  t.strictSame([at(doc, 'height'), at(doc, '_status'), at(doc, 'owner')], [2, 'draft', 1], 'what is said otherwise, and what is made anew');
  t.not(at(doc, 'createdAt'), at(before.json, 'createdAt'));
  t.strictSame(at(doc, 'sightings', 'docs'), [], 'joins are other documents');
  t.equal((await texts(at(doc, 'id') ?? null)).length, (await texts(1)).length, 'with its translations');
  const french = await send(garden, 'POST', '/plants/1/duplicate?depth=0&locale=fr&select[name]=true', { name: 'Poirier' });
  t.equal(at(french.json, 'doc', 'name'), 'Poirier', told(french));
  t.equal((await texts(at(french.json, 'doc', 'id') ?? null)).length, (await texts(1)).length, 'one row for each language');
  const taken = await send(garden, 'POST', '/families/ROS/duplicate', {});
  t.strictSame(at(taken.json, 'errors', 0, 'data', 'errors', 0), { path: 'code', message: 'This field is required.' }, told(taken));
  t.equal((await send(garden, 'POST', '/families/ROS/duplicate', { code: 'ROT' })).status, 200, 'with a key of its own');
  refused(t, await send(garden, 'POST', '/plants/404/duplicate', {}), 404, 'Not Found', 'what is not there');
  refused(t, await send(garden, 'POST', '/media/1/duplicate', {}), 400, 'media cannot be duplicated', 'a file');
  refused(t, await send(garden, 'POST', '/plants/1/duplicate', {}, null), 403, 'You are not allowed', 'the public');
  await garden.permit(5, 'uses', { create: 'full' });
  refused(t, await send(garden, 'POST', '/uses/1/duplicate', {}, 'nobody'), 403, 'You are not allowed', 'who may not read it');
  await garden.permit(3, 'uses', { create: 'full' });
  const own = await send(garden, 'POST', '/uses/1/duplicate?depth=0', { plants: [] }, 'editor');
  const [row] = await garden.rows('uses', { id: at(own.json, 'doc', 'id') ?? null });
  t.strictSame([row?.['name'], row?.['secret']], ['food', null], 'what the caller may not read is not copied');
}

/** What is used of the client, whose own types are made of a project's collections. */
type Client = { [name in 'findVersions' | 'findVersionByID' | 'restoreVersion']: (asked: unknown) => Promise<Json> };

async function versions(t: Tester, garden: OwnGarden): Promise<void> {
  const headers = { authorization: `Bearer ${tokens.admin}` };
  const client: unknown = new PayloadSDK({ baseURL: `${garden.gateway.url}/${project}/payload/api`, baseInit: { headers } });
  const sdk = client as Client;
  const id = Number(at((await send(garden, 'POST', '/plants', { title: 'First', planted: '2020-02-02' })).json, 'doc', 'id'));
  await send(garden, 'PATCH', `/plants/${id}`, { title: 'Second', _status: 'published' });
  const found = await sdk.findVersions({ collection: 'plants', where: { parent: { equals: id } } });
  t.match(found, {
    totalDocs: 2,
    docs: [{ parent: id, version: { id, title: 'Second', _status: 'published' } }, { version: { title: 'First' } }],
  });
  const first = at(found, 'docs', 1);
  t.match(String(at(first, 'createdAt')), /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/);
  t.match(String(at(first, 'version', 'modified_on')), /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/, 'moments as in documents');
  t.equal(at(first, 'version', 'passcode'), undefined, 'no secrets');
  const version = String(at(first, 'id'));
  t.strictSame(await sdk.findVersionByID({ collection: 'plants', id: version }), first);
  const sorted = await api(garden, `/plants/versions?where[parent][in]=${id}&sort=createdAt,id&limit=1&page=2&where[id][exists]=true`);
  t.strictSame(at(sorted.json, 'docs', 0, 'version', 'title'), 'Second', told(sorted));
  t.match(await sdk.restoreVersion({ collection: 'plants', id: version }), { id, title: 'First', message: 'Restored Successfully.' });
  t.equal(at((await api(garden, `/plants/${id}`)).json, 'title'), 'First');
  await refuses(t, garden, `/uses/versions/${version}`, 404, 'Not Found');
  refused(t, await send(garden, 'POST', `/uses/versions/${version}`, {}), 404, 'Not Found', 'of another collection');
  refused(t, await send(garden, 'POST', '/users/versions/1', {}), 404, 'Route not found', 'accounts are not brought back');
  await refuses(t, garden, '/plants/versions/x', 404, 'Not Found');
  for (const [where, path] of [
    ['where[version.title][equals]=First', 'version.title'],
    ['where[item][equals]=1', 'item'],
    ['where[parent][odd]=1', 'parent.odd'],
  ]) {
    await refuses(t, garden, `/plants/versions?${where}`, 400, `The following path cannot be queried: ${path}`);
  }
  await refuses(t, garden, '/plants/versions', 403, 'You are not allowed', 'editor');
  refused(t, await send(garden, 'POST', `/plants/versions/${version}`, {}, 'editor'), 403, 'You are not allowed', 'nor restored');
  await garden.permit(3, 'directus_revisions', { read: 'full' });
  await send(garden, 'PATCH', `/plants/${id}`, { _status: 'draft', price: 3 });
  const seen = await api(garden, `/plants/versions?where[parent][equals]=${id}`, 'editor');
  t.ok(column(seen).length > 0, told(seen));
  t.notMatch(seen.text, /price|passcode|createdAt/, 'columns, and an activity, that the caller may not read');
}

async function access(t: Tester, garden: OwnGarden): Promise<void> {
  const told = async (path: string, who: Who | null, method = 'GET') => (await api(garden, path, who, { method })).json;
  const all = await told('/access', 'admin');
  t.equal(at(all, 'canAccessAdmin'), true);
  const everything = { fields: true, create: true, read: true, update: true, delete: true, readVersions: true };
  t.strictSame(at(all, 'collections', 'plants'), everything);
  t.strictSame(at(all, 'collections', 'users'), { ...everything, unlock: true });
  const publicly = await told('/access', null);
  t.strictSame(Object.keys(Object(at(publicly, 'collections'))), ['families', 'plants', 'plant-texts'], 'no others are named');
  const plants = at(publicly, 'collections', 'plants');
  t.match(plants, { read: true, fields: { title: { read: true }, name: { read: true } } });
  t.strictSame(
    ['create', 'update', 'delete', 'readVersions'].map((name) => at(plants, name)),
    Array(4).fill(undefined),
  );
  t.notMatch(JSON.stringify(publicly), /price|passcode|owner|canAccess/, 'nor what may not be read');
  const blind = { create: true, fields: { name: { create: true }, secret: { create: true } } };
  t.strictSame(await told('/access', 'nobody'), { collections: { uses: blind } }, 'what may be made, and not be read');
  t.strictSame(await told('/plants/access', null, 'POST'), plants);
  await garden.permit(4, 'sightings', { create: 'full', update: 'mine', read: 'full', write_field_blacklist: 'tally' });
  const one = await told('/sightings/access', 'writer', 'POST');
  t.match(one, { create: true, update: true, fields: { note: true, tally: { read: true } } });
  const mine = at((await send(garden, 'POST', '/sightings?depth=0', { note: 'mine' }, 'writer')).json, 'doc', 'id');
  t.equal(at(await told(`/sightings/access/${String(mine)}`, 'writer', 'POST'), 'update'), true);
  const other = await told('/sightings/access/2', 'writer', 'POST');
  t.strictSame([at(other, 'read'), at(other, 'update')], [true, undefined], 'a row of somebody else');
  // Drafts show editors their notes, published plants do not.
  t.strictSame(at(await told('/plants/access/2', 'editor', 'POST'), 'fields', 'notes', 'read'), true);
  t.equal(at(await told('/plants/access/1', 'editor', 'POST'), 'fields', 'notes'), undefined);
  for (const id of ['404', '2', 'x', '__proto__']) {
    refused(t, await api(garden, `/plants/access/${id}`, null, { method: 'POST' }), 404, 'Not Found', `hidden or missing: ${id}`);
  }
  refused(t, await api(garden, '/nope/access', 'admin', { method: 'POST' }), 404, 'Route not found', 'no collection');
}

async function tried(t: Tester, garden: OwnGarden): Promise<void> {
  const state = async () =>
    JSON.stringify([await garden.rows('uses'), await garden.rows('plant_uses'), await garden.rows('directus_activity')]);
  const before = await state();
  const made = await send(garden, 'POST', '/uses?dry_run=1&depth=0', { name: 'shade' });
  t.equal(made.status, 201, told(made));
  t.match(made.json, { message: 'Use successfully created.', doc: { name: 'shade' }, dry_run: true });
  t.match(at(made.json, 'changes'), [{ action: 'create', collection: 'uses', before: null, after: { name: 'shade' } }]);
  const changed = await send(garden, 'PATCH', '/uses/1?dry_run=1&depth=0', { name: 'feed', plants: [1] });
  t.match(changed.json, { doc: { name: 'feed', plants: [1] } });
  t.match(at(changed.json, 'changes', 0), { action: 'update', id: '1', before: { name: 'food' }, after: { name: 'feed' } });
  const many = await send(garden, 'PATCH', '/uses?where[id][in]=1,2&dry_run=true&depth=0', { name: 'same' });
  t.match(many.json, { message: 'Updated 2 Uses successfully.', dry_run: true, changes: [{ id: '2' }, { id: '1' }] });
  const some = await api(garden, '/beds?where[id][exists]=true&dry_run=1&depth=0&select[id]=true', 'admin', { method: 'DELETE' });
  t.match([some.status, at(some.json, 'message')], [400, 'Unable to delete 2 out of 3 Beds.'], told(some));
  t.match(at(some.json, 'errors', 0), { id: String, message: /other documents still refer to it/, isPublic: true });
  t.match([column(some).length, Object(at(some.json, 'changes')).length], [1, 1], 'those that fail leave the others');
  const acting = { method: 'POST', body: '{"name":"x"}', headers: { 'x-act-as-role': '6' } };
  refused(t, await api(garden, '/uses?dry_run=1', 'admin', acting), 403, 'You are not allowed', 'tried as another role');
  refused(t, await api(garden, '/uses', 'admin', acting), 403, 'Acting as another role is for reading alone', 'and not done');
  const gone = await api(garden, '/uses?where[id][equals]=4&dry_run=1', 'admin', { method: 'DELETE' });
  t.match(gone.json, { docs: [{ id: 4 }], dry_run: true });
  t.match(at((await send(garden, 'POST', '/uses/1/duplicate?dry_run=1', {})).json, 'changes', 0), { action: 'create', collection: 'uses' });
  for (const [method, path, body] of [
    ['POST', '/users/login', { email: 'edda@garden.test', password: 'password' }],
    ['POST', '/_preferences/x', { value: 1 }],
  ] as const) {
    refused(t, await send(garden, method, `${path}?dry_run=1`, body), 400, 'dry_run: this address has no dry run', path);
  }
  refused(t, await send(garden, 'POST', '/uses?dry_run=1', { name: 'x' }, null), 403, 'You are not allowed', 'a dry run is no permission');
  for (const odd of ['dry_run[]=1', 'dry_run[a]=1', 'dry_run=1&dry_run=0', 'dryrun=1']) {
    refused(t, await send(garden, 'POST', `/uses?${odd}`, { name: 'x' }), 400, 'The following path cannot be queried: dry', odd);
  }
  t.equal(await state(), before, 'nothing was written');
}

async function keyed(t: Tester, garden: OwnGarden): Promise<void> {
  const write = (key: string, method: string, path: string, body: unknown, who: Who = 'admin') =>
    api(garden, path, who, { method, body: JSON.stringify(body), headers: { 'idempotency-key': key } });
  const twice = async (method: string, path: string, body: unknown): Promise<void> => {
    const [one, two] = [await write(path, method, path, body), await write(path, method, path, body)];
    t.ok(one.status < 300, told(one));
    t.strictSame([two.status, two.text, two.headers['idempotency-replayed']], [one.status, one.text, 'true'], `${method} ${path}`);
    t.equal(one.headers['idempotency-replayed'], undefined);
  };
  await twice('POST', '/uses?depth=0', { name: 'once' });
  const rows = await garden.rows('uses', { name: 'once' });
  t.equal(rows.length, 1, 'written once');
  const id = String(rows[0]?.['id']);
  await twice('PATCH', `/uses/${id}`, { secret: 'x' });
  await twice('POST', `/uses/${id}/duplicate`, { name: 'copy' });
  await twice('PATCH', '/uses?where[name][equals]=copy', { name: 'moved' });
  await twice('DELETE', '/uses?where[name][equals]=moved', {});
  await twice('DELETE', `/uses/${id}`, {});
  const other = await write('/uses?depth=0', 'POST', '/uses?depth=0', { name: 'twice' });
  refused(t, other, 400, 'Idempotency-Key: it came with another body before', 'another body');
  refused(t, await write('/uses?depth=0', 'POST', '/uses?depth=0', { name: 'once' }, 'crew'), 403, 'You are not allowed', 'another caller');
  refused(t, await write('k', 'POST', '/uses', { name: 1, plants: 'x' }), 400, 'The following field', 'refused');
  t.equal((await write('k', 'POST', '/uses', { name: 'right' })).status, 201, 'keeps no key');
  refused(t, await write('ü', 'POST', '/uses', { name: 'x' }), 400, 'Idempotency-Key: a key has', 'no key');
  t.equal((await garden.rows('uses', { name: 'twice' })).length, 0);
}

export const payloadOperations: Feature = {
  promise: 'Payload duplicates, versions, access, dry runs and keys of requests',
  databaseIndependent: 'routes and forms of a surface; the reads and writes under them are promises of their own',
  async run(t, world: World) {
    await ownGarden(world, async (garden) => {
      await t.test('duplicates', (t) => copies(t, garden));
      await t.test('versions', (t) => versions(t, garden));
      await t.test('access', (t) => access(t, garden));
      await t.test('dry_run', (t) => tried(t, garden));
      await t.test('Idempotency-Key', (t) => keyed(t, garden));
    });
  },
};
