/** Promise: ways round a rule that once worked stay closed (directus8-data §10, §14, §15). */
import type { Who } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { answers, lists, refuses, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { at, rows } from '../support/http.ts';

/** Whoever sees which rows a list holds has read the column that points back; whoever may not read a list's name has no list. */
const hiddenLists: readonly (readonly [Who, string, string, string])[] = [
  ['sleuth', 'plants', 'sightings', 'note'],
  ['sleuth', 'plants', 'labels', 'name'],
  ['sleuth', 'plants', 'beds', 'label'],
  ['sleuth', 'plants', 'bed_plants', 'quantity'],
  ['sleuth', 'plants', 'order', 'group'],
  ['sleuth', 'beds', 'plants', 'title'],
  ['sleuth', 'uses', 'plants', 'weight'],
  ['sleuth', 'zones', 'children', 'name'],
  ['sleuth', 'zones', 'plants', 'title'],
  ['sleuth', 'shipments', 'shipment_lines', 'item'],
  ['sleuth', 'shipment_lines', 'shipments', 'weight'],
];

async function hiddenRelations(t: Tester, world: World): Promise<void> {
  for (const [who, collection, relation, column] of hiddenLists) {
    const what = `${who}: ${relation} of ${collection}`;
    for (const fields of [`*,${relation}.${column}`, `*,${relation}.*`, '*.*', '*.*.*']) {
      const answer = await world.get(`items/${collection}?fields=${fields}`, who);
      t.equal(answer.status, 200, `${what} by ${fields} (${told(answer)})`);
      t.ok(rows(answer).length > 0 && rows(answer).every((row) => !(relation in row)), `${what} by ${fields} (${told(answer)})`);
    }
    await refuses(t, world, `items/${collection}?filter[${relation}.${column}][nnull]`, 404, 202, who);
    for (const asked of ['sort=', 'sort=-', 'groupBy=', 'aggregate[count]=']) {
      await refuses(t, world, `items/${collection}?${asked}${relation}`, 422, 202, who);
    }
    for (const operator of ['has', 'nhas', 'all', 'in', 'empty', 'nempty', 'null']) {
      await refuses(t, world, `items/${collection}?filter[${relation}][${operator}]=1`, 422, 202, who);
    }
  }
  // Nor on the way to something else.
  await refuses(t, world, 'items/families?filter[members.sightings.note]=cone', 404, 202, 'sleuth');
  for (const word of ['Pommier', 'in bloom', 'Twig', 'pot']) await lists(t, world, `items/plants?fields=id&q=${word}`, [], 'sleuth');
  await lists(t, world, 'items/zones?fields=id&q=Ginkgo', [], 'sleuth');
  const fields = await world.get('fields/plants', 'sleuth');
  t.equal(fields.status, 200, told(fields));
  t.notMatch(fields.text, /"field":"(labels|zone|status)"/, 'nor in the list of fields');
  await refuses(t, world, 'fields/plants/labels', 404, 202, 'sleuth');
}

/** The same in some rows only: what points back is missing there, and the list's name is. */
async function listsOfSomeRows(t: Tester, world: World): Promise<void> {
  const who: Who = 'warden';
  // Of the plants of zones, published ones (1, 3, 11, 12) do not tell their zone; a draft (2, 8) and one in review (6) do.
  const zones = await world.get('items/zones?fields=id,plants.id&sort=id', who);
  t.strictSame(
    rows(zones).flatMap((row) => (Array.isArray(row['plants']) ? row['plants'] : [])),
    [{ id: 8 }, { id: 6 }, { id: 2 }],
    told(zones),
  );
  await lists(t, world, 'items/zones?fields=id&sort=id&filter[plants.title][nnull]', [5, 7, 9], who);
  await lists(t, world, 'items/zones?fields=id&sort=id&filter[plants][has]=1', [5, 7, 9], who);
  await lists(t, world, 'items/zones?fields=id&sort=id&filter[plants][empty]', [1, 2, 3, 4, 6, 8], who);
  await lists(t, world, 'items/zones?fields=id&sort=id&q=Lime', [], who);
  // A draft does not tell its family.
  await lists(t, world, 'items/families?fields=code&sort=code&filter[members.latin]=rubus', [], who, 'code');
  await lists(t, world, 'items/families?fields=code&sort=code&filter[members.latin]=sambucus', ['ROS'], who, 'code');
  // The list of texts has no name in a published plant (1, 3, 12); the draft 2 has one.
  const plants = await world.get('items/plants?fields=id,labels.name&sort=id', who);
  t.strictSame(
    rows(plants).filter((row) => 'labels' in row && at(row, 'labels', 0) !== undefined),
    [{ id: 2, labels: [{ name: 'Bramble' }] }],
    told(plants),
  );
  t.strictSame(
    rows(plants).filter((row) => !('labels' in row)),
    [1, 3, 7, 11, 12].map((id) => ({ id })),
    told(plants),
  );
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[labels.name][nnull]', [2], who);
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[labels][has]=1', [2], who);
  await lists(t, world, 'items/plants?fields=id&sort=id&q=Pommier', [], who);
  await lists(t, world, 'items/plants?fields=id&sort=id&q=Bramble', [2], who);
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[sightings.note][nnull]', [1, 3, 12], who);
}

/** Another spelling of a soft-deleted status is that status to a database. */
async function spellings(t: Tester, world: World): Promise<void> {
  for (const status of ['3', '03', '3.0', '+3', '3e0', '1,03']) {
    const answer = await world.get(`items/tasks?fields=id&status=${encodeURIComponent(status)}`, 'writer');
    t.notOk(
      rows(answer).some((row) => row['id'] === 5),
      `writer: tasks of status ${status} (${told(answer)})`,
    );
  }
  for (const status of ['ARCHIVED', 'Archived', 'archiv\u00e9d', 'archived\u00ad', 'draft,ARCHIVED']) {
    const answer = await world.get(`items/plants?fields=id&status=${encodeURIComponent(status)}`, 'writer');
    t.equal(answer.status, 200, told(answer));
    t.notOk(
      rows(answer).some((row) => row['id'] === 4),
      `writer: plants of status ${status} (${told(answer)})`,
    );
  }
}

/** Whoever may not read the status cannot ask by it, nor count by it. */
async function hiddenStatus(t: Tester, world: World): Promise<void> {
  const all = [8, 3, 11, 12, 1, 5, 6, 2, 7];
  for (const status of ['', 'draft', 'published', '*', 'mystery']) {
    await lists(t, world, `items/plants?fields=id&status=${status}`, all, 'sleuth');
  }
  const counted = await world.get('items/plants?fields=id&meta=*', 'sleuth');
  t.equal(at(counted.json, 'meta', 'status_count'), undefined, told(counted));
  t.equal(at(counted.json, 'meta', 'total_count'), all.length, told(counted));
  await lists(t, world, 'items/plants?fields=id&status=published', [3, 11, 12, 1, 7], 'warden');
  for (const status of ['draft', 'review', 'draft,review']) await lists(t, world, `items/plants?fields=id&status=${status}`, [], 'warden');
  const some = await world.get('items/plants?fields=id&meta=status', 'warden');
  t.strictSame(at(some.json, 'meta', 'status_count'), { draft: 0, review: 0, published: 5, archived: 0 }, told(some));
}

/** Of another user one learns not even whether there is a secret. */
async function othersSecrets(t: Tester, world: World): Promise<void> {
  await answers(t, world, 'users/4?fields=id,2fa_secret,password_reset_token,token', { id: 4 }, 'sleuth');
  const own = await world.get('users/10?fields=id,2fa_secret,token', 'sleuth');
  t.strictSame(at(own.json, 'data'), { id: 10, token: '**********', '2fa_secret': null }, told(own));
  await answers(t, world, 'users/4?fields=2fa_secret', { '2fa_secret': '**********' });
}

/** A token is no part of links, however its parameter is spelt. */
async function tokensInLinks(t: Tester, world: World): Promise<void> {
  for (const name of ['access_token', 'access%5Ftoken', '%61ccess_token', 'access_toke%6E']) {
    const answer = await world.get(`items/families?fields=code&meta=page&limit=1&${name}=editor-token-of-the-garden`);
    t.equal(answer.status, 200, told(answer));
    t.notOk(answer.text.includes('editor-token'), `${name} (${told(answer)})`);
  }
}

/** A text to look for that no database should be given is refused at once. */
async function longTexts(t: Tester, world: World): Promise<void> {
  const long = 'x'.repeat(60_000);
  for (const query of [
    `q=${long}`,
    `filter[title][contains]=${long}`,
    `filter[title][rlike]=${long}`,
    `filter[family][contains]=${long}`,
  ]) {
    const start = performance.now();
    await refuses(t, world, `items/plants?fields=id&${query}`, 400, 2, 'editor');
    t.ok(performance.now() - start < 20_000, `${query.slice(0, 24)} is answered at once`);
  }
  for (const path of [`items/${long}`, `${long}://${long}`]) {
    const start = performance.now();
    await world.get(path, 'editor');
    t.ok(performance.now() - start < 20_000, `${path.slice(0, 12)} is answered at once`);
  }
}

export const permissionHoles: Feature = {
  promise: 'ways round the rules stay closed',
  async run(t, world) {
    await t.test('lists by hidden columns and hidden names', (t) => hiddenRelations(t, world));
    await t.test('the same in some rows', (t) => listsOfSomeRows(t, world));
    await t.test('spellings of a status', (t) => spellings(t, world));
    await t.test('a hidden status', (t) => hiddenStatus(t, world));
    await t.test('secrets of other users', (t) => othersSecrets(t, world));
    await t.test('long texts', (t) => longTexts(t, world));
    await t.test('tokens in links', (t) => tokensInLinks(t, world));
  },
};
