/** Promise: a process that is told to stop behind a load balancer fails no request, neither short ones, nor streams, nor uploads. */
import { Agent, type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { eventually } from '../support/eventually.ts';
import { run, startServer, temporaryFolder } from './support.ts';

interface Backend {
  readonly url: string;
  readonly agent: Agent;
  ready: boolean;
  answered: number;
}

function answer(agent: Agent, url: string, method = 'GET', begun?: (sent: ReturnType<typeof request>) => void): Promise<IncomingMessage> {
  return new Promise((done, fail) => {
    const sent = request(url, { agent, method, headers: { authorization: 'Bearer admin-token' } }, done);
    sent.on('error', fail);
    if (begun) begun(sent);
    else sent.end();
  });
}

async function statusOf(response: IncomingMessage): Promise<number | undefined> {
  for await (const _ of response);
  if (!response.complete) throw new Error('the answer was cut off');
  return response.statusCode;
}

/** What load balancers do: ask who is ready, send each request to one that is, and reuse connections. */
function balance(backends: readonly Backend[], failures: unknown[]) {
  const state = { over: false };
  const watch = async (backend: Backend): Promise<void> => {
    while (!state.over && backend.ready) {
      backend.ready = await answer(backend.agent, `${backend.url}/server/ready`)
        .then(statusOf)
        .then(
          (status) => status === 200,
          () => false,
        );
      await new Promise((done) => setTimeout(done, 100));
    }
  };
  const client = async (turn: number): Promise<void> => {
    for (let i = turn; !state.over; i++) {
      const ready = backends.filter((backend) => backend.ready);
      const backend = ready[i % ready.length];
      if (!backend) throw new Error('no backend is ready');
      try {
        const status = await statusOf(await answer(backend.agent, `${backend.url}/app/items/rows?limit=5`));
        if (status !== 200) failures.push(status);
        backend.answered += 1;
        await new Promise((done) => setTimeout(done, 3));
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const work = [...backends.map(watch), ...Array.from({ length: 12 }, (_, i) => client(i))];
  return async () => {
    state.over = true;
    await Promise.all(work);
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise<void>((done) => void server.close(() => done()));
  return typeof address === 'object' && address ? address.port : 0;
}

t.test('no request fails while one of two processes stops', { timeout: 60_000 }, async (t) => {
  const folder = await temporaryFolder(t);
  const environment = {
    DATABASE_URL: 'sqlite:app.db',
    PROJECT: 'app',
    SECRET: 'sixteen characters',
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: 'password',
    ADMIN_TOKEN: 'admin-token',
    DRAIN_SECONDS: '1',
  };
  const database = new Database(join(folder, 'app.db'));
  database.pragma('journal_mode = wal');
  database.exec(
    "create table rows (id integer primary key, text text); with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) insert into rows select i, printf('%.500c', 'x') from n",
  );
  database.close();
  const port = await freePort();
  const servers = [await startServer(folder, environment), await startServer(folder, { ...environment, METRICS_PORT: String(port) })];
  t.teardown(() => Promise.all(servers.map((server) => server.stop())));
  const backends = servers.map(({ url }): Backend => ({ url, agent: new Agent({ keepAlive: true }), ready: true, answered: 0 }));
  const [first, leaving] = backends;
  const [, server] = servers;
  if (!first || !leaving || !server) throw new Error('two of them were started');

  const failures: unknown[] = [];
  const stopClients = balance(backends, failures);
  t.ok(await eventually(() => leaving.answered > 0), 'it was busy');

  // An export that nobody reads on, and an upload half of which was sent.
  const slow = new Agent({ keepAlive: true });
  const exported = await answer(slow, `${leaving.url}/app/items/rows?limit=-1&export=json`);
  exported.pause();
  const boundary = 'a-form';
  let upload: ReturnType<typeof request> | undefined;
  const uploaded = answer(slow, `${leaving.url}/app/files`, 'POST', (sent) => {
    upload = sent;
    sent.setHeader('content-type', `multipart/form-data; boundary=${boundary}`);
    sent.write(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n${'a'.repeat(70_000)}`);
  });

  const ended = server.stop();
  t.ok(await server.says(/not ready any more/));
  const draining = await answer(new Agent({ keepAlive: true }), `${leaving.url}/app/items/rows?limit=1`);
  t.match([draining.statusCode, draining.headers.connection], [200, 'close'], 'it answers, and wants no more of that connection');
  t.equal(await statusOf(draining), 200);
  await new Promise((done) => setTimeout(done, 1_500));
  t.equal(leaving.ready, false, 'those who ask for its readiness have noticed');
  t.equal(
    await answer(new Agent(), `${leaving.url}/server/ping`).then(
      () => 'answered',
      () => 'refused',
    ),
    'refused',
    'it takes no new connections',
  );

  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  t.match(
    metrics,
    /^sallyport_statement_seconds_count\{project="app",kind="select",outcome="ok"\} \d+$/m,
    'its metrics are read to the end',
  );
  t.equal((await fetch(`${first.url}/metrics`)).status, 404, 'where nobody asked for them there are none');

  upload?.end(`the end\r\n--${boundary}--\r\n`);
  t.equal(await statusOf(await uploaded), 200, 'the upload comes to its end');
  t.equal(await statusOf(exported), 200, 'and so does the export');
  t.equal(await ended, 0, 'it ends in order');
  await stopClients();
  t.same(failures, [], `not one of ${first.answered + leaving.answered} requests failed`);
  t.ok(first.answered > 0);
  t.match((await run(folder, ['doctor', 'app'], environment)).code, 0, 'the database is whole');
  for (const { agent } of backends) agent.destroy();
  slow.destroy();
});
