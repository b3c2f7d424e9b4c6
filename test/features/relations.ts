/** Promise: related rows come along at any depth, in one answer, whatever makes the relation (directus8-data §8, §5.8). */
import { bedIds } from '../fixtures/garden-foreign.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { answers, lists, refuses } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { at, type Json } from '../support/http.ts';

async function described(t: Tester, world: World): Promise<void> {
  await answers(t, world, 'items/zones/3?fields=name,plants.id,children.name', {
    name: 'Orchard',
    plants: [],
    children: [{ name: 'Row A' }],
  });
  // Children come in their collection's own order; hidden ones stay away.
  await answers(t, world, 'items/zones/7?fields=plants.id', { plants: [{ id: 3 }, { id: 6 }] });
  await answers(t, world, 'items/families/ROS?fields=members.id', {
    members: [{ id: 8 }, { id: 11 }, { id: 12 }, { id: 1 }, { id: 5 }, { id: 2 }],
  });
  await answers(t, world, 'items/plants/12?fields=uses.use_id.name,uses.weight', {
    uses: [
      { use_id: { name: 'food' }, weight: 4 },
      { use_id: { name: 'medicine' }, weight: 4 },
      { use_id: { name: 'dye' }, weight: 4 },
    ],
  });
  await answers(t, world, 'items/uses/4?fields=plants.plant.title,plants.plant.family.name', {
    plants: [{ plant: { title: 'Cedar of Lebanon', family: { name: 'Pinaceae' } } }],
  });
  await answers(t, world, 'items/plants/12?fields=owner.first_name,modified_by.first_name', {
    owner: { first_name: 'Carl' },
    modified_by: { first_name: 'Cleo' },
  });
  await answers(t, world, 'items/plants?fields=id,family.name&filter[id][in]=7,3', [
    { id: 3, family: { name: 'Pinaceae' } },
    { id: 7, family: null },
  ]);
}

async function byForeignKey(t: Tester, world: World): Promise<void> {
  await answers(t, world, `items/beds/${bedIds[0]}?fields=label,keeper.name`, { label: 'rose bed', keeper: { name: 'Lou' } });
  await answers(t, world, `items/beds/${bedIds[2]}?fields=label,keeper.name,plants.id`, { label: 'empty bed', keeper: null, plants: [] });
  await answers(t, world, 'items/keepers/12?fields=name,beds.label', { name: 'Kim', beds: [] });
  await answers(t, world, 'items/keepers/9223372036854775807?fields=name,beds.label', { name: 'Max', beds: [{ label: 'herb bed' }] });
  await answers(t, world, `items/beds/${bedIds[0]}?fields=bed_plants.quantity,bed_plants.plant.title`, {
    bed_plants: [
      { plant: { title: 'Apple' }, quantity: 1 },
      { plant: { title: 'Ångström rose' }, quantity: 6 },
    ],
  });
  // A table of two foreign keys that form its key is also a way through.
  await answers(t, world, `items/beds/${bedIds[1]}?fields=plants.id`, { plants: [{ id: 12 }] });
  await answers(t, world, 'items/plants/12?fields=beds.label', { beds: [{ label: 'rose bed' }, { label: 'herb bed' }] });
  await answers(t, world, 'items/order/1?fields=group,plant.title', { group: 'spring', plant: { title: 'Apple' } });
  await answers(t, world, 'items/plants/1?fields=order.group', { order: [{ group: 'spring' }] });
  await answers(t, world, 'items/order/1', { id: 1, group: 'spring', user: 4, plant: 1 });
}

async function composite(t: Tester, world: World): Promise<void> {
  await answers(t, world, 'items/shipment_lines/north;1;2?fields=item,shipments.weight', { item: 'pots', shipments: { weight: 10.5 } });
  await answers(t, world, 'items/shipments/north;1?fields=shipment_lines.item', { shipment_lines: [{ item: 'bulbs' }, { item: 'pots' }] });
  await answers(t, world, 'items/shipments/north;2?fields=shipment_lines.item', { shipment_lines: [] });
  await answers(t, world, 'items/shipments/so~3bu~7eth;1?fields=shipment_lines.item,number', {
    number: 1,
    shipment_lines: [{ item: 'soil' }],
  });
}

async function depths(t: Tester, world: World): Promise<void> {
  const names = ['Branch', 'Post 7', 'Row A', 'Orchard', 'North', 'Garden'];
  for (let depth = 1; depth <= 6; depth++) {
    const path = 'parent.'.repeat(depth);
    const answer = await world.get(`items/zones/7?fields=${path}name`, 'admin');
    const steps = Array.from({ length: depth }, () => 'parent');
    t.equal(at(answer.json, 'data', ...steps, 'name'), names[depth - 1], `${depth} steps up`);
  }
  for (let depth = 1; depth <= 6; depth++) {
    const answer = await world.get(`items/zones/1?fields=${'children.'.repeat(depth)}name`, 'admin');
    let here: Json = at(answer.json, 'data');
    for (let i = 0; i < depth; i++) here = at(here, 'children', 0);
    t.equal(at(here, 'name'), ['North', 'Orchard', 'Row A', 'Post 7', 'Branch', 'Twig'][depth - 1], `${depth} steps down`);
  }
  const back = await world.get('items/plants/1?fields=zone.plants.zone.plants.family.members.id', 'admin');
  t.equal(at(back.json, 'data', 'zone', 'plants', 0, 'zone', 'plants', 0, 'family', 'members', 0, 'id'), 8, 'there and back');
}

/** What may not be read is a bare key, or is missing with a warning; the rest of the answer stands. */
async function unreadable(t: Tester, world: World): Promise<void> {
  const list = await answers(t, world, 'items/plants/1?fields=id,sightings.note', { id: 1 }, 'editor');
  t.match(at(list.json, 'messages'), [{ type: 'warning', code: 18, fields: ['sightings'] }], 'a warning for the list');
  const one = await answers(t, world, 'items/plants/12?fields=id,family.name', { id: 12, family: { code: 'ROS' } }, 'otherCrew');
  t.match(at(one.json, 'messages'), [{ type: 'warning', code: 18, fields: ['family'] }], 'a warning for the object');
  await refuses(t, world, 'items/plants?filter[sightings.note]=cone', 403, 215, 'editor');
  await refuses(t, world, 'items/plants?filter[family.name]=Rosaceae', 403, 215, 'otherCrew');
  await refuses(t, world, 'items/plants?filter[sightings][has]=1', 403, 215, 'editor');
  // Row by row.
  await answers(t, world, 'items/plants/1?fields=id,sightings.id', { id: 1, sightings: [{ id: 1 }] }, 'writer');
  await answers(t, world, 'items/plants/1?fields=owner.first_name', { owner: { first_name: 'Wim' } }, 'writer');
  await answers(t, world, 'items/plants/11?fields=owner.first_name', { owner: null }, 'writer');
  await answers(t, world, 'items/sightings/3?fields=plant.id', { plant: null }, 'crew');
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[sightings][has]=1', [1], 'writer');
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[sightings.tally][gt]=0', [1], 'writer');
  await lists(t, world, 'items/plants?fields=id&filter[sightings][has]=2', [], 'writer');
}

async function languages(t: Tester, world: World): Promise<void> {
  const named = (query: string, labels: unknown): Promise<unknown> =>
    answers(t, world, `items/plants/1?fields=id,labels.name${query}`, { id: 1, labels });
  await named('&lang=fr', [{ name: 'Pommier' }]);
  await named('&lang=en', [{ name: 'Apple tree' }]);
  await named('&lang=en,fr', [{ name: 'Apple tree' }, { name: 'Pommier' }]);
  await named('&lang[]=en&lang[]=fr', [{ name: 'Apple tree' }, { name: 'Pommier' }]);
  await named('&lang=*', [{ name: 'Apple tree' }, { name: 'Pommier' }]);
  await named('&lang=', [{ name: 'Apple tree' }, { name: 'Pommier' }]);
  await named('&lang=xx', []);
  await answers(t, world, 'items/sightings/1?fields=plant.labels.name&lang=fr', { plant: { labels: [{ name: 'Pommier' }] } });
  await lists(t, world, 'items/plants?fields=id,labels.name&lang=xx&filter[id][in]=1,2', [1, 2]);
}

export const relations: Feature = {
  promise: 'related rows come along at any depth',
  async run(t, world) {
    await t.test('relations that metadata describes', (t) => described(t, world));
    await t.test('relations that foreign keys make', (t) => byForeignKey(t, world));
    await t.test('keys of several columns', (t) => composite(t, world));
    await t.test('one to six steps, and back', (t) => depths(t, world));
    await t.test('related rows the caller may not read', (t) => unreadable(t, world));
    await t.test('lang', (t) => languages(t, world));
  },
};
