/** Promise: a list is sorted by the columns of related rows at any depth, and no order tells what may not be read. */
import type { Who } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { answers, lists, refuses } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { column } from '../support/http.ts';
import { type Row, rowsOf } from '../support/readable.ts';
import type { Cell } from '../support/schema-text.ts';
import { visible } from './filter.ts';

/** The relations the model walks, by collection and column. */
const toOne: Readonly<Record<string, readonly [collection: string, key: string]>> = {
  'plants.zone': ['zones', 'id'],
  'plants.family': ['families', 'code'],
  'plants.owner': ['directus_users', 'id'],
  'zones.parent': ['zones', 'id'],
};

/** The value at the end of a path, null where it leads nowhere. */
function endOf(collection: string, row: Row, path: readonly string[]): Cell {
  const [name = '', ...rest] = path;
  const value = row[name] ?? null;
  if (rest.length === 0 || value === null) return value;
  const [to = '', key = ''] = toOne[`${collection}.${name}`] ?? [];
  const target = rowsOf(to).find((one) => one[key] === value);
  return target ? endOf(to, target, rest) : null;
}

/** The visible plants in the order of the terms, worked out from the fixture: NULLs last, then by key. */
function modelled(sort: string): unknown[] {
  const terms = sort.split(',').map((term) => ({ down: term.startsWith('-'), path: term.replace(/^-/, '').split('.') }));
  const plants = rowsOf('plants').filter((row) => (visible as readonly unknown[]).includes(row['id']));
  plants.sort((a, b) => {
    for (const { down, path } of terms) {
      const left = endOf('plants', a, path);
      const right = endOf('plants', b, path);
      if (left === right) continue;
      if (left === null || right === null) return left === null ? 1 : -1;
      return (left < right ? -1 : 1) * (down ? -1 : 1);
    }
    return Number(a['id']) - Number(b['id']);
  });
  return plants.map((row) => row['id']);
}

const orders = [
  'family.name',
  '-family.name',
  '-family.name,-id',
  'family.name,-heads',
  'zone.name',
  '-zone.name',
  'zone.parent.name',
  '-zone.parent.name',
  'zone.parent.name,zone.name,-id',
  'zone.name,zone.parent.id,zone.id',
  '-zone.parent.parent.parent.id,zone.parent.parent.name',
  'owner.first_name,family.note',
  'heads,zone.name',
];

async function asModelled(t: Tester, world: World): Promise<void> {
  for (const sort of orders) {
    const ids = modelled(sort);
    const path = `items/plants?fields=id&sort=${sort}`;
    await lists(t, world, path, ids);
    await lists(t, world, `${path}&limit=3`, ids.slice(0, 3));
    await lists(t, world, `${path}&limit=4&page=2`, ids.slice(4, 8));
    await lists(t, world, `${path}&limit=-1&offset=5`, ids.slice(5));
    // The order survives what else hangs on the rows, and counters.
    const wide = await world.get(`items/plants?fields=id,family.*,zone.parent.name,uses.use_id.name&sort=${sort}&limit=5&meta=*`, 'admin');
    t.strictSame(column(wide, 'id'), ids.slice(0, 5), `${sort} with relations and counters`);
  }
}

async function otherKeys(t: Tester, world: World): Promise<void> {
  // Through two columns, and through keys beyond 2^53.
  await lists(t, world, 'items/shipment_lines?fields=item&sort=-shipments.weight,item', ['soil', 'bulbs', 'pots'], 'admin', 'item');
  await lists(t, world, 'items/beds?fields=label&sort=-keeper.badge', ['rose bed', 'herb bed', 'empty bed'], 'admin', 'label');
  await lists(t, world, 'items/bed_plants?fields=quantity&sort=bed.label,plant.heads', [2, 20, 1, 6], 'admin', 'quantity');
  // Beside columns whose names the page may not confuse.
  await lists(t, world, 'items/order?fields=id&sort=-plant.title&limit=1', [2]);
  await answers(t, world, 'items/plants?single=1&fields=id&sort=zone.name', { id: 11 });
  await lists(t, world, 'items/plants/1,2,3?fields=id&sort=-family.name', [1, 2, 3]);
}

async function refusedOrders(t: Tester, world: World): Promise<void> {
  for (const sort of ['family.nope', 'nope.name', '-zone.parent.nope', 'title.x', 'family.__proto__', 'family.', '.name', 'family..name']) {
    await refuses(t, world, `items/plants?sort=${sort}`, 422, 202);
  }
  for (const sort of ['uses.weight', '-labels.name', 'zone.plants.title', 'beds.label', 'zone.children', 'family.members']) {
    await refuses(t, world, `items/plants?sort=${sort}`, 422, 12);
  }
  await refuses(t, world, 'users?sort=role.name,avatar.nope', 422, 202);
  await refuses(t, world, 'items/plants?sort=owner.password', 422, 202);
  await refuses(t, world, 'items/plants?sort=owner.token', 422, 202);
  await refuses(t, world, `items/zones?sort=${'parent.'.repeat(12)}name`, 400, 2);
}

/** Names that may not be read are no names; rows that may not be read are no rows. */
async function rights(t: Tester, world: World): Promise<void> {
  const hidden: readonly (readonly [Who | null, string])[] = [
    ['editor', 'items/plant_uses?sort=use_id.secret'],
    ['editor', 'items/plant_texts?sort=plant.passcode'],
    ['writer', 'items/plants?sort=zone.name'],
    ['writer', 'items/plants?sort=zone.parent.name'],
    ['writer', 'items/plant_uses?sort=plant.price'],
    ['sleuth', 'items/plants?sort=sightings.note'],
    ['sleuth', 'items/zones?sort=parent.name'],
    ['sleuth', 'items/shipment_lines?sort=shipments.weight'],
    // No collection of theirs: keepers are granted to administrators only.
    ['editor', 'items/beds?sort=keeper.name'],
    [null, 'items/plants?sort=owner.first_name'],
    [null, 'items/plants?sort=zone.name'],
  ];
  for (const [who, path] of hidden) await refuses(t, world, path, 422, 202, who);
  // Of the users a writer reads the own row only, so that the plants of all others are alike.
  await lists(t, world, 'items/plants?fields=id&sort=owner.first_name', [1, 3, 6, 2, 5, 7, 8, 11, 12], 'writer');
  await lists(t, world, 'items/plants?fields=id&sort=-owner.first_name', [1, 3, 6, 2, 5, 7, 8, 11, 12], 'writer');
  // A published plant tells the warden no zone; a draft (2, 8) and one in review (6) do.
  await lists(t, world, 'items/plants?fields=id&sort=zone.name', [2, 8, 6, 1, 3, 5, 7, 11, 12], 'warden');
  await lists(t, world, 'items/plants?fields=id&sort=-zone.name', [6, 8, 2, 1, 3, 5, 7, 11, 12], 'warden');
  await lists(t, world, 'items/sightings?fields=id&sort=plant.zone', [8, 4, 1, 2, 3, 5, 6, 7], 'warden');
  await lists(t, world, 'items/sightings?fields=id&sort=-plant.zone', [4, 8, 1, 2, 3, 5, 6, 7], 'warden');
  await lists(t, world, 'items/sightings?fields=id&sort=plant.zone.name', [4, 8, 1, 2, 3, 5, 6, 7], 'warden');
  // A draft does not tell its family; 5 sits on a soft-deleted plant.
  await lists(t, world, 'items/sightings?fields=id&sort=plant.family.name', [3, 1, 2, 7, 4, 5, 6, 8], 'warden');
  await lists(t, world, 'items/sightings?fields=id&sort=-plant.family.name,plant.zone', [1, 2, 7, 3, 8, 4, 5, 6], 'warden');
}

export const relationalSort: Feature = {
  promise: 'lists are sorted by columns of related rows',
  async run(t, world) {
    await t.test('in the order of a plain model', (t) => asModelled(t, world));
    await t.test('through other keys', (t) => otherKeys(t, world));
    await t.test('orders that cannot be', (t) => refusedOrders(t, world));
    await t.test('rights', (t) => rights(t, world));
  },
};
