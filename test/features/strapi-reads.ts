/** Promise: what Strapi's clients ask of lists and entries is answered in both of its forms (strapi-rest §§1 to 10, 14 and 15). */
import { secrets } from '../fixtures/garden-people.ts';
import { type Feature, type Tester, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { at, type Json } from '../support/http.ts';
import { finds, holds, refuses, strapi } from '../support/strapi.ts';

const preview = 'publicationState=preview';

async function shapes(t: Tester, world: World): Promise<void> {
  const zone = { name: 'North', parent: 1, createdAt: null, updatedAt: null };
  await holds(t, world, 'zones/2', { id: 2, attributes: zone, meta: {} });
  await holds(t, world, 'zones/2', { id: 2, documentId: '2', ...zone }, 'admin', { v5: true });
  const list = await strapi(world, 'zones?filters[id]=2');
  t.strictSame(list.json, {
    data: [{ id: 2, attributes: zone, meta: {} }],
    meta: { pagination: { page: 1, pageSize: 25, pageCount: 1, total: 1 } },
  });
  t.strictSame(at((await strapi(world, 'zones/2')).json, 'meta'), {}, 'the meta of an entry');
  const plant = await strapi(world, 'plants/1?fields=title,watered,created_on,createdAt,updatedAt,publishedAt,locale,name,height');
  t.strictSame(at(plant.json, 'data'), {
    id: 1,
    attributes: {
      title: 'Apple',
      height: 3.5,
      watered: '06:30:00.000',
      created_on: '2020-01-02T03:04:05.000Z',
      name: 'Apple tree',
      locale: 'en',
      createdAt: '2020-01-02T03:04:05.000Z',
      updatedAt: '2021-02-03T04:05:06.700Z',
      publishedAt: '2021-02-03T04:05:06.700Z',
    },
    meta: { availableLocales: ['en', 'fr'] },
  });
  await holds(t, world, 'beds/0b2cd2f4-6a1e-4c58-9a53-1d6f3f6a0001?fields=keeper', {
    id: '0b2cd2f4-6a1e-4c58-9a53-1d6f3f6a0001',
    attributes: { keeper: '9007199254740993' },
    meta: {},
  });
  await holds(t, world, 'shipments/north;1?fields=weight', { id: 'north,1', attributes: { weight: 10.5 }, meta: {} });
  const named = { id: 'so~3bu~7eth,1', documentId: 'so~3bu~7eth,1', depot: 'so;u~th' };
  await holds(t, world, 'shipments/so~3bu~7eth,1?fields=depot', named, 'admin', { v5: true });
  await holds(t, world, 'log-entries?pagination[limit]=1&fields=level', [{ id: null, attributes: { level: 'warn' }, meta: {} }]);
  t.strictSame((await strapi(world, 'bad_status/1')).status, 200, 'the name of the table reaches it too');
  const whole = await strapi(world, 'plants?populate=*&pagination[limit]=100&publicationState=preview');
  for (const secret of [...secrets, '$2y$10$a.hash']) t.notOk(whole.text.includes(secret), 'no hash, no token');
}

const titles: Readonly<Record<number, string>> = { 1: 'Apple', 2: 'Blackberry', 12: 'Ångström rose' };

async function orders(t: Tester, world: World): Promise<void> {
  // Plant 7 has neither heads nor zone, plant 3 no height; NULL stands where the database has it.
  const [up, down] = world.vendor === 'postgres' ? [[], [7]] : [[7], []];
  const around = (descending: boolean, ids: readonly number[]): number[] => {
    const first = descending ? down : up;
    return [...first, ...ids, ...(first.length > 0 ? [] : [7])];
  };
  await finds(t, world, 'plants?sort=heads:desc', around(true, [12, 11, 1, 3]));
  await finds(t, world, 'plants?sort=heads:desc&pagination[start]=1&pagination[limit]=2', around(true, [12, 11, 1, 3]).slice(1, 3));
  await finds(t, world, 'plants?sort[0]=height&sort[1]=title:DESC', world.vendor === 'postgres' ? [12, 11, 1, 7, 3] : [7, 3, 12, 11, 1]);
  await finds(t, world, 'plants?sort[title]=desc', [12, 11, 7, 3, 1]);
  await finds(t, world, 'plants?sort[0][heads]=asc', around(false, [3, 1, 11, 12]));
  await finds(t, world, 'plants?sort=zone.name,id:desc', around(false, [11, 12, 1, 3]));
  await finds(t, world, 'plants?sort[0][zone]=name:desc', around(true, [3, 1, 12, 11]));
  await finds(t, world, 'plants', [1, 3, 7, 11, 12]);
  // Of several entries the lowest counts, or the highest of a descending order; who has none comes last.
  await finds(t, world, 'zones?sort=plants.title', [4, 9, 7, 1, 5, 2, 3, 6, 8]);
  await finds(t, world, 'zones?sort=plants.title:desc', [2, 5, 7, 1, 9, 4, 3, 6, 8]);
  await finds(t, world, `plants?${preview}&sort=uses.name:desc`, [3, 1, 12, 2, 6, 5, 7, 8, 11]);
  await finds(t, world, 'uses?sort=plants.zone.name:desc,id', [3, 4, 1, 2]);
  await finds(t, world, `plants?${preview}&sort=sightings.tally:desc&pagination[limit]=3`, [2, 1, 12]);
  await finds(t, world, `plants?${preview}&sort=sightings.tally:desc&pagination[limit]=3`, [1, 2, 3], 'writer');
  await refuses(t, world, 'plants?sort=sightings.tally', 400, 'Invalid parameter sightings', 'sleuth');
  await holds(
    t,
    world,
    'uses/1?fields=name&populate[plants][fields]=title&populate[plants][sort]=sightings.tally:desc&publicationState=preview',
    { id: 1, documentId: '1', name: 'food', plants: [2, 1, 12].map((id) => ({ id, documentId: String(id), title: titles[id] })) },
    'admin',
    { v5: true },
  );
}

async function pages(t: Tester, world: World): Promise<void> {
  const page = async (query: string): Promise<Json> =>
    at((await strapi(world, `log-entries?fields=level&${query}`)).json, 'meta', 'pagination');
  t.strictSame(await page(''), { page: 1, pageSize: 25, pageCount: 10, total: 230 });
  t.strictSame(await page('pagination[page]=2'), { page: 2, pageSize: 100, pageCount: 3, total: 230 });
  t.strictSame(await page('pagination[page]=99&pagination[pageSize]=10'), { page: 99, pageSize: 10, pageCount: 23, total: 230 });
  t.strictSame(await page('pagination[pageSize]=1000'), { page: 1, pageSize: 100, pageCount: 3, total: 230 });
  t.strictSame(await page('pagination[start]=20'), { start: 20, limit: 25, total: 230 });
  t.strictSame(await page('pagination[limit]=-1'), { start: 0, limit: 100, total: 230 });
  t.strictSame(await page('pagination[limit]=2&pagination[withCount]=false'), { start: 0, limit: 2 });
  t.strictSame(await page('pagination[page]=1&pagination[pageSize]=5&pagination[withCount]=0'), { page: 1, pageSize: 5 });
  await finds(t, world, 'plants?pagination[page]=2&pagination[pageSize]=2', [7, 11]);
  await finds(t, world, 'plants?pagination[start]=3&pagination[limit]=2', [11, 12]);
}

async function relations(t: Tester, world: World): Promise<void> {
  const use = (id: number, name: string): Json => ({ id, attributes: { name }, meta: {} });
  await holds(t, world, 'plants/1?fields=title&populate[uses][fields]=name&populate[zone][fields]=name', {
    id: 1,
    attributes: {
      title: 'Apple',
      uses: { data: [use(1, 'food'), use(2, 'medicine')] },
      zone: { data: { id: 4, attributes: { name: 'Row A' }, meta: {} } },
    },
    meta: { availableLocales: ['en', 'fr'] },
  });
  await holds(
    t,
    world,
    'plants/12?fields=title&populate=zone.name,uses.name',
    {
      id: 12,
      documentId: '12',
      title: 'Ångström rose',
      zone: { id: 2, documentId: '2', name: 'North' },
      uses: [1, 2, 3].map((id) => ({ id, documentId: String(id), name: ['food', 'medicine', 'dye'][id - 1] })),
    },
    'admin',
    { v5: true },
  );
  await holds(
    t,
    world,
    'zones/1?fields=name&populate[children][populate][children][fields]=name&populate[children][fields]=name&populate[children][sort]=name:desc&populate[children][filters][name][$contains]=o&populate[children][limit]=1',
    {
      id: 1,
      documentId: '1',
      name: 'Garden',
      children: [{ id: 8, documentId: '8', name: 'South', children: [{ id: 9, documentId: '9', name: 'Pond' }] }],
    },
    'admin',
    { v5: true },
  );
  await holds(t, world, 'plants/3?fields=title&populate[uses][count]=true', {
    id: 3,
    attributes: { title: 'Cedar of Lebanon', uses: { data: { attributes: { count: 1 } } } },
    meta: { availableLocales: ['fr'] },
  });
  // Drafts are no part of what is live; the bed's junction is looked through.
  await holds(t, world, 'beds?fields=label&populate[plants][fields]=title&filters[label]=herb bed', [
    {
      id: '0b2cd2f4-6a1e-4c58-9a53-1d6f3f6a0002',
      attributes: {
        label: 'herb bed',
        plants: { data: [{ id: 12, attributes: { title: 'Ångström rose' }, meta: { availableLocales: ['de'] } }] },
      },
      meta: {},
    },
  ]);
  await holds(t, world, 'zones/9?fields=name&populate[plants][fields]=title', {
    id: 9,
    attributes: { name: 'Pond', plants: { data: [] } },
    meta: {},
  });
  await holds(t, world, `zones/9?fields=name&${preview}&populate[plants][fields]=title`, {
    id: 9,
    attributes: { name: 'Pond', plants: { data: [{ id: 2, attributes: { title: 'Blackberry' }, meta: { availableLocales: ['en'] } }] } },
    meta: {},
  });
  await holds(t, world, 'plants/7?fields=title&populate=zone', {
    id: 7,
    attributes: { title: 'Ginkgo', zone: { data: null } },
    meta: { availableLocales: [] },
  });
  const whole = await strapi(world, 'zones/4?populate[plants]=*');
  t.equal(at(whole.json, 'data', 'attributes', 'plants', 'data', 0, 'attributes', 'family', 'data', 'id'), 'ROS', told(whole));
  t.strictSame((await strapi(world, `zones?populate=${Array(11).fill('parent').join('.')}`)).status, 400, 'too deep');
  // What may not be read is left as it is.
  const hidden = await strapi(world, 'plants/1?fields=title,zone&populate=zone', null);
  t.strictSame(at(hidden.json, 'data', 'attributes'), { title: 'Apple', zone: 4 }, told(hidden));
  const unknown = await strapi(world, 'plants/1?populate=createdBy,localizations', 'admin');
  t.equal(at(unknown.json, 'data', 'attributes', 'localizations', 'data', 0, 'attributes', 'name'), 'Pommier', told(unknown));
}

async function states(t: Tester, world: World): Promise<void> {
  await finds(t, world, 'plants?publicationState=live&fields=title', [1, 3, 7, 11, 12]);
  await finds(t, world, 'plants?publicationState=preview&fields=title', [1, 2, 3, 5, 6, 7, 8, 11, 12]);
  await finds(t, world, 'plants?status=draft&fields=title', [1, 2, 3, 5, 6, 7, 8, 11, 12]);
  await refuses(t, world, 'plants/2', 404, 'Not Found');
  await holds(t, world, 'plants/2?publicationState=preview&fields=publishedAt', {
    id: 2,
    attributes: { publishedAt: null },
    meta: { availableLocales: ['en'] },
  });
  await holds(t, world, 'plants/7?fields=publishedAt', {
    id: 7,
    attributes: { publishedAt: '1970-01-01T00:00:00.000Z' },
    meta: { availableLocales: [] },
  });
  await finds(t, world, 'zones?status=draft&filters[id]=1', [1]);
  await finds(t, world, 'plants?locale=fr&fields=title', [1, 3]);
  await holds(t, world, 'plants/1?locale=FR&fields=title,name,locale', {
    id: 1,
    attributes: { title: 'Apple', name: 'Pommier', locale: 'fr' },
    meta: { availableLocales: ['en', 'fr'] },
  });
  await refuses(t, world, 'plants/11?locale=fr', 404, 'Not Found');
  await finds(t, world, 'plants?locale=xx', []);
  await finds(t, world, 'plants?locale=EN&fields=title', [1, 3, 7, 11, 12]);
  const told = async (query: string): Promise<Json> => {
    const { json } = await strapi(world, `plants?fields=name,locale&${query}`, 'admin', { v5: true });
    const data = at(json, 'data') as Json[];
    return [
      ...data.map((entry) => [at(entry, 'id'), at(entry, 'locale'), at(entry, 'name')]),
      at(json, 'meta', 'pagination', 'total') ?? null,
    ] as Json;
  };
  const every = [
    [1, 'en', 'Apple tree'],
    [1, 'fr', 'Pommier'],
    [3, 'fr', 'Cèdre du Liban'],
    [7, 'en', null],
    [11, 'en', null],
    [12, 'de', 'Rose von Ångström'],
  ];
  t.strictSame(await told('locale=all'), [...every, 6], 'each language of each entry');
  t.strictSame(await told('locale=*&sort=id:desc&pagination[start]=3&pagination[limit]=2'), [every[2], every[0], 6], 'by pages');
  t.strictSame(await told('locale=all&filters[id]=1&pagination[withCount]=false'), [...every.slice(0, 2), null], 'of those that match');
  // Each entry by the texts that it is shown with; what it leads to is shown, and found, in the usual language.
  const texts: readonly (readonly [string, readonly number[]])[] = [
    ['filters[name]=Pommier', [1]],
    ['filters[name][$contains]=e', [0, 1, 2, 5]],
    ['filters[name][$contains]=e&sort=name:desc', [5, 1, 2, 0]],
    ['filters[name][$null]=true', [3, 4]],
    ['filters[blurb][$notNull]=true&sort=blurb:desc', [2, 0]],
    ['sort=name&pagination[start]=1&pagination[limit]=3', [2, 1, 5]],
    ['_q=cèdre', [2]],
    ['filters[zone][plants][name]=Apple tree', [0, 1]],
    ['filters[zone][plants][name]=Pommier', []],
    ['sort=zone.plants.name:desc,id', [0, 1, 2, 3, 4, 5]],
  ];
  for (const [query, found] of texts) {
    const answer = (await told(`locale=all&${query}`)) as Json[];
    t.strictSame(
      answer.slice(0, -1),
      found.map((i) => every[i]),
      query,
    );
    if (!query.includes('limit')) t.equal(answer.at(-1), found.length, `${query}: how many`);
  }
  const others = await strapi(world, 'plants?locale=all&fields=locale&filters[id]=1&populate=localizations', 'admin', { v5: true });
  const other = (i: number): Json => at(others.json, 'data', i, 'localizations', 0, 'locale') as Json;
  t.strictSame([other(0), other(1)], ['fr', 'en'], 'and its others');
  const named = 'plants/1?fields=title&populate[localizations][fields]=name,locale';
  const french = { id: 1, documentId: '1', name: 'Pommier', locale: 'fr' };
  await holds(t, world, named, { id: 1, documentId: '1', title: 'Apple', localizations: [french] }, 'admin', { v5: true });
  await refuses(t, world, 'plants/1?populate[localizations][filters][name]=x', 400, /nothing but fields/);
  await finds(t, world, 'zones?locale=all&filters[id]=1', [1]);
  await finds(t, world, 'zones?locale=fr&filters[id]=1', [1]);
}

async function rights(t: Tester, world: World): Promise<void> {
  const own = await world.get('items/plants?fields=id&limit=-1&sort=id', 'writer');
  const ids = (at(own.json, 'data') as Json[]).map((row) => at(row, 'id') ?? null);
  await finds(t, world, `plants?${preview}&fields=title&pagination[limit]=100`, ids, 'writer');
  const some = await strapi(world, `plants?${preview}&filters[id][$in][0]=1&filters[id][$in][1]=8`, 'editor');
  t.strictSame(
    [at(some.json, 'data', 0, 'attributes', 'notes'), at(some.json, 'data', 1, 'attributes', 'notes')],
    [undefined, 'draft note'],
    'absent where it may not be read',
  );
  await refuses(t, world, 'plants?filters[price][$gt]=1', 400, 'Invalid parameter price', null);
  await refuses(t, world, 'plants?sort=price', 400, 'Invalid parameter price', null);
}

/** One statement however deep, which proves who asks. */
async function statements(t: Tester, world: World): Promise<void> {
  const path =
    'plants?populate[uses]=true&populate[zone][populate][plants][populate]=uses&populate[labels]=true&filters[uses][name][$contains]=o&sort=zone.name';
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 8 && least > 1; i += 1) {
    world.gateway.statements.length = 0;
    const answer = await strapi(world, path);
    if (i === 0) t.equal(answer.status, 200, told(answer));
    least = Math.min(least, world.gateway.statements.filter(({ text }) => !/^pragma /i.test(text)).length);
  }
  t.equal(least, 1, 'one statement');
}

async function transport(t: Tester, world: World): Promise<void> {
  const preflight = await world.get('strapi/api/plants', undefined, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://page.example',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization,content-type,strapi-response-format',
    },
  });
  t.equal(preflight.status, 200, 'browsers may ask');
  t.match(preflight.headers['access-control-allow-headers'], /strapi-response-format/i, 'for the newer form too');
  t.match(preflight.headers['access-control-allow-origin'], /^(?:\*|https:\/\/page\.example)$/);
  const long = await strapi(
    world,
    `plants?fields=title&filters[$or][0][id]=1&${Array.from({ length: 200 }, (_, i) => `filters[$or][${i + 1}][title][$eq]=${'a'.repeat(70)}${i}`).join('&')}`,
  );
  t.equal(long.status, 200, `a query of 20 kB: ${told(long)}`);
  const empty = await strapi(world, 'zones', 'admin', { method: 'POST', headers: { 'content-type': 'application/json' } });
  t.equal(at(empty.json, 'error', 'message'), 'Missing "data" payload in the request body', 'no body under a JSON header');
}

export const strapiReads: Feature = {
  promise: 'Strapi: lists and entries',
  async run(t, world) {
    await t.test('both forms of entries', (t) => shapes(t, world));
    await t.test('orders', (t) => orders(t, world));
    await t.test('pages', (t) => pages(t, world));
    await t.test('relations', (t) => relations(t, world));
    await t.test('states and languages', (t) => states(t, world));
    await t.test('rights', (t) => rights(t, world));
    await t.test('one statement', (t) => statements(t, world));
    await t.test('what browsers and clients send', (t) => transport(t, world));
  },
};
