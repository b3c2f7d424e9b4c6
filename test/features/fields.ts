/** Promise: `fields` gives exactly what was asked, with wildcards at any depth (directus8-data §5.1). */
import { managedTables } from '../fixtures/garden-tables.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { answers, lists, refuses, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { type Answer, at, type Json } from '../support/http.ts';
import { memberOrder } from '../support/vendors.ts';

const plantColumns = managedTables.find((table) => table.name === 'plants')?.columns.map((column) => column.name) ?? [];

function keys(json: Json): string[] {
  return json !== null && typeof json === 'object' && !Array.isArray(json) ? Object.keys(json) : [];
}

function first(answer: Answer): Json {
  return at(answer.json, 'data', 0);
}

async function plain(t: Tester, world: World): Promise<void> {
  const ordered = await memberOrder(world.vendor);
  for (const query of ['', '?fields=*', '?fields=', '?fields[]=*', '?fields[0]=*']) {
    const answer = await world.get(`items/plants${query}`, 'admin');
    t.strictSame(
      ordered(keys(first(answer))),
      ordered(plantColumns),
      `plants${query}: the columns in table order, no alias (${told(answer)})`,
    );
  }
  const one = [{ id: 1, title: 'Apple' }];
  for (const fields of [
    'fields=id,title',
    'fields=title,id',
    'fields= id ,, title ',
    'fields[]=id&fields[]=title',
    'fields[0]=title&fields[1]=id',
    'fields[]=id,title',
  ]) {
    const answer = await answers(t, world, `items/plants?${fields}&filter[id]=1`, one);
    t.strictSame(keys(first(answer)), ['id', 'title'], 'keys in table order');
  }
  await answers(t, world, 'items/plants?fields=title&filter[id]=1', [{ title: 'Apple' }]);
  const without = await world.get('items/plants?fields=*,-notes,-traits,-zone', 'admin');
  t.strictSame(ordered(keys(first(without))), ordered(plantColumns.filter((name) => !['notes', 'traits', 'zone'].includes(name))));
  const kept = await world.get('items/plants?fields=*,-id', 'admin');
  t.ok(keys(first(kept)).includes('id'), 'the key stays beside a wildcard');
  await answers(t, world, 'items/plants/1?fields=id,family.*,-family.name', { id: 1 });
  await answers(t, world, 'items/plants/1?fields=id,uses.plant,uses.weight,uses.-weight', { id: 1, uses: [{ plant: 1 }, { plant: 1 }] });
  await answers(t, world, 'items/plants/1?fields=id,title.x', { id: 1, title: 'Apple' });
  await answers(t, world, 'items/plants/1?fields=id,divider,loose', { id: 1 });
  await answers(t, world, 'items/plants/1?fields=id,labels', { id: 1 });
  await answers(t, world, 'items/plants?fields=labels,divider', []);
}

async function unknown(t: Tester, world: World): Promise<void> {
  for (const name of [
    'nope',
    'nope.x',
    'ghost',
    'ID',
    'id%20x',
    '__proto__',
    'constructor',
    'labels.nope',
    'family.nope',
    'uses.use_id.nope',
    'id,nope',
    '*.nope',
  ]) {
    await refuses(t, world, `items/plants?fields=${name}`, 422, 202);
  }
}

async function nested(t: Tester, world: World): Promise<void> {
  await answers(t, world, 'items/plants/1?fields=family.name', { family: { name: 'Rosaceae' } });
  await answers(t, world, 'items/plants/7?fields=family.name,zone.name', { family: null, zone: null });
  await answers(t, world, 'items/plants/1?fields=uses.use_id.name', {
    uses: [{ use_id: { name: 'food' } }, { use_id: { name: 'medicine' } }],
  });
  await answers(t, world, 'items/plants/1?fields=id,labels.name,labels.language', {
    id: 1,
    labels: [
      { language: 'en', name: 'Apple tree' },
      { language: 'fr', name: 'Pommier' },
    ],
  });
  await answers(t, world, 'items/plants/5?fields=id,labels.name', { id: 5, labels: [] });
}

async function wildcards(t: Tester, world: World): Promise<void> {
  const answer = await world.get('items/plants/1?fields=*.*', 'admin');
  const plant = at(answer.json, 'data');
  t.strictSame(at(plant, 'family'), { code: 'ROS', name: 'Rosaceae', note: 'apples and roses' }, 'a m2o with all its columns');
  t.strictSame(at(plant, 'zone'), { id: 4, name: 'Row A', parent: 3 }, 'whose own m2o stays a key');
  t.strictSame(at(plant, 'labels', 1), { id: 2, plant: 1, language: 'fr', name: 'Pommier', blurb: null });
  t.strictSame(at(plant, 'uses', 0), { id: 1, plant: 1, use_id: 1, weight: 5 });
  t.equal(at(plant, 'sightings', 0, 'note'), 'in bloom');
  t.strictSame([at(plant, 'owner', 'id'), at(plant, 'owner', 'first_name')], [3, 'Wim'], 'an owner is a user');
  t.notOk(keys(at(plant, 'owner')).includes('password'), 'without a password');
  t.strictSame(
    keys(plant).filter((name) => ['beds', 'bed_plants', 'order'].includes(name)),
    [],
    'lists that come from foreign keys are reached by name only',
  );
  const deep = await world.get('items/plants/1?fields=*.*.*', 'admin');
  t.equal(at(deep.json, 'data', 'uses', 0, 'use_id', 'name'), 'food', 'one level deeper');
  t.strictSame(at(deep.json, 'data', 'zone', 'parent'), { id: 3, name: 'Orchard', parent: 2 });
  const mixed = await world.get('items/plants/1?fields=id,zone.*,zone.parent.name', 'admin');
  // Below `zone` a wildcard stands beside a nested entry: its lists come along, as at the top.
  const zone = { id: 4, name: 'Row A', parent: { name: 'Orchard' }, plants: [{ zone: 4 }], children: [{ parent: 4 }] };
  t.strictSame(at(mixed.json, 'data'), { id: 1, zone });
}

/** As soon as anything is nested, plain relations become objects holding their key. */
async function mixing(t: Tester, world: World): Promise<void> {
  const answer = await world.get('items/plants/1?fields=*,family.*', 'admin');
  const plant = at(answer.json, 'data');
  t.strictSame(at(plant, 'zone'), { id: 4 });
  t.strictSame(at(plant, 'owner'), { id: 3 });
  for (const name of ['labels', 'uses', 'sightings']) {
    const list = at(plant, name);
    t.ok(Array.isArray(list) && list.length === 2 && list.every((row) => typeof row === 'object'), 'aliases are lists of objects');
  }
  await answers(t, world, 'items/plants/1?fields=id,zone,family.name', { id: 1, zone: { id: 4 }, family: { name: 'Rosaceae' } });
  await answers(t, world, 'items/plants/7?fields=id,zone,family.name', { id: 7, zone: null, family: null });
  await answers(t, world, 'items/plants/1?fields=id,zone,title', { id: 1, zone: 4, title: 'Apple' });
}

async function hidden(t: Tester, world: World): Promise<void> {
  await answers(t, world, 'items/plants/1?fields=id,price,passcode', { id: 1 }, 'writer');
  await lists(t, world, 'items/plants?fields=price,passcode', [], 'writer');
  await answers(t, world, 'items/plants/1?fields=id,zone.name', { id: 1 }, 'writer');
  const all = await world.get('items/plants/1', 'writer');
  const ordered = await memberOrder(world.vendor);
  const wanted = plantColumns.filter((name) => !['price', 'passcode', 'zone'].includes(name));
  t.strictSame(ordered(keys(at(all.json, 'data'))), ordered(wanted));
  const nestedAll = await world.get('items/plant_texts/1?fields=plant.*', 'writer');
  t.notOk(
    keys(at(nestedAll.json, 'data', 'plant')).some((name) => ['price', 'passcode', 'zone'].includes(name)),
    'nor below a relation',
  );
}

async function hiddenByStatus(t: Tester, world: World): Promise<void> {
  await answers(t, world, 'items/plants/8?fields=id,price,notes,passcode', { id: 8, notes: 'draft note' }, 'editor');
  await answers(t, world, 'items/plants/5?fields=id,price,notes,passcode', { id: 5, price: 7, notes: 'ask wim' }, 'editor');
  await answers(t, world, 'items/plants/1?fields=id,price,notes,passcode', { id: 1, price: 12.5 }, 'editor');
  await answers(t, world, 'items/plants?fields=notes&sort=id', [{ notes: '' }, { notes: 'ask wim' }, { notes: 'draft note' }], 'editor');
  await answers(t, world, 'items/plant_texts/1?fields=plant.price,plant.notes', { plant: { price: 12.5 } }, 'editor');
  await answers(t, world, 'items/plant_texts/3?fields=plant.price,plant.notes', { plant: { notes: '' } }, 'editor');
}

export const fields: Feature = {
  promise: 'fields gives what was asked',
  async run(t, world) {
    await t.test('names and wildcards', (t) => plain(t, world));
    await t.test('names that do not exist', (t) => unknown(t, world));
    await t.test('paths through relations', (t) => nested(t, world));
    await t.test('wildcards below relations', (t) => wildcards(t, world));
    await t.test('plain relations beside nested ones', (t) => mixing(t, world));
    await t.test('fields the role may not read', (t) => hidden(t, world));
    await t.test('fields hidden in some statuses', (t) => hiddenByStatus(t, world));
  },
};
