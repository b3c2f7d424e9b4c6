/** Promise: rows are grouped by what they show: their own values, those of related rows, parts of dates (docs/query.md). */
import type { Feature, Tester } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { counts, gives } from '../support/groups.ts';

async function groups(t: Tester, world: World): Promise<void> {
  await counts(t, world, 'plants?aggregate[count]=*&groupBy=status', 'status', [
    ['draft', 2],
    ['published', 5],
    ['review', 2],
  ]);
  const statuses = [
    ['archived', 1],
    ['draft', 2],
    ['mystery', 1],
    ['published', 5],
    ['review', 2],
    [null, 1],
  ];
  await counts(t, world, 'plants?aggregate[count]=*&groupBy=status&status=*', 'status', statuses);
  await counts(t, world, 'plants?aggregate[count]=*&groupBy=family', 'family', [
    ['PIN', 1],
    ['ROS', 6],
    [null, 2],
  ]);
  await counts(t, world, 'plants?aggregate[count]=*&groupBy=family&filter[heads][gte]=3', 'family', [
    ['ROS', 4],
    [null, 1],
  ]);
  await counts(t, world, 'plants?aggregate[count]=*&groupBy=family&q=apple', 'family', [['ROS', 2]]);
  await counts(t, world, 'plants?aggregate[count]=*&groupBy=planted&sort=-planted&limit=2', 'planted', [
    ['2022-01-01', 1],
    ['2021-06-16', 1],
  ]);
  await counts(t, world, 'plants?aggregate[count]=*&groupBy=height&limit=3', 'height', [
    [1, 1],
    [1.2, 1],
    [2.75, 1],
  ]);
  await counts(t, world, 'tasks?aggregate[count]=*&groupBy=state', 'state', [
    [1, 3],
    [2, 2],
  ]);
  await gives(t, world, 'plants?groupBy[]=hardy&groupBy[]=status&aggregate[sum]=heads', [
    { hardy: false, status: 'published', sum: { heads: '#12' } },
    { hardy: false, status: 'review', sum: { heads: '#3' } },
    { hardy: true, status: 'draft', sum: { heads: '#40' } },
    { hardy: true, status: 'published', sum: { heads: '#17' } },
    { hardy: null, status: 'published', sum: { heads: null } },
    { hardy: null, status: 'review', sum: { heads: '#2' } },
  ]);
  await gives(t, world, 'plants?groupBy=hardy,hardy&sort=-hardy', [{ hardy: true }, { hardy: false }, { hardy: null }]);
  await gives(t, world, 'beds?groupBy=keeper&aggregate[count]=*', [
    { keeper: '#9007199254740993', count: '#1' },
    { keeper: '#9223372036854775807', count: '#1' },
    { keeper: null, count: '#1' },
  ]);
}

async function related(t: Tester, world: World): Promise<void> {
  const families = [
    ['Pinaceae', 1],
    ['Rosaceae', 6],
    [null, 2],
  ];
  await counts(t, world, 'plants?aggregate[count]=*&groupBy=family.name', 'family.name', families);
  await counts(t, world, 'plants?aggregate[count]=*&groupBy=family.name&sort=-family.name', 'family.name', [
    families[1],
    families[0],
    families[2],
  ]);
  await counts(t, world, 'plants?aggregate[count]=*&groupBy=zone.parent.name', 'zone.parent.name', [
    ['Branch', 2],
    ['Garden', 1],
    ['Orchard', 1],
    ['Row A', 1],
    ['South', 1],
    [null, 3],
  ]);
  await gives(t, world, 'sightings?groupBy=plant.status,plant.family.name&aggregate[sum]=tally&sort=-sum.tally&limit=3', [
    { 'plant.status': null, 'plant.family.name': null, sum: { tally: '#201' } },
    { 'plant.status': 'draft', 'plant.family.name': 'Rosaceae', sum: { tally: '#30' } },
    { 'plant.status': 'published', 'plant.family.name': 'Rosaceae', sum: { tally: '#9' } },
  ]);
}

async function dateParts(t: Tester, world: World): Promise<void> {
  const years = [
    [1850, 1],
    [2019, 3],
    [2020, 1],
    [2021, 2],
    [2022, 1],
    [null, 1],
  ];
  await counts(t, world, 'plants?aggregate[count]=*&groupBy=year(planted)', 'planted_year', years);
  await counts(t, world, 'plants?aggregate[count]=*&groupBy=month(planted)&sort=-count,-month(planted)&limit=3', 'planted_month', [
    [3, 3],
    [6, 2],
    [12, 1],
  ]);
  // The leap day of 2020 was a Saturday, 2021-06-15 a Tuesday, 2022-01-01 a Saturday again.
  await counts(t, world, 'plants?aggregate[count]=*&groupBy=weekday(planted)&filter[id]=2,5,8&filter[id][in]=2,5,8', 'planted_weekday', [
    [2, 1],
    [6, 2],
  ]);
  await gives(t, world, 'sightings?groupBy=year(seen_at),day(seen_at),hour(seen_at),minute(seen_at),second(seen_at)&filter[id]=8', [
    { seen_at_year: '#2024', seen_at_day: '#8', seen_at_hour: '#10', seen_at_minute: '#0', seen_at_second: '#0' },
  ]);
  await gives(t, world, 'measures?groupBy=second(at),year(at)&sort=-at_second,at_year', [
    { at_second: '#59', at_year: '#1969' },
    { at_second: '#59', at_year: '#2024' },
    { at_second: '#0', at_year: '#2024' },
    { at_second: null, at_year: null },
  ]);
  await counts(t, world, 'sightings?aggregate[count]=*&groupBy=year(plant.planted)', 'plant.planted_year', [
    [1850, 1],
    [2019, 3],
    [2020, 1],
    [2022, 1],
    [null, 2],
  ]);
}

export const aggregateGroups: Feature = {
  promise: 'groups of rows',
  async run(t, world) {
    await t.test('by values', (t) => groups(t, world));
    await t.test('by related rows', (t) => related(t, world));
    await t.test('by parts of dates', (t) => dateParts(t, world));
  },
};
