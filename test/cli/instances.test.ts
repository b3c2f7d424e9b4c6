/** Promise: of three instances one may die at any moment: what was acknowledged is there, and a feed goes on at another one without a gap. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import { install } from '../../src/system/install.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { ask, at, hangUp } from '../support/http.ts';
import { createDatabase, redisUrl, whyNoRedis, whyNot } from '../support/vendors.ts';
import { startServer, temporaryFolder } from './support.ts';

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
