/** Promise: what the official admin app of Directus 8 asks is answered as it needs it, with its cookie and its headers (directus8-system §27). */
import { type Feature, type Tester, told } from '../support/expect.ts';
import { type Answer, at, type Json } from '../support/http.ts';
import { ownGarden } from '../support/own-garden.ts';

type Ask = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** A list each of whose entries has these keys. */
async function lists(t: Tester, ask: Ask, path: string, keys: readonly string[], least = 1): Promise<Json[]> {
  const answer = await ask('GET', path);
  const data = at(answer.json, 'data');
  const rows = Array.isArray(data) ? data : [];
  t.ok(answer.status === 200 && Array.isArray(data) && rows.length >= least, `${path} (${told(answer).slice(0, 200)})`);
  t.notOk(Object.hasOwn(Object(answer.json), 'public'), `${path}: signed in`);
  for (const row of rows) {
    const missing = keys.filter((key) => !Object.hasOwn(Object(row), key));
    if (missing.length > 0) t.fail(`${path}: a row lacks ${missing.join(', ')}`);
  }
  return rows;
}

const fieldKeys =
  'field type interface options primary_key datatype sort hidden_detail hidden_browse required readonly width group note default_value ' +
  'validation translation locked collection id length signed unique auto_increment';

const presetKeys = ['id', 'user', 'role', 'search_query', 'filters', 'view_type', 'view_query', 'view_options'];
const empty = (name: string): string => `filter[${name}][null]=1`;

/** How the app finds out how a list is to look. */
async function preferences(t: Tester, ask: Ask, collection: string): Promise<void> {
  const common = `filter[collection][eq]=${collection}&${empty('title')}&limit=1&sort=-id`;
  for (const whose of [`filter[user][eq]=1`, `filter[role][eq]=1&${empty('user')}`, `${empty('role')}&${empty('user')}`]) {
    await lists(t, ask, `collection_presets?${common}&${whose}`, presetKeys, 0);
  }
}

async function hydrates(t: Tester, ask: Ask): Promise<void> {
  const fields = 'id avatar.* email first_name last_name locale role.* last_page theme'.split(' ');
  const me = await ask('GET', `users/me?${fields.map((name, i) => `fields[${i}]=${name}`).join('&')}`);
  t.match(at(me.json, 'data'), { id: 1, email: 'admin@example.com', role: { id: 1 }, theme: String }, told(me));
  for (const name of ['module_listing', 'collection_listing']) t.equal(at(me.json, 'data', 'role', name), null, name);
  t.equal((await ask('GET', '/server/ping')).text, 'pong');
  for (const name of ['interfaces', 'layouts', 'modules']) await lists(t, ask, `/${name}`, ['id', 'path', 'name'], 0);
  const collections = await lists(t, ask, 'collections', [
    'collection',
    'managed',
    'hidden',
    'single',
    'icon',
    'note',
    'translation',
    'fields',
  ]);
  t.ok(
    collections.some((one) => at(one, 'collection') === 'directus_settings'),
    'the settings are among the collections',
  );
  const plants = collections.find((one) => at(one, 'collection') === 'plants');
  const given = Object.values(Object(at(plants, 'fields')) as Record<string, object>);
  t.ok(given.length > 5 && !Array.isArray(at(plants, 'fields')), 'fields by their names');
  for (const field of given)
    t.strictSame(
      fieldKeys.split(' ').filter((key) => !Object.hasOwn(field, key)),
      [],
      'with all that the app asks of them',
    );
  await lists(t, ask, 'settings/fields', ['field', 'type', 'interface', 'options']);
  const settings = await lists(t, ask, 'settings?limit=-1', ['id', 'key', 'value']);
  const limit = settings.find((one) => at(one, 'key') === 'default_limit');
  t.equal(typeof at(limit, 'value'), 'number', 'the limit of lists is a number');
  const role = at((await ask('GET', 'users/me?fields=*.*')).json, 'data', 'role', 'id');
  t.equal(role, 1, 'the role is a number');
  for (const whose of ['filter[user][eq]=1', `filter[role][eq]=1&${empty('user')}`, `${empty('role')}&${empty('user')}`]) {
    await lists(t, ask, `collection_presets?filter[title][nnull]=1&${whose}`, presetKeys, 0);
  }
  const people = 'id first_name last_name title status timezone role.* avatar.* company'.split(' ');
  await lists(t, ask, `users?${people.map((name, i) => `fields[${i}]=${name}`).join('&')}`, ['id', 'role', 'avatar', 'company']);
  const relation = ['id', 'collection_many', 'field_many', 'collection_one', 'field_one', 'junction_field'];
  await lists(t, ask, 'relations?limit=-1', relation);
  const info = await ask('GET', '');
  t.match(
    at(info.json, 'data'),
    { api: { version: /^8\./ }, server: { max_upload_size: Number, general: { php_version: String } } },
    told(info),
  );
}

async function listings(t: Tester, ask: Ask): Promise<void> {
  const counts = 'meta=total_count,result_count,filter_count&limit=200&offset=0';
  for (const [collection, path] of [
    ['plants', 'items/plants'],
    ['directus_files', 'files'],
    ['directus_users', 'users'],
    ['directus_webhooks', 'webhooks'],
    ['directus_activity', 'activity'],
  ] as const) {
    await preferences(t, ask, collection);
    const answer = await ask('GET', `${path}?${counts}&fields=*.*`);
    t.match(
      at(answer.json, 'meta'),
      { total_count: Number, result_count: Number, filter_count: Number },
      `${path}: ${told(answer).slice(0, 100)}`,
    );
  }
  const columns = 'status.*,http_action.*,url.*,collection.*,directus_action.*,id';
  t.equal((await ask('GET', `webhooks?${counts}&fields=${columns}`)).status, 200, 'wildcards behind plain fields');
  for (const path of [
    'roles?fields=-&limit=0&meta=total_count',
    'activity?fields=-&limit=0&meta=total_count',
    'webhooks?limit=0&meta=total_count',
  ]) {
    t.match((await ask('GET', path)).json, { data: [], meta: { total_count: Number } }, path);
  }
}

async function details(t: Tester, ask: Ask): Promise<void> {
  t.match(at((await ask('GET', 'items/plants/1')).json, 'data'), { id: 1 }, 'an item');
  t.match((await ask('GET', 'items/plants/999999')).json, { error: { code: 203 } }, 'one that is not there');
  const shown = 'id,action,action_on,comment,action_by.id,action_by.first_name,action_by.last_name';
  for (const [collection, id, path] of [
    ['plants', '1', 'items/plants/1'],
    ['directus_users', '2', 'users/2'],
    ['plants', '+', 'items/plants/+'],
  ] as const) {
    await lists(
      t,
      ask,
      `activity?filter[collection][eq]=${collection}&filter[item][eq]=${id}&fields=${shown}&sort=-action_on`,
      ['id', 'action'],
      0,
    );
    await lists(t, ask, `${path}/revisions`, ['id', 'activity', 'data', 'delta'], 0);
    const here = `filter[last_access_on][gte]=2026-01-01 00:00:00&filter[last_page][eq]=/garden/${path}&filter[id][neq]=1`;
    await lists(t, ask, `users?${here}`, ['id'], 0);
  }
  await lists(t, ask, 'items/zones?fields=*.*&meta=total_count&limit=20', ['id']);
  await lists(t, ask, 'items/sightings?fields=*.*&filter[plant]=+', [], 0);
  const saved = await ask('PATCH', 'items/plants/1?fields=*.*.*.*', { title: 'Edited' });
  t.match(at(saved.json, 'data'), { id: 1, title: 'Edited' }, told(saved).slice(0, 200));
  const revisions = await lists(t, ask, 'items/plants/1/revisions', ['id', 'activity', 'data', 'delta']);
  t.match(at(revisions.at(-1), 'delta'), { title: 'Edited' });
  t.match(at((await ask('POST', 'activity/comment', { collection: 'plants', item: '1', comment: 'dry' })).json, 'data'), {
    comment: 'dry',
  });
}

async function settings(t: Tester, ask: Ask): Promise<void> {
  await lists(t, ask, 'roles', ['id', 'name']);
  for (const id of [2, 3]) t.match(at((await ask('GET', `roles/${id}?fields=*.*.*`)).json, 'data'), { id, name: String }, `role ${id}`);
  const about = await lists(t, ask, 'fields/directus_collections', ['field']);
  t.ok(
    about.some((one) => at(one, 'field') === 'note'),
    'collections have notes',
  );
  await lists(t, ask, 'fields/directus_roles', ['field']);
  await lists(t, ask, 'fields', ['collection', 'field'], 50);
  await lists(t, ask, 'fields/plants?sort=sort', fieldKeys.split(' '));
  await lists(t, ask, 'permissions?filter[role][eq]=3&limit=-1', ['id', 'collection', 'read_field_blacklist', 'write_field_blacklist']);
  await lists(t, ask, 'users?fields=*.*&filter[role]=3', ['id']);
  const preset = { title: null, user: 1, role: null, collection: 'plants', search_query: null, filters: null, view_type: 'timeline' };
  const made = await ask('POST', 'collection_presets', { ...preset, view_query: { timeline: { sort: '-id' } } });
  t.match(at(made.json, 'data'), { id: Number, user: 1, view_query: { timeline: { sort: '-id' } } }, told(made));
  const sorted = await ask('PATCH', 'fields/plants?activity_skip=1', [{ field: 'title', sort: 1 }]);
  t.match(at(sorted.json, 'data', 0), { field: 'title', sort: 1 }, told(sorted).slice(0, 200));
  const field = await ask('PATCH', 'fields/plants/title', { note: 'its name' });
  t.match(at(field.json, 'data'), { id: Number, field: 'title', note: 'its name' }, 'the whole field');
}

export const adminAppCalls: Feature = {
  promise: 'the official admin app of Directus 8 gets what it needs',
  databaseIndependent: 'what clients make of answers that other promises look at',
  async run(t, world) {
    await ownGarden(world, async (garden) => {
      let cookie = '';
      const ask: Ask = (method, path, body) =>
        garden.raw(path.startsWith('/') ? path : `/garden/${path}`, {
          method,
          headers: { 'x-directus-project': 'garden', ...(cookie === '' ? {} : { cookie }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      t.strictSame(at((await ask('GET', '/server/projects')).json, 'data'), ['garden'], 'the projects');
      const before = await ask('GET', '');
      t.match(
        before.json,
        { public: true, data: { api: { project_name: String, project_color: String, telemetry: false } } },
        told(before),
      );
      t.ok(Array.isArray(at((await ask('GET', 'auth/sso')).json, 'data')), 'ways to sign in');
      const signedIn = await ask('POST', 'auth/authenticate', { email: 'admin@example.com', password: 'password', mode: 'cookie' });
      cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? '';
      t.match(cookie, /^directus-garden-session=/, told(signedIn));
      await hydrates(t, ask);
      const tracked = await ask('PATCH', 'users/1/tracking/page', { last_page: '/garden/collections' });
      t.equal(tracked.status, 200, told(tracked));
      await listings(t, ask);
      await details(t, ask);
      await settings(t, ask);
      await ask('POST', 'auth/logout');
      t.equal(at((await ask('GET', '')).json, 'public'), true, 'signed out');
    });
  },
};
