/** Promise: the Payload surface writes documents one by one and by a filter, and says field by field what is wrong with one. */
import { PayloadSDK, PayloadSDKError } from '@payloadcms/sdk';
import { tokens } from '../fixtures/garden-people.ts';
import { type Feature, type Tester, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { project } from '../support/gateway.ts';
import { at, type Json } from '../support/http.ts';
import { api, column, refused, refuses, send } from '../support/payload.ts';

type Asked = Readonly<Record<string, unknown>>;
type Doc = { [key: string]: Json };

/** What is used of the client, whose own types are made of a project's collections. */
type Client = {
  [name in 'find' | 'findByID' | 'create' | 'update' | 'delete' | 'count' | 'login' | 'me' | 'refreshToken']: (
    asked: Asked,
  ) => Promise<Doc>;
};

/** The client of the convention, as its author ships it. */
function client(world: World, token?: Json): Client {
  const headers: Record<string, string> = typeof token === 'string' ? { authorization: `Bearer ${token}`, 'user-agent': 'a client' } : {};
  const sdk: unknown = new PayloadSDK({ baseURL: `${world.gateway.url}/${project}/payload/api`, baseInit: { headers } });
  return sdk as Client;
}

async function byClient(t: Tester, world: World): Promise<void> {
  const sdk = client(world, tokens.admin);
  const made = await sdk.create({
    collection: 'plants',
    depth: 0,
    data: { title: 'Quince', family: 'ROS', uses: [1, { id: 3 }], height: 1.5 },
  });
  const id = Number(made['id']);
  t.match(made, { title: 'Quince', _status: 'draft', uses: [1, 3], height: 1.5, sightings: { docs: [], hasNextPage: false } });
  const changed = await sdk.update({
    collection: 'plants',
    id,
    depth: 0,
    data: { uses: [3, 4], zone: { relationTo: 'zones', value: 4 }, _status: 'published' },
  });
  t.match(changed, { uses: [3, 4], zone: 4, _status: 'published', status: 'published' });
  const whole = await sdk.findByID({ collection: 'plants', id, depth: 2 });
  const same = await sdk.update({ collection: 'plants', id, depth: 2, data: whole });
  const still = ({ modified_on: _, updatedAt: __, modified_by: ___, uses: ____, zone: _____, ...rest }: Doc) => rest;
  t.strictSame(still(same), still(whole), 'a document that was read may be sent back');
  t.strictSame([at(same, 'family', 'id'), at(same, 'zone', 'id')], ['ROS', 4]);
  const junction = await world.get(`items/plant_uses?filter[plant]=${id}&fields=use_id&sort=use_id`, 'admin');
  t.strictSame(at(junction.json, 'data'), [{ use_id: 3 }, { use_id: 4 }], 'links that stay are kept');
  const found = await sdk.find({
    collection: 'plants',
    depth: 0,
    sort: '-id',
    where: { and: [{ title: { equals: 'Quince' } }, { uses: { in: [4] } }] },
  });
  t.match(found, { totalDocs: 1, docs: [{ id }] });
  t.strictSame(await sdk.count({ collection: 'plants', where: { id: { equals: id } } }), { totalDocs: 1 });
  const bulk = await sdk.update({ collection: 'plants', where: { id: { equals: id } }, depth: 0, data: { title: 'Pear', uses: [] } });
  t.match(bulk, { docs: [{ id, title: 'Pear', uses: [] }], errors: [] });
  const gone = await sdk.delete({ collection: 'plants', id, depth: 0 });
  t.match(gone, { id, title: 'Pear' });
  t.equal(await sdk.findByID({ collection: 'plants', id, disableErrors: true }), null);
  const told = await world.get(`activity?filter[collection]=plants&filter[item]=${id}&fields=action,ip,user_agent&sort=id`, 'admin');
  const entry = (action: string): Json => ({ action, ip: 'localhost', user_agent: 'a client' });
  t.strictSame(at(told.json, 'data'), [entry('create'), entry('update'), entry('update'), entry('update'), entry('delete')]);
  t.match(await sdk.delete({ collection: 'plants', where: { id: { equals: id } } }), { docs: [], errors: [] });
  await t.test('errors', async (t) => {
    const error = await sdk.create({ collection: 'plants', data: { height: 'tall' } }).catch((one: unknown) => one);
    t.ok(error instanceof PayloadSDKError);
    t.match(error, { status: 400, errors: [{ name: 'ValidationError', data: { collection: 'plants', errors: [{ path: 'height' }] } }] });
  });
}

async function accounts(t: Tester, world: World): Promise<void> {
  const sdk = client(world);
  const credentials = { email: ' Cleo@garden.test', password: 'password' };
  const { token, user, exp, message } = await sdk.login({ collection: 'users', data: credentials });
  t.match({ user, message, exp }, { user: { id: 7, collection: 'users', _verified: true }, message: 'Auth Passed', exp: Number });
  const own = client(world, token);
  t.match(await own.me({ collection: 'users' }), { user: { id: 7, _strategy: 'local-jwt' }, collection: 'users', exp, token });
  const fresh = await own.refreshToken({ collection: 'users' });
  t.match(fresh, { message: 'Token refresh successful', refreshedToken: String, user: { id: 7 } });
  t.match(await sdk.me({ collection: 'users' }), { user: null });
  const jwt = { authorization: `JWT ${token}`, 'content-type': 'application/json' };
  const cookie = { cookie: `payload-token=${token}` };
  const me = (headers: Readonly<Record<string, string>>) => api(world, '/users/me', null, { headers });
  t.equal(at((await me(cookie)).json, 'user', 'id'), 7);
  t.equal(at((await me({ ...cookie, origin: 'https://foreign.test' })).json, 'user'), null, 'not from a page of somebody else');
  t.equal(at((await me({ authorization: 'users API-Key crew-token-of-the-garden' })).json, 'user', 'id'), 7);
  const out = await api(world, '/users/logout', null, { method: 'POST', headers: jwt });
  t.strictSame(out.json, { message: 'You have been logged out successfully.' });
  t.match(String(out.headers['set-cookie']), /^payload-token=; Path=\/garden\/payload; Expires=Thu, 01 Jan 1970/);
  refused(t, await api(world, '/users/logout', null, { method: 'POST', headers: jwt }), 400, 'No User', 'the token is over');
  refused(t, await api(world, '/users/refresh-token', null, { method: 'POST', headers: jwt }), 403, 'You are not allowed', 'refreshed');
  const login = (email: string, password: string) => send(world, 'POST', '/users/login', { email, password }, null);
  refused(t, await login('sus@garden.test', 'password'), 401, 'The email or password provided is incorrect.', 'suspended');
  refused(
    t,
    await send(world, 'POST', '/users/login', { email: 'x@y.z' }, null),
    400,
    'The following field is invalid: password',
    'no password',
  );
  const nobody = 'locked@garden.test';
  for (let i = 0; i < 5; i += 1) await login(nobody, 'wrong');
  refused(t, await login(nobody, 'wrong'), 401, 'This user is locked', 'locked');
  refused(t, await send(world, 'POST', '/users/unlock', { email: nobody }), 403, 'You are not allowed', 'no such user');
  t.strictSame((await send(world, 'POST', '/users/unlock', { email: 'cleo@garden.test' })).json, { message: 'Success' });
  refused(
    t,
    await send(world, 'POST', '/users/unlock', { email: 'cleo@garden.test' }, 'editor'),
    403,
    'You are not allowed',
    'unlocked by an editor',
  );
  refused(t, await send(world, 'POST', `/users/verify/${'x'.repeat(300)}`, {}, null), 403, 'Verification token is invalid.', 'verified');
  refused(
    t,
    await send(world, 'POST', '/users/reset-password', { token: 'x', password: 'y' }, null),
    403,
    'Token is either invalid',
    'reset',
  );
  refused(t, await send(world, 'POST', '/users/forgot-password', {}, null), 400, 'Missing email.', 'forgotten');
  t.strictSame((await api(world, '/users/init', null)).json, { initialized: true });
  await refuses(t, world, '/plants/me', 404, 'Not Found');
}

async function preferences(t: Tester, world: World): Promise<void> {
  const key = `view-${'k'.repeat(200)}`;
  for (const [path, value] of [
    ['_preferences', false],
    ['payload-preferences', { a: [1, null], big: 3 }],
  ] as const) {
    const kept = await send(world, 'POST', `/${path}/${key}`, { value }, 'crew');
    t.match(kept.json, {
      message: 'Updated successfully.',
      doc: { key, user: { relationTo: 'users', value: 7 }, userCollection: 'users' },
    });
    t.strictSame(at((await api(world, `/_preferences/${key}`, 'crew')).json, 'value'), value);
  }
  await send(world, 'POST', '/_preferences/other', { theme: 'dark' }, 'crew');
  t.strictSame(at((await api(world, '/_preferences/other', 'crew')).json, 'value'), { theme: 'dark' }, 'the whole body');
  t.equal(at((await api(world, '/payload-preferences?limit=1', 'crew')).json, 'totalDocs'), 2);
  t.equal(at((await api(world, '/payload-preferences')).json, 'totalDocs'), 0, 'nobody reads those of another');
  t.strictSame((await api(world, `/_preferences/${key}`, null)).json, { message: 'Not Found', value: null });
  refused(t, await send(world, 'POST', '/_preferences/x', { value: 1 }, null), 401, 'Unauthorized, you must be logged in', 'nobody');
  await refuses(t, world, '/payload-preferences', 403, 'You are not allowed', null);
  const empty = { method: 'DELETE', headers: { 'content-type': 'application/json' } };
  t.match((await api(world, '/_preferences/other', 'crew', empty)).json, { key: 'other', message: 'Deleted successfully.' });
  refused(t, await api(world, '/_preferences/other', 'crew', empty), 404, 'Not Found', 'gone');
}

const bodyOf = (doc: Json): Json => (doc !== null && typeof doc === 'object' && !Array.isArray(doc) ? doc : {});

async function raw(t: Tester, world: World): Promise<void> {
  const made = await send(world, 'POST', '/plants?depth=0', {
    title: 'Rye',
    _status: 'published',
    unknown: 1,
    createdAt: '2000-01-01',
    sightings: [9],
  });
  t.equal(made.status, 201);
  t.match(made.json, { message: 'Plant successfully created.', doc: { title: 'Rye', _status: 'published' } });
  const id = Number(at(made.json, 'doc', 'id'));
  const put = await send(world, 'PUT', `/plants/${id}?depth=0&select[title]=true`, { title: 'Oat' });
  t.strictSame(put.json, { doc: { id, title: 'Oat' }, message: 'Updated successfully.' });
  const text = (locale: string, name: string) => send(world, 'PATCH', `/plants/${id}?depth=0&locale=${locale}&select[name]=true`, { name });
  await text('fr', 'Avoine');
  t.equal(at((await text('fr', 'Folle avoine')).json, 'doc', 'name'), 'Folle avoine');
  await send(world, 'PATCH', `/plants/${id}`, { name: 'Hafer', locale: 'de' });
  const all = await api(world, `/plants/${id}?depth=0&locale=de&select[name]=true`);
  t.equal(at(all.json, 'name'), 'Hafer');
  const rows = await world.get(`items/plant_texts?filter[plant]=${id}&fields=language&sort=language`, 'admin');
  t.strictSame(at(rows.json, 'data'), [{ language: 'de' }, { language: 'fr' }], 'one row for each language');
  await text('en', 'Oat');
  await send(world, 'PATCH', `/plants/${id}?depth=0`, { name: 'Common oat' });
  const english = await world.get(`items/plant_texts?filter[plant]=${id}&filter[language][contains]=en&fields=language,name`, 'admin');
  t.strictSame(at(english.json, 'data'), [{ language: 'en', name: 'Common oat' }], 'the usual language is written where its texts are');
  refused(
    t,
    await send(world, 'PATCH', `/plants/${id}?draft=true`, { title: 'x' }),
    400,
    'A published document cannot be saved as a draft',
    'draft',
  );
  for (const [body, path, message] of [
    [{ zone: { relationTo: 'uses', value: 1 } }, 'zone', 'This field has an invalid selection.'],
    [{ uses: [{ name: 'x' }] }, 'uses', 'This field has an invalid selection.'],
    [{ zone: 999 }, 'zone', 'This field has an invalid selection.'],
    [{ uses: [1, 999] }, 'uses', 'This field has an invalid selection.'],
    [{ _status: 'odd' }, '_status', 'This field has an invalid selection.'],
    [{ heads: 'many' }, 'heads', 'Please enter a valid number.'],
    [{ title: null, heads: [] }, 'heads', 'Please enter a valid number.'],
  ] as const) {
    const answer = await send(world, 'PATCH', `/plants/${id}`, body);
    t.equal(answer.status, 400, told(answer));
    t.strictSame(at(answer.json, 'errors', 0, 'data'), { collection: 'plants', errors: [{ path, message }], id }, told(answer));
  }
  // What leads nowhere already is no fault of who sends a document back.
  const stray = await send(world, 'POST', '/zones', { name: 'Stray' });
  const strayId = Number(at(stray.json, 'doc', 'id'));
  await world.get(`items/zones/${strayId}`, 'admin', { method: 'PATCH', body: JSON.stringify({ parent: 4711 }) });
  const found = (await api(world, `/zones/${strayId}?depth=2`)).json ?? null;
  const returned = await send(world, 'PATCH', `/zones/${strayId}?depth=0&joins=false`, {
    ...(bodyOf(found) as { [key: string]: Json }),
    name: 'Sent back',
  });
  t.strictSame(at(returned.json, 'doc'), { id: strayId, name: 'Sent back', parent: 4711 }, told(returned));
  for (const family of ['x;y', 'a/b c', 'ÅST', null]) {
    const linked = await send(world, 'PATCH', `/plants/${id}?depth=0&select[family]=true`, { family });
    t.strictSame(at(linked.json, 'doc'), { id, family }, told(linked));
  }
  await api(world, `/zones/${strayId}`, 'admin', { method: 'DELETE' });
  const taken = await send(world, 'POST', '/families', { code: 'ROS' });
  t.strictSame(at(taken.json, 'errors', 0, 'data', 'errors'), [{ path: 'code', message: 'Value must be unique' }], told(taken));
  const missing = await send(world, 'POST', '/families', { name: 'x' });
  t.strictSame(at(missing.json, 'errors', 0, 'data', 'errors'), [{ path: 'code', message: 'This field is required.' }], told(missing));
  const blank = await send(world, 'POST', '/plants', {});
  t.strictSame(at(blank.json, 'errors', 0, 'data', 'errors'), [{ path: 'title', message: 'This field is required.' }], told(blank));
  t.equal((await send(world, 'PATCH', `/plants/${id}`, { deletedAt: '2026-01-01T00:00:00.000Z' })).status, 200);
  await refuses(t, world, `/plants/${id}`, 404, 'Not Found');
  refused(
    t,
    await api(world, `/plants/${id}`, 'admin', { method: 'DELETE' }),
    404,
    'Not Found',
    'what is in the trash is deleted by trash=true',
  );
  const back = await send(world, 'PATCH', `/plants/${id}?trash=true&depth=0`, { deletedAt: null });
  t.match(bodyOf(at(back.json, 'doc')), { _status: 'draft', deletedAt: null });
  const gone = await api(world, `/plants/${id}?depth=0`, 'admin', { method: 'DELETE', headers: { 'content-type': 'application/json' } });
  t.match(gone.json, { id, title: 'Oat', message: 'Deleted successfully.', doc: { id } });
  refused(t, await api(world, '/plants', 'admin', { method: 'DELETE' }), 400, "Missing 'where' query of documents to delete.", 'no where');
  refused(
    t,
    await send(world, 'PATCH', '/plants?where[nope][equals]=1', { title: 'x' }),
    400,
    'The following path cannot be queried',
    'unknown',
  );
  refused(t, await api(world, '/plants', 'admin', { method: 'POST', body: '{' }), 400, 'Invalid JSON', 'broken');
  const form = { method: 'POST', body: 'title=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  t.equal((await api(world, '/plants', 'admin', form)).status, 415);
  refused(t, await send(world, 'POST', '/plants', { title: 'x' }, null), 403, 'You are not allowed to perform this action.', 'the public');
  refused(t, await send(world, 'POST', '/zones/1/nope', {}), 404, 'Route not found', 'no route');
}

/** A condition that was lost on the way is none, however it is spelt, and what is to be written at most is a number. */
const lost = [
  'where={}',
  'where[id][not_in]=',
  'where[id][not_in][]',
  'where[id][not_equals]=',
  'where[name][like]=',
  'where[name][contains]=%20',
  'where[plants][not_in]=',
  'where[plants][contains][and]=',
  'where[plants.family.name][not_in]=',
  'where[or][0][id][equals]=1&where[or][1][id][not_in]=',
];

async function lostConditions(t: Tester, world: World): Promise<void> {
  for (const where of lost) {
    const asked = (method: string) => api(world, `/uses?${where}`, 'admin', { method, body: '{"name":"x"}' });
    refused(t, await asked('DELETE'), 400, "Missing 'where' query of documents to delete.", where);
    refused(t, await asked('PATCH'), 400, "Missing 'where' query of documents to update.", where);
  }
  const most = await send(world, 'PATCH', '/uses?where[id][exists]=true&limit=many', { name: 'x' });
  refused(t, most, 400, 'The following path cannot be queried: limit', 'limit');
  const names = await api(world, '/uses?limit=0&sort=id&depth=0');
  t.strictSame(column(names, 'name').includes('x'), false, 'nothing was written');
}

/** Documents come as the part `_payload` of a form too, as the convention's own pages send them. */
async function forms(t: Tester, world: World): Promise<void> {
  const url = `${world.gateway.url}/${project}/payload/api/uses`;
  const sent = async (parts: Readonly<Record<string, string | Blob>>) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(parts)) body.append(name, value);
    const answer = await fetch(`${url}?depth=0`, { method: 'POST', headers: { authorization: `Bearer ${tokens.admin}` }, body });
    return { status: answer.status, json: (await answer.json()) as Json };
  };
  const made = await sent({ _payload: '{"name":"by a form"}' });
  t.strictSame([made.status, at(made.json, 'doc', 'name')], [201, 'by a form']);
  await api(world, `/uses/${String(at(made.json, 'doc', 'id'))}`, 'admin', { method: 'DELETE' });
  t.match(await sent({ name: 'x' }), { status: 400, json: { errors: [{ message: /_payload/ }] } });
  t.match(await sent({ _payload: '{' }), { status: 400, json: { errors: [{ message: 'Invalid JSON' }] } });
  t.match(await sent({ _payload: '{}', file: new Blob(['x']) }), { status: 400, json: { errors: [{ message: /holds a file/ }] } });
}

/** Documents that fail leave the others as they were changed. */
async function bulk(t: Tester, world: World): Promise<void> {
  const ids: number[] = [];
  for (const name of ['one', 'two', 'three']) ids.push(Number(at((await send(world, 'POST', '/uses', { name })).json, 'doc', 'id')));
  const where = `where[id][in]=${ids.join(',')}`;
  const done = await send(world, 'PATCH', `/uses?${where}&sort=id&limit=2&depth=0&select[secret]=true`, { secret: 's' });
  t.strictSame(done.json, {
    docs: ids.slice(0, 2).map((id) => ({ id, secret: 's' })),
    errors: [],
    message: 'Updated 2 Uses successfully.',
  });
  const one = await send(world, 'PATCH', `/uses?where[id][equals]=${ids[0]}&depth=0`, { secret: 's' });
  t.equal(at(one.json, 'message'), 'Updated 1 Use successfully.');
  const removed = await api(world, `/uses?${where}`, 'admin', { method: 'DELETE' });
  t.strictSame([column(removed).length, at(removed.json, 'message')], [3, 'Deleted 3 Uses successfully.']);
}

export const payloadWrites: Feature = {
  promise: 'Payload writes documents',
  async run(t, world) {
    await t.test('by its own client', (t) => byClient(t, world));
    await t.test('one document', (t) => raw(t, world));
    await t.test('several by a filter', (t) => bulk(t, world));
    await t.test('lost conditions', (t) => lostConditions(t, world));
    await t.test('forms', (t) => forms(t, world));
    await t.test('accounts', (t) => accounts(t, world));
    await t.test('preferences', (t) => preferences(t, world));
  },
};
