/** Promise: tables and views nobody prepared for an API are served all the same (directus8-data §13). */
import { oddColumns, oddTable } from '../fixtures/garden-foreign.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { answers, lists, refused, refuses, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { at, rows } from '../support/http.ts';

async function withoutKey(t: Tester, world: World): Promise<void> {
  const list = await world.get('items/log_entries?limit=2&sort=at', 'admin');
  t.strictSame(at(list.json, 'data'), [
    { at: '2024-01-01 00:00:00', level: 'warn', message: 'entry 000' },
    { at: '2024-01-01 00:01:00', level: 'info', message: 'entry 001' },
  ]);
  for (const id of ['1', 'x', '1,2']) {
    const answer = await world.get(`items/log_entries/${id}`, 'admin');
    t.equal(answer.status, 404, `no key, no item: ${id} (${told(answer)})`);
  }
  t.equal(rows(await world.get('items/log_entries?fields=message&filter[level]=warn&limit=-1', 'admin')).length, 23);
}

async function views(t: Tester, world: World): Promise<void> {
  const list = await world.get('items/plant_overview?sort=id', 'admin');
  t.strictSame(at(list.json, 'data', 0), { id: 1, title: 'Apple', family_name: 'Rosaceae', height: 3.5 });
  await lists(t, world, 'items/plant_overview?sort=-id&fields=id', [12, 11, 7, 3, 1]);
  await lists(t, world, 'items/plant_overview?fields=id&filter[family_name]=Pinaceae', [3]);
  await lists(t, world, 'items/plant_overview?fields=id&q=ginkgo', [7]);
  await lists(t, world, 'items/plant_overview?fields=id&sort=id', [1, 3, 7, 11, 12], 'editor');
  await refuses(t, world, 'items/plant_overview', 403, 300, 'writer');
}

async function compositeKeys(t: Tester, world: World): Promise<void> {
  await answers(t, world, 'items/shipments/north;1', { depot: 'north', number: 1, weight: 10.5 });
  await answers(t, world, 'items/shipments/so~3bu~7eth;1?fields=depot', { depot: 'so;u~th' });
  await answers(t, world, 'items/shipments/a~2cb~2fc;7?fields=depot', { depot: 'a,b/c' });
  await lists(t, world, 'items/shipments/north;1,north;2?fields=number', [1, 2], 'admin', 'number');
  await lists(t, world, 'items/shipments/north;1,north;9?fields=number', [1], 'admin', 'number');
  await refuses(t, world, 'items/shipments/north;9', 404, 203);
  await refuses(t, world, 'items/shipments/north;x', 404, 203);
  // A lone first column is not a key: several rows share it.
  for (const id of ['north', 'north;1;1', 'north;']) {
    const answer = await world.get(`items/shipments/${id}`, 'admin');
    if (id === 'north;') t.ok(answer.status === 404 || answer.status === 422, `${id} (${told(answer)})`);
    else refused(t, answer, 422, 12, id);
  }
  await lists(t, world, 'items/shipments?fields=number&filter[depot]=north', [1, 2], 'admin', 'number');
  await lists(t, world, 'items/bed_plants?fields=quantity&sort=-quantity', [20, 6, 2, 1], 'admin', 'quantity');
}

/** A key of text is that text, whatever the database's collation takes for equal. */
async function textKeys(t: Tester, world: World): Promise<void> {
  await answers(t, world, 'items/families/ROS?fields=code', { code: 'ROS' });
  await lists(t, world, 'items/families/ROS,ros?fields=code', ['ROS'], 'admin', 'code');
  for (const id of ['ros', 'ROS%20', 'R%C3%96S']) await refuses(t, world, `items/families/${id}`, 404, 203);
  await refuses(t, world, 'items/shipments/NORTH;1', 404, 203);
}

/** Names that need quoting in SQL, encoding in URLs, or care in JavaScript. */
async function oddNames(t: Tester, world: World): Promise<void> {
  const path = `items/${encodeURIComponent(oddTable)}`;
  const list = await world.get(path, 'admin');
  t.equal(list.status, 200, told(list));
  for (const name of oddColumns) {
    t.equal(at(list.json, 'data', 0, name), `one ${name}`, `the value of ${name}`);
    t.equal(at(list.json, 'data', 1, name), null, `NULL of ${name}`);
    const encoded = encodeURIComponent(name);
    // A dot is a path in fields, and cannot be filtered by.
    if (name.includes('.')) continue;
    const one = await world.get(`${path}?fields=${encoded}&limit=1`, 'admin');
    t.equal(at(one.json, 'data', 0, name), `one ${name}`, `fields=${name} (${told(one)})`);
    const sorted = await world.get(`${path}?fields=id&sort=-${encoded}`, 'admin');
    t.strictSame(
      rows(sorted).map((row) => row['id']),
      [1, 2],
      `sort=-${name} (${told(sorted)})`,
    );
    // Brackets inside a bracketed name have no spelling.
    if (/[[\]]/.test(name)) continue;
    const found = await world.get(`${path}?fields=id&filter[${encoded}]=${encodeURIComponent(`one ${name}`)}`, 'admin');
    t.strictSame(
      rows(found).map((row) => row['id']),
      [1],
      `filter[${name}] (${told(found)})`,
    );
  }
  await lists(t, world, 'items/order?fields=group&sort=group', ['autumn', 'spring'], 'admin', 'group');
  await lists(t, world, 'items/order?fields=id&filter[group]=spring', [1]);
  await lists(t, world, 'items/order?fields=id&filter[user][gt]=3', [1]);
}

export const oddTables: Feature = {
  promise: 'tables nobody prepared for an API are served',
  async run(t, world) {
    await t.test('a table without a key', (t) => withoutKey(t, world));
    await t.test('a view', (t) => views(t, world));
    await t.test('keys of several columns', (t) => compositeKeys(t, world));
    await t.test('text keys', (t) => textKeys(t, world));
    await t.test('odd names', (t) => oddNames(t, world));
  },
};
