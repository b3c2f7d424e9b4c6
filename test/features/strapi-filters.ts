/** Promise: every operator of Strapi's filters finds what it says, and what nobody knows is refused by its name (strapi-rest §§4, 14). */
import type { Feature, Tester } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { at, type Json } from '../support/http.ts';
import { finds, refuses, strapi } from '../support/strapi.ts';

const preview = 'publicationState=preview';

async function filters(t: Tester, world: World): Promise<void> {
  const cases: readonly (readonly [string, readonly Json[]])[] = [
    ['filters[id][$eq]=1', [1]],
    ['filters[title]=Apple', [1]],
    ['filters[id][0]=1&filters[id][1]=3', [1, 3]],
    ['filters[title][$eqi]=aPPLE', [1]],
    ['filters[title][$ne]=Apple&filters[id][$lte]=3', [2, 3]],
    ['filters[title][$nei]=APPLE&filters[id][$lt]=4', [2, 3]],
    ['filters[heads][$gt]=9&filters[heads][$lte]=12', [11, 12]],
    ['filters[heads][$gte]=11', [8, 11, 12]],
    ['filters[heads][$between][0]=1&filters[heads][$between][1]=3', [3, 5, 6]],
    ['filters[id][$in][0]=1&filters[id][$in][1]=99&filters[id][$in][2]=2', [1, 2]],
    ['filters[id][$in]=7', [7]],
    ['filters[id][$in][]=', []],
    ['filters[id][$notIn][0]=1&filters[id][$lt]=4', [2, 3]],
    ['filters[id][$notIn][]&filters[id][$lt]=3', [1, 2]],
    ['filters[title][$contains]=apple', [11]],
    ['filters[title][$containsi]=apple', [1, 11]],
    ['filters[title][$notContains]=e&filters[id][$lt]=9', [7]],
    ['filters[title][$ncontainsi]=E&filters[id][$lt]=9', [7]],
    ['filters[title][$contains]=100%25_', [6]],
    ['filters[title][$contains]=%25', [6]],
    ['filters[title][$startsWith]=c', []],
    ['filters[title][$startsWithi]=c', [3]],
    ['filters[title][$endsWith]=apple', [11]],
    ['filters[title][$endsWithi]=APPLE', [1, 11]],
    ['filters[title][$contains][0]=Gink&filters[title][$contains][1]=Ced', [3, 7]],
    ['filters[zone][$null]=true', [5, 7]],
    ['filters[zone][$notNull]=false', [5, 7]],
    ['filters[heads]=', [7]],
    ['filters[heads][$ne]=&filters[id][$gt]=10', [11, 12]],
    ['filters[hardy]=f', [3, 6, 11]],
    ['filters[planted][$lt]=1900-01-01', [3]],
    ['filters[created_on][$gte]=1578614400000', [11, 12]],
    ['filters[createdAt][$lt]=2020-01-03T00:00:00.000Z', [1]],
    ['filters[height][$eq]=3.50', [1, 11]],
    ['filters[heads][$containsi]=1', [3, 11, 12]],
    ['filters[$or][0][id]=1&filters[$or][1][title][$startsWith]=G', [1, 7]],
    ['filters[$and][0][hardy]=true&filters[$and][1][heads][$gt]=6&filters[$and][2][kind]=shrub', [8, 12]],
    ['filters[$not][zone][id][$notNull]=true', [5, 7]],
    ['filters[heads][$not][$gt]=2', [2, 3, 5]],
    ['filters[$not][$or][0][heads][$gt]=2&filters[$not][$or][1][id]=3', [2, 5]],
    ['filters[0][id][$gt]=10&filters[1][id][$lt]=12', [11]],
    ['filters[zone][parent][name]=Orchard', [1]],
    ['filters[zone]=4', [1]],
    ['filters[zone][$in][0]=4&filters[zone][$in][1]=1', [1, 11]],
    ['filters[uses][name][$eq]=food', [1, 2, 12]],
    ['filters[uses][$eq]=3', [6, 12]],
    ['filters[uses][id][$in][0]=4', [3]],
    ['filters[uses][$null]=true&filters[id][$lt]=8', [5, 7]],
    ['filters[$and][0][uses][name]=food&filters[$and][1][uses][name]=dye', [12]],
    ['filters[uses][name]=food&filters[uses][id]=2', []],
    ['filters[$not][uses][name]=food&filters[id][$lt]=4', [3]],
    ['filters[family][name][$startsWith]=Pin', [3]],
    ['filters[publishedAt][$null]=true', [2, 5, 6, 8]],
    ['published_at_null=true', [2, 5, 6, 8]],
    ['_q=APPLE', [1, 11]],
    ['_q=5&fields=title', [5]],
  ];
  for (const [query, ids] of cases) await finds(t, world, `plants?${preview}&fields=title&${query}`, ids);
  await finds(t, world, 'shipments?filters[id]=north,2', ['north,2']);
  // Translated attributes are those of the language that is asked for.
  const texts: readonly (readonly [string, readonly Json[]])[] = [
    ['filters[name]=Apple tree', [1]],
    ['filters[name][$contains]=om&locale=fr', [1]],
    ['filters[name][$notContains]=om&locale=fr', [3]],
    ['filters[name][$null]=true', [3, 7, 11, 12]],
    ['filters[name][$notNull]=true', [1]],
    ['filters[$not][name]=Apple tree', [3, 7, 11, 12]],
    ['sort=name&locale=fr', [3, 1]],
    ['sort=name:desc&locale=fr', [1, 3]],
    ['sort=name,id:desc', [1, 12, 11, 7, 3]],
    ['_q=pommier', []],
    ['_q=pommier&locale=fr', [1]],
  ];
  for (const [query, ids] of texts) await finds(t, world, `plants?fields=title&${query}`, ids);
  await finds(t, world, 'zones?filters[plants][name]=Apple tree', [4]);
  await finds(t, world, 'zones?sort=plants.name&pagination[limit]=2', [4, 9]);
  await finds(t, world, 'plants?filters[name]=Apple tree', [], 'warden');
  await finds(t, world, 'zones?filters[children][name]=South&fields=name', [1]);
}

async function refusals(t: Tester, world: World): Promise<void> {
  const named: readonly (readonly [string, string])[] = [
    ['filters[nope]=1', 'nope'],
    ['filters[title][$foo]=1', '$foo'],
    ['filters[$foo][0][id]=1', '$foo'],
    ['filters[title][inner]=1', 'inner'],
    ['filters[zone][nope]=1', 'nope'],
    ['filters[__proto__][$eq]=1', '__proto__'],
    ['filters[constructor][$eq]=1', 'constructor'],
    ['filters[passcode][$null]=true', 'passcode'],
    ['sort=nope', 'nope'],
    ['sort=zone.nope', 'nope'],
    ['fields=nope', 'nope'],
    ['fields=uses', 'uses'],
    ['fields=passcode', 'passcode'],
    ['populate=nope', 'nope'],
    ['populate[zone][nope]=1', 'nope'],
    ['populate[zone][on]=1', 'on'],
    ['populate[zone][filters][nope]=1', 'nope'],
    ['populate=zone.nope', 'nope'],
    ['filters[__proto__][id]=1', '__proto__'],
    ['filters[title][constructor]=1', 'constructor'],
    ['sort[prototype]=asc', 'prototype'],
    ['%5F%5Fproto__=1', '__proto__'],
    ['fields=__proto__', '__proto__'],
    ['populate=constructor', 'constructor'],
    ['sort=zone.', 'zone.'],
    ['populate[uses][pagination][foo]=1', 'foo'],
    ['limit=1', 'limit'],
    ['pagination[size]=1', 'size'],
  ];
  for (const [query, name] of named) await refuses(t, world, `plants?${query}`, 400, `Invalid parameter ${name}`);
  const newer = await strapi(world, 'plants?filters[zone][nope]=1', 'admin', { v5: true });
  t.strictSame(
    at(newer.json, 'error', 'details'),
    { key: 'nope', path: 'zone.nope', source: 'query', param: 'filters' },
    'the newer form says where',
  );
  const values: readonly (readonly [string, RegExp])[] = [
    ['filters[heads]=many', /heads/],
    ['filters[heads][$in][0]=x', /heads/],
    ['filters[planted][$gt]=soon', /planted/],
    ['filters[heads][$between]=1', /two values/],
    ['filters[heads][$null]=x', /true or false/],
    ['filters[$or]=1', /list of conditions/],
    ['filters[zone][$eq]=1&filters[zone][name]=x', /./],
    ['filters[uses][$eq]=1&filters[uses][$ne]=2', /one operator/],
    ['filters=1', /filters\[attribute\]/],
    ['filters[zone][$gt]=1&filters[zone][$lt]=5', /one operator/],
    ['sort=title:up', /^Invalid order\. order can only be one of asc\|desc\|ASC\|DESC$/],
    ['pagination[page]=x', /pagination\[page\]/],
    ['pagination[page]=1&pagination[limit]=1', /mixed/],
    ['pagination[withCount]=x', /withCount/],
    ['populate[zone][pagination]=3', /pagination/],
    ['populate[uses][limit]=x', /limit/],
    ['populate[uses][limit]=1&populate[uses][pagination][start]=1', /pagination/],
    ['publicationState=x', /publicationState/],
    ['status=x', /status/],
    [`filters${'[a]'.repeat(21)}=1`, /levels of brackets/],
  ];
  for (const [query, message] of values) await refuses(t, world, `plants?${query}`, 400, message);
  // A type without drafts has no state to ask for.
  for (const query of ['status=x', 'publicationState=x']) await finds(t, world, `zones?${query}&filters[id]=1`, [1]);
  for (const path of ['plants/abc', 'plants/999', 'shipments/north', 'log-entries/1', 'nope', 'nope/1', 'plants/1/2', 'directus_users']) {
    await refuses(t, world, path, 404, 'Not Found');
  }
  await refuses(t, world, 'zones', 403, 'Forbidden', 'nobody');
  await refuses(t, world, 'zones/1', 403, 'Forbidden', null);
  await refuses(t, world, 'zones', 401, 'Missing or invalid credentials', null, { headers: { authorization: 'Bearer nothing.of.this' } });
  await refuses(t, world, 'plants', 405, 'Method Not Allowed', 'admin', { method: 'PATCH', body: {} });
  await refuses(t, world, 'plants', 405, 'Method Not Allowed', 'admin', { method: 'PUT', body: {} });
  await refuses(t, world, 'plants/1', 405, 'Method Not Allowed', 'admin', { method: 'POST', body: {} });
  for (const method of ['PATCH', 'PUT', 'DELETE', 'POST']) {
    await refuses(t, world, 'nothings', 404, 'Not Found', 'admin', { method, body: {} });
    await refuses(t, world, 'nothings/1', 404, 'Not Found', 'admin', { method, body: {} });
  }
  await refuses(t, world, 'plants', 403, 'Forbidden', 'editor', { method: 'POST', body: {} });
  for (const type of ['text/plain', 'application/xml']) {
    await refuses(t, world, 'zones', 415, /send application\/json/, 'admin', {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': type },
    });
  }
  for (const [method, path] of [
    ['GET', 'upload'],
    ['PUT', 'upload/files'],
    ['DELETE', 'users'],
    ['POST', 'users/1'],
    ['PATCH', 'users'],
    ['PATCH', 'users/1'],
    ['POST', 'upload/files/1'],
    ['GET', 'auth/local'],
    ['POST', 'auth/email-confirmation'],
    ['POST', 'connect/google'],
  ]) {
    await refuses(t, world, String(path), 405, 'Method Not Allowed', 'admin', { method: String(method) });
  }
  await refuses(t, world, 'plants?filters[name]=x', 400, 'Invalid parameter name', 'sleuth');
}

export const strapiFilters: Feature = {
  promise: 'Strapi: filters and refusals',
  async run(t, world) {
    await t.test('every operator', (t) => filters(t, world));
    await t.test('what is wrong is refused by its name', (t) => refusals(t, world));
  },
};
