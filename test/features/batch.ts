/** Promise: several writes to any collections happen together or not at all, and may refer to one another. */
import { type Feature, refused, type Tester, told } from '../support/expect.ts';
import { type Answer, at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

type Sender = 'admin' | 'editor' | 'nobody' | null;

const send = (garden: OwnGarden, operations: unknown, who: Sender = 'admin', headers = {}): Promise<Answer> =>
  garden.send('POST', 'batch', { operations }, who, headers);

async function together(t: Tester, garden: OwnGarden): Promise<void> {
  const answer = await send(garden, [
    { method: 'create', collection: 'zones', as: 'zone', item: { name: 'Dell' }, fields: 'name' },
    { method: 'create', collection: 'zones', as: 'parts', items: [{ name: 'D1', parent: { $ref: 'zone' } }, { name: 'D2' }] },
    { method: 'update', collection: 'zones', key: { $ref: 'parts.1' }, item: { parent: { $ref: 'parts.0.parent' } }, fields: ['parent'] },
    { method: 'upsert', collection: 'families', by: ['code'], item: { code: 'ROS', note: { $ref: 'zone.name' } }, fields: 'code,note' },
    {
      method: 'create',
      collection: 'plants',
      as: 'plant',
      item: { title: 'Fern', status: 'published', sightings: [{ note: { $ref: 'parts.0.name' } }] },
      fields: 'title',
    },
    { method: 'update', collection: 'zones', filter: { parent: { _eq: { $ref: 'zone' } } }, limit: 2, item: { name: 'in the dell' } },
    { method: 'delete', collection: 'sightings', filter: { plant: { id: { _eq: { $ref: 'plant.id' } } } }, limit: 1 },
    { method: 'delete', collection: 'plants', keys: [{ $ref: 'plant' }] },
  ]);
  t.equal(answer.status, 200, told(answer));
  const [zone] = await garden.rows('zones', { name: 'Dell' });
  const id = Number(zone?.['id']);
  t.strictSame(at(answer.json, 'data', 0), { keys: [String(id)], item: { name: 'Dell' } });
  t.strictSame(at(answer.json, 'data', 1, 'items', 0, 'parent'), id);
  t.strictSame(at(answer.json, 'data', 2, 'item'), { parent: id });
  t.strictSame(at(answer.json, 'data', 3), { keys: ['ROS'], item: { code: 'ROS', note: 'Dell' } });
  t.strictSame(at(answer.json, 'data', 4, 'item'), { title: 'Fern' });
  t.strictSame([at(answer.json, 'data', 5), at(answer.json, 'data', 6)], [{ count: 2 }, { count: 1 }]);
  t.strictSame(Object.keys(at(answer.json, 'data', 7) ?? {}), ['keys']);
  t.equal((await garden.rows('zones', { name: 'in the dell', parent: id })).length, 2);
  t.strictSame(await garden.rows('plants', { title: 'Fern' }), []);
  const activity = await garden.rows('directus_activity');
  t.equal(activity.length, 11, 'each write is told');
  t.equal(new Set(activity.map((row) => String(row['action_on']))).size, 1, 'as one');
}

async function refusals(t: Tester, garden: OwnGarden): Promise<void> {
  const first = { method: 'create', collection: 'zones', as: 'zone', item: { name: 'never' } };
  const cases: readonly (readonly [operation: unknown, status: number, code: number])[] = [
    [{ method: 'create', collection: 'zones', item: { nope: 1 } }, 422, 12],
    [{ method: 'create', collection: 'nothing', item: {} }, 404, 200],
    [{ method: 'create', collection: 'directus_users', item: {} }, 401, 201],
    [{ method: 'create', collection: 'sallyport_idempotency', item: {} }, 404, 200],
    [{ method: 'update', collection: 'zones', key: 4711, item: { name: 'x' } }, 404, 203],
    [{ method: 'update', collection: 'zones', item: { name: 'x' } }, 422, 12],
    [{ method: 'update', collection: 'zones', key: 1, keys: [2], item: { name: 'x' } }, 422, 12],
    [{ method: 'update', collection: 'zones', filter: { id: { _gt: 0 } }, item: { name: 'x' } }, 422, 12],
    [{ method: 'delete', collection: 'zones', filter: { id: { _gt: 0 } }, limit: 2 }, 422, 12],
    [{ method: 'delete', collection: 'zones', key: { no: 'key' } }, 422, 12],
    [{ method: 'delete', collection: 'zones', keys: [] }, 422, 12],
    [{ method: 'upsert', collection: 'zones', by: ['name'], item: { name: 'x' } }, 422, 12],
    [{ method: 'create', collection: 'zones', items: [1] }, 422, 12],
    [{ method: 'create', collection: 'zones', item: {}, key: 1 }, 422, 12],
    [{ method: 'create', collection: 'zones', item: {}, nope: 1 }, 422, 12],
    [{ method: 'delete', collection: 'zones', key: 1, fields: 'id' }, 422, 12],
    [{ method: 'merge', collection: 'zones', item: {} }, 422, 12],
    [{ method: 'create', collection: 'zones', as: 'zone', item: {} }, 422, 12],
    [{ method: 'create', collection: 'zones', as: 'a.b', item: {} }, 422, 12],
    [{ method: 'create', collection: 'zones', item: { parent: { $ref: 'later' } } }, 422, 12],
    [{ method: 'create', collection: 'zones', item: { parent: { $ref: 'zone.1' } } }, 422, 12],
    [{ method: 'create', collection: 'zones', item: { parent: { $ref: 'zone.nope' } } }, 422, 202],
    [{ method: 'create', collection: 'zones', item: { parent: { $ref: 5 } } }, 422, 12],
    [{ method: 'create', collection: 'zones', item: { name: 'n'.repeat(100), parent: { $ref: 'zone' } } }, 422, 12],
    ['create', 422, 12],
  ];
  for (const [operation, status, code] of cases) {
    const answer = await send(garden, [first, operation]);
    refused(t, answer, status, code, JSON.stringify(operation));
    t.match(at(answer.json, 'error', 'message'), /^operations\[1\]: /, `${JSON.stringify(operation)} names the operation`);
  }
  for (const body of [{}, { operations: [] }, { operations: first }, { operations: [first], more: 1 }, [first]]) {
    refused(t, await garden.send('POST', 'batch', body), 422, 12, JSON.stringify(body));
  }
  refused(t, await garden.send('POST', 'batch'), 400, 13, 'no body');
  refused(
    t,
    await send(
      garden,
      Array.from({ length: 101 }, () => first),
    ),
    400,
    2,
    'too many operations',
  );
  const half = { method: 'create', collection: 'zones', items: Array.from({ length: 5001 }, () => ({ name: 'never' })) };
  refused(t, await send(garden, [half, half]), 400, 2, 'too many rows together');
  refused(t, await send(garden, [first], 'admin', { 'if-match': '"x"' }), 422, 12, 'If-Match');
  t.strictSame(await garden.rows('zones', { name: 'never' }), [], 'nothing of it stays');
  t.equal((await garden.rows('directus_activity')).length, 11, 'nor is it told');
}

async function rights(t: Tester, garden: OwnGarden): Promise<void> {
  const create = { method: 'create', collection: 'zones', as: 'zone', item: { name: 'by an editor' } };
  refused(t, await send(garden, [create], null), 403, 301, 'the public');
  refused(t, await send(garden, [create], 'nobody'), 403, 301, 'nobody');
  await garden.permit(3, 'zones', { create: 'full' });
  refused(
    t,
    await send(garden, [create, { method: 'update', collection: 'zones', key: 1, item: { name: 'x' } }], 'editor'),
    403,
    302,
    'an editor',
  );
  await garden.permit(3, 'uses', { create: 'full', update: 'full' });
  const use = { method: 'update', collection: 'uses', as: 'use', key: 1, item: { name: 'food' } };
  const leak = { method: 'create', collection: 'zones', item: { name: { $ref: 'use.secret' } } };
  refused(t, await send(garden, [use, leak], 'editor'), 422, 12, 'a column that may not be read');
  await garden.permit(5, 'zones', { create: 'full', read: 'none' });
  const blind = await send(garden, [create, { ...create, as: 'two', item: { name: 'b', parent: { $ref: 'zone' } } }], 'nobody');
  t.match(at(blind.json, 'data'), [{ keys: [/^\d+$/] }, { keys: [/^\d+$/] }], `keys only: ${told(blind)}`);
  t.notOk(blind.text.includes('item'), 'no item of what may not be read');
  refused(
    t,
    await send(garden, [create, { ...create, as: 'b', item: { name: { $ref: 'zone.name' } } }], 'nobody'),
    403,
    300,
    'nor its values',
  );
}

async function again(t: Tester, garden: OwnGarden): Promise<void> {
  const operations = [
    { method: 'create', collection: 'zones', as: 'zone', item: { name: 'kept' } },
    { method: 'create', collection: 'zones', item: { name: 'kept', parent: { $ref: 'zone' } } },
  ];
  const key = { 'idempotency-key': 'a batch' };
  const [one, two] = [await send(garden, operations, 'admin', key), await send(garden, operations, 'admin', key)];
  t.strictSame([one.status, two.status, two.text, two.headers['idempotency-replayed']], [200, 200, one.text, 'true']);
  t.equal((await garden.rows('zones', { name: 'kept' })).length, 2, 'written once');
  const many = await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      send(garden, [
        { method: 'upsert', collection: 'families', by: ['code'], as: 'family', item: { code: 'NEW', name: `name ${i}` } },
        { method: 'create', collection: 'plants', item: { status: 'draft', title: `New ${i}`, family: { $ref: 'family' } } },
      ]),
    ),
  );
  t.strictSame(
    many.map(({ status }) => status),
    [200, 200, 200, 200, 200, 200],
    many.map(told).join(' '),
  );
  t.equal((await garden.rows('plants', { family: 'NEW' })).length, 6);
}

export const batch: Feature = {
  promise: 'the operations of a batch happen together or not at all',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await t.test('together', (t) => together(t, garden));
      await t.test('not at all', (t) => refusals(t, garden));
      await t.test('rights', (t) => rights(t, garden));
      await t.test('again, and at the same time', (t) => again(t, garden));
    }),
};
