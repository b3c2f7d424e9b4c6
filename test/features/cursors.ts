/** Promise: a cursor leads from page to page of any list, and is good for that list and that caller alone (issue 3). */
import { oddTable } from '../fixtures/garden-foreign.ts';
import { secrets, type Who } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, refuses, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { project } from '../support/gateway.ts';
import { at, type Json, rows } from '../support/http.ts';

const lists: readonly string[] = [
  'plants?fields=id',
  ...['id', '-id', 'title', '-latin', 'family,-id', 'heads,-height', '-price,kind', 'hardy,-planted', '-watered', 'created_on'].map(
    (sort) => `plants?fields=id,title&sort=${sort}`,
  ),
  'plants?fields=id,zone.name&sort=-zone.parent.name,zone.name,-heads',
  'plants?fields=id,uses.use_id.name&sort=family.name&filter[uses.use_id.name][in]=food,dye',
  'plants?fields=title&sort=-kind&filter={"_or":[{"heads":{"_gt":3}},{"heads":{"_null":true}}]}&q=a',
  'plants?fields=id&status=*&sort=-status',
  'plants?fields=id,labels.name&deep[labels][_limit]=1&sort=height',
  'tasks?fields=title&sort=-state',
  'sightings?fields=id&sort=-seen_at',
  'sightings?fields=id&sort=plant.title,-observer.last_name,seen_at',
  ...['big', '-exact', 'wide', '-ratio', 'at', '-day', 'clock', '-raw', 'doc', 'flag', '-label', 'code'].map(
    (sort) => `measures?fields=id&sort=${sort}`,
  ),
  'families?sort=-name',
  'beds?fields=label&sort=keeper.name',
  'shipments?sort=-weight,number',
  'shipment_lines?fields=item&sort=-item',
  'bed_plants?fields=quantity&sort=-quantity',
  `${encodeURIComponent(oddTable)}?fields=id&sort=-select`,
  'order?fields=group&sort=-group',
  'directus_users?fields=first_name&sort=-email',
];

/** All rows by following cursors, and what the last page said. */
async function followed(world: World, path: string, limit: number, who: Who | undefined): Promise<{ data: Json[]; end: string }> {
  const data: Json[] = [];
  let cursor = '';
  for (let pages = 0; pages < 300; pages++) {
    const answer = await world.get(`${path}&limit=${limit}&meta=cursor${cursor}`, who);
    const next = at(answer.json, 'meta', 'cursor');
    data.push(...rows(answer));
    if (typeof next !== 'string') return { data, end: next === null ? 'null' : told(answer) };
    cursor = `&cursor=${next}`;
  }
  return { data, end: 'never' };
}

const pathOf = (list: string): string => list.replace(/^directus_/, '').replace(/^(?!users)/, 'items/');

async function everyList(t: Tester, world: World, who: Who | undefined, among: readonly string[]): Promise<void> {
  for (const list of among) {
    const path = pathOf(list.includes('?') ? list : `${list}?`);
    const whole = await world.get(`${path}&limit=-1`, who);
    if (whole.status !== 200) {
      const page = await world.get(`${path}&limit=2&meta=cursor`, who);
      t.strictSame([page.status, page.text], [whole.status, whole.text], `${who ?? 'public'}: refused as the list is: ${list}`);
      continue;
    }
    for (const limit of [1, 2, 5]) {
      const { data, end } = await followed(world, path, limit, who);
      t.strictSame([data, end], [rows(whole), 'null'], `${who ?? 'public'}: ${list}, ${limit} at a time`);
    }
  }
}

async function callers(t: Tester, world: World): Promise<void> {
  const some = lists.filter((list) => /^(plants|sightings|tasks|directus_users)/.test(list));
  for (const who of ['editor', 'writer', 'crew', 'sleuth', 'warden', undefined] as const) await everyList(t, world, who, some);
}

async function cursorOf(world: World, path: string, who: Who | undefined = 'admin'): Promise<string> {
  return String(at((await world.get(`${path}&meta=cursor`, who)).json, 'meta', 'cursor'));
}

async function beside(t: Tester, world: World): Promise<void> {
  const path = 'items/plants?fields=id&sort=id&limit=2';
  const counted = await world.get(`${path}&meta=*,cursor&filter[id][gt]=1`, 'admin');
  const cursor = String(at(counted.json, 'meta', 'cursor'));
  t.strictSame(
    [at(counted.json, 'meta', 'result_count'), at(counted.json, 'meta', 'filter_count')],
    [2, 8],
    'counters mean what they mean',
  );
  const next = await world.get(`${path}&meta=*,cursor&filter[id][gt]=1&cursor=${cursor}`, 'admin');
  t.strictSame(rows(next), [{ id: 5 }, { id: 6 }]);
  t.strictSame([at(next.json, 'meta', 'result_count'), at(next.json, 'meta', 'filter_count')], [2, 8], 'behind a cursor too');
  t.equal(at(next.json, 'meta', 'page'), undefined, 'there are no numbered pages behind a cursor');
  const other = await world.get(`items/plants?fields=title,family.name&sort=id&limit=1&filter[id][gt]=1&cursor=${cursor}`, 'admin');
  t.strictSame(at(other.json, 'data', 0, 'title'), 'Elder\'s "gift"', 'other fields, another limit');
  t.equal(at(other.json, 'meta'), undefined, 'no meta unless asked for');
  const all = await world.get(`items/plants?fields=id&sort=id&limit=-1&filter[id][gt]=1&meta=cursor&cursor=${cursor}`, 'admin');
  t.strictSame([rows(all).length, at(all.json, 'meta', 'cursor')], [6, null], 'all that follows');
  t.equal(at((await world.get('items/plants?limit=2&meta=*', 'admin')).json, 'meta', 'cursor'), undefined, '* is what it was');
  const last = await world.get('items/plants?limit=9&meta=cursor', 'admin');
  t.strictSame([rows(last).length, at(last.json, 'meta', 'cursor')], [9, null], 'a full page that is the last one');
  const none = await world.get('items/plants?limit=9&meta=cursor&filter[id]=0', 'admin');
  t.strictSame([rows(none).length, at(none.json, 'meta', 'cursor')], [0, null], 'no rows at all');
  t.equal(at((await world.get('items/plants/1?meta=cursor', 'admin')).json, 'meta', 'cursor'), undefined, 'an item is followed by nothing');
}

async function bound(t: Tester, world: World): Promise<void> {
  const path = 'items/plants?fields=id&sort=-height&limit=2';
  const cursor = await cursorOf(world, path);
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['items/zones?limit=2', 'collection', /collection/],
    ['items/plants?limit=2', 'sort', /sort/],
    ['items/plants?limit=2&sort=height', 'sort', /sort/],
    ['items/plants?limit=2&sort=-height,-id', 'sort', /sort/],
    [`${path}&filter[id][gt]=0`, 'filter', /filter/],
    [`${path}&q=a`, 'text', /text to look for/],
    [`${path}&status=*`, 'status', /status/],
  ];
  for (const [other, what, pattern] of cases) {
    const answer = await world.get(`${other}&cursor=${cursor}`, 'admin');
    refused(t, answer, 422, 12, `another ${what}`);
    t.match(String(at(answer.json, 'error', 'message')), pattern);
  }
  for (const [who, what] of [
    ['editor', /role/],
    [undefined, /role/],
  ] as const) {
    const answer = await world.get(`${path}&cursor=${cursor}`, who);
    refused(t, answer, 422, 12, 'another role');
    t.match(String(at(answer.json, 'error', 'message')), what);
  }
  const own = 'items/tasks?fields=id&limit=1';
  const mine = await cursorOf(world, own, 'crew');
  const others = await world.get(`${own}&cursor=${mine}`, 'otherCrew');
  refused(t, others, 422, 12, 'of the same role, where rules depend on the user');
  t.match(String(at(others.json, 'error', 'message')), /user/);
  const shared = await cursorOf(world, 'items/families?limit=1', 'writer');
  t.equal((await world.get(`items/families?limit=1&cursor=${shared}`, 'otherWriter')).status, 200, 'where they do not, it is shared');
  t.strictSame(rows(await world.get(`${path}&cursor=${cursor}`, 'admin')).length, 2, 'and it is still good for its own');
}

async function broken(t: Tester, world: World): Promise<void> {
  const path = 'items/plants?fields=id&limit=2';
  const cursor = await cursorOf(world, path);
  const changed = (cursor[20] === 'A' ? 'B' : 'A') + cursor.slice(21);
  for (const text of [
    'x',
    '1',
    '%00',
    '-1',
    "'--",
    `${cursor}A`,
    cursor.slice(0, -1),
    cursor.slice(0, 20) + changed,
    cursor.repeat(2),
    'A'.repeat(200),
  ]) {
    const answer = await world.get(`${path}&cursor=${text}`, 'admin');
    if (text === '%00') refused(t, answer, 400, 2, 'a null byte');
    else refused(t, answer, 422, 4, `cursor=${text.slice(0, 30)}`);
  }
  await refuses(t, world, `${path}&cursor[a]=1`, 422, 4);
  for (const more of ['offset=0', 'page=1', 'single=1', 'export=csv', 'meta=page'])
    await refuses(t, world, `${path}&cursor=${cursor}&${more}`, 422, 12);
  await refuses(t, world, `items/plants/1?cursor=${cursor}`, 422, 12);
  await refuses(t, world, `items/plants?aggregate[count]=*&cursor=${cursor}`, 422, 12);
  await refuses(t, world, 'items/plants?aggregate[count]=*&meta=cursor', 422, 12);
  for (const query of ['plants?sort=?&limit=2', 'log_entries?limit=2', 'plant_overview?limit=2', 'plants?limit=0']) {
    await refuses(t, world, `items/${query}&meta=cursor`, 422, 12);
    await refuses(t, world, `items/${query}&cursor=${cursor}`, 422, 12);
  }
}

/** A cursor holds the key, and here it holds a value that its reader may not see. */
async function closed(t: Tester, world: World): Promise<void> {
  const path = 'items/plants?fields=title&sort=-owner.last_name&limit=1';
  const cursors = [await cursorOf(world, path), await cursorOf(world, path)];
  t.not(cursors[0], cursors[1], 'the same place, another text: places cannot be compared');
  for (const cursor of cursors) {
    t.match(cursor, /^[\w-]+$/, 'fit for a URL');
    const inside = Buffer.from(cursor, 'base64url').toString('latin1');
    t.notOk(secrets.some((secret) => inside.includes(secret)) || /Garden|plants|title/.test(inside), 'nothing can be read in it');
  }
  const elsewhere = await world.raw(`/${project}/items/plants?limit=1&cursor=${cursors[0]}`);
  t.equal(elsewhere.status, 422);
}

export const cursors: Feature = {
  promise: 'cursors lead through any list, for whom they were made',
  async run(t, world) {
    await t.test('every list', (t) => everyList(t, world, 'admin', lists));
    await t.test('every caller', (t) => callers(t, world));
    await t.test('beside other parameters', (t) => beside(t, world));
    await t.test('bound to their list', (t) => bound(t, world));
    await t.test('changed, cut and out of place', (t) => broken(t, world));
    await t.test('closed', (t) => closed(t, world));
  },
};
