/** Promise: what is written is what the role may write, on every way there; a refusal changes nothing (directus8-data §3.2, §10.5, §10.6). */
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { gives, grant, isSilent, leavesAll, type Method, type WritingWorld, withWriting } from '../support/writing.ts';

type Try = readonly [method: Method, path: string, body?: unknown];

/** The same refusal for each, and nothing changed by any. */
async function refusedAll(t: Tester, world: WritingWorld, status: number, code: number, tries: readonly Try[]): Promise<void> {
  await leavesAll(t, world, `refused with ${code}`, async () => {
    for (const [method, path, body] of tries) {
      refused(t, await world.send(method, path, body, 'writer'), status, code, `${method} ${path} ${JSON.stringify(body) ?? ''}`);
    }
  });
}

/** The writer is user 3 of role 4. Sightings 1, 5 and 6 are his, 2 is of user 4 in his role, 3 of a user of another, 7 nobody's. */
async function levels(t: Tester, world: WritingWorld): Promise<void> {
  const change = { note: 'changed' };
  const keys = (status: number, code: number, ...ids: readonly number[]): Promise<void> =>
    refusedAll(
      t,
      world,
      status,
      code,
      ids.flatMap((id): Try[] => [
        ['PATCH', `sightings/${id}`, change],
        ['PATCH', `sightings/1,${id}`, change],
      ]),
    );
  await grant(world, 4, 'sightings');
  await refusedAll(t, world, 404, 203, [
    ['PATCH', 'sightings/1', change],
    ['PATCH', 'sightings/777', change],
  ]);
  await refusedAll(t, world, 403, 301, [
    ['POST', 'sightings', change],
    ['POST', 'sightings', [change, {}]],
    ['POST', 'sightings', { nope: 1 }],
  ]);
  await refusedAll(t, world, 403, 303, [
    ['DELETE', 'sightings/1'],
    ['DELETE', 'sightings/777'],
  ]);
  await grant(world, 4, 'sightings', { read: 'full' });
  await refusedAll(t, world, 403, 302, [
    ['PATCH', 'sightings/1', change],
    ['PATCH', 'sightings/1,2', change],
  ]);
  await refusedAll(t, world, 403, 301, [['POST', 'sightings', change]]);
  await refusedAll(t, world, 403, 303, [
    ['DELETE', 'sightings/1'],
    ['DELETE', 'sightings/777'],
  ]);

  await grant(world, 4, 'sightings', { create: 'mine', read: 'full', update: 'mine', delete: 'mine' });
  await keys(403, 302, 2, 3, 7);
  await keys(404, 203, 777);
  await refusedAll(t, world, 403, 303, [
    ['DELETE', 'sightings/2'],
    ['DELETE', 'sightings/1,3'],
    ['DELETE', 'sightings/7'],
  ]);
  await refusedAll(t, world, 404, 203, [['DELETE', 'sightings/777']]);
  gives(t, await world.send('PATCH', 'sightings/1?fields=note', change, 'writer'), { note: 'changed' }, 'his own');
  const made = await world.send('POST', 'sightings?fields=observer', { observer: 4 }, 'writer');
  gives(t, made, { observer: 3 }, 'what he makes is his');

  await grant(world, 4, 'sightings', { read: 'role', update: 'role', delete: 'role' });
  gives(t, await world.send('PATCH', 'sightings/2?fields=note', change, 'writer'), { note: 'changed' }, 'of his role');
  await keys(404, 203, 3, 7, 777);
  await refusedAll(t, world, 404, 203, [
    ['DELETE', 'sightings/3'],
    ['DELETE', 'sightings/1,3'],
    ['DELETE', 'sightings/777'],
  ]);
  isSilent(t, await world.send('DELETE', 'sightings/2', undefined, 'writer'), 'of his role');

  await grant(world, 4, 'sightings', { update: 'full', delete: 'full' });
  await keys(404, 203, 1, 3, 777);
  isSilent(t, await world.send('DELETE', 'sightings/3', undefined, 'writer'), 'to delete it need not be readable');
  await grant(world, 4, 'zones', { read: 'mine', update: 'mine', delete: 'role' });
  await refusedAll(t, world, 404, 203, [['PATCH', 'zones/1', { name: 'x' }]]);
  await refusedAll(t, world, 403, 303, [
    ['DELETE', 'zones/1'],
    ['DELETE', 'zones/777'],
  ]);
}

async function fieldsAndComments(t: Tester, world: WritingWorld): Promise<void> {
  await grant(world, 4, 'sightings', { create: 'full', read: 'full', update: 'full', write_field_blacklist: 'spot,tally' });
  await refusedAll(t, world, 403, 305, [
    ['POST', 'sightings', { note: 'x', spot: null }],
    ['POST', 'sightings', [{ note: 'x' }, { tally: 1 }]],
    ['PATCH', 'sightings/1', { spot: 'behind the shed' }],
    [
      'PATCH',
      'sightings',
      [
        { id: 1, note: 'x' },
        { id: 5, tally: 1 },
      ],
    ],
  ]);
  await grant(world, 4, 'plants', { create: 'full', read: 'full', update: 'full', write_field_blacklist: 'sightings,family' });
  await refusedAll(t, world, 403, 305, [
    ['POST', 'plants', { title: 'x', sightings: [{ note: 'x' }] }],
    ['POST', 'plants', { title: 'x', family: { code: 'ROS' } }],
    ['PATCH', 'plants/1', { sightings: [{ note: 'x' }] }],
    ['PATCH', 'plants/1', { family: { code: 'PIN' } }],
    ['PATCH', 'plants/1', { family: null }],
  ]);
  await grant(world, 4, 'plants', { create: 'full', read: 'full', update: 'full', delete: 'none', status_blacklist: 'published' });
  await refusedAll(t, world, 403, 305, [
    ['POST', 'plants', { title: 'x', status: 'published' }],
    ['PATCH', 'plants/2', { status: 'published' }],
  ]);
  await refusedAll(t, world, 403, 303, [['PATCH', 'plants/2', { status: 'archived' }]]);
  // Other spellings of one value of a column of numbers.
  await grant(world, 4, 'tasks', { create: 'full', read: 'full', update: 'full', status_blacklist: '2' });
  await refusedAll(
    t,
    world,
    403,
    305,
    [2, '2', '02', 2.0].flatMap((state): Try[] => [
      ['POST', 'tasks', { state }],
      ['PATCH', 'tasks/1', { state }],
    ]),
  );
  await refusedAll(t, world, 403, 303, [
    ['PATCH', 'tasks/1', { state: 3 }],
    ['PATCH', 'tasks/1', { state: '03' }],
  ]);

  await grant(world, 4, 'uses', { create: 'full', read: 'full', update: 'full', delete: 'full', explain: 'always' });
  await refusedAll(t, world, 403, 10, [
    ['POST', 'uses', {}],
    ['PATCH', 'uses/1', { name: 'x' }],
    ['DELETE', 'uses/4'],
    ['POST', 'uses?comment=', {}],
  ]);
  for (const [method, path, body] of [
    ['POST', 'uses', { id: 70 }],
    ['PATCH', 'uses/70', { name: 'x' }],
    ['DELETE', 'uses/70'],
  ] as const) {
    const answer = await world.send(method, `${path}?comment=because`, body, 'writer');
    t.ok(answer.status < 300, `${method} with a comment (${told(answer)})`);
  }
}

async function workflow(t: Tester, world: WritingWorld): Promise<void> {
  const none = { create: 'none', update: 'none', delete: 'none' };
  await grant(
    world,
    4,
    'plants',
    { ...none, read: 'full', status: 'published', update: 'mine' },
    {
      read: 'full',
      create: 'full',
      update: 'full',
      delete: 'full',
      status: 'draft',
      write_field_blacklist: 'price',
      status_blacklist: 'published',
    },
    { ...none, read: 'full', status: 'archived' },
  );
  await refusedAll(t, world, 403, 301, [
    ['POST', 'plants', { title: 'x' }],
    ['POST', 'plants', { title: 'x', status: null }],
    ['POST', 'plants', { title: 'x', status: 'published' }],
    ['POST', 'plants', { title: 'x', status: 'unheard of' }],
    ['POST', 'plants', { title: 'x', status: 'DRAFT' }],
  ]);
  gives(t, await world.send('POST', 'plants?fields=status', { title: 'x', status: 'draft' }, 'writer'), { status: 'draft' }, 'a draft');
  await refusedAll(t, world, 403, 305, [
    ['POST', 'plants', { title: 'x', status: 'draft', price: 1 }],
    ['PATCH', 'plants/2', { price: 1 }],
    ['PATCH', 'plants/2', { status: 'published' }],
  ]);
  // 1 and 3 are published and his, 11 and 12 published and not; the rest has statuses of which he may read nothing.
  await refusedAll(t, world, 403, 302, [
    ['PATCH', 'plants/11', { title: 'x' }],
    ['PATCH', 'plants/1,12', { title: 'x' }],
  ]);
  await refusedAll(t, world, 403, 303, [
    ['PATCH', 'plants/1', { status: 'archived' }],
    ['DELETE', 'plants/1'],
  ]);
  await refusedAll(
    t,
    world,
    404,
    203,
    [5, 6, 9, 10, 4, 777].flatMap((id): Try[] => [
      ['PATCH', `plants/${id}`, { title: 'x' }],
      ['DELETE', `plants/${id}`],
    ]),
  );
  gives(t, await world.send('PATCH', 'plants/1?fields=title', { title: 'His' }, 'writer'), { title: 'His' }, 'his own');
  isSilent(t, await world.send('PATCH', 'plants/2', { status: 'archived' }, 'writer'), 'who may delete may soft-delete');
  await refusedAll(t, world, 404, 203, [
    ['PATCH', 'plants/2', { status: 'draft' }],
    ['PATCH', 'plants/2?status=*', { title: 'x' }],
  ]);
  refused(t, await world.send('PATCH', 'plants/2', { title: 'x' }), 404, 203, 'nor is it found by an administrator');
  gives(t, await world.send('PATCH', 'plants/2?status=*&fields=sort', { sort: 9 }), { sort: 9 }, 'but where the request says so');
  const restored = await world.send('PATCH', 'plants/2?fields=status', { status: 'draft' });
  gives(t, restored, { status: 'draft' }, 'an administrator brings it back');
}

/** What may not be read is in no answer, whatever is asked for. */
async function silence(t: Tester, world: WritingWorld): Promise<void> {
  const secret = 'cabinet-code';
  await grant(world, 4, 'uses', { create: 'full', read: 'full', update: 'full', read_field_blacklist: 'secret' });
  const answers = [
    await world.send('PATCH', 'uses/2?fields=*', { name: 'cure' }, 'writer'),
    await world.send('PATCH', 'uses/2,1?fields=*.*', { name: 'cure' }, 'writer'),
    await world.send('PATCH', 'plant_uses/2?fields=use_id.*,weight', {}, 'writer'),
    await world.send('POST', 'uses?fields=*', { secret: 'mine' }, 'writer'),
  ];
  for (const answer of answers) t.ok(answer.status < 300 && !/cabinet|"mine"|secret/.test(answer.text), told(answer));
  isSilent(t, await world.send('PATCH', 'uses/2?fields=secret', { name: 'x' }, 'writer'), 'asked for by name');
  await grant(world, 4, 'uses', { create: 'full', update: 'full' });
  const unread = await world.send('POST', 'uses', { id: 77, secret }, 'writer');
  isSilent(t, unread, 'what may not be read back');
  await grant(world, 4, 'sightings', { read: 'mine', update: 'full', create: 'full' });
  const moved = await world.send('PATCH', 'sightings/1?fields=*', { observer: 4 }, 'writer');
  isSilent(t, moved, 'given away, it is seen no more');
  const both = await world.send('PATCH', 'sightings/5,6?fields=id,note', { note: 'n' }, 'writer');
  t.equal(at(both.json, 'data', 1, 'note'), 'n', told(both));
}

export const writingRights: Feature = {
  promise: 'a role writes what it may write',
  run: (t, { vendor }) =>
    withWriting(vendor, async (world) => {
      await t.test('levels', (t) => levels(t, world));
      await t.test('fields, statuses, comments', (t) => fieldsAndComments(t, world));
      await t.test('by status', (t) => workflow(t, world));
      await t.test('answers', (t) => silence(t, world));
    }),
};
