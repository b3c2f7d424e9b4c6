/** Promise: a feed tells every change of rows that the caller may see, of what he may read in them, and nothing else. */
import type { Who } from '../fixtures/garden-people.ts';
import { secrets } from '../fixtures/garden-people.ts';
import { type Feature, type Tester, told } from '../support/expect.ts';
import { type EventStream, type FeedEvent, listenTo } from '../support/feed.ts';
import { at, type Json } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

const callers = [
  null,
  'admin',
  'editor',
  'writer',
  'otherWriter',
  'crew',
  'otherCrew',
  'sleuth',
  'warden',
] as const satisfies (Who | null)[];
type Caller = (typeof callers)[number];
const named = (who: Caller): string => who ?? 'public';

async function write(t: Tester, garden: OwnGarden, method: string, path: string, body?: unknown, who: Who = 'admin'): Promise<Json> {
  const answer = await garden.send(method, path, body, who);
  t.ok(answer.status < 300, `${method} ${path}: ${told(answer)}`);
  return at(answer.json, 'data', 'id');
}

const short = ({ data }: FeedEvent): string => `${String(at(data, 'event'))} ${String(at(data, 'collection'))} ${String(at(data, 'key'))}`;

/** Everything until a change that each of them may see. */
async function untilMarked(t: Tester, garden: OwnGarden, feeds: ReadonlyMap<Caller, EventStream>): Promise<Map<Caller, FeedEvent[]>> {
  await write(t, garden, 'PATCH', 'items/families/PIN', { note: 'marked' });
  await write(t, garden, 'PATCH', 'items/uses/4', { name: 'marked' });
  const all = new Map<Caller, FeedEvent[]>();
  for (const [who, feed] of feeds) {
    const mark = ['crew', 'otherCrew', 'editor', 'sleuth', 'admin'].includes(named(who)) ? '4' : 'PIN';
    const events = await feed.until(({ data }) => at(data, 'key') === mark && /^(?:uses|families)$/.test(String(at(data, 'collection'))));
    all.set(
      who,
      events.filter(({ data, name }) => name === 'message' && !/^(?:PIN|4)$/.test(String(at(data, 'key')))),
    );
  }
  return all;
}

/** What each is told of, by what was done. */
async function rights(t: Tester, garden: OwnGarden): Promise<void> {
  const feeds = new Map<Caller, EventStream>();
  for (const who of callers) feeds.set(who, await listenTo(garden, '', who));
  t.ok(
    [...feeds.values()].every(({ status }) => status === 200),
    'everybody has a feed of what he may read',
  );
  const steps: [what: string, run: () => Promise<unknown>, expected: Partial<Record<string, string>>][] = [
    [
      'a field that some may not read',
      () => write(t, garden, 'PATCH', 'items/plants/1', { price: '13.000000' }),
      { admin: 'update', editor: 'update', sleuth: 'update', warden: 'update' },
    ],
    [
      'a row comes into sight',
      () => write(t, garden, 'PATCH', 'items/plants/8', { status: 'published' }),
      // Of a row without history nobody knows what it was.
      { public: 'create', admin: 'update', editor: 'create', writer: 'create', otherWriter: 'create', warden: 'create' },
    ],
    [
      'a field that is not read in this status',
      () => write(t, garden, 'PATCH', 'items/plants/8', { notes: 'dug in' }),
      { admin: 'update', writer: 'update', otherWriter: 'update', sleuth: 'update', warden: 'update' },
    ],
    [
      'a row goes out of sight',
      () => write(t, garden, 'PATCH', 'items/plants/8', { status: 'draft' }),
      { public: 'delete', admin: 'update', editor: 'update', writer: 'update', otherWriter: 'update' },
    ],
    [
      'a row that some could not read is gone',
      () => write(t, garden, 'DELETE', 'items/plants/8'),
      { admin: 'delete', editor: 'delete', writer: 'delete', otherWriter: 'delete', sleuth: 'delete', warden: 'delete' },
    ],
    [
      'a row that nobody but two may read',
      () => write(t, garden, 'POST', 'items/sightings', { note: 'mine' }, 'writer'),
      { admin: 'create', writer: 'create', sleuth: 'create', warden: 'create' },
    ],
    [
      'a row of the role',
      () => write(t, garden, 'PATCH', 'items/sightings/3', { note: 'cones' }),
      { admin: 'update', crew: 'update', otherCrew: 'update', sleuth: 'update', warden: 'update' },
    ],
    [
      'a hidden field of an own row',
      () => write(t, garden, 'PATCH', 'items/sightings/1', { spot: 'shed' }),
      { admin: 'update', sleuth: 'update', warden: 'update' },
    ],
    [
      'an own row is gone',
      () => write(t, garden, 'DELETE', 'items/sightings/1'),
      { admin: 'delete', writer: 'delete', sleuth: 'delete', warden: 'delete' },
    ],
    [
      'a row of the role is gone',
      () => write(t, garden, 'DELETE', 'items/sightings/3'),
      { admin: 'delete', crew: 'delete', otherCrew: 'delete', sleuth: 'delete', warden: 'delete' },
    ],
    ['a row without history is gone', () => write(t, garden, 'DELETE', 'items/plants/11'), { admin: 'delete' }],
    [
      'a secret of a row',
      () => write(t, garden, 'PATCH', 'items/uses/1', { secret: 'word' }),
      { admin: 'update', crew: 'update', otherCrew: 'update', sleuth: 'update' },
    ],
    ['a soft-deleted row', () => write(t, garden, 'PATCH', 'items/plants/4?status=*', { notes: 'deep' }), {}],
    [
      'a hash',
      () => write(t, garden, 'PATCH', 'items/plants/3', { passcode: 'open' }),
      { admin: 'update', sleuth: 'update', warden: 'update' },
    ],
  ];
  for (const [what, run, expected] of steps) {
    await run();
    const seen = await untilMarked(t, garden, feeds);
    const events = new Map([...seen].map(([who, list]) => [named(who), list.map(({ data }) => at(data, 'event'))]));
    for (const who of callers)
      t.strictSame(
        events.get(named(who)),
        [expected[named(who)]].filter((one) => one !== undefined),
        `${what}: ${named(who)}`,
      );
    for (const [who, list] of seen) {
      for (const { data } of list) {
        if (at(data, 'event') === 'delete')
          t.strictSame(
            Object.keys(data as object).sort(),
            who === 'admin' || at(data, 'activity') ? ['activity', 'collection', 'event', 'key'] : ['collection', 'event', 'key'],
          );
        else {
          const now = await garden.get(`items/${String(at(data, 'collection'))}/${String(at(data, 'key'))}`, who ?? undefined);
          t.strictSame(at(data, 'item'), at(now.json, 'data'), `${what}: ${named(who)} is told what he may read`);
        }
      }
    }
  }
  for (const [who, feed] of feeds) {
    const text = JSON.stringify(feed.events);
    t.notOk(
      secrets.some((secret) => text.includes(secret)),
      `${named(who)}: no secrets`,
    );
    feed.close();
  }
}

const isChange = ({ name }: FeedEvent): boolean => name === 'message';

/** A reader who was away is told what has changed meanwhile: each row once, as it is now. */
async function goingOn(t: Tester, garden: OwnGarden): Promise<void> {
  const first = await listenTo(garden, '?collections=plants', 'editor');
  const [open] = await first.until(({ name }) => name === 'open');
  await write(t, garden, 'PATCH', 'items/plants/1', { title: 'Apple 2' });
  const [told] = await first.until(isChange);
  first.close();
  await write(t, garden, 'PATCH', 'items/plants/1', { title: 'Apple 3' });
  await write(t, garden, 'PATCH', 'items/plants/3', { notes: 'hidden from editors' });
  await write(t, garden, 'PATCH', 'items/plants/1', { title: 'Apple 4' });
  const made = await write(t, garden, 'POST', 'items/plants', { title: 'Kiwi', status: 'draft' });
  const gone = await write(t, garden, 'POST', 'items/plants', { title: 'Lemon', status: 'draft' });
  await write(t, garden, 'DELETE', `items/plants/${String(gone)}`);
  const expected = ['update plants 1', `create plants ${String(made)}`];
  const isLast = (event: FeedEvent): boolean => at(event.data, 'event') === 'create';
  const byHeader = await listenTo(garden, `?collections=plants&after=${open?.id}`, 'editor', { 'last-event-id': told?.id ?? '' });
  const seen = (await byHeader.until(isLast)).filter(isChange);
  t.strictSame(seen.map(short), expected, 'behind the last event');
  t.equal(at(seen[0]?.data, 'item', 'title'), 'Apple 4');
  const created = await listenTo(garden, `?after=${open?.id}&events=create`, 'editor');
  t.strictSame((await created.until(isLast)).filter(isChange).map(short), expected.slice(1), 'one kind of change');
  for (const feed of [byHeader, created]) feed.close();

  const answers = await Promise.all([
    listenTo(garden, '?collections=plants,uses', null),
    listenTo(garden, '?collections=plants,nowhere', null),
    listenTo(garden, `?after=${told?.id}x`),
    // Who may not read the activity has no use for its ids.
    listenTo(garden, '?after=1', null),
    listenTo(garden, '?nope=1'),
    listenTo(garden, '?events=read'),
    listenTo(garden, '', null, { authorization: 'Bearer nobody-has-this' }),
    listenTo(garden, '', 'fenced'),
  ]);
  t.strictSame(
    answers.map(({ status }) => status),
    [404, 404, 422, 422, 422, 422, 401, 401],
  );
  t.equal(answers[0]?.text.replace('uses', 'nowhere'), answers[1]?.text, 'what is forbidden is as unknown as what is not there');

  const late = await listenTo(garden, '?after=1&collections=families');
  const [reset] = await late.until(({ name }) => name === 'reset');
  t.match(at(reset?.data, 'message'), /too old/, 'who is too far behind is told so');
  await write(t, garden, 'PATCH', 'items/families/ROS', { note: 'again' });
  const [, now] = await late.until(isChange);
  t.equal(at(now?.data, 'key'), 'ROS', 'and told what comes now');
  const after = at(now?.data, 'activity');
  const byId = await listenTo(garden, `?collections=families&after=${Number(after) - 1}`);
  t.strictSame(
    (await byId.until(isChange)).filter(isChange).map(short),
    ['update families ROS'],
    'an id of the activity does for who may read that',
  );
  const third = await listenTo(garden);
  t.equal((await listenTo(garden)).status, 429, 'so many connections and no more');
  for (const feed of [late, byId, third]) feed.close();
}

/** Who may no longer listen is told nothing more, and his connection ends. */
async function endings(t: Tester, garden: OwnGarden): Promise<void> {
  const { connection } = garden.gateway;
  const signedIn = async (): Promise<string> => {
    const answer = await garden.send('POST', 'auth/authenticate', { email: 'edda@garden.test', password: 'password' }, null);
    return `Bearer ${String(at(answer.json, 'data', 'token'))}`;
  };
  const session = await signedIn();
  const feeds = {
    session: await listenTo(garden, '', null, { authorization: session }),
    token: await listenTo(garden, '', 'writer'),
    suspended: await listenTo(garden, '', 'sleuth'),
    narrowed: await listenTo(garden, '?collections=families,plants', 'otherWriter'),
  };
  await garden.get('auth/logout', undefined, { method: 'POST', headers: { authorization: session } });
  await feeds.session.ended;
  await write(t, garden, 'PATCH', 'users/10', { status: 'suspended' });
  await feeds.suspended.ended;
  // By plain SQL, of which nobody is told: found out before the next change is.
  await connection?.knex('directus_users').where({ id: 3 }).update({ token: 'another-token-of-the-writer' });
  await garden.permit(4, 'families', { read: 'none' });
  await write(t, garden, 'PATCH', 'items/families/ROS', { note: 'after the end' });
  await write(t, garden, 'PATCH', 'items/plants/1', { title: 'After the end' });
  await feeds.token.ended;
  const narrowed = await feeds.narrowed.until(isChange);
  t.strictSame(narrowed.filter(isChange).map(short), ['update plants 1'], 'what is not permitted any more is not told');
  for (const [what, feed] of Object.entries(feeds)) {
    const told = feed.events.map(({ name }) => name).join();
    t.equal(told, what === 'narrowed' ? 'open,message' : 'open,end', what);
    feed.close();
  }
}

export const changes: Feature = {
  promise: 'A feed tells every change of rows that the caller may see, of what he may read in them, and nothing else',
  run: (t, world) =>
    ownGarden(
      world,
      async (garden) => {
        await garden.permit(4, 'sightings', { create: 'full' });
        await t.test('every kind of rule', (t) => rights(t, garden));
        await t.test('going on where one was', (t) => goingOn(t, garden));
        await t.test('access ends', (t) => endings(t, garden));
      },
      { changes: { connectionsPerCaller: 3, catchUp: 30 } },
    ),
};
