/** Promise: order and pages are stable and the same on every database (directus8-data §5.3, §5.4). */
import { logRows } from '../fixtures/garden-foreign.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { answers, lists, refuses, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { column, rows } from '../support/http.ts';

/** By the sort field, those without a place last, then by key. */
export const defaultOrder = [8, 3, 11, 12, 1, 5, 6, 2, 7] as const;

async function order(t: Tester, world: World): Promise<void> {
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ['', defaultOrder],
    ['sort=', defaultOrder],
    ['sort=id', [1, 2, 3, 5, 6, 7, 8, 11, 12]],
    ['sort=-id', [12, 11, 8, 7, 6, 5, 3, 2, 1]],
    ['sort=heads', [2, 3, 5, 6, 1, 11, 12, 8, 7]],
    ['sort=-heads', [8, 12, 11, 1, 6, 5, 3, 2, 7]],
    ['sort=height', [12, 2, 6, 1, 11, 5, 8, 3, 7]],
    ['sort=-height', [8, 5, 1, 11, 6, 2, 12, 3, 7]],
    ['sort=height,-id', [12, 2, 6, 11, 1, 5, 8, 7, 3]],
    ['sort=-hardy,latin', [8, 1, 12, 2, 3, 6, 11, 7, 5]],
    ['sort[]=height&sort[]=-id', [12, 2, 6, 11, 1, 5, 8, 7, 3]],
    ['sort=latin', [3, 8, 6, 7, 1, 11, 12, 2, 5]],
    ['sort=price', [12, 2, 6, 5, 8, 1, 3, 11, 7]],
    ['sort=-planted', [8, 6, 5, 2, 12, 11, 1, 3, 7]],
    ['sort=created_on', [1, 2, 3, 5, 6, 8, 11, 12, 7]],
    ['sort=zone', [11, 12, 1, 8, 3, 6, 2, 5, 7]],
  ];
  for (const [query, ids] of cases) await lists(t, world, `items/plants?fields=id&${query}`, ids);
  await lists(t, world, 'items/keepers?fields=name&sort=-id', ['Max', 'Lou', 'Kim'], 'admin', 'name');
  for (const random of ['%3F', '?', '-%3F']) {
    const answer = await world.get(`items/plants?fields=id&sort=${random}`, 'admin');
    t.strictSame(
      column(answer, 'id')
        .map(Number)
        .sort((a, b) => a - b),
      [1, 2, 3, 5, 6, 7, 8, 11, 12],
      `sort=${random} (${told(answer)})`,
    );
  }
}

async function refusedOrder(t: Tester, world: World): Promise<void> {
  for (const name of ['nope', '-nope', 'id,nope', 'ghost', '__proto__', 'family.nope', 'id desc', 'id--']) {
    await refuses(t, world, `items/plants?sort=${name}`, 422, 202);
  }
  for (const name of ['labels', '-uses', 'divider']) await refuses(t, world, `items/plants?sort=${name}`, 422, 12);
  // Neither the order nor the error tells about a hidden column.
  await refuses(t, world, 'items/plants?sort=price', 422, 202, 'writer');
  await refuses(t, world, 'items/plants?sort=-price', 422, 202, 'editor');
  await refuses(t, world, 'items/plants?sort=notes', 422, 202, 'editor');
  await refuses(t, world, 'users?sort=password', 422, 202);
}

async function pages(t: Tester, world: World): Promise<void> {
  const d = defaultOrder;
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ['limit=2', d.slice(0, 2)],
    ['limit=2&offset=1', d.slice(1, 3)],
    ['limit=2&page=2', d.slice(2, 4)],
    ['limit=2&page=5', d.slice(8)],
    ['limit=2&page=6', []],
    ['limit=2&page=0', d.slice(0, 2)],
    ['limit=2&page=-3', d.slice(0, 2)],
    ['limit=2&page=3&offset=1', d.slice(1, 3)],
    ['page=2', d],
    ['limit=-1', d],
    ['limit=-7', d],
    ['limit=-1&offset=7', d.slice(7)],
    ['offset=7', d.slice(7)],
    ['offset=-5', d],
    ['offset=100', []],
    ['limit=0', []],
    ['limit=abc', []],
    ['limit=', []],
    ['limit=25000', d],
    ['single=0', d],
    ['single=false', d],
    ['single=nonsense', d],
  ];
  for (const [query, ids] of cases) await lists(t, world, `items/plants?fields=id&${query}`, ids);
  const all = await world.get('items/log_entries?fields=message', 'admin');
  t.equal(rows(all).length, 200, 'the default limit');
  const every = await world.get('items/log_entries?fields=message&limit=-1', 'admin');
  t.equal(rows(every).length, logRows, 'no limit');
  for (const huge of ['limit=99999999999999999999', 'offset=99999999999999999999', 'limit=2&page=99999999999999999999']) {
    const answer = await world.get(`items/plants?fields=id&${huge}`, 'admin');
    t.ok(answer.status === 200 || answer.status === 400 || answer.status === 422, `${huge} (${told(answer)})`);
  }
}

async function single(t: Tester, world: World): Promise<void> {
  await answers(t, world, 'items/plants?single=1&fields=id', { id: 8 });
  await answers(t, world, 'items/plants?single=true&fields=id&sort=id', { id: 1 });
  await answers(t, world, 'items/plants?single=1&fields=id&offset=2', { id: 11 });
  await answers(t, world, 'items/plants?single=1&fields=id&filter[heads]=5&limit=50', { id: 1 });
  await refuses(t, world, 'items/plants?single=1&filter[id]=99', 404, 203);
  await refuses(t, world, 'items/plants?single=1&offset=50', 404, 203);
  await answers(t, world, 'items/plants?single=0&filter[id]=99', []);
}

export const orderAndPages: Feature = {
  promise: 'order and pages are stable',
  async run(t, world) {
    await t.test('sort', (t) => order(t, world));
    await t.test('orders that cannot be', (t) => refusedOrder(t, world));
    await t.test('limit, offset and page', (t) => pages(t, world));
    await t.test('single', (t) => single(t, world));
  },
};
