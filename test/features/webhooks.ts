/** Promise: a webhook is called for what was committed, at least once, whoever dies meanwhile (directus8-system §21). */
import type { Connection } from '../../src/dialect/types.ts';
import { insertOutbox, outboxOf, webhookDeliveries } from '../../src/engine/outbox.ts';
import { type Deliveries, delayAfter, startDeliveries } from '../../src/extensions/deliveries.ts';
import { deliverySettings, webhookSecret } from '../../src/extensions/delivery-settings.ts';
import { signatureOf } from '../../src/extensions/webhook-request.ts';
import { silentLog } from '../../src/lib/log.ts';
import { openProject, type Project } from '../../src/projects/project.ts';
import { rememberingLog } from '../extensions/support.ts';
import { projectConfig } from '../projects/support.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { installSystem, type World } from '../support/garden.ts';
import { ask, at } from '../support/http.ts';
import { header, type Receiver, startReceiver } from '../support/receiver.ts';
import { withDatabase } from '../support/vendors.ts';

const hour = 3_600_000;

interface Hooked {
  readonly project: Project;
  readonly receiver: Receiver;
}

/** Writes the calls as a write of so many items does. */
async function write({ project }: Hooked, count: number, action: 'create' | 'update' = 'create'): Promise<void> {
  const keys = Array.from({ length: count }, (_, i) => String(i));
  const items = keys.map((key) => `{"id":${key},"price":12345678901234567890.50,"name":"Ä\\u0000'\\""}`);
  const rows = webhookDeliveries(project.webhooks, { collection: 'plants', action, keys, items }, new Date());
  await project.connection.transaction((transaction) => insertOutbox(transaction, project.connection.dialect, rows));
}

const states = async ({ project }: Hooked, ...columns: string[]): Promise<unknown[]> =>
  project.connection.knex('sallyport_outbox').select(columns).orderBy('id');
const forget = async ({ project, receiver }: Hooked): Promise<void> => {
  await project.connection.knex('sallyport_outbox').del();
  receiver.received.length = 0;
  receiver.answer((response) => void response.writeHead(204).end());
};

/** An instance beside the project's own; `ahead` is how far its clock is. */
function instance(connection: Connection, ahead: number, more: Partial<ReturnType<typeof deliverySettings>> = {}): Deliveries {
  const settings = {
    ...deliverySettings(projectConfig('hooks', { client: connection.vendor, connection: '' })),
    privateAddresses: true,
    ...more,
  };
  const clock = (): number => Date.now() + ahead;
  return startDeliveries({ connection, log: silentLog, settings, ready: () => true, watching: () => true, clock });
}

/** What an instance does that looks once. */
async function look(...given: Parameters<typeof instance>): Promise<void> {
  const one = instance(...given);
  await one.run();
  await one.stop();
}

async function delivered(t: Tester, hooked: Hooked): Promise<void> {
  const { project, receiver } = hooked;
  await write(hooked, 2);
  project.deliveries.wake();
  await receiver.reached(2);
  await project.deliveries.run();
  t.strictSame(
    await states(hooked, 'state', 'attempts', 'last_error', 'claim'),
    Array(2).fill({ state: 'delivered', attempts: 1, last_error: null, claim: null }),
  );
  const one = receiver.received.find(({ body }) => body.startsWith('{"id":1,'));
  t.equal(one?.body, '{"id":1,"price":12345678901234567890.50,"name":"Ä\\u0000\'\\""}', 'the body to the last digit');
  const secret = webhookSecret(project.config.secret, 'hooks');
  const [delivery, timestamp] = [header(one, 'x-sallyport-delivery'), header(one, 'x-sallyport-timestamp')];
  t.equal(header(one, 'x-sallyport-signature'), signatureOf(secret, delivery, timestamp, one?.body ?? ''));
  await forget(hooked);
  await write(hooked, 1, 'update');
  await project.deliveries.run();
  t.match(receiver.received, [{ method: 'GET', url: '/updated', body: '' }], 'the one for updates is a GET');
}

async function transactions(t: Tester, hooked: Hooked): Promise<void> {
  const { connection, webhooks, deliveries } = hooked.project;
  const rows = webhookDeliveries(webhooks, { collection: 'plants', action: 'create', keys: ['1'], items: ['{}'] }, new Date());
  const undone = connection.transaction(async (transaction) => {
    await insertOutbox(transaction, connection.dialect, rows);
    throw new Error('undone');
  });
  await undone.catch(() => undefined);
  await deliveries.run();
  t.strictSame([await states(hooked, 'id'), hooked.receiver.received], [[], []], 'what is rolled back is never told');
  await write(hooked, 250);
  t.equal((await states(hooked, 'id')).length, 250, 'many at once');
}

async function retries(t: Tester, hooked: Hooked): Promise<void> {
  const { project, receiver } = hooked;
  receiver.answer((response) => void response.writeHead(500).end());
  await write(hooked, 1);
  await project.deliveries.run();
  t.match(await states(hooked, 'state', 'attempts', 'last_error'), [
    { state: 'pending', attempts: 1, last_error: 'the receiver answered 500' },
  ]);
  receiver.answer((response) => void response.writeHead(200).end());
  await receiver.reached(2);
  const [first, second] = receiver.received;
  t.equal(header(second, 'x-sallyport-delivery'), header(first, 'x-sallyport-delivery'), 'by itself, with the same id');
  await project.deliveries.run();
  t.match(await states(hooked, 'state', 'attempts', 'last_error'), [{ state: 'delivered', attempts: 2, last_error: null }]);
}

async function deadLetters(t: Tester, hooked: Hooked): Promise<void> {
  const { project, receiver } = hooked;
  const { connection } = project;
  receiver.answer((response) => void response.writeHead(503).end());
  await write(hooked, 1);
  for (const ahead of [0, 1, 2, 3]) await look(connection, ahead * hour, { attempts: 3, firstDelaySeconds: 600 });
  t.equal(receiver.received.length, 3, 'as often as the setting says');
  t.match(await states(hooked, 'state', 'attempts', 'last_error'), [
    { state: 'dead', attempts: 3, last_error: 'the receiver answered 503' },
  ]);
  await look(connection, 24 * 29 * hour);
  t.equal((await states(hooked, 'id')).length, 1, 'kept for somebody to look at');
  t.strictSame(await outboxOf(connection, connection.dialect).unsettled(), { pending: 0, dead: 1 }, 'and counted');
  await look(connection, 24 * 31 * hour);
  t.equal((await states(hooked, 'id')).length, 0, 'for a while');
  await forget(hooked);
  await write(hooked, 1);
  await look(connection, 0, { privateAddresses: false });
  t.match(
    await states(hooked, 'state', 'last_error'),
    [{ state: 'dead', last_error: /private/ }],
    'private addresses are refused by default',
  );
  t.equal(receiver.received.length, 0);
  await connection.knex('directus_webhooks').where({ id: 1 }).update({ status: 'inactive' });
  await write(hooked, 1);
  await project.deliveries.run();
  t.match((await states(hooked, 'last_error')).at(-1), { last_error: 'the webhook is gone or not active' }, 'switched off meanwhile');
  await project.reload();
  t.strictSame(
    project.webhooks.map(({ id }) => id),
    [2],
  );
  await connection.knex('directus_webhooks').where({ id: 1 }).update({ status: 'active' });
  await project.reload();
}

async function several(t: Tester, hooked: Hooked): Promise<void> {
  const { receiver, project } = hooked;
  await write(hooked, 60);
  const instances = Array.from({ length: 3 }, () => instance(project.connection, 0));
  await Promise.all([...instances.map((one) => one.run()), project.deliveries.run()]);
  await Promise.all(instances.map((one) => one.stop()));
  const ids = receiver.received.map((one) => header(one, 'x-sallyport-delivery'));
  t.strictSame([ids.length, new Set(ids).size], [60, 60], 'each call is made by one of them');
}

async function death(t: Tester, hooked: Hooked): Promise<void> {
  const { receiver, project } = hooked;
  const { connection } = project;
  await write(hooked, 1);
  const outbox = outboxOf(connection, connection.dialect);
  const now = Date.now();
  const [id = 0] = await outbox.due(now, 1);
  const taken = await outbox.claim(id, now, now + 20_000);
  t.equal(await outbox.claim(id, now, now + 20_000), undefined, 'nobody else has it meanwhile');
  await project.deliveries.run();
  t.equal(receiver.received.length, 0);
  await look(connection, 30_000);
  t.strictSame(
    receiver.received.map((one) => header(one, 'x-sallyport-delivery')),
    [taken?.delivery],
    'when the lease is over another one makes it',
  );
  if (taken) await outbox.failed(taken, 'late', now, undefined);
  t.match(await states(hooked, 'state', 'attempts'), [{ state: 'delivered', attempts: 2 }], 'and who comes back late changes nothing');
}

async function hidden(t: Tester, world: World): Promise<void> {
  const admin = (path: string) => world.get(path, 'admin');
  t.equal((await admin('items/sallyport_outbox')).status, (await admin('items/no_such_table')).status, 'it is no collection');
  for (const path of ['collections', 'fields', 'relations']) t.notOk((await admin(path)).text.includes('sallyport_outbox'), path);
  t.equal(at((await ask(world.gateway.url, '/garden/fields/sallyport_outbox')).json, 'data'), undefined);
}

export const webhooks: Feature = {
  promise: 'webhooks are called for what was committed',
  databaseIndependent: 'calls over HTTP',
  async run(t, world) {
    await t.test('nobody sees the outbox', (t) => hidden(t, world));
    const receiver = await startReceiver();
    await withDatabase(world.vendor, async (config) => {
      await installSystem(config, 'token-of-the-admin');
      const log = rememberingLog();
      const project = await openProject(
        projectConfig('hooks', config, { webhooks: { privateAddresses: true, firstDelaySeconds: 1 } }),
        log,
      );
      try {
        const row = { status: 'active', collection: 'plants' };
        await project.connection.knex('directus_webhooks').insert([
          { ...row, http_action: 'post', url: `${receiver.url}/created`, directus_action: 'item.create:after' },
          { ...row, http_action: 'get', url: `${receiver.url}/updated`, directus_action: 'item.update:after' },
          { ...row, http_action: 'post', url: `${receiver.url}/never`, directus_action: 'item.create:after', status: 'inactive' },
        ]);
        await project.reload();
        const hooked = { project, receiver };
        for (const [what, run] of Object.entries({ delivered, transactions, retries, deadLetters, several, death })) {
          await forget(hooked);
          await t.test(what, (t) => run(t, hooked));
        }
        const errors = log.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
        t.ok(errors.length > 0 && errors.every((message) => message === 'webhook 1: a call is given up'), 'what is given up is logged');
      } finally {
        await project.close();
        await receiver.close();
      }
    });
    t.strictSame(
      [delayAfter(1, 10, 0), delayAfter(2, 10, 1), delayAfter(50, 10, 0.5)],
      [7_500, 25_000, hour],
      'delays double, up to an hour',
    );
  },
};
