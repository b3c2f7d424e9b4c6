/** Promise: the Payload surface finds the same documents under the same rules, in its own shape. */
import { type Feature, type Tester, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { at } from '../support/http.ts';
import { api, finds, refuses } from '../support/payload.ts';

const none = '&limit=0&depth=0&select[title]=true';

async function filters(t: Tester, world: World): Promise<void> {
  const ids = (where: string, wanted: readonly number[]) => finds(t, world, `/plants?${where}&sort=id${none}`, wanted);
  await ids('where[title][equals]=Apple', [1]);
  await ids('where[title][contains]=APPLE', [1, 11]);
  await ids('where[title][like]=apple%20lime', [11]);
  await ids('where[title][like]=%25', [6]);
  await ids('where[title][not_like]=apple', [2, 3, 5, 6, 7, 8, 12]);
  await ids('where[family][equals]=null', []);
  await ids('where[zone][equals]=null', [5, 7]);
  await ids('where[zone][exists]=false', [5, 7]);
  await ids('where[family][not_equals]=ROS', [3, 6, 7]);
  await ids('where[heads][greater_than]=5&where[heads][less_than_equal]=11', [11]);
  await ids('where[id][in]=1,2,404', [1, 2]);
  await ids('where[id][in][]', []);
  await ids('where[id][not_in]=1,2,3,5,6,7,8', [11, 12]);
  await ids('where[zone][in]=null,4', [1, 5, 7]);
  await ids('where[hardy][equals]=true&where[kind][equals]=shrub', [2, 8, 12]);
  await ids('where[created_on][greater_than]=1578700800000', [12]);
  await ids('where[createdAt][less_than]=2020-01-04T00:00:00.000Z', [1, 2]);
  await ids('where[heads][equals]=many', []);
  await ids('where[heads][not_equals]=many', [1, 2, 3, 5, 6, 8, 11, 12]);
  await ids('where[or][0][id][equals]=1&where[or][1][and][0][id][equals]=2&where[OR][1][and][1][title][exists]=true', [1, 2]);
  await ids('where={"id":{"in":[3,12]}}', [3, 12]);
  await ids('where[family.name][contains]=pin', [3]);
  await ids('where[family__name][equals]=Pinaceae', [3]);
  await ids('where[zone.id][equals]=4', [1]);
  await ids('where[uses.name][equals]=dye', [6, 12]);
  await ids('where[uses][equals]=1&where[uses.name][equals]=dye', [12]);
  await ids('where[uses][all]=1,2', [1, 12]);
  await ids('where[tags][all]=fruit', [1, 5, 6, 11]);
  await ids('where[tags][all]=new,fruit', [11]);
  await ids('where[title][all]=Apple', [1]);
  await ids('where[uses][not_in]=1,2', [3, 5, 6, 7, 8, 11]);
  await ids('where[uses][exists]=false', [5, 7, 8, 11]);
  await ids('where[sightings][contains][note][contains]=bloom', [1]);
  await ids('where[_status][equals]=draft', [2, 5, 6, 8]);
  await ids('where[_status][not_equals]=published', [2, 5, 6, 8]);
  await ids('where[deletedAt][exists]=true&trash=true', [4]);
  await ids('where[name][equals]=Pommier&locale=fr', [1]);
  await ids('where[name.de][contains]=Rose', [12]);
  for (const [where, told] of [
    ['where[nope][equals]=1', 'The following path cannot be queried: nope'],
    ['where[title][nope]=1&where[passcode][exists]=true', 'The following paths cannot be queried: title.nope, passcode'],
    ['where[family][name][equals]=x', 'The following path cannot be queried: family.name'],
    ['where[title][]=x', 'The following path cannot be queried: title'],
    ['where[title][near]=1,2', 'The following path cannot be queried: title.near'],
    ['where[uses.secret.x][exists]=true', 'The following path cannot be queried: uses.secret.x'],
    ['where[zone][exists]=maybe', 'The following path cannot be queried: zone.exists'],
    ['where={', '"where" is no JSON'],
  ] as const) {
    await refuses(t, world, `/plants?${where}`, 400, told);
  }
  await refuses(t, world, '/plants?where[price][greater_than]=1', 400, 'The following path cannot be queried: price', null);
}

/** What is misspelled is named: a condition or parameter that is left out would show everything. */
async function misspelled(t: Tester, world: World): Promise<void> {
  for (const [query, path] of [
    ['were[title][equals]=x', 'were'],
    ['where]=x', 'where]'],
    ['where[__proto__][equals]=1', '__proto__'],
    ['where[constructor][exists]=true', 'constructor'],
    ['where[title][__proto__]=1', 'title.__proto__'],
    ['where[title][toString]=1', 'title.toString'],
    ['where[and][0][__proto__][equals]=1', '__proto__'],
    ['where={"__proto__":{"equals":1}}', '__proto__'],
    ['where=[]', 'where'],
    ['where[title]=Apple', 'title'],
    ['where[title][equals][equals]=Apple', 'title.equals'],
    ['where[id][in][0][0]=1', 'id.in'],
    ['where[traits.colour][equals]=red', 'traits.colour'],
    ['where[zone][within]={}', 'zone.within'],
    ['where[title][intersects][type]=Point', 'title.intersects'],
    ['__proto__=1', '__proto__'],
    ['select=title', 'select'],
    ['populate=zones', 'populate'],
    ['joins=yes', 'joins'],
    ['joins[sightings][were]=1', 'joins.sightings.were'],
    ['sort[title]=1', 'sort'],
  ]) {
    await refuses(t, world, `/plants?depth=0&${query}`, 400, `The following path cannot be queried: ${path}`);
  }
  await refuses(t, world, '/payload-preferences?where[key][equals]=x', 400, 'The following path cannot be queried: where');
  await finds(t, world, '/plants?depth=0&limit=1&sort=__proto__,constructor,nope&select[__proto__]=true&populate[__proto__][x]=true', [12]);
  await refuses(t, world, '/plants/__proto__', 404, 'Not Found');
  await refuses(t, world, '/__proto__', 404, 'Route not found');
}

async function pages(t: Tester, world: World): Promise<void> {
  const page = async (query: string) => {
    const { docs: _, ...rest } = (await api(world, `/uses?depth=0&${query}`)).json as { docs: unknown };
    return rest;
  };
  const told = { hasNextPage: true, hasPrevPage: true, limit: 1, nextPage: 3, page: 2, pagingCounter: 2, prevPage: 1 };
  t.strictSame(await page('limit=1&page=2'), { ...told, totalDocs: 4, totalPages: 4 });
  const all = { hasNextPage: false, hasPrevPage: false, limit: 0, nextPage: null, page: 1, pagingCounter: 1, prevPage: null };
  t.strictSame(await page('limit=0'), { ...all, totalDocs: 4, totalPages: 1 });
  t.strictSame(await page('pagination=false&limit=3&page=2'), { ...all, limit: 3, page: 2, totalDocs: 1, totalPages: 1 });
  const past = { hasNextPage: false, hasPrevPage: true, limit: 10, nextPage: null, page: 9, pagingCounter: 81, prevPage: 8 };
  t.strictSame(await page('page=9&limit=x'), { ...past, totalDocs: 4, totalPages: 1 });
  await finds(t, world, '/uses?limit=2', [4, 3]);
  await finds(t, world, '/uses?sort=name,nope', [3, 1, 2, 4]);
  // A field that is kept looks like one that there is not, to whom anything is kept from.
  await finds(t, world, '/zones?sort=nope,id&limit=1', [1], 'crew');
  for (const [who, path, kept] of [
    ['editor', '/uses?sort=-name,-secret', 'secret'],
    ['editor', '/uses?sort=nope', 'nope'],
    ['editor', '/plants?sort=price', 'price'],
    [null, '/plants?sort=price,notes,title', 'price'],
    [null, '/plants?sort=nope', 'nope'],
    [null, '/plants?sort=zone.name', 'zone.name'],
  ] as const) {
    await refuses(t, world, path, 400, `The following path${kept === 'price' && !who ? 's' : ''} cannot be queried: ${kept}`, who);
  }
  await finds(t, world, '/plants?limit=2&depth=0', [12, 11]);
  await finds(t, world, '/plants?sort=-zone.name,-id&limit=2&depth=0&where[zone][exists]=true', [3, 6].reverse());
  const among = '&depth=0&where[id][in]=1,2,3,6,12&select[title]=true';
  await finds(t, world, `/plants?sort=uses.name,id${among}`, [6, 12, 1, 2, 3]);
  await finds(t, world, `/plants?sort=-uses.name,id${among}`, [3, 1, 12, 2, 6]);
  await finds(t, world, '/plants?sort=name&locale=fr&where[id][in]=1,3&depth=0', [3, 1]);
  await finds(t, world, '/plants?sort=-name.fr&where[id][in]=1,3&depth=0', [1, 3]);
  t.strictSame((await api(world, '/plants/count?where[kind][equals]=tree')).json, { totalDocs: 4 });
  t.strictSame((await api(world, '/plants/count?trash=true')).json, { totalDocs: 12 });
  await refuses(t, world, '/nope', 404, 'Route not found "/garden/payload/api/nope"');
  await refuses(t, world, '/plants/404', 404, 'Not Found');
  await refuses(t, world, '/plants/abc', 404, 'Not Found');
  await refuses(t, world, '/zones', 403, 'You are not allowed to perform this action.', null);
}

async function documents(t: Tester, world: World): Promise<void> {
  const one = async (path: string, who: Parameters<typeof api>[2] = 'admin') => (await api(world, path, who)).json;
  t.strictSame(await one('/zones/4?depth=0'), {
    id: 4,
    name: 'Row A',
    parent: 3,
    plants: { docs: [1], hasNextPage: false },
    children: { docs: [5], hasNextPage: false },
  });
  const deep = await one('/zones/4?depth=2&select[parent]=true&populate[zones][parent]=true&populate[zones][name]=true');
  t.strictSame(deep, { id: 4, parent: { id: 3, name: 'Orchard', parent: { id: 2, name: 'North', parent: 1 } } });
  t.strictSame(await one('/plants/12?depth=0&select[uses]=true&select[_status]=true&select[createdAt]=true'), {
    id: 12,
    uses: [1, 2, 3],
    createdAt: '2020-01-12T00:00:00.000Z',
    _status: 'published',
  });
  const uses = await one('/plants/12?depth=1&select[uses]=true&populate[uses][name]=true');
  t.strictSame(at(uses, 'uses'), [
    { id: 1, name: 'food' },
    { id: 2, name: 'medicine' },
    { id: 3, name: 'dye' },
  ]);
  const joined = await one(
    '/plants/1?depth=1&select[sightings]=true&joins[sightings][limit]=1&joins[sightings][sort]=id&joins[sightings][count]=true&populate[sightings][note]=true',
  );
  t.strictSame(joined, { id: 1, sightings: { docs: [{ id: 1, note: 'in bloom' }], hasNextPage: true, totalDocs: 2 } });
  const narrowed = await one('/plants/1?depth=0&select[sightings]=true&joins[sightings][where][note][contains]=fruit');
  t.strictSame(narrowed, { id: 1, sightings: { docs: [2], hasNextPage: false } });
  t.strictSame(await one('/plants/1?depth=0&select[sightings]=true&joins=false'), { id: 1 });
  await refuses(t, world, '/plants?joins[sightings][where][nope][equals]=1', 400, 'The following path cannot be queried: nope');
  const without = await one('/uses/1?select[name]=false&select[plants]=false');
  t.strictSame(without, { id: 1, secret: 'pantry-code' });
  const bed = '0b2cd2f4-6a1e-4c58-9a53-1d6f3f6a0002,12';
  t.strictSame(await one(`/bed-plants/${bed}?depth=0&select[quantity]=true`), { id: bed, quantity: 2 }, 'a key of several columns');
  await finds(t, world, `/bed-plants?where[id][in][]=${bed}`, [bed]);
  const odd = 'so~3bu~7eth,1';
  t.equal(at(await one(`/shipments/${odd}`), 'id'), odd, 'and one whose parts hold what stands between parts');
  await finds(t, world, `/shipments?where[id][equals]=${odd}`, [odd]);
  const circles = await one('/zones/4?depth=10&joins=false&select[parent]=true');
  t.equal(at(circles, 'parent', 'parent', 'parent', 'name'), 'Garden', 'as deep as there is room');
  const all = await api(world, '/plants?depth=10');
  t.equal(all.status, 200, told(all));
  t.strictSame(at(await one('/plants/4?trash=true&depth=0'), 'deletedAt'), '1970-01-01T00:00:00.000Z');
  await refuses(t, world, '/plants/4', 404, 'Not Found');
  const name = async (query: string) => at(await one(`/plants/1?depth=0&select[name]=true&${query}`), 'name');
  t.equal(await name('locale=fr'), 'Pommier');
  t.equal(await name('locale=xx'), 'Apple tree');
  t.strictSame(await name('locale=all'), { en: 'Apple tree', fr: 'Pommier' }, 'each language that there is a text in');
  t.strictSame(await one('/plants/11?locale=*&select[blurb]=true'), { id: 11, blurb: {} }, 'and none');
  t.equal(await name('locale=de&fallback-locale=fr'), 'Pommier');
  t.equal(await name('locale=de&fallbackLocale=none'), null);
  const user = await one('/users/2?depth=0&select[email]=true&select[_verified]=true');
  t.strictSame(user, { id: 2, email: 'edda@garden.test', _verified: true, collection: 'users' });
  t.notMatch(JSON.stringify(await one('/users?limit=0')), /\$2y\$|token-of|password/, 'no secrets');
  // The public: fields that may not be read are not there, what they lead to stays an id.
  const shown = await one('/plants/1', null);
  t.strictSame(
    [at(shown, 'price'), at(shown, 'owner'), at(shown, 'zone'), at(shown, 'family', 'name')],
    [undefined, undefined, 4, 'Rosaceae'],
  );
  t.equal(at(shown, 'uses'), undefined);
}

/** One statement, which proves who asks. */
async function statements(t: Tester, world: World): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 8 && least > 1; i += 1) {
    world.gateway.statements.length = 0;
    await api(world, '/plants?depth=3&where[uses.name][exists]=true&sort=zone.name');
    least = Math.min(least, world.gateway.statements.filter(({ text }) => !/^pragma /i.test(text)).length);
  }
  t.equal(least, 1);
}

async function overridden(t: Tester, world: World): Promise<void> {
  const form = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8', 'x-http-method-override': 'GET ; x=y' };
  const body = `where[id][in]=1,3,${'9'.repeat(12)}&depth=0&sort=id&where[title][not_equals]=${'x'.repeat(20_000)}`;
  const asked = await api(world, '/plants?limit=1', 'admin', { method: 'POST', headers: form, body });
  t.strictSame([at(asked.json, 'docs', 0, 'id'), at(asked.json, 'totalDocs'), at(asked.json, 'limit')], [1, 2, 1]);
  const json = { 'content-type': 'application/json', 'x-payload-http-method-override': 'get' };
  const counted = await api(world, '/plants/count', 'admin', { method: 'POST', headers: json, body: '{"where":{"id":{"in":[1,3]}}}' });
  t.strictSame(counted.json, { totalDocs: 2 });
  const wrong = await api(world, '/plants/1', 'admin', { method: 'POST', headers: { 'x-http-method-override': 'DELETE' }, body: '{}' });
  t.equal(wrong.status, 400);
  const long = await api(world, `/plants?where[title][not_in]=${'y'.repeat(20_000)}&limit=1&depth=0`);
  t.equal(long.status, 200);
  const preflight = await api(world, '/plants', null, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://shop.test',
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'x-payload-http-method-override',
    },
  });
  t.match(preflight.headers, {
    'access-control-allow-methods': /PATCH/,
    'access-control-allow-headers': /x-payload-http-method-override/i,
  });
}

export const payloadReads: Feature = {
  promise: 'Payload finds documents',
  async run(t, world) {
    await t.test('where, with every operator', (t) => filters(t, world));
    await t.test('what is misspelled', (t) => misspelled(t, world));
    await t.test('pages, orders, counts, routes', (t) => pages(t, world));
    await t.test('depth, select, populate, joins, locale, trash', (t) => documents(t, world));
    await t.test('one statement', (t) => statements(t, world));
    await t.test('a POST that stands for a GET', (t) => overridden(t, world));
  },
};
