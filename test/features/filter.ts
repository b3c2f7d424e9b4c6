/** Promise: every filter operator finds exactly its rows, on every type (directus8-data §5.2). */
import { bedIds } from '../fixtures/garden-foreign.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { lists, refuses } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { column } from '../support/http.ts';

/** Plants that are neither soft-deleted nor in a status nobody mapped. */
export const visible = [1, 2, 3, 5, 6, 7, 8, 11, 12] as const;

const all = (...without: number[]): number[] => visible.filter((id) => !without.includes(id));

type Case = readonly [query: string, ids: readonly number[]];

/** What the tables below leave out is what a query string needs encoded. */
const encoded = (query: string): string => query.replace(/[%+\\ ]|(?<=\[)[<>=!]+(?=\])/g, (text) => encodeURIComponent(text));

const comparisons: readonly Case[] = [
  ['heads]=1', [3]],
  ['heads][eq]=5', [1]],
  ['heads][=]=5', [1]],
  ['heads][neq]=1', all(3, 7)],
  ['heads][!=]=1', all(3, 7)],
  ['heads][<>]=1', all(3, 7)],
  ['heads][lt]=3', [2, 3, 5]],
  ['heads][<]=3', [2, 3, 5]],
  ['heads][lte]=3', [2, 3, 5, 6]],
  ['heads][<=]=3', [2, 3, 5, 6]],
  ['heads][gt]=11', [8, 12]],
  ['heads][>]=11', [8, 12]],
  ['heads][gte]=11', [8, 11, 12]],
  ['heads][>=]=11', [8, 11, 12]],
  ['heads][in]=1,5,999', [1, 3]],
  ['heads][in][]=1&filter[heads][in][]=5', [1, 3]],
  ['heads][in][0]=1&filter[heads][in][1]=5', [1, 3]],
  ['heads][in]=', []],
  ['heads][nin]=0,1', all(2, 3, 7)],
  ['latin][in]=rubus,rosa', [2, 12]],
  ['latin][in]= rubus,rosa', [12]],
  ['heads][null]', [7]],
  ['heads][null]=1', [7]],
  ['heads][null]=0', [7]],
  ['heads][nnull]=0', all(7)],
  ['heads][between]=2,5', [1, 5, 6]],
  ['heads][between]=2,77,5', [1, 5, 6]],
  ['heads][between][]=2&filter[heads][between][]=5', [1, 5, 6]],
  ['heads][between]=2', []],
  ['heads][nbetween]=2,5', all(1, 5, 6, 7)],
  ['notes]=', [2]],
  ['status]=draft', [2, 8]],
  ['status]=archived', []],
];

const texts: readonly Case[] = [
  ['latin][like]=malus', [1, 11]],
  ['latin][contains]=malus', [1, 11]],
  ['title][contains]=APPLE', [1, 11]],
  ['title][contains]=100%_', [6]],
  ['title][contains]=%', [6]],
  ['title][contains]=_', [6]],
  ['title][contains]=\\', [8]],
  ["title][contains]='", [5]],
  ['title][contains]="', [5]],
  ['title][contains]=ngström', [12]],
  ['title][contains]=', [...visible]],
  ['latin][contains]=0', []],
  ['latin][nlike]=us', [7, 12]],
  ['latin][ncontains]=us', [7, 12]],
  ['notes][ncontains]=note', all(3, 7, 8, 11, 12)],
  ['latin][rlike]=ro%', [12]],
  ['latin][rlike]=RO%', [12]],
  ['latin][rlike]=r_sa', [12]],
  ['latin][rlike]=rubu', []],
  ['latin][rlike]=0', []],
  ['latin][nrlike]=%us', [1, 3, 7, 11, 12]],
  ['tags][empty]', [2, 3, 7]],
  ['tags][nempty]', all(2, 3, 7)],
  ['notes][empty]=0', [2, 3, 7]],
  ['traits][empty]', [2, 3, 6, 7]],
  ['traits][nempty]', [1, 5, 8, 11, 12]],
  ['heads][empty]', [7]],
  ['heads][contains]=1', [3, 11, 12]],
];

const types: readonly Case[] = [
  ['planted][gte]=2021-01-01', [5, 6, 8]],
  ['planted]=2020-02-29', [2]],
  ['planted][lt]=now', all(7)],
  ['planted][gt]=NOW', []],
  ['planted][between]=2022-01-01,now', [8]],
  ['planted]=2021-13-45', []],
  ['planted]=yesterday', []],
  ['watered]=06:30:00', [1, 11]],
  ['watered][gt]=18:00:00', [3, 12]],
  ['watered]=25:00:00', []],
  ['created_on]=2020-01-02 03:04:05', [1]],
  ['created_on]=2020-01-02T03:04:05Z', [1]],
  ['created_on]=2020-01-02T05:04:05+02:00', [1]],
  ['created_on][lt]=2020-01-04', [1, 2]],
  ['modified_on]=2021-02-03 04:05:06.7', [1]],
  ['hardy]=1', [1, 2, 8, 12]],
  ['hardy]=true', [1, 2, 8, 12]],
  ['hardy]=0', [3, 6, 11]],
  ['hardy]=false', [3, 6, 11]],
  ['hardy]=maybe', []],
  ['hardy][null]', [5, 7]],
  ['price]=123456789.123456', [11]],
  ['price][gt]=123456789.123455', [11]],
  ['price]=0.000001', [2]],
  ['price]=12.5', [1]],
  ['price]=12.5000', [1]],
  ['price][lt]=0', [12]],
  ['price][between]=-6,0', [12]],
  ['heads]=abc', []],
  ['heads]=1abc', []],
  ['heads]=1.5', []],
  ['heads][gt]=11.5', [8, 12]],
  ['heads]=99999999999999999999999', []],
  ['heads][lt]=99999999999999999999999', all(7)],
  ['kind]=tree', [1, 3, 6, 11]],
  ['kind][in]=tree,nonsense', [1, 3, 6, 11]],
  ['kind]=nonsense', []],
  ['tags][contains]=fruit', [1, 5, 6, 11]],
  ['tags]=fruit,old', [1]],
  ['traits][contains]=colour', [1, 11]],
];

const combined: readonly Case[] = [
  ['heads][gte]=1&filter[heads][lte]=3', [3, 5, 6]],
  ['heads][0][gte]=1&filter[heads][1][lte]=3', [3, 5, 6]],
  ['heads][][gte]=1&filter[heads][][lte]=3', [3, 5, 6]],
  ['heads][gte]=1&filter[kind]=tree', [1, 3, 6, 11]],
  ['heads][eq]=5&filter[latin][eq]=rosa&filter[latin][logical]=or', [1, 12]],
  ['heads][eq]=5&filter[latin][logical]=or&filter[latin][eq]=rosa', [1, 12]],
  ['heads][eq]=5&filter[latin][eq]=rosa&filter[latin][logical]=or&filter[kind]=shrub', [1, 12]],
  ['heads][0][eq]=5&filter[heads][1][eq]=1&filter[heads][1][logical]=or', [1, 3]],
  // The last of two equal keys counts.
  ['heads]=5&filter[heads]=1', [3]],
  // Neither side of an OR escapes the status condition.
  ['id][eq]=4&filter[latin][eq]=rosa&filter[latin][logical]=or', [12]],
];

const related: readonly Case[] = [
  ['family.name]=Rosaceae', [1, 2, 5, 8, 11, 12]],
  ['family.name][neq]=Rosaceae', [3]],
  ['zone.parent.name]=Orchard', [1]],
  ['zone.parent.parent.parent.parent.parent.name]=North', [3, 6]],
  ['labels.language]=fr', [1, 3]],
  ['labels.language]=fr&filter[labels.name]=Apple tree', [1]],
  ['uses.use_id.name]=food', [1, 2, 12]],
  ['uses.use_id.name][in]=dye,timber', [3, 6, 12]],
  ['uses.weight][gt]=4', [1, 3]],
  ['owner.email][rlike]=wanda%', [2, 11]],
  ['family][like]=rosa', [1, 2, 5, 8, 11, 12]],
  ['beds.label]=rose bed', [1, 12]],
  ['bed_plants.quantity][gt]=5', [12]],
  ['order.group]=spring', [1]],
];

const counting: readonly Case[] = [
  ['uses][has]=1', [1, 2, 3, 6, 12]],
  ['uses][has]=2', [1, 12]],
  ['uses][has]=3', [12]],
  ['uses][has]=0', [5, 7, 8, 11]],
  ['uses][nhas]=2', [2, 3, 5, 6, 7, 8, 11]],
  ['uses][empty]', [5, 7, 8, 11]],
  ['uses][nempty]', [1, 2, 3, 6, 12]],
  ['uses][all]=1,2', [1, 12]],
  ['uses][all]=1,2,3', [12]],
  ['uses][all]=4', [3]],
  ['uses][in]=3,4', [3, 6, 12]],
  ['uses][eq]=4', [3]],
  ['labels][all]=1,2', [1]],
  ['labels][all]=1,3', []],
  ['labels][in]=3', [2]],
  ['sightings][has]=2', [1]],
];

function table(cases: readonly Case[]) {
  return async (t: Tester, world: World): Promise<void> => {
    for (const [query, ids] of cases) await lists(t, world, `items/plants?fields=id&sort=id&filter[${encoded(query)}`, ids);
  };
}

async function negatedRelations(t: Tester, world: World): Promise<void> {
  const answer = await world.get('items/plants?fields=id&sort=id&filter[family][nlike]=rosa', 'admin');
  t.strictSame(
    [1, 3].map((id) => column(answer, 'id').includes(id)),
    [false, true],
    'nlike on a m2o is the opposite of like',
  );
  await lists(t, world, 'items/zones?fields=id&filter[children][has]=2', [1]);
  await lists(t, world, 'items/zones?fields=id&sort=id&filter[children][empty]', [7, 9]);
  await lists(t, world, 'items/sightings?fields=id&sort=id&filter[plant.title]=Apple', [1, 2]);
}

async function otherKeys(t: Tester, world: World): Promise<void> {
  await lists(t, world, 'items/measures?fields=id&filter[big]=9007199254740993', [1]);
  await lists(t, world, 'items/measures?fields=id&filter[big]=9007199254740992', []);
  await lists(t, world, 'items/measures?fields=id&filter[big][gt]=9223372036854775806', [3]);
  await lists(t, world, 'items/measures?fields=id&filter[big][in]=9223372036854775807,-9223372036854775808', [2, 3]);
  await lists(t, world, 'items/measures?fields=id&filter[big][lte]=9223372036854775808', [1, 2, 3]);
  await lists(t, world, 'items/measures?fields=id&filter[at]=2024-02-29%2023:59:59.123456', [1]);
  await lists(t, world, 'items/measures?fields=id&filter[at]=2024-02-29%2023:59:59', []);
  await lists(t, world, 'items/measures?fields=id&filter[ratio]=0.1', [1]);
  await lists(t, world, 'items/measures?fields=id&filter[code]=alpha', [2]);
  await lists(t, world, 'items/measures?fields=id&filter[code][contains]=ALPHA', [1, 2]);
  await lists(t, world, 'items/measures?fields=id&filter[label][contains]=%F0%9F%98%80', [3]);
  await lists(t, world, `items/beds?fields=label&filter[id]=${bedIds[1]}`, ['herb bed'], 'admin', 'label');
  await lists(t, world, 'items/beds?fields=label&filter[id]=no-uuid', [], 'admin', 'label');
  await lists(t, world, 'items/beds?fields=label&filter[keeper.name]=Lou', ['rose bed'], 'admin', 'label');
  await lists(t, world, 'items/beds?fields=label&filter[plants.title]=Apple', ['rose bed'], 'admin', 'label');
  await lists(
    t,
    world,
    'items/shipment_lines?fields=item&sort=line,item&filter[shipments.weight][gt]=10',
    ['bulbs', 'soil', 'pots'],
    'admin',
    'item',
  );
  await lists(t, world, 'items/shipments?fields=number&filter[shipment_lines.item]=soil', [1], 'admin', 'number');
  await lists(t, world, 'items/tasks?fields=id&sort=id&filter[state]=2', [3, 4]);
  await lists(t, world, 'items/log_entries?fields=message&limit=1&sort=message&filter[level]=warn', ['entry 000'], 'admin', 'message');
}

async function refusedFilters(t: Tester, world: World): Promise<void> {
  const cases: readonly (readonly [string, number, number])[] = [
    ['filter[id][foo]=1', 422, 214],
    ['filter[id][constructor]=1', 422, 214],
    ['filter[title]=Apple&filter[title][logical]=or', 422, 214],
    ['filter[nope]=1', 422, 202],
    ['filter[nope][eq]=1', 422, 202],
    ['filter[__proto__]=1', 422, 202],
    ['filter[nope.x]=1', 404, 202],
    ['filter[family.nope]=1', 404, 202],
    ['filter[title.x]=1', 404, 202],
    ['filter[uses.use_id.nope][in]=1', 404, 202],
    ['filter[heads][has]=1', 422, 12],
    ['filter[heads][all]=1', 422, 12],
    ['filter=title', 422, 4],
  ];
  for (const [query, status, code] of cases) await refuses(t, world, `items/plants?${query}`, status, code);
  // By key, filter and q do not apply; the order is the default one: 1 has a place, 2 has none.
  await lists(t, world, 'items/plants/2,1?fields=id&filter[nope]=1&q=nothing', [1, 2]);
}

export const filter: Feature = {
  promise: 'every filter operator finds exactly its rows',
  async run(t, world) {
    await t.test('comparisons, lists, ranges, NULL', (t) => table(comparisons)(t, world));
    await t.test('text', (t) => table(texts)(t, world));
    await t.test('operands by the type of the column', (t) => table(types)(t, world));
    await t.test('several conditions', (t) => table(combined)(t, world));
    await t.test('paths through relations', (t) => table(related)(t, world));
    await t.test('to-many relations as a whole', (t) => table(counting)(t, world));
    await t.test('relations the other way', (t) => negatedRelations(t, world));
    await t.test('keys and values of other tables', (t) => otherKeys(t, world));
    await t.test('filters that cannot be', (t) => refusedFilters(t, world));
  },
};
