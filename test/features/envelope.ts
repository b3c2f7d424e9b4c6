/** Promise: every answer has one envelope, whose shape follows from the request alone (directus8-data §1). */
import { tokens } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { answers, refused, refuses, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { at } from '../support/http.ts';

const keysOf = (json: unknown): string[] => (json !== null && typeof json === 'object' ? Object.keys(json) : []);

async function shapes(t: Tester, world: World): Promise<void> {
  const list = await world.get('items/families', 'admin');
  t.equal(list.status, 200);
  t.match(String(list.headers['content-type']), /^application\/json; ?charset=utf-8$/i);
  t.strictSame(keysOf(list.json), ['data'], 'nothing but data');
  t.ok(Array.isArray(at(list.json, 'data')), 'a list is an array');

  await answers(t, world, 'items/zones/1?fields=name', { name: 'Garden' });
  await answers(t, world, 'items/zones/1,2?fields=id', [{ id: 1 }, { id: 2 }]);
  await answers(t, world, 'items/zones/2,1?fields=id', [{ id: 1 }, { id: 2 }]);
  await answers(t, world, 'items/zones/1,?fields=id', [{ id: 1 }]);
  await answers(t, world, 'items/zones/1,99?fields=id', [{ id: 1 }]);
  await answers(t, world, 'items/zones/98,99', []);
  await answers(t, world, 'items/zones/01?fields=id', { id: 1 });
  await answers(t, world, 'items/zones?filter[id]=99', []);
  await answers(t, world, 'items/families/ROS?fields=name', { name: 'Rosaceae' });
  await answers(t, world, `items/families/${encodeURIComponent('a/b c')}?fields=name`, { name: 'Odd key' });
  await answers(t, world, `items/families/${encodeURIComponent('ÅST')}?fields=name`, { name: 'Asteraceae' });
  await answers(t, world, 'items/families/x;y?fields=name', { name: 'Semicolon' });
  for (const id of ['99', 'abc', '1abc', '1.0', '1e0', '-1', '99999999999999999999', "1' or '1'='1"]) {
    refused(t, await world.get(`items/zones/${encodeURIComponent(id)}`, 'admin'), 404, 203, `zones/${id}`);
  }
  await refuses(t, world, 'items/families/ros2', 404, 203);
}

async function publicMark(t: Tester, world: World): Promise<void> {
  const list = await world.get('items/families?meta=result_count&fields=code');
  t.strictSame(keysOf(list.json), ['meta', 'data', 'public'], 'meta first, public last');
  t.equal(at(list.json, 'public'), true);
  const stale = await world.raw('/garden/items/families?fields=code', { token: 'no-such-token' });
  t.strictSame([stale.status, at(stale.json, 'public')], [200, true], 'a token that is none is the public');
  const empty = await world.get('items/families?filter[code]=none');
  t.strictSame(empty.json, { data: [], public: true });
}

async function routes(t: Tester, world: World): Promise<void> {
  await refuses(t, world, 'nothing/here', 404, 1);
  refused(t, await world.raw('/nowhere/items/plants'), 401, 3, 'an unknown project');
  refused(t, await world.raw('/nowhere/items/plants', { method: 'POST', body: '{' }), 401, 3, 'an unknown project, before its body');
  refused(t, await world.get('items/plants', 'admin', { method: 'PUT', body: '{}' }), 405, 6, 'PUT');
  for (const name of ['directus_users', 'directus_permissions', 'directus_made_up']) {
    await refuses(t, world, `items/${name}`, 401, 201);
    await refuses(t, world, `items/${name}/1`, 401, 201);
    await refuses(t, world, `items/${name}`, 401, 201, null);
  }
  for (const name of ['nope', 'Plants', 'plants ', 'constructor', '__proto__', 'toString', 'sqlite_master', 'pg_class']) {
    await refuses(t, world, `items/${name}`, 404, 200);
    await refuses(t, world, `items/${name}/1`, 404, 200);
    await refuses(t, world, `items/${name}`, 404, 200, 'nobody');
  }
  const head = await world.get('items/families', 'admin', { method: 'HEAD' });
  t.strictSame([head.status, head.text], [200, ''], 'HEAD');
  const slash = await world.get('items/families/', 'admin');
  t.equal(slash.status, 200, 'a slash at the end');
  for (const path of ['/garden//items/families', '//garden/items///families', '/garden/items//families//']) {
    t.equal((await world.raw(path, { token: tokens.admin })).text, slash.text, `slashes that are doubled: ${path}`);
  }
  const text = await world.get('items/plants?fields=id&filter[title][eq]=a//b', 'admin');
  t.strictSame(text.json, { data: [] }, 'but not in the query');
  refused(t, await world.get('items/plants', 'admin', { method: 'DELETE' }), 405, 6, 'rows are deleted by a filter or by keys');
}

async function credentials(t: Tester, world: World): Promise<void> {
  const basic = Buffer.from(`${tokens.admin}:`).toString('base64');
  const ways: readonly (readonly [string, string, Record<string, string>])[] = [
    ['in the query', `/garden/items/keepers?fields=name&access_token=${tokens.admin}`, {}],
    ['as Basic user', '/garden/items/keepers?fields=name', { authorization: `Basic ${basic}` }],
    ['as bearer in lower case', '/garden/items/keepers?fields=name', { authorization: `bearer ${tokens.admin}` }],
  ];
  for (const [what, path, headers] of ways) {
    const answer = await world.raw(path, { headers });
    t.equal(answer.status, 200, `a token ${what} (${told(answer)})`);
    t.strictSame(keysOf(answer.json), ['data'], 'not public');
  }
  refused(t, await world.get('items/families', 'fenced'), 401, 19, 'from an address outside the role');
  refused(t, await world.get('items/keepers', 'suspended'), 401, 3, 'a suspended user is the public');
  refused(t, await world.raw('/garden/items/keepers', { token: tokens.admin.toUpperCase() }), 401, 3, 'a token is exact');
}

export const envelope: Feature = {
  promise: 'every answer has one envelope',
  async run(t, world) {
    await t.test('lists, items and lists of items', (t) => shapes(t, world));
    await t.test('answers to the public say so', (t) => publicMark(t, world));
    await t.test('routes, methods and names that do not exist', (t) => routes(t, world));
    await t.test('where a token may stand', (t) => credentials(t, world));
  },
};
