import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { activeWebhooks, insertOutbox, webhookDeliveries } from '../../src/engine/outbox.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { eventually } from '../projects/support.ts';
import { installSystem } from '../support/garden.ts';
import { header, startReceiver } from '../support/receiver.ts';
import { startServer, temporaryFolder } from './support.ts';

t.test('a call survives the process that was making it', { timeout: 60_000 }, async (t) => {
  const folder = await temporaryFolder(t);
  const receiver = await startReceiver();
  const database = { client: 'better-sqlite3', connection: { filename: join(folder, 'news.db'), create: true } } as const;
  await installSystem(database, 'token-of-the-admin');
  const file = { database, secret: 'sixteen characters', webhooks: { privateAddresses: true } };
  await mkdir(join(folder, 'projects'));
  await writeFile(join(folder, 'projects', 'news.json'), JSON.stringify(file));
  const connection = await vendorOf('better-sqlite3').connect(database);
  t.teardown(async () => {
    await connection.close();
    await receiver.close();
  });
  const { knex, dialect } = connection;
  const target = { status: 'active', http_action: 'post', url: receiver.url, collection: 'news', directus_action: 'item.create:after' };
  await knex('directus_webhooks').insert(target);
  const webhooks = activeWebhooks(await knex('directus_webhooks').select());
  const event = { collection: 'news', action: 'create', keys: ['1'], items: ['{"id":1}'] } as const;
  await connection.transaction((transaction) => insertOutbox(transaction, dialect, webhookDeliveries(webhooks, event, new Date())));

  receiver.answer(() => undefined);
  const first = await startServer(folder);
  await receiver.reached(1);
  first.signal('SIGKILL');
  await first.stop();
  const [claimed] = await knex('sallyport_outbox').select('state', 'attempts');
  t.same(claimed, { state: 'pending', attempts: 1 });

  // The lease is over.
  await knex('sallyport_outbox').update({ next_attempt_at: 0 });
  receiver.answer((response) => void response.writeHead(200).end());
  const second = await startServer(folder);
  await receiver.reached(2);
  const [before, after] = receiver.received.map((one) => header(one, 'x-sallyport-delivery'));
  t.equal(after, before, 'another process makes it, with the same id');
  await eventually(async () => {
    const [row] = await knex('sallyport_outbox').select('state', 'attempts');
    if (row?.state !== 'delivered') throw new Error('not yet');
    t.same(row, { state: 'delivered', attempts: 2 });
  });
  await second.stop();
});
