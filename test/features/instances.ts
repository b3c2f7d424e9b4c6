/** Promise: several instances in front of one database are as good as one, with Redis and while it is away. */
import { randomUUID } from 'node:crypto';
import { tokens } from '../fixtures/garden-people.ts';
import { eventually } from '../support/eventually.ts';
import { type Feature, type Tester, told } from '../support/expect.ts';
import { listenTo } from '../support/feed.ts';
import { type Gateway, project, startGateway } from '../support/gateway.ts';
import { type Answer, ask, at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { header, type Receiver, startReceiver } from '../support/receiver.ts';
import { type Proxy as Cuttable, openProxy } from '../support/tcp-proxy.ts';
import { redisUrl, whyNoRedis } from '../support/vendors.ts';

type Three = readonly [Gateway, Gateway, Gateway];

function send(gateway: Gateway, method: string, path: string, body?: unknown, token: string | null = tokens.admin): Promise<Answer> {
  const options = { method, ...(token === null ? {} : { token }), ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return ask(gateway.url, `/${project}/${path}`, options);
}

async function projectOf({ registry }: Gateway) {
  const { project: open, release } = await registry.lease(project);
  release();
  return open;
}

/** What one has changed the others know without being asked: nothing but a request would set off a look of their own. */
async function rules(t: Tester, three: Three): Promise<void> {
  const [one, ...others] = three;
  const seen = await Promise.all(others.map(async (other) => (await projectOf(other)).rules.current.version));
  const list = await send(one, 'GET', 'permissions?filter[role]=2&filter[collection]=families');
  const id = String(at(list.json, 'data', 0, 'id'));
  const statuses = (): Promise<number[]> =>
    Promise.all(three.map(async (gateway) => (await send(gateway, 'GET', 'items/families', undefined, null)).status));
  t.strictSame(await statuses(), [200, 200, 200]);
  t.equal((await send(one, 'PATCH', `permissions/${id}`, { read: 'none' })).status, 200);
  for (const [i, other] of others.entries()) {
    const { rules } = await projectOf(other);
    t.ok(await eventually(() => rules.current.version > (seen[i] ?? 0)), 'told, not asked');
  }
  t.strictSame(await statuses(), [401, 401, 401], 'a permission that was taken away is refused by all');
  await send(one, 'PATCH', `permissions/${id}`, { read: 'full' });
}

/** Changes of tables by others come to all of them while they work, and none of their answers is a fault. */
async function tables(t: Tester, three: Three, garden: OwnGarden): Promise<void> {
  let over = false;
  const faults: string[] = [];
  const load = three.map(async (gateway) => {
    while (!over) {
      for (const path of ['items/zones?limit=3', 'items/zones?fields=*.*&limit=2', 'items/plants?fields=zone.*&limit=2']) {
        const answer = await send(gateway, 'GET', path);
        if (answer.status >= 500) faults.push(told(answer));
      }
    }
  });
  const { knex } = garden.gateway.connection ?? {};
  const all = async (status: number): Promise<boolean> => {
    const answers = await Promise.all(three.map((gateway) => send(gateway, 'GET', 'items/zones?fields=climate&limit=1')));
    return answers.every((answer) => answer.status === status);
  };
  await knex?.raw('alter table zones add column climate varchar(20)');
  t.ok(await eventually(() => all(200)), 'a column that another program adds');
  await knex?.raw('alter table zones drop column climate');
  t.ok(await eventually(() => all(422)), 'and drops again');
  over = true;
  await Promise.all(load);
  t.strictSame(faults, [], 'no fault meanwhile');
}

async function feeds(t: Tester, [one, two, three]: Three): Promise<void> {
  const signedIn = await send(one, 'POST', 'auth/authenticate', { email: 'edda@garden.test', password: 'password' }, null);
  const token = String(at(signedIn.json, 'data', 'token'));
  const feed = await listenTo({ gateway: two }, '?collections=uses', null, { authorization: `Bearer ${token}` });
  await send(one, 'PATCH', 'items/uses/1', { name: 'meals' });
  const [change] = (await feed.until(({ name }) => name === 'message')).slice(-1);
  t.equal(at(change?.data, 'item', 'name'), 'meals', 'a change by another instance');
  feed.close();
  const later = await listenTo({ gateway: three }, '?collections=uses', null, {
    authorization: `Bearer ${token}`,
    'last-event-id': feed.events[0]?.id ?? '',
  });
  const again = (await later.until(({ name }) => name === 'message')).slice(-1);
  t.strictSame(again[0]?.data, change?.data, 'a position is good on all of them');
  await send(one, 'POST', 'auth/logout', undefined, token);
  await later.ended;
  t.equal(later.events.at(-1)?.name, 'end', 'a session that another instance ends');
}

async function attempts(t: Tester, three: Three): Promise<void> {
  const statuses: number[] = [];
  // Redis remembers those of earlier runs.
  const email = `${randomUUID()}@garden.test`;
  for (const gateway of [...three, three[0]]) {
    statuses.push((await send(gateway, 'POST', 'auth/authenticate', { email, password: 'wrong' }, null)).status);
  }
  t.strictSame(statuses, [404, 404, 404, 429], 'attempts are counted together');
}

/** Every call of a webhook is made by one of them, whoever wrote what it tells of. */
async function calls(t: Tester, three: Three, receiver: Receiver, garden: OwnGarden): Promise<void> {
  receiver.received.length = 0;
  const each = [0, 1, 2, 3, 4, 5];
  const writes = three.flatMap((gateway, i) => each.map((n) => send(gateway, 'PATCH', 'items/uses/2', { name: `by ${i}, ${n}` })));
  const statuses = (await Promise.all(writes)).map(({ status }) => status);
  t.strictSame(new Set(statuses), new Set([200]));
  await receiver.reached(writes.length);
  const settled = async (): Promise<boolean> => (await garden.rows('sallyport_outbox', { state: 'pending' })).length === 0;
  t.ok(await eventually(settled), 'all of them are settled');
  const ids = receiver.received.map((one) => header(one, 'x-sallyport-delivery'));
  t.strictSame([ids.length, new Set(ids).size], [writes.length, writes.length], 'each came once');
  const attempts = (await garden.rows('sallyport_outbox')).map((row) => Number(row['attempts']));
  t.ok(
    attempts.every((tries) => tries === 1),
    'nobody had to try twice',
  );
}

/** While Redis is away everything goes on, and changes are found by looking. */
async function withoutRedis(t: Tester, gateways: Three, redis: Cuttable, alone: () => Promise<void>): Promise<void> {
  const [one, two, three] = gateways;
  const open = await Promise.all(gateways.map(projectOf));
  const feed = await listenTo({ gateway: two }, '?collections=uses');
  await redis.cut();
  const answers = [
    await send(one, 'PATCH', 'items/uses/1', { name: 'food' }),
    await send(three, 'GET', 'items/uses/1'),
    await send(three, 'POST', 'auth/authenticate', { email: 'carl@garden.test', password: 'password' }, null),
  ];
  t.strictSame(
    answers.map(({ status }) => status),
    [200, 200, 200],
    'no request notices',
  );
  const [change] = (await feed.until(({ name }) => name === 'message')).slice(-1);
  t.equal(at(change?.data, 'item', 'name'), 'food', 'feeds go on');
  await alone();
  await redis.mend();
  t.ok(await eventually(() => open.every(({ bus }) => bus.wide)), 'and it is used again when it is back');
  feed.close();
}

export const instances: Feature = {
  promise: 'Several instances in front of one database are as good as one, with Redis and while it is away',
  async run(t, world) {
    const why = await whyNoRedis();
    if (why !== undefined) return t.comment(why);
    const { hostname, port } = new URL(redisUrl);
    const redis = await openProxy(hostname, Number(port || 6379));
    const settings = {
      redis: `redis://127.0.0.1:${redis.port}`,
      auth: { attempts: 3, addressAttempts: 1000 },
      changes: { lookMilliseconds: 300 },
      webhooks: { privateAddresses: true },
    };
    const receiver = await startReceiver();
    await ownGarden(
      world,
      async (garden) => {
        const more = await Promise.all([1, 2].map(() => startGateway({ [project]: garden.config }, {}, undefined, settings)));
        const [two, three] = more;
        try {
          if (!two || !three) throw new Error('There are three');
          const all: Three = [garden.gateway, two, three];
          const open = await Promise.all(all.map(projectOf));
          t.ok(await eventually(() => open.every(({ bus }) => bus.wide)), 'Redis is there');
          await t.test('rules', (t) => rules(t, all));
          await t.test('tables', (t) => tables(t, all, garden));
          await t.test('feeds', (t) => feeds(t, all));
          await t.test('attempts at passwords', (t) => attempts(t, all));
          const called = {
            status: 'active',
            http_action: 'post',
            url: receiver.url,
            collection: 'uses',
            directus_action: 'item.update:after',
          };
          t.equal((await send(two, 'POST', 'webhooks', called)).status, 200);
          t.ok(await eventually(() => open.every(({ webhooks }) => webhooks.length === 1)), 'all know of the webhook');
          await t.test('webhooks', (t) => calls(t, all, receiver, garden));
          await t.test('Redis goes away and comes back', (t) => withoutRedis(t, all, redis, () => calls(t, all, receiver, garden)));
        } finally {
          for (const gateway of more) await gateway.close();
        }
      },
      settings,
    );
    await redis.cut();
    await receiver.close();
  },
};
