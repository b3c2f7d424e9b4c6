/** Promise: nested rows are written by the rights on their own collection, and no refusal tells whether a row is there that may not be read. */
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { project } from '../support/gateway.ts';
import { type Answer, at } from '../support/http.ts';
import { gives, grant, leavesAll, type WritingWorld, withWriting } from '../support/writing.ts';

const full = { create: 'full', read: 'full', update: 'full', delete: 'full' };

async function refusedAll(t: Tester, world: WritingWorld, status: number, code: number, bodies: readonly unknown[]): Promise<void> {
  await leavesAll(t, world, `refused with ${code}`, async () => {
    for (const body of bodies) {
      for (const [method, path] of [
        ['POST', 'plants'],
        ['PATCH', 'plants/1'],
      ] as const) {
        const answer = await world.send(
          method,
          path,
          { title: 'x', ...(method === 'POST' ? { status: 'draft' } : {}), ...(body as object) },
          'writer',
        );
        refused(t, answer, status, code, `${method} ${path} ${JSON.stringify(body)}`);
      }
    }
  });
}

/** Nested rows of collections of which little or nothing may be written. */
async function ofOthers(t: Tester, world: WritingWorld): Promise<void> {
  await grant(world, 4, 'plants', full);
  await grant(world, 4, 'families');
  await refusedAll(t, world, 403, 301, [{ family: { name: 'no key' } }]);
  await refusedAll(t, world, 403, 302, [{ family: { code: 'ROS', name: 'x' } }, { family: { code: 'NEW', name: 'x' } }]);
  await refusedAll(t, world, 403, 303, [{ family: { code: 'ROS', $delete: true } }, { family: { code: 'NEW', $delete: true } }]);
  await grant(world, 4, 'families', { read: 'full', create: 'full' });
  await refusedAll(t, world, 403, 302, [{ family: { code: 'ROS', name: 'x' } }]);
  gives(
    t,
    await world.send('POST', 'plants?fields=family.name', { title: 'x', status: 'draft', family: { code: 'NEW', name: 'made' } }, 'writer'),
    { family: { name: 'made' } },
    'who may make it makes it',
  );
  await grant(world, 4, 'families', { read: 'full', update: 'full' });
  await refusedAll(t, world, 403, 302, [{ family: { code: 'ELSE', name: 'x' } }]);
  await grant(world, 4, 'families', { ...full, write_field_blacklist: 'note' });
  await refusedAll(t, world, 403, 305, [{ family: { code: 'ROS', note: 'x' } }, { family: { code: 'ELSE', note: 'x' } }]);

  await grant(world, 4, 'plant_texts', { ...full, write_field_blacklist: 'plant' });
  await refusedAll(t, world, 403, 305, [{ labels: [{ name: 'x' }] }, { labels: [{ id: 3 }] }, { labels: [3] }]);
  await grant(world, 4, 'plant_texts', { ...full, explain: 'create' });
  await refusedAll(t, world, 403, 10, [{ labels: [{ name: 'x' }] }]);
  const explained = await world.send('PATCH', 'plants/1?comment=why&fields=title', { labels: [{ name: 'x' }] }, 'writer');
  t.equal(explained.status, 200, `with a comment (${told(explained)})`);
}

/** Sightings 1, 5 and 6 are the writer's; 3 is another's. With `mine` alone the answers for 3 and for what is not there are the same. */
async function unseen(t: Tester, world: WritingWorld): Promise<void> {
  await grant(world, 4, 'plants', full);
  for (const level of ['mine', 'role'] as const) {
    await grant(world, 4, 'sightings', { read: level, update: level, delete: level });
    const asks = (id: number): unknown[] => [
      { sightings: [id] },
      { sightings: [{ id }] },
      { sightings: [{ id, note: 'x' }] },
      { sightings: [{ id, plant: null }] },
      { sightings: [{ id, $delete: true }] },
      { sightings: { update: [{ id, note: 'x' }] } },
      { sightings: { delete: [id] } },
      {
        sightings: [
          { id: 1, note: 'mine' },
          { id, note: 'x' },
        ],
      },
      { sightings: [{ id, status: 'no such field' }] },
    ];
    await leavesAll(t, world, 'refused', async () => {
      for (const [i, there] of asks(3).entries()) {
        const [one, other] = [
          await world.send('PATCH', 'plants/1', there, 'writer'),
          await world.send('PATCH', 'plants/1', asks(777)[i], 'writer'),
        ];
        const shown = ({ status, text }: Answer): string => `${status} ${text.replace(/"(3|777)\\?"|\b(3|777)\b/g, 'ID')}`;
        t.ok(one.status >= 400 && one.status < 500, `${level}: ${JSON.stringify(there)} is refused (${told(one)})`);
        t.equal(shown(one), shown(other), `${level}: ${JSON.stringify(there)} is answered as if there were none`);
      }
    });
  }
  await grant(world, 4, 'sightings', { create: 'full', read: 'full', update: 'mine', delete: 'mine' });
  await refusedAll(t, world, 403, 302, [
    { sightings: [3] },
    { sightings: [{ id: 3, note: 'x' }] },
    {
      sightings: [
        { id: 1, note: 'y' },
        { id: 7, note: 'x' },
      ],
    },
  ]);
  await refusedAll(t, world, 403, 303, [{ sightings: [{ id: 3, $delete: true }] }, { sightings: { delete: [1, 3] } }]);
  const own = await world.send('PATCH', 'plants/1?fields=sightings.note', { sightings: [{ id: 1, note: 'mine' }] }, 'writer');
  t.match(own.text, /"mine"/, told(own));
}

/** Plants that are archived are to him as none, also where a list leads to them. */
async function softDeleted(t: Tester, world: WritingWorld): Promise<void> {
  await grant(world, 4, 'families', full);
  await grant(world, 4, 'plants', { read: 'full', update: 'full', delete: 'full' });
  await leavesAll(t, world, 'the archived', async () => {
    for (const row of [
      { id: 4, title: 'x' },
      { id: 4, status: 'published' },
      { id: 4, status: 'archived' },
    ]) {
      refused(t, await world.send('PATCH', 'families/ROS', { members: [row] }, 'writer'), 403, 302, JSON.stringify(row));
    }
    refused(t, await world.send('PATCH', 'plants/4', { status: 'published' }, 'writer'), 404, 203, 'by its key');
  });
}

/** Users, roles and files have routes of their own, with checks of their own. */
async function systemRows(t: Tester, world: WritingWorld): Promise<void> {
  await grant(world, 4, 'plants', full);
  await grant(world, 4, 'directus_users', { read: 'full', update: 'mine', status: 'active' });
  await refusedAll(t, world, 403, 302, [
    { owner: { id: 3, role: 1 } },
    { modified_by: { id: 3, token: 'stolen' } },
    { owner: { id: 3, role: { id: 1 } } },
  ]);
  await grant(world, 4, 'directus_users', full);
  await refusedAll(t, world, 403, 301, [{ owner: { email: 'new@garden.test', role: 1, status: 'active' } }]);
  await refusedAll(t, world, 403, 303, [{ owner: { id: 5, $delete: true } }]);
  const given = await world.send('PATCH', 'plants/1?fields=owner', { owner: { id: 4 } }, 'writer');
  gives(t, given, { owner: 4 }, 'who it is may be said');
  await grant(world, 4, 'things', full);
  for (const who of ['writer', 'admin'] as const) {
    const pictured = await world.send('PATCH', 'things/1?fields=picture', { picture: { id: 7, title: 'x', data: { url: 'x' } } }, who);
    gives(t, pictured, { picture: 7 }, `${who}: a file that is sent back whole is named`);
    const [status, code] = who === 'admin' ? [422, 4] : [403, 301];
    refused(t, await world.send('PATCH', 'things/1', { picture: { title: 'x' } }, who), status, code, `${who}: a file that is not there`);
  }
  const [user] = await world.knex('directus_users').where({ id: 3 });
  t.equal(user?.role, 4, 'and no more');
}

/** The column of a zone is hidden from him; that a zone is named in a refusal would tell of it. */
async function linking(t: Tester, world: WritingWorld): Promise<void> {
  await grant(world, 4, 'plants', { ...full, read_field_blacklist: 'zone' });
  await grant(world, 4, 'zones');
  const linked = await world.send('PATCH', 'plants/1?fields=*.*', { zone: { id: 9 } }, 'writer');
  t.ok(linked.status === 200 || linked.status === 403, told(linked));
  t.notMatch(linked.text, /Pond|"zone"/, 'tells nothing of what it is linked to');
  await grant(world, 4, 'sightings', { ...full, read: 'mine' });
  const through = await world.send('PATCH', 'sightings/1?fields=plant.*,plant.sightings.*', { plant: { id: 3 } }, 'writer');
  const seen = at(through.json, 'data', 'plant', 'sightings');
  t.strictSame(Array.isArray(seen) && seen.map((row) => at(row, 'id')), [1], `only his own in the list (${told(through)})`);
}

/** A relation by a column that is no key copies that column: whoever may not read it there does not come to read it here. */
async function ties(t: Tester, world: WritingWorld): Promise<void> {
  const { knex, send } = world;
  await knex.schema.createTable('shelves', (table) => {
    table.increments('id');
    table.string('mark', 20).unique();
    table.string('name', 20);
  });
  await knex.schema.createTable('boxes', (table) => {
    table.increments('id');
    table.string('mark', 20).references('mark').inTable('shelves');
    table.string('text', 20);
  });
  await knex('shelves').insert({ mark: 'M-9', name: 'top' });
  await knex('boxes').insert({ text: 'one' });
  const lease = await world.gateway.registry.lease(project);
  await lease.project.reload();
  lease.release();
  await grant(world, 4, 'boxes', full);
  await grant(world, 4, 'shelves', { ...full, read_field_blacklist: 'mark' });
  await leavesAll(t, world, 'a column that may not be read is copied nowhere', async () => {
    const cases: readonly (readonly ['POST' | 'PATCH', string, unknown])[] = [
      ['PATCH', 'boxes/1', { mark: { id: 1 } }],
      ['PATCH', 'boxes/1', { mark: { id: 1, name: 'x' } }],
      ['POST', 'boxes', { mark: { id: 1 } }],
      ['PATCH', 'shelves/1', { boxes: [{ text: 'two' }] }],
      ['PATCH', 'shelves/1', { boxes: [{ id: 1 }] }],
      ['PATCH', 'shelves/1', { boxes: [1] }],
    ];
    for (const [method, path, body] of cases) {
      refused(t, await send(method, path, body, 'writer'), 422, 12, `${method} ${path} ${JSON.stringify(body)}`);
    }
  });
  const own = { mark: { mark: 'M-10', name: 'own' } };
  gives(t, await send('PATCH', 'boxes/1?fields=mark', own, 'writer'), { mark: 'M-10' }, 'what he sends himself he knows');
  await grant(world, 4, 'shelves', full);
  gives(t, await send('PATCH', 'boxes/1?fields=mark', { mark: { id: 1 } }, 'writer'), { mark: 'M-9' }, 'and what he may read');
}

export const writingRightsNested: Feature = {
  promise: 'nested rows are written by the rights on their own collection',
  run: (t, { vendor }) =>
    withWriting(vendor, async (world) => {
      await t.test('collections that may not be written', (t) => ofOthers(t, world));
      await t.test('rows that may not be seen', (t) => unseen(t, world));
      await t.test('rows that are soft-deleted', (t) => softDeleted(t, world));
      await t.test('links', (t) => linking(t, world));
      await t.test('columns that tie rows together', (t) => ties(t, world));
      await t.test('system collections', (t) => systemRows(t, world));
    }),
};
