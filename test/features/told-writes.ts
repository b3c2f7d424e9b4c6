/** Promise: actions and webhooks are told of every row that was committed, exactly once and with its values, and of nothing else. */
import { tokens } from '../fixtures/garden-people.ts';
import { actionFiles } from '../fixtures/hooks-of-writes.ts';
import { eventually } from '../support/eventually.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { type HookedWorld, withHooks } from '../support/hooked.ts';
import { at } from '../support/http.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

/** What was called, as `path body`, in no order. */
async function called({ knex }: HookedWorld, receiver: Receiver): Promise<string[]> {
  await eventually(async () => (await knex('sallyport_outbox').where({ state: 'pending' })).length === 0);
  return receiver.received
    .splice(0)
    .map(({ url, body }) => `${url?.slice(1)} ${body.replaceAll('": ', '":').replaceAll(', "', ',"')}`)
    .sort();
}

type Told = readonly [event: string, item: Record<string, unknown>];

/** One write, and what is told of it by both: values of items that are named here. */
async function tells(
  t: Tester,
  { world, receiver }: Place,
  what: string,
  run: () => Promise<{ readonly status: number; readonly text: string }>,
  expected: readonly Told[],
): Promise<void> {
  await world.said();
  const answer = await run();
  t.ok(answer.status < 300, `${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
  const said = (await world.said()).map(({ event, text }): Told => [event, JSON.parse(text ?? '{}')]);
  const calls = (await called(world, receiver)).map((line): Told => {
    const [event = '', ...body] = line.split(' ');
    return [event.replace('/', ' '), JSON.parse(body.join(' '))];
  });
  const sorted = (list: readonly Told[]): string[] => list.map((one) => JSON.stringify(one)).sort();
  t.strictSame(sorted(said), sorted(calls), `${what}: actions and webhooks are told the same`);
  const shortened = said.map(([event, item]): Told => {
    const wanted = expected.find(([name, values]) => name === event && Object.entries(values).every(([key, value]) => item[key] === value));
    return [event, wanted ? wanted[1] : item];
  });
  t.strictSame(sorted(shortened), sorted(expected), what);
}

interface Place {
  readonly world: HookedWorld;
  readonly receiver: Receiver;
}

async function writes(t: Tester, place: Place): Promise<void> {
  const { world } = place;
  const { send, ask } = world;
  await tells(t, place, 'create', () => send('POST', 'makers', { id: 50, name: 'Eve' }), [
    ['create makers', { id: 50, name: 'Eve', boss: null, mail: null }],
  ]);
  await tells(t, place, 'update', () => send('PATCH', 'makers/50', { name: 'Eva' }), [['update makers', { id: 50, name: 'Eva' }]]);
  await tells(t, place, 'unrecorded', () => ask('PATCH', 'items/makers/50?activity_skip=1', { name: 'Eve' }), [
    ['update makers', { id: 50, name: 'Eve' }],
  ]);
  await tells(t, place, 'delete', () => send('DELETE', 'makers/50'), [['delete makers', { id: 50, name: 'Eve', boss: null, mail: null }]]);
  await tells(
    t,
    place,
    'nested',
    () =>
      send('POST', 'makers', {
        id: 60,
        name: 'Jo',
        boss: { id: 61, name: 'Kim' },
        team: [{ id: 2, name: 'Bo' }, 3],
        things: { create: [{ id: 62, name: 'Peg' }], delete: [2] },
      }),
    [
      ['create makers', { id: 61, name: 'Kim' }],
      ['create makers', { id: 60, name: 'Jo', boss: 61 }],
      ['update makers', { id: 2, name: 'Bo', boss: 60 }],
      ['update makers', { id: 3, boss: 60 }],
      ['create things', { id: 62, name: 'Peg', maker: 60 }],
      ['delete things', { id: 2, code: 'saw', name: 'Saw' }],
    ],
  );
  await tells(
    t,
    place,
    'a batch',
    () =>
      ask('POST', 'batch', {
        operations: [
          { method: 'create', collection: 'makers', item: { id: 70, name: 'Lou' }, as: 'lou' },
          { method: 'update', collection: 'makers', key: { $ref: 'lou' }, item: { name: 'Lu' } },
          {
            method: 'upsert',
            collection: 'things',
            by: ['code'],
            items: [
              { code: 'ham', rank: 7 },
              { id: 71, code: 'axe', name: 'Axe' },
            ],
          },
          { method: 'delete', collection: 'makers', filter: { id: { _eq: 70 } }, limit: 1 },
        ],
      }),
    [
      ['create makers', { id: 70, name: 'Lou' }],
      ['update makers', { id: 70, name: 'Lu' }],
      ['update things', { id: 1, rank: 7 }],
      ['create things', { id: 71, code: 'axe' }],
      ['delete makers', { id: 70, name: 'Lu' }],
    ],
  );
  await tells(t, place, 'by filter', () => ask('PATCH', 'items/things?filter[id][in]=1,71&limit=2', { rank: 9 }), [
    ['update things', { id: 1, rank: 9 }],
    ['update things', { id: 71, rank: 9 }],
  ]);
  await tells(t, place, 'a soft deletion', () => send('PATCH', 'plants/1', { status: 'deleted' }), [
    ['update plants', { id: 1, status: 'deleted' }],
  ]);
  const [revision] = await world.knex('directus_revisions').where({ collection: 'makers', item: '2' }).orderBy('id', 'desc').select('id');
  await tells(t, place, 'a revert', () => ask('PATCH', `items/makers/2/revert/${revision?.id}`), [
    ['update makers', { id: 2, name: 'Bo', boss: 60 }],
  ]);
  const price = await world.raw('/hooked/items/plants/3', {
    method: 'PATCH',
    body: '{"price":123456789.123450}',
    token: tokens.admin,
  });
  t.equal(price.status, 200, told(price));
  t.match(await called(world, place.receiver), [/"price":123456789\.12345/], 'every digit in calls');
  t.match(await world.said(), [{ text: /"price":"?123456789\.12345/ }], 'and in actions');
}

async function nothing(t: Tester, { world, receiver }: Place): Promise<void> {
  const { send, ask, knex } = world;
  refused(t, await send('POST', 'makers', [{ name: 'Ok' }, { name: 'lower' }]), 422, 4, 'what is not valid');
  refused(
    t,
    await send('POST', 'things', [
      { name: 'New', code: 'new' },
      { name: 'Twice', code: 'ham' },
    ]),
    409,
    204,
    'what the database refuses',
  );
  const operations = [
    { method: 'create', collection: 'makers', item: { name: 'Ok' } },
    { method: 'delete', collection: 'makers', key: 4711 },
  ];
  refused(t, await ask('POST', 'batch', { operations }), 404, 203, 'a batch that ends');
  t.strictSame(
    [await world.said(), await called(world, receiver), await knex('sallyport_outbox').where({ state: 'pending' })],
    [[], [], []],
    'is told to nobody',
  );
  t.equal((await send('PATCH', 'makers/1', {})).status, 200);
  t.strictSame([await world.said(), await called(world, receiver)], [[], []], 'nor is a change of nothing');
  for (const name of ['Throws', 'Waits']) {
    const answer = await send('POST', 'makers?fields=name', { name });
    t.strictSame(at(answer.json, 'data'), { name }, `an action that does this does not matter: ${told(answer)}`);
  }
  t.equal((await world.said()).length, 2);
  t.equal((await called(world, receiver)).length, 2);
  const answer = await send('POST', 'makers?fields=id', { name: 'Writes on' });
  const id = at(answer.json, 'data', 'id');
  await world.said();
  t.ok(await eventually(async () => (await knex('labels').where({ word: `after ${id}` })).length === 1), 'an action may write');
  await world.said();
  await called(world, receiver);
}

async function retried(t: Tester, { world, receiver }: Place): Promise<void> {
  const writers = 8;
  const answers = await Promise.all(
    Array.from({ length: writers }, (_, i) => {
      const both = [1, 71].map((key) => ({ method: 'update', collection: 'things', key, item: { rank: 1000 + i } }));
      return world.ask('POST', 'batch', { operations: i % 2 === 0 ? both : both.reverse() });
    }),
  );
  t.strictSame(answers.filter(({ status }) => status !== 200).map(told), [], 'writers that meet in opposite orders');
  const wanted = answers.flatMap((_, i) => [1, 71].map((id) => `update/things {"id":${id},"rank":${1000 + i}}`)).sort();
  t.strictSame(await called(world, receiver), wanted, 'are called for exactly once');
  t.strictSame((await world.said()).map(({ event, text }) => `${event.replace(' ', '/')} ${text}`).sort(), wanted, 'and told exactly once');
}

async function endpoints(t: Tester, place: Place): Promise<void> {
  const { ask, knex } = place.world;
  const made = await ask('POST', 'custom/desk/makers', { name: 'Max' });
  const [id] = JSON.parse(made.text) as string[];
  t.match(await knex('makers').where({ id }), [{ name: 'Max' }]);
  await place.world.said();
  await called(place.world, place.receiver);
  await tells(t, place, 'an endpoint', () => ask('PATCH', `custom/desk/makers/${id}`, { name: 'Mia' }), [
    ['update makers', { id: Number(id), name: 'Mia' }],
  ]);
  refused(t, await ask('PATCH', `custom/desk/makers/${id}`, { name: 'Moe' }, 'nobody'), 404, 203, 'as the caller may');
  refused(t, await ask('POST', 'custom/desk/makers', { name: 'Moe' }, 'nobody'), 403, 301, 'as the caller may');
  refused(t, await ask('POST', 'custom/desk/makers', { name: 'lower' }), 422, 4, 'and what is valid');
  t.equal((await ask('DELETE', `custom/desk/makers/${id}`)).status, 204);
  t.match(
    await knex('directus_activity').where({ collection: 'makers', item: id }).orderBy('id').select('action'),
    ['create', 'update', 'delete'].map((action) => ({ action })),
  );
}

export const toldWrites: Feature = {
  promise: 'actions and webhooks are told of what was committed, once',
  databaseIndependent: 'calls over HTTP',
  async run(t, world) {
    const receiver = await startReceiver();
    await withHooks(world.vendor, actionFiles, async (hooked) => {
      const hooks = ['makers', 'things', 'plants'].flatMap((collection) =>
        ['create', 'update', 'delete'].map((action) => ({
          status: 'active',
          http_action: 'post',
          collection,
          url: `${receiver.url}/${action}/${collection}`,
          directus_action: `item.${action}:after`,
        })),
      );
      await hooked.knex('directus_webhooks').insert(hooks);
      await hooked.reload();
      const place = { world: hooked, receiver };
      await t.test('every way to write', (t) => writes(t, place));
      await t.test('what was not written', (t) => nothing(t, place));
      await t.test('what was tried again', (t) => retried(t, place));
      await t.test('endpoints', (t) => endpoints(t, place));
    });
    await receiver.close();
  },
};
