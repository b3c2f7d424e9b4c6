/** Promise: no way of asking gets out what the caller may not read (directus8-data §10, §15). */
import { secrets, tokens, type Who } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { answers, lists, refuses, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { at, rows } from '../support/http.ts';

async function rowsOf(t: Tester, world: World): Promise<void> {
  const cases: readonly (readonly [Who | null, string, readonly number[]])[] = [
    ['admin', 'sightings', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['writer', 'sightings', [1, 5, 6]],
    ['otherWriter', 'sightings', [2]],
    ['crew', 'sightings', [3, 4]],
    ['otherCrew', 'sightings', [3, 4]],
    ['crew', 'plants', []],
    ['otherCrew', 'plants', [12]],
    ['editor', 'plants', [1, 2, 3, 5, 7, 8, 11, 12]],
    [null, 'plants', [1, 3, 7, 11, 12]],
    ['crew', 'tasks', [1, 2, 3]],
  ];
  for (const [who, collection, ids] of cases) {
    await lists(t, world, `items/${collection}?fields=id&sort=id`, ids, who);
    await lists(t, world, `items/${collection}?fields=id&sort=id&filter[id][gt]=0&filter[id][logical]=or`, ids, who);
    // An OR of the caller's own stays inside the rules.
    await lists(
      t,
      world,
      `items/${collection}?fields=id&sort=id&filter[id][0][gt]=0&filter[id][1][lt]=99&filter[id][1][logical]=or`,
      ids,
      who,
    );
    const all = Array.from({ length: 15 }, (_, i) => i + 1).join(',');
    const byKey = await world.get(`items/${collection}/${all}?fields=id`, who ?? undefined);
    t.strictSame(
      rows(byKey)
        .map((row) => Number(row['id']))
        .sort((a, b) => a - b),
      ids,
      `${who ?? 'public'}: ${collection} by keys (${told(byKey)})`,
    );
  }
}

/** A hidden field is unknown to filters and orders, and no value of it can be found out. */
async function probing(t: Tester, world: World): Promise<void> {
  const hidden: readonly (readonly [Who | null, string, string])[] = [
    ['writer', 'plants', 'price'],
    ['writer', 'plants', 'passcode'],
    ['writer', 'sightings', 'spot'],
    ['editor', 'uses', 'secret'],
    ['editor', 'plants', 'passcode'],
    [null, 'plants', 'owner'],
    [null, 'plants', 'notes'],
  ];
  for (const [who, collection, field] of hidden) {
    for (const condition of [
      `[${field}]=1`,
      `[${field}][null]`,
      `[${field}][contains]=a`,
      `[${field}][empty]`,
      `[${field}][in]=1,2`,
      `[${field}][nnull]`,
    ]) {
      const answer = await world.get(`items/${collection}?fields=id&filter${condition}`, who ?? undefined);
      const code = at(answer.json, 'error', 'code');
      t.ok(
        (answer.status === 422 && code === 202) || (answer.status === 403 && code === 215),
        `${who ?? 'public'}: ${collection} by ${condition} (${told(answer)})`,
      );
    }
    await refuses(t, world, `items/${collection}?sort=${field}`, 422, 202, who);
  }
  for (const path of ['owner.password', 'owner.token', 'owner.2fa_secret', 'owner.password_reset_token', 'modified_by.password']) {
    for (const who of ['admin', 'editor', 'writer'] satisfies Who[]) {
      const answer = await world.get(`items/plants?fields=id&filter[${path}][contains]=a`, who);
      t.ok(answer.status === 404 || answer.status === 403 || answer.status === 422, `${who}: filter by ${path} (${told(answer)})`);
    }
  }
  for (const path of ['plant.price', 'plant.passcode', 'plant.zone.name', 'plant.zone']) {
    const answer = await world.get(`items/plant_texts?fields=id&filter[${path}][nnull]`, 'writer');
    t.ok(answer.status === 404 || answer.status === 403, `writer: filter by ${path} (${told(answer)})`);
  }
  const code = await world.get('items/plant_uses?fields=id&filter[use_id.secret][contains]=code', 'editor');
  t.ok(code.status === 404 || code.status === 403, `editor: filter by use_id.secret (${told(code)})`);
}

/** A field hidden in some statuses is compared in the other rows only. */
async function probingByStatus(t: Tester, world: World): Promise<void> {
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[price][gt]=0', [1, 3, 5, 11], 'editor');
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[notes][nnull]', [2, 5, 8], 'editor');
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[notes][null]', [], 'editor');
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[notes][neq]=x', [2, 5, 8], 'editor');
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[price][null]', [7], 'editor');
  await lists(t, world, 'items/plant_texts?fields=id&sort=id&filter[plant.price][gt]=0', [1, 2, 4], 'editor');
  await lists(t, world, 'items/plant_texts?fields=id&sort=id&filter[plant.notes][nnull]', [3], 'editor');
  const both = await world.get('items/tasks?fields=id&filter[title][contains]=Mulch', 'crew');
  t.ok(both.status !== 200 || rows(both).length === 0, `crew: a title hidden in done tasks (${told(both)})`);
  await lists(t, world, 'items/plants?fields=id&filter[owner.first_name]=Wim', [], 'otherCrew');
}

/** Row rules hold inside paths: a value of a row that may not be read finds nothing. */
async function probingThroughRelations(t: Tester, world: World): Promise<void> {
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[sightings.note]=cone', [], 'writer');
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[sightings.note]=in bloom', [1], 'writer');
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[owner.email][contains]=wanda', [], 'writer');
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[owner.email][contains]=wim', [1, 3, 6], 'writer');
  // Soft-deleted children count for nobody: plant 4 is one of use 2.
  await lists(t, world, 'items/uses?fields=id&sort=id&filter[plants.plant.latin]=taraxacum', []);
  await lists(t, world, 'items/families?fields=code&filter[members.latin]=taraxacum', [], 'admin', 'code');
  await lists(t, world, 'items/zones?fields=id&filter[plants.title]=fig 100%25_ripe', [], 'editor');
}

async function noSecrets(t: Tester, world: World): Promise<void> {
  const paths = [
    'users?fields=*',
    'users?fields=*.*',
    'users?fields=*.*.*&status=*',
    'users/1?fields=*',
    'users/me',
    'users?fields=password,token,2fa_secret,password_reset_token',
    'items/plants?fields=*.*.*&status=*',
    'items/plants?fields=owner.*,modified_by.*',
    'items/plants?fields=owner.password,owner.token',
    'items/sightings?fields=observer.*.*',
    'roles?fields=*.*',
    'permissions?fields=*.*&limit=-1',
    'settings?limit=-1',
  ];
  const callers: readonly (Who | null)[] = ['admin', 'editor', 'writer', 'otherWriter', 'crew', 'nobody', null];
  for (const who of callers) {
    for (const path of paths) {
      const answer = await world.get(path, who ?? undefined);
      t.ok(answer.status < 500, `${who ?? 'public'}: ${path} (${told(answer)})`);
      const own = who === null ? undefined : tokens[who];
      const leaked = secrets.filter((secret) => secret !== own && answer.text.includes(secret));
      t.strictSame(leaked, [], `${who ?? 'public'}: ${path} holds no secret`);
    }
  }
  const user = await world.get('users/2?fields=*', 'admin');
  t.notOk(rows(user).some((row) => 'password' in row) || user.text.includes('$2y$'), 'not even a hash');
}

async function whoAmI(t: Tester, world: World): Promise<void> {
  await answers(t, world, 'users/me?fields=id,first_name', { id: 3, first_name: 'Wim' }, 'writer');
  await lists(t, world, 'users?fields=id', [3], 'writer');
  await refuses(t, world, 'users/2', 404, 203, 'writer');
  await lists(t, world, 'users?fields=id&sort=id', [7, 8], 'crew');
}

export const permissions: Feature = {
  promise: 'nothing gets out that the caller may not read',
  async run(t, world) {
    await t.test('rows', (t) => rowsOf(t, world));
    await t.test('hidden fields in filters and orders', (t) => probing(t, world));
    await t.test('fields hidden in some statuses', (t) => probingByStatus(t, world));
    await t.test('through relations', (t) => probingThroughRelations(t, world));
    await t.test('secrets of users', (t) => noSecrets(t, world));
    await t.test('one’s own user', (t) => whoAmI(t, world));
  },
};
