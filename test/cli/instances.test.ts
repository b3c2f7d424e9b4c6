/** Promise: of three instances one may die at any moment: what was acknowledged is there, and a feed goes on at another one without a gap. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import { install } from '../../src/system/install.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { eventually } from '../support/eventually.ts';
import { ask, at, hangUp } from '../support/http.ts';
import { header, startReceiver } from '../support/receiver.ts';
import { createDatabase, redisUrl, whyNoRedis, whyNot } from '../support/vendors.ts';
import { startServer, temporaryFolder } from './support.ts';

/** The settings by which webhooks may call the test. */
const nearby = JSON.stringify({ privateAddresses: true });
const token = 'the-token-of-the-administrator';
const writes = 60;

t.test('an instance is killed', { skip: (await whyNot('postgres')) ?? false, timeout: 120_000 }, async (t) => {
  const database = await createDatabase('postgres');
  const connection = await vendorOf('pg').connect(database.config);
  await install(connection, { email: 'admin@example.com', password: 'password', token });
  await connection.knex.raw('create table notes (id serial primary key, text text)');
  const redis = (await whyNoRedis()) === undefined ? { REDIS_URL: redisUrl } : {};
  const environment = { DATABASE_URL: String(database.config.connection), SECRET: randomUUID(), ...redis };
  const folder = await temporaryFolder(t);
  const servers = await Promise.all([1, 2, 3].map(() => startServer(folder, environment)));
  const [first] = servers;
  t.teardown(async () => {
    hangUp();
    await Promise.all(servers.map((server) => server.stop()));
    await connection.close();
    await database.drop();
  });

  /** Asks one after the other until somebody answers, as a proxy does. */
  const send = async (i: number, text: string): Promise<string | undefined> => {
    for (const turn of [0, 1, 2]) {
      const server = servers[(i + turn) % 3];
      const answer = await ask(server?.url ?? '', '/_/items/notes', { method: 'POST', token, body: JSON.stringify({ text }) }).catch(
        () => undefined,
      );
      if (answer?.status === 200) return String(at(answer.json, 'data', 'id'));
    }
    return undefined;
  };

  const told = new Set<string>();
  let over = false;
  const stop = new AbortController();
  const following = (async () => {
    let position = '';
    for (let i = 0; !over; i += 1) {
      const headers = { authorization: `Bearer ${token}`, ...(position === '' ? {} : { 'last-event-id': position }) };
      const response = await fetch(`${servers[i % 3]?.url}/_/changes?collections=notes`, { headers, signal: stop.signal }).catch(
        () => undefined,
      );
      let text = '';
      const read = async (): Promise<void> => {
        for await (const chunk of response?.body ?? []) {
          text += Buffer.from(chunk).toString('utf8');
          const blocks = text.split('\n\n');
          text = blocks.pop() ?? '';
          for (const block of blocks) {
            position = /^id: (.*)$/m.exec(block)?.[1] ?? position;
            const key = /"key":"(\d+)"/.exec(block)?.[1];
            if (key !== undefined) told.add(key);
          }
        }
      };
      await read().catch(() => undefined);
    }
  })();
  await new Promise((done) => setTimeout(done, 300));

  const acknowledged: string[] = [];
  for (let i = 0; i < writes; i += 4) {
    if (i === 20) first?.signal('SIGKILL');
    const found = await Promise.all([0, 1, 2, 3].map((n) => send(i + n, `note ${i + n}`)));
    acknowledged.push(...found.flatMap((id) => id ?? []));
  }
  t.equal(acknowledged.length, writes, 'the others go on');
  const rows = await connection.knex('notes').select('id');
  const ids = new Set(rows.map(({ id }: { id: number }) => String(id)));
  t.ok(
    acknowledged.every((id) => ids.has(id)),
    'nothing that was acknowledged is lost',
  );
  for (const until = Date.now() + 15_000; told.size < ids.size && Date.now() < until; ) await new Promise((done) => setTimeout(done, 50));
  t.strictSame(
    [...told].map(Number).sort((a, b) => a - b),
    [...ids].map(Number).sort((a, b) => a - b),
    'and the feed has told all of it',
  );
  over = true;
  stop.abort();
  await following;
});

t.test('an instance is killed while it calls a webhook', { skip: (await whyNot('postgres')) ?? false, timeout: 60_000 }, async (t) => {
  const database = await createDatabase('postgres');
  const connection = await vendorOf('pg').connect(database.config);
  const receiver = await startReceiver();
  const { knex } = connection;
  await install(connection, { email: 'admin@example.com', password: 'password', token });
  await knex.raw('create table notes (id serial primary key, text text)');
  const hook = { status: 'active', http_action: 'post', url: receiver.url, collection: 'notes', directus_action: 'item.create:after' };
  await knex('directus_webhooks').insert(hook);
  const environment = { DATABASE_URL: String(database.config.connection), SECRET: randomUUID(), WEBHOOKS: nearby };
  const folder = await temporaryFolder(t);
  const [first, second, third] = await Promise.all([1, 2, 3].map(() => startServer(folder, environment)));
  t.teardown(async () => {
    hangUp();
    await Promise.all([first, second, third].map((server) => server?.stop()));
    await connection.close();
    await database.drop();
    await receiver.close();
  });
  const write = (server: typeof first, text: string) =>
    ask(server?.url ?? '', '/_/items/notes', { method: 'POST', token, body: JSON.stringify({ text }) });

  receiver.answer(() => undefined);
  t.equal((await write(first, 'told by one that dies')).status, 200);
  await receiver.reached(1);
  first?.signal('SIGKILL');
  await first?.stop();
  receiver.answer((response) => void response.writeHead(204).end());
  t.equal((await write(second, 'told meanwhile')).status, 200);
  await receiver.reached(2);
  t.not(header(receiver.received[1], 'x-sallyport-delivery'), header(receiver.received[0], 'x-sallyport-delivery'));
  t.match(await knex('sallyport_outbox').where({ state: 'pending' }).select('attempts'), [{ attempts: 1 }], 'its lease is respected');
  // It is over.
  await knex('sallyport_outbox').where({ state: 'pending' }).update({ next_attempt_at: 0 });
  t.equal((await write(third, 'told afterwards')).status, 200);
  await receiver.reached(4);
  const states = async () => knex('sallyport_outbox').orderBy('id').select('state', 'attempts');
  t.ok(await eventually(async () => (await states()).every(({ state }) => state === 'delivered')));
  t.match(
    (await states()).map(({ attempts }) => attempts),
    [2, 1, 1],
    'another one has taken it over',
  );
  const ids = receiver.received.map((one) => header(one, 'x-sallyport-delivery'));
  t.strictSame([ids.length, new Set(ids).size, ids.filter((id) => id === ids[0]).length], [4, 3, 2], 'once, under the same id');
});
