/** Promise: `deep` filters, sorts and cuts the rows inside an answer, at any depth, by the rules of their own collection. */
import type { Who } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { answers, refused } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { at, type Json } from '../support/http.ts';

type Case = readonly [query: string, data: Json];

const json = (value: unknown): string => `deep=${encodeURIComponent(JSON.stringify(value))}`;

/** Members of ROS in their own order: 8 11 12 1 5 2. */
const members = (...ids: number[]): Json => ({ members: ids.map((id) => ({ id })) });

const lists: readonly Case[] = [
  ['', members(8, 11, 12, 1, 5, 2)],
  ['deep[members][_limit]=2', members(8, 11)],
  ['deep[members][_limit]=2&deep[members][_offset]=1', members(11, 12)],
  ['deep[members][_offset]=4', members(5, 2)],
  ['deep[members][_limit]=2&deep[members][_page]=3', members(5, 2)],
  ['deep[members][_limit]=-1', members(8, 11, 12, 1, 5, 2)],
  ['deep[members][_limit]=0', members()],
  ['deep[members][_offset]=100', members()],
  ['deep[members][_sort]=-id', members(12, 11, 8, 5, 2, 1)],
  ['deep[members][_sort]=-heads', members(8, 12, 11, 1, 5, 2)],
  ['deep[members][_sort]=hardy,-heads', members(11, 8, 12, 1, 2, 5)],
  ['deep[members][_sort][]=hardy&deep[members][_sort][]=-heads', members(11, 8, 12, 1, 2, 5)],
  ['deep[members][_sort]=zone.name', members(11, 12, 2, 8, 1, 5)],
  ['deep[members][_sort]=-zone.parent.name&deep[members][_limit]=3', members(2, 8, 1)],
  ['deep[members][_filter][heads][gt]=5', members(8, 11, 12)],
  ['deep[members][_filter][heads][_gt]=5', members(8, 11, 12)],
  ['deep[members][_filter][_or][0][id]=1&deep[members][_filter][_or][1][id]=2', members(1, 2)],
  ['deep[members][_filter]={"heads":{"_gt":5}}', members(8, 11, 12)],
  ['deep[members][_filter][uses.weight][gte]=4', members(12, 1)],
  ['deep[members][_search]=apple', members(11, 1)],
  ['deep[members][_q]=apple', members(11, 1)],
  ['deep[members][_filter][heads][lt]=6&deep[members][_sort]=id&deep[members][_limit]=2', members(1, 2)],
  [json({ members: { _limit: 2 } }), members(8, 11)],
  [json({ members: { _filter: { heads: { _gt: 5 } }, _sort: ['-id'], _limit: 2, _page: 1 } }), members(12, 11)],
  [json({ members: { _filter: { id: 1 } } }), members(1)],
  [json({ members: { _filter: {} } }), members(8, 11, 12, 1, 5, 2)],
  [json({}), members(8, 11, 12, 1, 5, 2)],
  ['deep=', members(8, 11, 12, 1, 5, 2)],
  // Parameters of Directus 8, which passes them over.
  ['deep[members][limit]=1', members(8, 11, 12, 1, 5, 2)],
  ['deep[members][filter][id]=1&deep[members][zone][sort]=-id', members(8, 11, 12, 1, 5, 2)],
];

async function ofLists(t: Tester, world: World): Promise<void> {
  for (const [query, data] of lists) await answers(t, world, `items/families/ROS?fields=members.id&${query}`, data);
  await answers(t, world, 'items/families?fields=code,members.id&filter[code][in]=ROS,PIN&sort=-code&deep[members][_limit]=1', [
    { code: 'ROS', members: [{ id: 8 }] },
    { code: 'PIN', members: [{ id: 3 }] },
  ]);
  // Through a table of links.
  await answers(t, world, 'items/beds?fields=label,plants.id&filter[label]=rose bed&deep[plants][_sort]=id&deep[plants][_limit]=1', [
    { label: 'rose bed', plants: [{ id: 1 }] },
  ]);
  await answers(t, world, 'items/plants/12?fields=uses.weight,uses.use_id.name&deep[uses][_sort]=use_id.name&deep[uses][_limit]=2', {
    uses: [
      { weight: 4, use_id: { name: 'dye' } },
      { weight: 4, use_id: { name: 'food' } },
    ],
  });
  await answers(t, world, 'items/plants/1?fields=labels.language&lang=fr&deep[labels][_filter][name][contains]=tree', { labels: [] });
}

/** Whatever brings the relation in: wildcards, and plain relations beside expanded ones. */
async function byWildcards(t: Tester, world: World): Promise<void> {
  const wild = await world.get('items/families/ROS?fields=*.*&deep[members][_limit]=1&deep[members][_sort]=id', 'admin');
  t.strictSame(at(wild.json, 'data', 'members', 0, 'title'), 'Apple', '*.*');
  t.equal(at(wild.json, 'data', 'members', 1), undefined, '*.* with a limit');
  const deeper = await world.get('items/plants/1?fields=*.*.*&deep[family][members][_limit]=1', 'admin');
  t.equal(at(deeper.json, 'data', 'family', 'members', 0, 'id'), 8, '*.*.*');
  await answers(t, world, 'items/plants/1?fields=family,zone.name&deep[family][_filter][code]=PIN', {
    family: null,
    zone: { name: 'Row A' },
  });
}

async function deeper(t: Tester, world: World): Promise<void> {
  await answers(
    t,
    world,
    'items/plants/3?fields=family.members.id,zone.plants.uses.weight&deep[family][members][_limit]=5&deep[zone][plants][_sort]=-id&deep[zone][plants][uses][_filter][weight][lt]=5',
    { family: { members: [{ id: 3 }] }, zone: { plants: [{ uses: [{ weight: 2 }] }, { uses: [] }] } },
  );
  await answers(
    t,
    world,
    `items/zones/1?fields=children.name,children.children.name&${json({ children: { _sort: '-name', _limit: 1, children: { _limit: 1 } } })}`,
    { children: [{ name: 'South', children: [{ name: 'Pond' }] }] },
  );
}

async function toOne(t: Tester, world: World): Promise<void> {
  const path = 'items/plants?fields=id,family.name&filter[id][in]=1,3,7&sort=id';
  await answers(t, world, `${path}&deep[family][_filter][name][contains]=pin`, [
    { id: 1, family: null },
    { id: 3, family: { name: 'Pinaceae' } },
    { id: 7, family: null },
  ]);
  await answers(t, world, `${path}&deep[family][_search]=apples`, [
    { id: 1, family: { name: 'Rosaceae' } },
    { id: 3, family: null },
    { id: 7, family: null },
  ]);
  await answers(t, world, 'items/plants/1?fields=zone.parent.name&deep[zone][parent][_filter][name]=Orchard', {
    zone: { parent: { name: 'Orchard' } },
  });
  await answers(t, world, 'items/plants/1?fields=zone.parent.name&deep[zone][parent][_filter][name]=Pond', { zone: { parent: null } });
  const never = json({ parent: { _filter: { plants: { _some: { sightings: { _some: { seen_at: { _null: true } } } } } } } });
  // MySQL 9 loses the innermost condition where it makes semi-joins of such filters.
  await answers(t, world, `items/zones?fields=parent.id&sort=id&limit=3&${never}`, [{ parent: null }, { parent: null }, { parent: null }]);
}

/** Query, status, code, and what the sentence names. */
const refusals: readonly (readonly [string, number, number, string])[] = [
  ['deep[nope][_limit]=1', 422, 202, 'nope'],
  ['deep[members][nope][_limit]=1', 422, 202, 'nope'],
  ['deep[name][_limit]=1', 422, 202, 'name'],
  ['deep[members][zone][_filter][id]=1', 422, 12, 'zone'],
  ['fields=code&deep[members][_limit]=1', 422, 12, 'members'],
  ['fields=members&deep[members][_limit]=1', 422, 12, 'members'],
  ['fields=*&deep[members][_limit]=1', 422, 12, 'members'],
  ['fields=members.zone&deep[members][zone][_filter][id]=1', 422, 12, 'zone'],
  ['fields=members.zone.name&deep[members][zone][_limit]=1', 422, 12, 'limit'],
  ['fields=members.zone.name&deep[members][zone][_sort]=name', 422, 12, 'sort'],
  ['fields=members.zone.name&deep[members][zone][_offset]=1', 422, 12, 'offset'],
  ['fields=members.zone.name&deep[members][zone][_limit]=1&deep[members][zone][_page]=2', 422, 12, 'limit'],
  ['deep[members][_nope]=1', 422, 4, '_nope'],
  ['deep[members][_limit]=x', 422, 4, '_limit'],
  ['deep[members][_limit]=', 422, 4, '_limit'],
  ['deep[members][_limit]=-2', 422, 4, '_limit'],
  ['deep[members][_limit]=1.5', 422, 4, '_limit'],
  ['deep[members][_limit][a]=1', 422, 4, '_limit'],
  ['deep[members][_offset]=-1', 422, 4, '_offset'],
  ['deep[members][_page]=1', 422, 4, '_page'],
  ['deep[members][_page]=0&deep[members][_limit]=1', 422, 4, '_page'],
  ['deep[members][_page]=1&deep[members][_limit]=1&deep[members][_offset]=1', 422, 4, '_page'],
  ['deep[members][_search]=a&deep[members][_q]=b', 422, 4, '_q'],
  ['deep[members][_search][a]=b', 422, 4, '_search'],
  ['deep[members]=1', 422, 4, 'members'],
  ['deep[members][_limit]=1&deep[members][limit]=1', 422, 4, 'deep[members][limit]'],
  ['deep[members][limt]=1', 422, 4, 'deep[members][limt]'],
  ['deep[_limit]=1', 422, 4, '_limit'],
  ['deep=members', 422, 4, 'deep'],
  ['deep={"members":', 422, 4, 'deep'],
  ['deep=[1]', 422, 4, 'deep'],
  [json({ members: { _limit: true } }), 422, 4, '_limit'],
  [json({ members: { _filter: [1] } }), 422, 4, '_filter'],
  [json({ members: { _filter: null } }), 422, 4, '_filter'],
  [json({ members: { _filter: { heads: { _in: [null] } } } }), 422, 4, 'deep[members][_filter]'],
  [json({ members: { _sort: [1, null] } }), 422, 4, '_sort'],
  ['deep[members][_filter]=heads', 422, 4, '_filter'],
  ['deep[members][_filter][nope]=1', 422, 202, 'nope'],
  ['deep[members][_filter][heads][nope]=1', 422, 214, 'nope'],
  ['deep[members][_sort]=nope', 422, 202, 'nope'],
  ['deep[members][_sort]=uses', 422, 12, 'uses'],
  [`deep${'[members][family]'.repeat(8)}[_limit]=1`, 400, 2, 'deep'],
];

async function refusedArguments(t: Tester, world: World): Promise<void> {
  for (const [query, status, code, name] of refusals) {
    const path = query.startsWith('fields') ? `items/families?${query}` : `items/families?fields=members.id&${query}`;
    const answer = await world.get(path, 'admin');
    refused(t, answer, status, code, query.slice(0, 90));
    t.ok(String(at(answer.json, 'error', 'message')).includes(name), `${query.slice(0, 90)} names ${name}: ${answer.text.slice(0, 200)}`);
  }
}

/** Query, status and code, as somebody. */
const forbidden: readonly (readonly [Who | null, string, number, number])[] = [
  ['editor', 'items/uses?fields=plants.plant.title&deep[plants][plant][_filter][passcode][nnull]', 422, 202],
  ['editor', 'items/plant_uses?fields=use_id.name&deep[use_id][_filter][secret]=pantry-code', 422, 202],
  ['editor', 'items/families?fields=members.id&deep[members][_sort]=notes', 422, 202],
  ['writer', 'items/families?fields=members.id&deep[members][_sort]=price', 422, 202],
  ['writer', 'items/families?fields=members.id&deep[members][_filter][zone.name]=Pond', 404, 202],
  ['writer', 'items/families?fields=members.id&deep[members][zone][_filter][id]=1', 422, 202],
  ['sleuth', 'items/plants?fields=*.*&deep[sightings][_limit]=1', 422, 202],
  // Its collection may not be read: the relation is there, what it leads to is not.
  ['editor', 'items/beds?fields=*.*&deep[keeper][_filter][name]=Lou', 403, 215],
  ['editor', 'items/plants?fields=*.*&deep[sightings][_filter][note]=cone', 403, 215],
];

async function rights(t: Tester, world: World): Promise<void> {
  for (const [who, path, status, code] of forbidden) {
    refused(t, await world.get(path, who ?? undefined), status, code, `${who ?? 'public'}: ${path}`);
  }
  // Notes of published plants (11, 12) are unknown to the editor, whatever they say.
  await answers(
    t,
    world,
    'items/families/ROS?fields=members.id&deep[members][_filter][notes][contains]=note',
    { members: [{ id: 8 }] },
    'editor',
  );
  // To the writer other users are none, and no filter makes one appear.
  await answers(
    t,
    world,
    'items/plants?fields=id,owner.first_name&filter[id][in]=1,2&sort=id&deep[owner][_filter][first_name][nnull]',
    [
      { id: 1, owner: { first_name: 'Wim' } },
      { id: 2, owner: null },
    ],
    'writer',
  );
  await answers(
    t,
    world,
    'items/plants/1?fields=sightings.note&deep[sightings][_filter][_not][id][_eq]=99',
    { sightings: [{ note: 'in bloom' }] },
    'writer',
  );
  // The list's rows by what relates them to hidden zones: all alike.
  await answers(
    t,
    world,
    'items/families/ROS?fields=members.id&deep[members][_sort]=zone.name,id',
    { members: [{ id: 1 }, { id: 5 }, { id: 11 }, { id: 12 }] },
    'warden',
  );
}

export const deep: Feature = {
  promise: 'rows inside an answer are filtered, sorted and cut',
  async run(t, world) {
    await t.test('lists', (t) => ofLists(t, world));
    await t.test('relations that wildcards bring in', (t) => byWildcards(t, world));
    await t.test('at any depth', (t) => deeper(t, world));
    await t.test('relations to one row', (t) => toOne(t, world));
    await t.test('arguments that cannot be', (t) => refusedArguments(t, world));
    await t.test('rights', (t) => rights(t, world));
  },
};
