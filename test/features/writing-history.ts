/** Promise: every change leaves one activity, and a revision of what the row is then, in the order in which it was made (directus8-data §12). */
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { at, type Json } from '../support/http.ts';
import { type Entry, grant, historyOf, lastActivity, outline, type WritingWorld, withWriting } from '../support/writing.ts';

async function one(t: Tester, world: WritingWorld, run: () => Promise<unknown>): Promise<Entry> {
  const entries = await historyOf(world, run);
  t.equal(entries.length, 1, `one activity (${outline(entries).join(', ')})`);
  const [entry] = entries;
  if (!entry) throw new Error('no activity');
  return entry;
}

async function whole(world: WritingWorld, collection: string, id: number | string): Promise<Json> {
  return at((await world.get(`items/${collection}/${id}?fields=*&status=*`, 'admin')).json, 'data');
}

async function rowByRow(t: Tester, world: WritingWorld): Promise<void> {
  const created = await one(t, world, () =>
    world.send('POST', 'plants', {
      id: 300,
      title: 'Elm',
      status: 'published',
      price: '9.90',
      tags: ['a', 'b'],
      hardy: true,
      traits: {},
      owner: 4,
      divider: 1,
    }),
  );
  t.strictSame([created.action, created.collection, created.item, created.by, created.comment], ['create', 'plants', '300', 1, null]);
  t.strictSame(created.revision?.data, await whole(world, 'plants', 300), 'data is the row as it is read');
  t.strictSame(
    created.revision?.delta,
    { id: 300, status: 'published', title: 'Elm', price: 9.9, hardy: true, tags: ['a', 'b'], traits: {} },
    'delta is what was sent, without aliases and what is filled in anyway',
  );
  t.equal(created.revision?.parent, null);

  const updated = await one(t, world, () => world.send('PATCH', 'plants/300?comment=looked again', { id: 300, title: 'Elm', price: 1 }));
  t.strictSame([updated.action, updated.comment], ['update', 'looked again']);
  t.strictSame(updated.revision?.delta, { title: 'Elm', price: 1 }, 'what was sent counts, also what it was before; the key does not');
  t.strictSame(updated.revision?.data, await whole(world, 'plants', 300));

  const gone = await one(t, world, () => world.send('PATCH', 'plants/300', { status: 'archived' }, 'admin'));
  t.strictSame([gone.action, gone.revision?.delta], ['soft-delete', { id: 300, status: 'archived' }]);
  t.strictSame(gone.revision?.data, await whole(world, 'plants', 300));
  const deleted = await one(t, world, () => world.send('DELETE', 'plants/300?comment=enough'));
  t.strictSame([deleted.action, deleted.item, deleted.comment, deleted.revision], ['delete', '300', 'enough', undefined]);
}

async function below(t: Tester, world: WritingWorld): Promise<void> {
  const entries = await historyOf(world, () =>
    world.send('PATCH', 'plants/1?comment=all of it', {
      family: { code: 'ROS', name: 'Roses' },
      zone: { id: 500, name: 'New' },
      sightings: [
        { id: 500, note: 'x' },
        { id: 1, note: 'y' },
        { id: 2, $delete: true },
      ],
      uses: [{ id: 500, use_id: { id: 500, name: 'u' } }],
    }),
  );
  t.strictSame(
    outline(entries),
    [
      'update families ROS',
      'create zones 500',
      'update plants 1',
      'delete sightings 2 (no revision)',
      'update sightings 1 of plants 1',
      'create sightings 500 of plants 1',
      'create uses 500',
      'create plant_uses 500 of plants 1',
    ],
    'what is led to, the row, then its lists',
  );
  t.strictSame(
    entries.map(({ comment }) => comment).filter((comment) => comment !== null),
    ['all of it'],
    'one comment',
  );
  t.equal(entries[2]?.comment, 'all of it', 'beside the row that was named');
  t.strictSame(entries[2]?.revision?.delta, { family: 'ROS', zone: 500 }, 'of the row: the keys it holds now');
  t.strictSame(entries[5]?.revision?.delta, { id: 500, plant: 1, note: 'x' }, 'of its list: the key that ties it');
  const aliases = await historyOf(world, () => world.send('PATCH', 'plants/1', { sightings: [{ id: 1, note: 'z' }] }));
  t.strictSame(aliases[0]?.revision?.delta, [], 'nothing but aliases');
  const tree = await historyOf(world, () =>
    world.send('POST', 'zones', {
      id: 600,
      name: 'r',
      parent: { id: 601, name: 'p' },
      children: [{ id: 602, name: 'c', children: [{ id: 603 }] }],
    }),
  );
  t.strictSame(
    outline(tree),
    ['create zones 601', 'create zones 600', 'create zones 602 of zones new', 'create zones 603 of zones new'],
    'in one collection',
  );
}

async function batches(t: Tester, world: WritingWorld): Promise<void> {
  const made = await historyOf(world, () =>
    world.send('POST', 'zones?comment=many', [
      { id: 701, name: 'a' },
      { id: 702, parent: 1 },
    ]),
  );
  t.strictSame(outline(made), ['create zones 701', 'create zones 702']);
  t.strictSame(
    made.map(({ comment }) => comment),
    ['many', 'many'],
    'a comment for each',
  );
  t.strictSame(
    made.map(({ revision }) => revision?.delta),
    [
      { id: 701, name: 'a' },
      { id: 702, parent: 1 },
    ],
    'its own delta',
  );
  const changed = await historyOf(world, () =>
    world.send('PATCH', 'zones', [
      { id: 702, name: 'b' },
      { id: 701, name: 'x' },
      { id: 702, name: 'c' },
    ]),
  );
  t.strictSame(
    changed.map(({ item, revision }) => [item, at(revision?.data, 'name')]),
    [
      ['702', 'b'],
      ['701', 'x'],
      ['702', 'c'],
    ],
    'as it was each time',
  );
  t.strictSame(outline(await historyOf(world, () => world.send('DELETE', 'zones/701,702'))), [
    'delete zones 701 (no revision)',
    'delete zones 702 (no revision)',
  ]);
}

async function silent(t: Tester, world: WritingWorld): Promise<void> {
  const none = await historyOf(world, async () => {
    const answer = await world.send('PATCH', 'plants/1?activity_skip=1&comment=x', {
      family: { code: 'PIN', name: 'p' },
      sightings: [{ note: 'x' }],
    });
    t.equal(answer.status, 200, told(answer));
    await world.send('POST', 'zones?activity_skip=1', { id: 800 });
    await world.send('DELETE', 'zones/800?activity_skip=1');
  });
  t.strictSame(none, [], 'an administrator may leave none');
  await grant(world, 4, 'zones', { create: 'full', read: 'full' });
  const kept = await historyOf(world, () => world.send('POST', 'zones?activity_skip=1', { id: 801 }, 'writer'));
  t.strictSame(
    kept.map(({ action, by }) => [action, by]),
    [['create', 3]],
    'nobody else',
  );
  const other = await historyOf(world, () => world.send('POST', 'zones?activity_skip=yes', { id: 802 }));
  t.equal(other.length, 1, 'only 1 says so');
  await grant(world, 2, 'zones', { create: 'full' });
  const anonymous = await historyOf(world, () => world.send('POST', 'zones', { id: 803 }, null));
  t.strictSame(
    anonymous.map(({ by }) => by),
    [0],
    'the public is 0',
  );
  const failed = await historyOf(world, async () =>
    refused(t, await world.send('POST', 'zones?comment=x', [{ id: 804 }, { id: 803 }]), 409, 204, 'taken'),
  );
  t.strictSame(failed, [], 'what did not happen is not told');
}

async function whoAsked(t: Tester, world: WritingWorld): Promise<void> {
  const last = await lastActivity(world);
  const agent = `${'an agent of many words '.repeat(30)}😀`;
  const answer = await world.get('items/zones', 'admin', {
    method: 'POST',
    body: '{"id":900}',
    headers: { 'user-agent': agent.replace('😀', '') },
  });
  t.equal(answer.status, 200, told(answer));
  const [row] = await world.knex('directus_activity').where('id', '>', last);
  t.equal(row?.ip, 'localhost');
  t.ok(agent.startsWith(String(row?.user_agent)) && String(row?.user_agent).length > 100, 'the agent, as far as its column holds it');
  const [found] = await world.knex
    .select(world.knex.raw('cast(action_on as char(19)) as moment'))
    .from('directus_activity')
    .where('id', '>', last);
  t.ok(Math.abs(Date.parse(`${String(found?.moment).replace(' ', 'T')}Z`) - Date.now()) < 60_000, `in UTC (${found?.moment})`);
}

export const writingHistory: Feature = {
  promise: 'every change is told by one activity, and by a revision',
  run: (t, { vendor }) =>
    withWriting(vendor, async (world) => {
      await t.test('one row', (t) => rowByRow(t, world));
      await t.test('nested rows', (t) => below(t, world));
      await t.test('batches', (t) => batches(t, world));
      await t.test('left out', (t) => silent(t, world));
      await t.test('who and when', (t) => whoAsked(t, world));
    }),
};
