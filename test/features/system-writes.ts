/** Promise: users, roles, permissions, settings and their like are written like items, and what is written holds for the next request. */
import { secrets } from '../fixtures/garden-people.ts';
import { type Feature, refused, type Tester, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { gives, isSilent } from '../support/writing.ts';

async function users(t: Tester, garden: OwnGarden): Promise<void> {
  const person = { email: 'nora@garden.test', password: 'to-the-shed', role: 4, status: 'active', first_name: 'Nora' };
  const made = await garden.send('POST', 'users?fields=id,email,role,status,external_id,token', {
    ...person,
    token: 'nora-token',
  });
  const id = Number(at(made.json, 'data', 'id'));
  t.match(at(made.json, 'data'), { email: 'nora@garden.test', role: 4, status: 'active', external_id: /^[0-9a-f-]{36}$/ }, told(made));
  const [row] = await garden.rows('directus_users', { id });
  t.match(String(row?.['password']), /^\$2y\$10\$/, 'the password is a hash that Directus 8 reads');
  const body = JSON.stringify({ email: 'nora@garden.test', password: 'to-the-shed' });
  t.equal((await garden.get('auth/authenticate', undefined, { method: 'POST', body })).status, 200, 'she can sign in');
  const kept = JSON.stringify(await garden.rows('directus_revisions', { collection: 'directus_users' }));
  for (const secret of [...secrets, 'nora-token', 'to-the-shed', String(row?.['password'])]) {
    t.notOk(`${made.text}${kept}`.includes(secret), 'no secret in the answer or the history');
  }
  refused(t, await garden.send('POST', 'users', { email: 'NORA@garden.test' }), 409, 204, 'letter case makes no other address');
  refused(t, await garden.send('POST', 'users', { email: 'nora' }), 422, 4, 'no address');
  refused(t, await garden.send('PATCH', `users/${id}`, { role: 2 }), 422, 4, 'the role of the public is for no user');
  refused(t, await garden.send('PATCH', `users/${id}`, { token: '**********' }), 422, 4, 'stars are no token');
  refused(t, await garden.send('PATCH', `users/${id}`, { password: '' }), 422, 4, 'no password is null');
  gives(t, await garden.send('PATCH', 'users/me?fields=theme', { theme: 'dark' }), { theme: 'dark' }, 'me');
  const list = await garden.send('PATCH', 'users?fields=title', [
    { id, title: 'a' },
    { id: 2, title: 'b' },
  ]);
  gives(t, list, [{ title: 'b' }, { title: 'a' }], 'a list, in the order of keys');
  gives(t, await garden.send('PATCH', `users/${id},2?fields=title`, { title: 'c' }), [{ title: 'c' }, { title: 'c' }], 'several');
  isSilent(t, await garden.send('DELETE', `users/${id}`), 'gone');
  const entries = await garden.rows('directus_activity', { collection: 'directus_users', item: String(id) });
  t.strictSame(
    entries.map(({ action }) => action).sort(),
    ['authenticate', 'create', 'delete', 'update', 'update'],
    'all of it is recorded',
  );
}

async function pages(t: Tester, garden: OwnGarden): Promise<void> {
  const page = (id: string, who: 'writer' | 'admin' | null) =>
    garden.send('PATCH', `users/${id}/tracking/page?fields=id`, { last_page: '/a' }, who);
  gives(t, await page('me', 'writer'), { id: 3 }, 'the own page, without the right to change users');
  const [row] = await garden.rows('directus_users', { id: 3 });
  t.strictSame([row?.['last_page'], row?.['last_access_on'] === null], ['/a', false]);
  gives(t, await page('4', 'admin'), { id: 4 }, 'administrators note that of others');
  refused(t, await page('4', 'writer'), 403, 10, 'of somebody else');
  refused(t, await page('3', null), 401, 3, 'the public');
  refused(t, await page('777', 'admin'), 404, 203, 'of nobody');
  t.equal((await garden.rows('directus_revisions', { collection: 'directus_users', item: '3' })).length, 0, 'no history');
}

async function roles(t: Tester, garden: OwnGarden): Promise<void> {
  const made = await garden.send('POST', 'roles?fields=id,name,ip_whitelist', { name: 'Guests', ip_whitelist: ['10.0.0.1', '10.0.0.2'] });
  const role = Number(at(made.json, 'data', 'id'));
  t.strictSame(at(made.json, 'data'), { id: role, name: 'Guests', ip_whitelist: ['10.0.0.1', '10.0.0.2'] }, told(made));
  const rows = await garden.rows('directus_permissions', { role });
  t.equal(rows.length, 16, 'with its permissions');
  t.equal(rows.find(({ collection, status }) => collection === 'directus_users' && status === 'active')?.['update'], 'mine');
  refused(t, await garden.send('POST', 'roles', { name: 'Guests' }), 409, 204, 'the name is taken');
  gives(
    t,
    await garden.send('PATCH', `roles/${role}?fields=name,users.id`, { users: [{ id: 5 }] }),
    { name: 'Guests', users: [{ id: 5 }] },
    'users',
  );
  refused(t, await garden.send('DELETE', `roles/${role}`), 422, 12, 'somebody has it');
  await garden.send('PATCH', 'users/5', { role: 5 });
  isSilent(t, await garden.send('DELETE', `roles/${role}`), 'nobody has it');
  t.equal((await garden.rows('directus_permissions', { role })).length, 0, 'its permissions are gone with it');
  for (const id of [1, 2]) refused(t, await garden.send('DELETE', `roles/${id}`), 401, 3, `role ${id} stays`);
}

async function permissions(t: Tester, garden: OwnGarden): Promise<void> {
  const read = () => garden.get('items/zones?fields=id&limit=1&sort=id', 'nobody');
  refused(t, await read(), 403, 300, 'not yet');
  const made = await garden.send('POST', 'permissions?fields=id,read,read_field_blacklist', {
    collection: 'zones',
    role: 5,
    read: 'full',
    read_field_blacklist: ['name'],
  });
  const id = Number(at(made.json, 'data', 'id'));
  t.strictSame(at(made.json, 'data'), { id, read: 'full', read_field_blacklist: ['name'] }, told(made));
  t.equal((await read()).status, 200, 'the very next request may read');
  refused(t, await garden.get('items/zones?fields=name&filter[name][eq]=x', 'nobody'), 422, 202, 'but not that field');
  await garden.send('PATCH', `permissions/${id}`, { read: 'none' });
  refused(t, await read(), 403, 300, 'nor the next one');
  refused(t, await garden.send('POST', 'permissions', { collection: 'zones', role: 5, read: 'bogus' }), 422, 4, 'no level');
  const several = await garden.send('POST', 'permissions?fields=read', [
    { collection: 'zones', role: 9, read: 'full' },
    { collection: 'beds', role: 9, read: 'mine' },
  ]);
  gives(t, several, [{ read: 'full' }, { read: 'mine' }], 'a list');
  isSilent(t, await garden.send('DELETE', `permissions/${id}`), 'gone');
}

async function settings(t: Tester, garden: OwnGarden): Promise<void> {
  const [limit] = await garden.rows('directus_settings', { key: 'default_limit' });
  const [note] = await garden.rows('directus_settings', { key: 'telemetry' });
  gives(
    t,
    await garden.send('PATCH', `settings/${limit?.['id']}?fields=key,value`, { value: 2 }),
    { key: 'default_limit', value: 2 },
    'as sent',
  );
  t.equal((at((await garden.get('items/plants?fields=id', 'admin')).json, 'data') as unknown[]).length, 2, 'the next list has two');
  gives(
    t,
    await garden.get('settings?filter[key][eq]=default_limit&fields=key,value', 'admin'),
    [{ key: 'default_limit', value: 2 }],
    'a number',
  );
  gives(t, await garden.send('PATCH', `settings/${note?.['id']}?fields=value`, { value: true }), { value: true }, 'as sent');
  gives(
    t,
    await garden.get('settings?filter[key][eq]=telemetry&fields=key,value', 'admin'),
    [{ key: 'telemetry', value: true }],
    'a truth',
  );
  gives(t, await garden.get(`settings/${note?.['id']}?fields=value`, 'admin'), { value: '1' }, 'one by one as stored');
  refused(t, await garden.send('PATCH', `settings/${limit?.['id']}`, { value: 'many' }), 422, 4, 'no number');
  refused(t, await garden.send('POST', 'settings', { key: 'project_name', value: 'x' }), 409, 204, 'the key is there');
  gives(
    t,
    await garden.send('POST', 'settings?upsert=key&fields=value', { key: 'project_name', value: 'Shed' }),
    { value: 'Shed' },
    'by key',
  );
  const [kept] = await garden.rows('directus_settings', { key: 'asset_whitelist_system' });
  refused(t, await garden.send('PATCH', `settings/${kept?.['id']}`, { value: '[]' }), 403, 10, 'the sizes of the app');
  t.equal(at((await garden.get('settings/fields?limit=1', 'admin')).json, 'data', 0, 'collection'), 'directus_settings');
  await garden.send('PATCH', `settings/${limit?.['id']}`, { value: 200 });
}

async function others(t: Tester, garden: OwnGarden): Promise<void> {
  const outer = Number(at((await garden.send('POST', 'folders', { name: 'Outer' })).json, 'data', 'id'));
  const inner = Number(at((await garden.send('POST', 'folders', { name: 'Inner', parent_folder: outer })).json, 'data', 'id'));
  refused(t, await garden.send('PATCH', `folders/${outer}`, { parent_folder: inner }), 422, 4, 'a folder inside itself');
  isSilent(t, await garden.send('DELETE', `folders/${inner}`), 'a folder');
  const relation = { collection_many: 'sightings', field_many: 'tally', collection_one: 'zones', field_one: null };
  const id = Number(at((await garden.send('POST', 'relations', relation)).json, 'data', 'id'));
  t.equal((await garden.get('items/sightings?fields=tally.*&limit=1', 'admin')).status, 200, 'the next request joins them');
  isSilent(t, await garden.send('DELETE', `relations/${id}`), 'a relation');
  refused(t, await garden.send('POST', 'relations', { ...relation, collection_one: 'directus_fields' }), 401, 201, 'metadata');
  await garden.permit(4, 'directus_collection_presets', { create: 'full', read: 'full', update: 'mine', delete: 'mine' });
  const preset = (body: object) => garden.send('POST', 'collection_presets?fields=user', { collection: 'plants', ...body }, 'writer');
  gives(t, await preset({}), { user: 3 }, 'a preset of the own');
  for (const body of [{ user: 4 }, { user: null }]) refused(t, await preset(body), 403, 305, 'of somebody else');
  refused(t, await preset({ role: 4 }), 403, 305, 'of a role');
  const hook = await garden.send('POST', 'webhooks?fields=status,collection', {
    status: 'inactive',
    url: 'https://x.test/',
    collection: 'plants',
  });
  gives(t, hook, { status: 'inactive', collection: 'plants' }, 'a webhook');
}

export const systemWrites: Feature = {
  promise: 'system collections are written like items, and hold for the next request',
  async run(t, world) {
    await ownGarden(world, async (garden) => {
      await t.test('users', (t) => users(t, garden));
      await t.test('pages', (t) => pages(t, garden));
      await t.test('roles', (t) => roles(t, garden));
      await t.test('permissions', (t) => permissions(t, garden));
      await t.test('settings', (t) => settings(t, garden));
      await t.test('folders, relations, presets, webhooks', (t) => others(t, garden));
    });
  },
};
