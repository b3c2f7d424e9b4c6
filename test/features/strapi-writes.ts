/** Promise: Strapi's clients write entries, relations, languages, users and files, under the rules of every write (strapi-rest §§9 to 13, 15). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Feature, type Tester, told } from '../support/expect.ts';
import { project } from '../support/gateway.ts';
import { at, type Json } from '../support/http.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { finds, holds, refusedBy, refuses, type StrapiAsk, strapi } from '../support/strapi.ts';
import { accounts, confirmation, files, users } from '../support/strapi-accounts.ts';
import { drivesClient, drivesSdk } from '../support/strapi-clients.ts';

const put = (body: unknown): StrapiAsk => ({ method: 'PUT', body: { data: body } });
const post = (body: unknown, v5 = false): StrapiAsk => ({ method: 'POST', body: { data: body }, v5 });

const keys = (answer: { readonly json: Json }, name: string): Json => {
  const list = at(answer.json, 'data', 'attributes', name, 'data');
  return Array.isArray(list) ? list.map((one) => at(one, 'id')) : (at(list, 'id') ?? null);
};

/** An entry of a list within another entry is, to the last character, what it is by itself. */
async function sameEverywhere(t: Tester, garden: OwnGarden): Promise<void> {
  const odd = `"\\\u0007\n\u2028'{}[],%?é🌿`;
  const made = await strapi(garden, 'sightings', 'admin', post({ plant: 1, note: odd, tally: null }));
  t.equal(made.status, 200);
  const lists = [
    ['zones', 'plants', 'plants'],
    ['uses', 'plants', 'plants'],
    ['plants', 'sightings', 'sightings'],
  ] as const;
  let seen = 0;
  for (const [from, list, plural] of lists) {
    const all = await strapi(garden, `${from}?populate[${list}][fields]=*&publicationState=preview&pagination[limit]=100`);
    for (const entry of at(all.json, 'data') as Json[]) {
      for (const inner of at(entry, 'attributes', list, 'data') as Json[]) {
        const alone = await strapi(garden, `${plural}/${String(at(inner, 'id'))}?fields=*&publicationState=preview`);
        t.strictSame(inner, at(alone.json, 'data'), `${from}: ${list}`);
        seen += 1;
      }
    }
  }
  t.ok(seen > 15, `${seen} entries`);
}

async function entries(t: Tester, garden: OwnGarden): Promise<void> {
  const made = await strapi(
    garden,
    'zones?fields=name&populate[parent][fields]=name',
    'admin',
    post({ id: 99, name: 'Made', parent: { id: 2 }, nope: 1, createdAt: 'x' }),
  );
  const id = Number(at(made.json, 'data', 'id'));
  t.not(id, 99, 'the database makes its keys');
  const parent = { data: { id: 2, attributes: { name: 'North' }, meta: {} } };
  t.strictSame([made.status, at(made.json, 'data')], [200, { id, attributes: { name: 'Made', parent }, meta: {} }]);
  const newer = await strapi(garden, 'zones', 'admin', post({ name: 'Newer', parent: 3 }, true));
  const next = Number(at(newer.json, 'data', 'id'));
  const entry = { id: next, documentId: String(next), name: 'Newer', parent: 3, createdAt: null, updatedAt: null };
  t.strictSame([newer.status, at(newer.json, 'data')], [201, entry]);
  await holds(
    t,
    garden,
    `zones/${id}?fields=name,parent`,
    { id, attributes: { name: null, parent: 2 }, meta: {} },
    'admin',
    put({ name: null }),
  );
  await holds(t, garden, `zones/${id}?fields=name`, { id, attributes: { name: null }, meta: {} }, 'admin', put({}));
  await holds(
    t,
    garden,
    'families?fields=name',
    { id: 'NEW', attributes: { name: 'New' }, meta: {} },
    'admin',
    post({ id: 'NEW', name: 'New' }),
  );
  const twice = await strapi(garden, 'families', 'admin', post({ id: 'NEW' }));
  refusedBy(t, twice, 400, 'ValidationError', 'This attribute must be unique', 'twice');
  const named = [{ path: ['code'], message: 'This attribute must be unique', name: 'ValidationError' }];
  t.strictSame(at(twice.json, 'error', 'details', 'errors'), named, 'the field is named');
  await holds(t, garden, 'families/NEW?fields=name', { id: 'NEW', attributes: { name: 'New' }, meta: {} }, 'admin', {
    method: 'DELETE',
    headers: { 'content-type': 'application/json' },
  });
  const lost = Number(at((await strapi(garden, 'zones', 'admin', post({ name: 'Lost', parent: next }))).json, 'data', 'id'));
  t.equal((await strapi(garden, `zones/${next}`, 'admin', { method: 'DELETE', v5: true })).status, 204, 'the newer form answers nothing');
  for (const nowhere of ['[$null]=true', '[id][$null]=true', '[$notNull]=false', '[id][$notNull]=false']) {
    await finds(t, garden, `zones?filters[name]=Lost&filters[parent]${nowhere}`, [lost]);
  }
  await finds(t, garden, 'zones?filters[name]=Lost&filters[parent][$notNull]=true', []);
  await strapi(garden, `zones/${lost}`, 'admin', { method: 'DELETE' });
  for (const path of [`zones/${next}`, 'zones/x']) {
    await refuses(t, garden, path, 404, 'Not Found', 'admin', { method: 'DELETE' });
    await refuses(t, garden, path, 404, 'Not Found', 'admin', put({}));
  }
  const bad: readonly (readonly [string, StrapiAsk, RegExp | string])[] = [
    ['zones', { method: 'POST', body: { name: 'x' } }, 'Missing "data" payload in the request body'],
    ['zones', { method: 'POST', body: { data: [] } }, 'Missing "data" payload in the request body'],
    ['zones', { method: 'POST', body: '{"data":' }, /no JSON/],
    ['plants/1', put({ title: null }), /title/],
    ['plants/1', put({ heads: 'many' }), /heads/],
    ['plants/1', put({ title: 'x'.repeat(500) }), /title/],
    ['plants/1?fields=nope', put({ heads: 77 }), 'Invalid parameter nope'],
    ['plants/1?filters[nope]=1', put({ heads: 77 }), 'Invalid parameter nope'],
    ['plants/1', put({ heads: 77, publishedAt: 'soon' }), /publishedAt/],
    ['plants/1', put({ heads: 77, publishedAt: {} }), /publishedAt/],
    ['plants/1', put({ heads: 77, locale: 5 }), /locale/],
  ];
  for (const [path, asked, message] of bad) await refuses(t, garden, path, 400, message, 'admin', asked);
  t.equal((await garden.rows('plants', { id: 1 }))[0]?.['heads'], 5, 'what is refused changes nothing');
  const fault = await strapi(garden, 'plants/1', 'admin', put({ heads: 'many' }));
  t.match(at(fault.json, 'error', 'details', 'errors', 0), { path: ['heads'], name: 'ValidationError' });
  const form = await strapi(garden, 'zones?fields=name', 'admin', {
    method: 'POST',
    body: 'data[name]=By+form&data[parent]=1',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  t.equal(at(form.json, 'data', 'attributes', 'name'), 'By form', told(form));
}

async function relations(t: Tester, garden: OwnGarden): Promise<void> {
  const change = async (path: string, data: unknown, wanted: Json, name: string): Promise<void> => {
    const answer = await strapi(garden, `${path}?populate[${name}][fields]=id&publicationState=preview`, 'admin', put({ [name]: data }));
    t.strictSame(answer.status === 200 ? keys(answer, name) : told(answer), wanted, `${path} ${name} ${JSON.stringify(data)}`);
  };
  await change('zones/9', 3, 3, 'parent');
  await change('zones/9', { disconnect: [4] }, 3, 'parent');
  await change('zones/9', { disconnect: [{ id: 3 }] }, null, 'parent');
  await change('zones/9', [2, { documentId: '8' }], 8, 'parent');
  await change('zones/9', { set: [] }, null, 'parent');
  await change('zones/9', { connect: '4' }, 4, 'parent');
  await change('zones/9', null, null, 'parent');
  await change('zones/6', { connect: [1, { id: 3 }] }, [3, 1], 'plants');
  await change('zones/6', { connect: [3], disconnect: [1, 12] }, [3], 'plants');
  await change('zones/6', [11, 3], [3, 11], 'plants');
  await change('zones/6', { set: [] }, [], 'plants');
  t.strictSame((await garden.rows('plants', { id: 11 }))[0]?.['zone'], null, 'detached');
  const kept = await garden.rows('plant_uses', { plant: 12, use_id: 2 });
  await change('plants/12', [2, 4], [2, 4], 'uses');
  t.strictSame(await garden.rows('plant_uses', { plant: 12, use_id: 2 }), kept, 'what stays is not written again');
  await change('plants/12', { connect: [1], disconnect: [4, 3] }, [1, 2], 'uses');
  const bed = '0b2cd2f4-6a1e-4c58-9a53-1d6f3f6a0001';
  await change(`beds/${bed}`, { disconnect: [12], connect: [3] }, [3, 1], 'plants');
  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    ['parent', 999, /1 relation\(s\) of parent do not exist/],
    ['parent', { name: 'new' }, /named by their ids/],
    ['plants', { connect: [1, 999] }, /1 relation\(s\) of plants do not exist/],
    ['plants', { connect: [1, 1] }, /connected twice/],
    ['plants', { set: [1], connect: [3] }, /set stands alone/],
    ['plants', { create: [{}] }, /named by their ids/],
  ];
  for (const [name, value, message] of bad) await refuses(t, garden, 'zones/6', 400, message, 'admin', put({ [name]: value }));
  t.strictSame(keys(await strapi(garden, 'zones/6?populate=plants'), 'plants'), [], 'a refused change leaves nothing');
}

async function states(t: Tester, garden: OwnGarden): Promise<void> {
  const made = async (data: unknown, query = '', v5 = false): Promise<Json> => {
    const answer = await strapi(garden, `plants?fields=status,publishedAt${query}`, 'admin', post(data, v5));
    return v5 ? at(answer.json, 'data', 'status') : at(answer.json, 'data', 'attributes', 'status');
  };
  t.equal(await made({ title: 'one' }), 'published');
  t.equal(await made({ title: 'two', publishedAt: null }), 'draft');
  t.equal(await made({ title: 'three' }, '&status=draft'), 'draft');
  t.equal(await made({ title: 'four' }, '&status=draft', true), 'draft');
  t.equal(await made({ title: 'five', status: 'review' }), 'review');
  const status = async (data: unknown, query = '', v5 = false): Promise<Json> => {
    const answer = await strapi(garden, `plants/2?fields=status${query}`, 'admin', { ...put(data), v5 });
    return v5 ? at(answer.json, 'data', 'status') : at(answer.json, 'data', 'attributes', 'status');
  };
  t.equal(await status({ heads: 1 }), 'draft', 'a change leaves the status');
  t.equal(await status({ publishedAt: '2024-01-01T00:00:00.000Z' }), 'published');
  t.equal(await status({ publishedAt: null }), 'draft');
  t.equal(await status({}, '&status=published', true), 'published');
}

async function languages(t: Tester, garden: OwnGarden): Promise<void> {
  const name = async (query: string, asked?: StrapiAsk): Promise<Json> =>
    at((await strapi(garden, `plants/2?fields=name,locale&${query}`, 'admin', asked)).json, 'data', 'attributes');
  const rows = () => garden.rows('plant_texts', { plant: 2 });
  t.strictSame(await name('locale=fr', put({ name: 'Mûre' })), { name: 'Mûre', locale: 'fr' }, 'a language more');
  t.strictSame(await name('', put({ name: 'Blackberry' })), { name: 'Blackberry', locale: 'en' }, 'the default language');
  t.strictSame(await name('', put({ name: 'Brombeere', locale: 'de' })), { name: 'Brombeere', locale: 'de' }, 'the language of the body');
  t.strictSame((await rows()).map(({ language }) => language).sort(), ['de', 'en', 'fr'], 'one row each');
  await strapi(garden, 'plants/2?locale=de', 'admin', { method: 'DELETE' });
  t.strictSame((await rows()).length, 2, 'one language goes');
  await refuses(t, garden, 'plants/2?locale=de', 404, 'Not Found', 'admin', { method: 'DELETE' });
  const made = await strapi(garden, 'plants?locale=fr', 'admin', post({ title: 'new', name: 'nouveau' }));
  const plant = Number(at(made.json, 'data', 'id'));
  t.match(await garden.rows('plant_texts', { plant }), [{ language: 'fr', name: 'nouveau' }], 'made with a text');
  t.equal((await strapi(garden, `plants/${plant}`, 'admin', { method: 'DELETE' })).status, 200);
  t.strictSame(await garden.rows('plant_texts', { plant }), [], 'and with the entry all of them');
  for (const asked of [put({ name: 'x' }), { method: 'DELETE' }])
    await refuses(t, garden, 'plants/2?locale=all', 400, /one language/, 'admin', asked);
  await garden.gateway.connection?.knex('plant_texts').where('language', 'like', 'en%').delete();
  const first = { id: 12, attributes: { name: 'Rose von Ångström', locale: 'de' }, meta: { availableLocales: ['de'] } };
  await holds(t, garden, 'plants/12?fields=name,locale', first, 'editor');
}

/** A table whose own text has to be there, and is told in languages too. */
async function demanded(t: Tester, garden: OwnGarden): Promise<void> {
  await garden.gateway.connection?.knex.schema.alterTable('plant_texts', (table) => void table.string('title', 100));
  await garden.permit(3, 'plant_texts', { read: 'full' });
  const rows = async (plant: Json) => [
    (await garden.rows('plants', { id: Number(plant) }))[0]?.['title'],
    (await garden.rows('plant_texts', { plant: Number(plant) })).map(({ language, title }) => [language, title]),
  ];
  for (const [query, body, language] of [
    ['?locale=fr', { title: 'Neuf' }, 'fr'],
    ['', { title: 'Neuf', locale: 'de' }, 'de'],
  ] as const) {
    const made = await strapi(garden, `plants${query}`, 'admin', post(body));
    const plant = at(made.json, 'data', 'id');
    t.strictSame(await rows(plant), ['Neuf', [[language, 'Neuf']]], `Strapi: ${told(made)}`);
    await strapi(garden, `plants/${plant}?locale=${language}`, 'admin', put({ title: 'Encore' }));
    t.strictSame(await rows(plant), ['Neuf', [[language, 'Encore']]], 'changed in its language alone');
    const sent = await garden.send('POST', `payload/api/plants${query}`, body);
    t.strictSame(await rows(at(sent.json, 'doc', 'id')), ['Neuf', [[language, 'Neuf']]], `Payload: ${told(sent)}`);
  }
}

async function singles(t: Tester, garden: OwnGarden): Promise<void> {
  await garden.gateway.connection?.knex('directus_collections').where({ collection: 'bad_status' }).update({ single: true });
  await garden.permit(3, 'bad_status', { read: 'none' });
  await holds(t, garden, 'bad-status?fields=title', { id: 1, attributes: { title: 'one' }, meta: {} });
  await holds(t, garden, 'bad-status?fields=title', { id: 1, attributes: { title: 'only' }, meta: {} }, 'admin', put({ title: 'only' }));
  await refuses(t, garden, 'bad-status', 405, 'Method Not Allowed', 'admin', post({}));
  await refuses(t, garden, 'bad-status/1', 404, 'Not Found');
  for (const id of [1, 2]) await holds(t, garden, 'bad-status?fields=id', { id, attributes: {}, meta: {} }, 'admin', { method: 'DELETE' });
  await refuses(t, garden, 'bad-status', 404, 'Not Found');
  await refuses(t, garden, 'bad-status', 404, 'Not Found', 'admin', { method: 'DELETE' });
  const again = await strapi(garden, 'bad-status?fields=title', 'admin', put({ title: 'again', status: 'draft' }));
  t.strictSame(at(again.json, 'data', 'attributes'), { title: 'again' }, 'where there is none it is made');
}

async function rights(t: Tester, garden: OwnGarden): Promise<void> {
  await refuses(t, garden, 'zones', 403, 'Forbidden', 'editor', post({ name: 'x' }));
  await refuses(t, garden, 'zones/1', 403, 'Forbidden', 'editor', { method: 'PUT', body: {} });
  await refuses(t, garden, 'zones/1', 403, 'Forbidden', null, { method: 'DELETE' });
  await garden.permit(4, 'directus_users', { create: 'none' });
  await refuses(t, garden, 'users', 403, 'Forbidden', 'writer', { method: 'POST', body: { role: 1 } });
  await garden.permit(4, 'sightings', { update: 'mine', create: 'full', write_field_blacklist: 'tally' });
  await refuses(t, garden, 'sightings/3', 404, 'Not Found', 'writer', put({ note: 'x' }));
  await refuses(t, garden, 'sightings/1', 403, /tally/, 'writer', put({ tally: 5 }));
  await holds(t, garden, 'sightings/1?fields=note', { id: 1, attributes: { note: 'mine' }, meta: {} }, 'writer', {
    ...put({ note: 'mine' }),
    headers: { 'user-agent': 'a client' },
  });
  const history = await garden.rows('directus_activity', { collection: 'sightings', item: '1', action: 'update' });
  t.equal(history.length, 1, 'history is kept');
  t.match(history[0], { action: 'update', ip: 'localhost', user_agent: 'a client' }, 'from where and by which client');
}

/** By the project file: the newer form without a header, another page size; and no surface at all. */
async function switched(t: Tester, garden: OwnGarden, mailbox: Mailbox): Promise<void> {
  const { registry } = garden.gateway;
  const lease = await registry.lease(project);
  const { config } = lease.project;
  lease.release();
  await registry.set({ ...config, strapi: { format: 'v5', limit: 2, maxLimit: 3 } });
  const newer = await strapi(garden, 'families?fields=name&sort=code');
  t.match(newer.json, { data: [{ documentId: 'PIN' }, {}], meta: { pagination: { pageSize: 2 } } }, told(newer));
  t.match((await strapi(garden, 'families?pagination[pageSize]=9')).json, { meta: { pagination: { pageSize: 3 } } });
  const older = await strapi(garden, 'families/PIN?fields=name', 'admin', { headers: { 'strapi-response-format': 'v4' } });
  t.match(older.json, { data: { attributes: { name: 'Pinaceae' } } });
  const closed = await strapi(garden, 'auth/local/register', null, { method: 'POST', body: { email: 'a@b.test', password: 'x' } });
  refusedBy(t, closed, 400, 'ApplicationError', 'Register action is currently disabled', 'nobody registers');
  const types = [
    { id: 'flora', collection: 'plants' },
    { id: 'plant-uses', collection: 'uses' },
    { id: 'ghosts', collection: 'nowhere' },
  ];
  await registry.set({ ...config, strapi: { types, registerRole: 3, confirmEmail: true, confirmedUrl: 'https://app.test/welcome' } });
  await holds(t, garden, 'flora/1?fields=title', { id: 1, attributes: { title: 'Apple' }, meta: { availableLocales: ['fr'] } });
  await holds(t, garden, 'plant-uses/1?fields=name', { id: 1, attributes: { name: 'food' }, meta: {} });
  t.equal((await strapi(garden, 'plant_uses?fields=id')).status, 200, 'the table whose id was taken has another one');
  for (const path of ['ghosts', 'nowhere']) await refuses(t, garden, path, 404, 'Not Found');
  await confirmation(t, garden, mailbox);
  const { surfaces: _, ...rest } = config;
  await registry.set(rest);
  await refuses(t, garden, 'families', 404, 'Not Found');
  await refuses(t, garden, 'auth/local', 404, 'Not Found', null, { method: 'POST', body: {} });
}

export const strapiWrites: Feature = {
  promise: 'Strapi: writes, accounts, files, clients',
  databaseIndependent: 'routes and forms of a surface; the reads and writes under them are promises of their own',
  async run(t, world) {
    const mailbox = await openMailbox();
    const root = await mkdtemp(join(tmpdir(), 'sallyport-strapi-'));
    const mail = { url: mailbox.url, from: 'garden@garden.test', publicUrl: 'https://api.garden.test' };
    const settings = { strapi: { registerRole: 3 }, mail, storage: { driver: 'local', root } as const };
    try {
      await ownGarden(
        world,
        async (garden) => {
          await t.test('the official client', (t) => drivesClient(t, garden));
          await t.test('the client for JavaScript', (t) => drivesSdk(t, garden));
          await t.test('entries of lists', (t) => sameEverywhere(t, garden));
          await t.test('entries', (t) => entries(t, garden));
          await t.test('relations', (t) => relations(t, garden));
          await t.test('states', (t) => states(t, garden));
          await t.test('languages', (t) => languages(t, garden));
          await t.test('texts that are demanded', (t) => demanded(t, garden));
          await t.test('single types', (t) => singles(t, garden));
          await t.test('rights', (t) => rights(t, garden));
          await t.test('users', (t) => users(t, garden));
          await t.test('files', (t) => files(t, garden));
          await t.test('accounts', (t) => accounts(t, garden, mailbox));
          await t.test('settings', (t) => switched(t, garden, mailbox));
        },
        settings,
      );
    } finally {
      await mailbox.close();
      await rm(root, { recursive: true });
    }
  },
};
