/** Promise: rows are written through their relations, as lists of changes and to any depth (directus8-data §9). */
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { gives, historyOf, leavesAll, outline, type WritingWorld, withWriting } from '../support/writing.ts';

async function toOne(t: Tester, world: WritingWorld): Promise<void> {
  const fields = 'plants?fields=title,family.code,family.name';
  gives(
    t,
    await world.send('POST', fields, { status: 'published', title: 'Oak', family: { code: 'FAG', name: 'Fagaceae' } }),
    { title: 'Oak', family: { code: 'FAG', name: 'Fagaceae' } },
    'a row with a key that is not there is made',
  );
  gives(
    t,
    await world.send('POST', fields, { status: 'published', title: 'Beech', family: { code: 'FAG', name: 'Beeches' } }),
    { title: 'Beech', family: { code: 'FAG', name: 'Beeches' } },
    'one that is there is changed',
  );
  const linked = await historyOf(world, () => world.send('PATCH', 'plants/3', { family: { code: 'ROS' } }));
  t.strictSame(outline(linked), ['update plants 3'], 'a mere key is linked and no more');
  const zoned = await world.send('PATCH', 'plants/3?fields=zone.name,zone.parent.name', {
    zone: { name: 'New', parent: { name: 'Above' } },
  });
  gives(t, zoned, { zone: { name: 'New', parent: { name: 'Above' } } }, 'two levels of new rows');
  const before = await world.knex('zones').count({ n: '*' });
  gives(
    t,
    await world.send('PATCH', 'plants/3?fields=title', { zone: {}, family: [] }),
    { title: 'Cedar of Lebanon' },
    'nothing is nothing',
  );
  const lost = await world.send('PATCH', 'plants/3?fields=title', { zone: { id: 4711 } });
  gives(t, lost, { title: 'Cedar of Lebanon' }, 'a mere key that leads nowhere is as the key by itself');
  t.strictSame(await world.knex('zones').count({ n: '*' }), before, 'and makes no row');
  const entries = await historyOf(world, async () => {
    const gone = await world.send('PATCH', 'plants/2?fields=zone', { zone: { id: 9, $delete: true } });
    gives(t, gone, { zone: null }, 'deleted and unlinked');
  });
  t.strictSame(outline(entries), ['update plants 2', 'delete zones 9 (no revision)'], 'both are told');
  refused(t, await world.send('PATCH', 'plants/2', { family: ['ROS'] }), 422, 213, 'a list for one row');
  refused(t, await world.send('PATCH', 'plants/2', { title: { a: 1 } }), 422, 213, 'an object for a value');
}

async function toMany(t: Tester, world: WritingWorld): Promise<void> {
  const asked = 'zones/8?fields=children.id,children.name,children.parent';
  await world.knex('zones').insert([
    { id: 101, name: 'c1', parent: 8 },
    { id: 102, name: 'c2', parent: 8 },
    { id: 103, name: 'other', parent: 1 },
  ]);
  const names = async (what: string, children: unknown, wanted: readonly string[]): Promise<void> => {
    const answer = await world.send('PATCH', asked, { children });
    const list = at(answer.json, 'data', 'children');
    const got = Array.isArray(list) ? list.map((row) => String(at(row, 'name'))).sort() : told(answer);
    t.strictSame(got, [...wanted].sort(), what);
  };
  await names('nothing', [], ['c1', 'c2']);
  await names('nothing', null, ['c1', 'c2']);
  await names(
    'one more, one changed, one from elsewhere',
    [{ name: 'c3' }, { id: 101, name: 'c1!' }, { id: 103 }],
    ['c1!', 'c2', 'other', 'c3'],
  );
  await names('a mere key', [2], ['North', 'c1!', 'c2', 'other', 'c3']);
  await names('a key as text', ['3'], ['North', 'Orchard', 'c1!', 'c2', 'other', 'c3']);
  await names(
    'unlinked, deleted',
    [
      { id: 2, parent: null },
      { id: 3, parent: 2 },
      { id: 102, $delete: true },
    ],
    ['c1!', 'other', 'c3'],
  );
  await names('by what is done', { create: [{ name: 'c4' }], update: [{ id: 101, name: 'c1' }], delete: [103] }, ['c1', 'c3', 'c4']);
  await names(
    'the same row twice',
    [
      { id: 101, name: 'x' },
      { id: 101, name: 'y' },
    ],
    ['y', 'c3', 'c4'],
  );
  await names(
    'changed and then deleted',
    [
      { id: 101, name: 'z' },
      { id: 101, $delete: true },
    ],
    ['c3', 'c4'],
  );
  await names(
    'made twice',
    [
      { id: 150, name: 'a' },
      { id: 150, name: 'b' },
    ],
    ['c3', 'c4', 'b'],
  );
  await names(
    'with children of its own',
    [{ id: 150, children: [{ id: 151, name: 'low', children: [{ id: 152, name: 'lower' }] }] }],
    ['c3', 'c4', 'b'],
  );
  const [low] = await world.knex('zones').where({ id: 152 });
  t.equal(low?.parent, 151, 'three levels');
  await leavesAll(t, world, 'refusals', async () => {
    for (const children of [5, 'x', [null], [true], [[1]], { 5: 1 }, {}, { create: 1 }, { create: [1] }, { add: [] }]) {
      refused(t, await world.send('PATCH', 'zones/8', { name: 'x', children }), 422, 4, JSON.stringify(children));
    }
    for (const children of [['x'], [{ $delete: true }], { update: [{ name: 'x' }] }, { delete: ['x'] }]) {
      refused(t, await world.send('PATCH', 'zones/8', { name: 'x', children }), 422, 12, JSON.stringify(children));
    }
    for (const children of [{ update: [{ id: 999, name: 'x' }] }, [999]]) {
      refused(t, await world.send('PATCH', 'zones/8', { name: 'x', children }), 404, 203, JSON.stringify(children));
    }
    refused(t, await world.send('POST', 'zones', { name: 'x', children: [{ nope: 1 }] }), 422, 12, 'an unknown field below');
  });
}

async function junctions(t: Tester, world: WritingWorld): Promise<void> {
  const asked = 'plants/1?fields=uses.id,uses.weight,uses.use_id.name';
  const answer = await world.send('PATCH', asked, {
    uses: [
      { use_id: { id: 3 } },
      { use_id: { name: 'fresh' }, weight: 9 },
      { use_id: 4 },
      { id: 1, $delete: true },
      { id: 2, use_id: { id: 2, name: 'healing' } },
    ],
  });
  const rows = at(answer.json, 'data', 'uses');
  const got = Array.isArray(rows) ? rows.map((row) => [at(row, 'use_id', 'name'), at(row, 'weight')]) : told(answer);
  t.strictSame(
    got,
    [
      ['healing', 1],
      ['dye', null],
      ['fresh', 9],
      ['timber', null],
    ],
    'linked, made, linked by its key, cut, renamed',
  );
  t.ok((await world.knex('uses').where({ id: 1 })).length === 1, 'what a junction leads to is kept');
  const moved = await world.send('PATCH', asked, { uses: [{ id: 2, plant: null }] });
  const left = at(moved.json, 'data', 'uses');
  t.equal(Array.isArray(left) && left.length, 3, `unlinked (${told(moved)})`);
  const listed = await world.send('PATCH', 'plants/1', { uses: [{ use_id: { id: 4711 } }] });
  t.strictSame([listed.status, (await world.knex('uses').where({ id: 4711 })).length], [200, 1], 'a mere key below a list is made');
  const bare = await world.send('PATCH', 'plants/1', { uses: [{ use_id: { id: 4712 } }] }, 'writer');
  t.strictSame((await world.knex('uses').where({ id: 4712 })).length, 0, `not by those who may make none (${told(bare)})`);
  const translated = await world.send('POST', 'plants?fields=labels.language,labels.name', {
    status: 'published',
    title: 'Pear',
    labels: [
      { language: 'en', name: 'Pear tree' },
      { language: 'fr', name: 'Poirier' },
    ],
  });
  gives(
    t,
    translated,
    {
      labels: [
        { language: 'en', name: 'Pear tree' },
        { language: 'fr', name: 'Poirier' },
      ],
    },
    'translations',
  );
}

async function deep(t: Tester, world: WritingWorld): Promise<void> {
  const entries = await historyOf(world, async () => {
    const answer = await world.send('POST', 'families?fields=code,members.title,members.sightings.note,members.zone.name', {
      code: 'DEEP',
      members: [
        {
          id: 201,
          status: 'published',
          title: 'A',
          zone: { id: 301, name: 'zone of A' },
          sightings: [
            { id: 401, note: 'a1' },
            { id: 402, note: 'a2' },
          ],
        },
        { id: 202, status: 'published', title: 'B', zone: { id: 301, name: 'zone of A' }, sightings: [{ id: 403, note: 'b1' }] },
      ],
    });
    t.strictSame(
      at(answer.json, 'data'),
      {
        code: 'DEEP',
        members: [
          { title: 'A', zone: { name: 'zone of A' }, sightings: [{ note: 'a1' }, { note: 'a2' }] },
          { title: 'B', zone: { name: 'zone of A' }, sightings: [{ note: 'b1' }] },
        ],
      },
      `three levels (${told(answer)})`,
    );
  });
  t.strictSame(
    outline(entries),
    [
      'create families DEEP',
      'create zones 301',
      'update zones 301',
      'create plants 201 of families new',
      'create plants 202 of families new',
      'create sightings 401 of plants new',
      'create sightings 402 of plants new',
      'create sightings 403 of plants new',
    ],
    'in the order in which they were written',
  );
  const nest = (depth: number): object => (depth === 0 ? { name: 'deep' } : { name: 'deep', children: [nest(depth - 1)] });
  await leavesAll(t, world, 'too deep', async () => refused(t, await world.send('POST', 'zones', nest(12)), 400, 2, 'thirteen levels'));
  t.equal((await world.send('POST', 'zones', nest(11))).status, 200, 'twelve levels');
  await leavesAll(t, world, 'a fault far below', async () => {
    const bad = {
      name: 'x',
      parent: { name: 'y' },
      children: [{ name: 'ok', plants: [{ title: 'ok', sightings: [{ id: 'no number' }] }] }],
    };
    refused(t, await world.send('POST', 'zones', bad), 422, 4, 'a fault far below');
    const taken = {
      name: 'x',
      parent: { name: 'y' },
      children: [{ name: 'ok', plants: [{ title: 'ok', status: 'draft', labels: { create: [{ id: 1 }] } }] }],
    };
    refused(t, await world.send('POST', 'zones', taken), 409, 204, 'a key that is taken, far below');
  });
}

async function otherTies(t: Tester, world: WritingWorld): Promise<void> {
  const linked = await world.send('POST', 'labels?fields=thing_code,word', { word: 'blade', thing_code: { id: 2 } });
  gives(t, linked, { thing_code: 'saw', word: 'blade' }, 'a relation to a column that is no key is linked by the key');
  const made = await world.send('POST', 'labels?fields=thing_code,word', { word: 'edge', thing_code: { name: 'Axe', code: 'axe' } });
  gives(t, made, { thing_code: 'axe', word: 'edge' }, 'and made');
  const changed = await world.send('PATCH', 'labels/1?fields=thing_code', { thing_code: { id: 2, code: 'saw2' } });
  t.ok([200, 422].includes(changed.status), told(changed));
  for (const skip of ['', '&activity_skip=1']) {
    const listed = await world.send('PATCH', `things/1?fields=labels.word&${skip}`, { name: 'Hammer', labels: [{ word: `w${skip}` }] });
    t.equal(listed.status, 200, `a list by a column that is no key${skip} (${told(listed)})`);
  }
  refused(t, await world.send('POST', 'labels', { thing_code: { id: 99 } }), 404, 203, 'whose column is not known');
  const lines = 'shipment_lines?fields=depot,number,line,item';
  gives(
    t,
    await world.send('POST', lines, { line: 9, item: 'seeds', shipments: 'north;2' }),
    { depot: 'north', number: 2, line: 9, item: 'seeds' },
    'a key of two columns ties by its text',
  );
  const both = await world.send('POST', 'shipments?fields=depot,shipment_lines.item', {
    depot: 'west',
    number: 3,
    shipment_lines: [
      { line: 1, item: 'x' },
      { line: 2, item: 'y' },
    ],
  });
  gives(t, both, { depot: 'west', shipment_lines: [{ item: 'x' }, { item: 'y' }] }, 'and a list');
  const inside = await world.send('PATCH', 'shipments/north;1?fields=shipment_lines.line,shipment_lines.item', {
    shipment_lines: [
      { line: 1, item: 'changed' },
      { line: 2, $delete: true },
      { line: 3, item: 'made' },
    ],
  });
  const left = [
    { line: 1, item: 'changed' },
    { line: 3, item: 'made' },
  ];
  gives(t, inside, { shipment_lines: left }, 'a key that holds the key of its owner need not repeat it');
  refused(t, await world.send('PATCH', 'shipments/north;2', { shipment_lines: ['north;1;1'] }), 422, 12, 'nor can such a row be moved');
  refused(t, await world.send('POST', lines, { line: 9, shipments: 'north' }), 422, 12, 'half of a key');
  const through = await world.send('PATCH', 'beds/0b2cd2f4-6a1e-4c58-9a53-1d6f3f6a0003', { plants: [1] });
  t.ok(through.status === 422 || through.status === 404, `a list through another table (${told(through)})`);
}

export const writingNested: Feature = {
  promise: 'rows are written through their relations',
  run: (t, { vendor }) =>
    withWriting(vendor, async (world) => {
      await t.test('to one', (t) => toOne(t, world));
      await t.test('to many', (t) => toMany(t, world));
      await t.test('junctions and translations', (t) => junctions(t, world));
      await t.test('three levels', (t) => deep(t, world));
      await t.test('by other columns and by several', (t) => otherTies(t, world));
    }),
};
