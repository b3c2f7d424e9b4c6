/** Promise: soft-deleted rows stay out of sight until somebody who may asks for them (directus8-data §5.5, §11). */
import type { Who } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { answers, lists, refuses } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { defaultOrder } from './order-and-pages.ts';

async function byCaller(t: Tester, world: World): Promise<void> {
  const cases: readonly (readonly [Who | null, string, readonly number[]])[] = [
    ['admin', '', defaultOrder],
    ['admin', 'status=', defaultOrder],
    ['admin', 'status=*', [8, 3, 11, 12, 4, 1, 5, 6, 9, 10, 2, 7]],
    ['admin', 'status=draft', [8, 2]],
    ['admin', 'status=draft,review', [8, 5, 6, 2]],
    ['admin', 'status=archived', [4]],
    ['admin', 'status=mystery', [9]],
    ['admin', 'status=nonsense', []],
    ['writer', '', defaultOrder],
    ['writer', 'status=archived', []],
    ['writer', 'status=*', [8, 3, 11, 12, 1, 5, 6, 9, 10, 2, 7]],
    ['editor', '', [8, 3, 11, 12, 1, 5, 2, 7]],
    ['editor', 'status=*', [8, 3, 11, 12, 1, 5, 2, 7]],
    ['editor', 'status=draft', [8, 2]],
    ['editor', 'status=review', [5]],
    ['editor', 'status=archived', []],
    ['editor', 'status=mystery', []],
    ['editor', 'status=draft,archived', [8, 2]],
    [null, '', [3, 11, 12, 1, 7]],
    [null, 'status=draft', []],
    [null, 'status=*', [3, 11, 12, 1, 7]],
  ];
  for (const [who, query, ids] of cases) await lists(t, world, `items/plants?fields=id&${query}`, ids, who);
}

async function numbers(t: Tester, world: World): Promise<void> {
  await lists(t, world, 'items/tasks?fields=id', [1, 2, 3, 4, 6]);
  await lists(t, world, 'items/tasks?fields=id&status=3', [5]);
  await lists(t, world, 'items/tasks?fields=id&status=1,3', [1, 2, 5, 6]);
  await lists(t, world, 'items/tasks?fields=id&status=abc', []);
  await lists(t, world, 'items/tasks?fields=id', [1, 2, 3], 'crew');
  await lists(t, world, 'items/tasks?fields=id', [1, 2, 4], 'otherCrew');
  await lists(t, world, 'items/tasks?fields=id&status=2', [3], 'crew');
  await answers(t, world, 'items/tasks/1?fields=state', { state: 1 });
}

async function single(t: Tester, world: World): Promise<void> {
  await refuses(t, world, 'items/plants/4', 404, 203);
  await answers(t, world, 'items/plants/4?fields=id&status=*', { id: 4 });
  for (const who of ['writer', 'editor'] satisfies Who[]) await refuses(t, world, 'items/plants/4?status=*', 404, 203, who);
  await refuses(t, world, 'items/plants/4?status=*', 404, 203, null);
  await lists(t, world, 'items/plants/3,4?fields=id', [3]);
}

/** A row that is soft-deleted is not reached through its relations either. */
async function below(t: Tester, world: World): Promise<void> {
  await answers(t, world, `items/families/${encodeURIComponent('ÅST')}?fields=members.id`, { members: [] });
  await answers(t, world, 'items/families/PIN?fields=members.id', { members: [{ id: 3 }] });
  await answers(t, world, 'items/sightings/5?fields=id,plant.title', { id: 5, plant: null });
  await answers(t, world, 'items/sightings/5?fields=id,plant', { id: 5, plant: 4 });
  await answers(t, world, 'items/uses/2?fields=plants.plant.id', {
    plants: [{ plant: { id: 1 } }, { plant: null }, { plant: { id: 12 } }],
  });
}

/** A status field without a usable mapping is a column like any other. */
async function withoutMapping(t: Tester, world: World): Promise<void> {
  await lists(t, world, 'items/bad_status?fields=id', [1, 2]);
  await lists(t, world, 'items/bad_status?fields=id&status=draft', [1, 2]);
  await answers(t, world, 'items/bad_status/1', { id: 1, status: 'draft', title: 'one' });
}

export const status: Feature = {
  promise: 'soft-deleted rows stay out of sight',
  async run(t, world) {
    await t.test('the status parameter by caller', (t) => byCaller(t, world));
    await t.test('a status that is a number', (t) => numbers(t, world));
    await t.test('by key', (t) => single(t, world));
    await t.test('through relations', (t) => below(t, world));
    await t.test('a status field that lost its mapping', (t) => withoutMapping(t, world));
  },
};
