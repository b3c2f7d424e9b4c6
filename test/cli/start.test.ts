/** `start` as people meet it: the demo, the environment, files that change, and the end. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { eventually, lineTo, scratchDatabase } from '../projects/support.ts';
import { whyNot } from '../support/vendors.ts';
import { run, startServer, temporaryFolder } from './support.ts';

/** Runs a line as a shell does when it is pasted. */
function paste(line: string): Promise<string> {
  return new Promise((done, fail) =>
    execFile('/bin/sh', ['-c', line.replace(/^curl /, 'curl -sS --fail ')], (error, out) => (error ? fail(error) : done(out))),
  );
}

const json = async (url: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(url, { headers });
  const body = (await answer.json()) as { data?: unknown; public?: unknown; error?: unknown };
  return { status: answer.status, body };
};

/** The answer, once there is one: a project may open a moment after the server listens. */
async function served(url: string, headers: Record<string, string> = {}): ReturnType<typeof json> {
  const answer = await json(url, headers);
  if (answer.status !== 200) throw new Error(`it answers ${answer.status}`);
  return answer;
}

t.test('the first start makes the demo, and its curl lines work when pasted', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await startServer(folder);
  t.ok(await first.says(/(?:^curl .*\n[\s\S]*){3}/m), 'three lines to paste');
  t.match(first.said.out, /The demo project has \d+ collections, \d+ rows and \d+ images/);
  t.ok(await first.says(/^Sign-in +\S+@\S+ \/ \S+$/m));
  const lines = first.said.out.split('\n').filter((line) => line.startsWith('curl '));
  t.equal(lines.length, 3);
  for (const line of lines) {
    const { data } = JSON.parse(await paste(line));
    t.ok(Array.isArray(data) && data.length > 0, line);
  }
  const token = /^Token +(\S+)$/m.exec(first.said.out)?.[1] ?? '';
  t.match(await json(`${first.url}/demo/`, { authorization: `Bearer ${token}` }), { status: 200, body: { data: { api: {} } } });
  t.equal(await first.stop(), 0, 'it ends in order');

  t.match(JSON.parse(await readFile(join(folder, 'projects', 'demo.json'), 'utf8')), {
    database: { client: 'better-sqlite3', connection: { filename: 'data/demo.sqlite' } },
    storage: { driver: 'local', root: 'data/demo-files' },
    surfaces: { strapi: true, payload: true },
  });
  t.ok((await stat(join(folder, 'data', 'demo-files'))).isDirectory());

  const again = await startServer(folder);
  t.notMatch(again.said.out, /Making the demo/);
  t.ok(await again.says(/(?:^curl .*\n[\s\S]*){3}/m));
  t.ok(await again.says(/^Sign-in/m), 'what one needs is said again');
  t.equal(again.said.out.split('\n').filter((line) => line.startsWith('curl ')).length, 3);
  await again.stop();

  await rm(join(folder, 'projects', 'demo.json'));
  t.match(await run(folder, ['demo']), { code: 0, out: /^Sign-in/m }, 'a demo whose file is gone is made whole');
  t.match(await run(folder, ['demo']), { code: 0, out: /Start it with/ });
});

t.test('the demo of another folder keeps its data there', async (t) => {
  const folder = await temporaryFolder(t);
  t.equal((await run(folder, ['demo', '--projects', 'other'])).code, 0);
  t.ok((await stat(join(folder, 'other', 'data', 'demo.sqlite'))).size > 0);
});

const project = (filename: string, more: object = {}) =>
  JSON.stringify({ database: { client: 'better-sqlite3', connection: { filename, create: true } }, secret: 'sixteen characters', ...more });

t.test('files: a bad one stops nobody, and changes take effect', async (t) => {
  const folder = await temporaryFolder(t);
  const projects = join(folder, 'projects');
  await mkdir(projects);
  await writeFile(join(projects, 'good.json'), project('good.db'));
  await writeFile(join(projects, 'bad.json'), project('bad.db', { secret: ['$', '{NOT_SET}'].join(''), colour: 'red' }));
  await writeFile(join(projects, 'private.quiet.json'), project('good.db'));
  const server = await startServer(folder);
  t.teardown(() => server.stop());
  t.ok(await server.says(/bad\.json: \/secret needs the environment variable NOT_SET/));
  t.ok(await server.says(/bad\.json: \/colour is not known/));
  t.ok(await server.says(/run: sallyport install good/));
  t.match(await eventually(() => served(`${server.url}/good/`)), { status: 200 });
  t.same((await json(`${server.url}/server/projects`)).body, { data: ['bad', 'good'], public: true });
  t.match(await json(`${server.url}/bad/items/x`), {
    status: 503,
    body: { error: { code: 14, message: /configuration of project bad has faults/ } },
  });
  t.match(await json(`${server.url}/nope/items/x`), { status: 401, body: { error: { code: 3 } } });

  const becomes = (key: string, status: number) =>
    eventually(async () => {
      const answer = await fetch(`${server.url}/${key}/`);
      if (answer.status !== status) throw new Error(`${key} answers ${answer.status}`);
    });
  await writeFile(join(folder, 'x'), project('bad.db'));
  await rename(join(folder, 'x'), join(projects, 'bad.json'));
  await becomes('bad', 200);
  await writeFile(join(projects, 'new.json'), project('new.db'));
  await becomes('new', 200);
  await rm(join(projects, 'good.json'));
  await becomes('good', 401);
  server.signal('SIGHUP');
  await eventually(async () => {
    if (!server.said.err.includes('reading all projects anew')) throw new Error('not said');
  });
  await becomes('new', 200);
});

t.test('the environment alone', async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(folder, {
    DATABASE_URL: 'sqlite:here/app.db',
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: 'password',
    ADMIN_TOKEN: 'admintoken',
  });
  t.teardown(() => server.stop());
  t.ok(await server.says(/SECRET is not set/));
  t.notMatch(server.said.out + server.said.err, /password|admintoken/);
  t.notMatch(server.said.out, /demo/);
  t.same((await json(`${server.url}/server/projects`)).body.data, ['_']);
  const info = await eventually(() => served(`${server.url}/_/`, { authorization: 'Bearer admintoken' }));
  t.match(info, { status: 200, body: { data: { server: {} } } });
  t.equal(info.body.public, undefined, 'the administrator is signed in');
});

t.test('mistakes in the environment and on the line', async (t) => {
  const folder = await temporaryFolder(t);
  const wrong = await run(folder, ['start'], { DATABASE_URL: 'oracle://u:hunter2@h/d', SECRET: 'short', ADMIN_EMAIL: 'a@b.c' });
  t.equal(wrong.code, 1);
  for (const name of ['DATABASE_URL', 'SECRET', 'ADMIN_PASSWORD']) t.match(wrong.err, name);
  t.notMatch(wrong.err, /hunter2/);

  const taken = createServer();
  await new Promise<void>((done) => void taken.listen(0, '127.0.0.1', done));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  const environment = { DATABASE_URL: 'sqlite:app.db', SECRET: 'sixteen characters' };
  t.match(await run(folder, ['start', '--port', port], environment), { code: 1, err: new RegExp(`port ${port} of 127.0.0.1 is taken`) });
  taken.close();
});

for (const vendor of ['postgres', 'mysql'] as const) {
  const skip = await whyNot(vendor);
  t.test(`${vendor}: waits for the database of the environment to boot, then installs and serves`, { skip: skip ?? false }, async (t) => {
    const folder = await temporaryFolder(t);
    const database = await scratchDatabase(vendor);
    const line = await lineTo(database.config);
    t.teardown(async () => {
      await line.cut();
      await database.drop();
    });
    const server = await startServer(folder, {
      DATABASE_URL: String(line.config.connection),
      PROJECT: 'app',
      SECRET: 'sixteen characters',
      ADMIN_EMAIL: 'admin@example.com',
      ADMIN_PASSWORD: 'password',
      ADMIN_TOKEN: 'admintoken',
    });
    t.teardown(() => server.stop());
    t.match(await json(`${server.url}/app/`), { status: 503, body: { error: { code: 11 } } });
    t.match(await (await fetch(`${server.url}/server/ping`)).text(), 'pong');
    await line.mend();
    const info = await eventually(() => served(`${server.url}/app/`, { authorization: 'Bearer admintoken' }));
    t.match(info.body, { data: { server: {} }, public: undefined });
    t.ok(await server.says(/installed the system tables of project app/));
  });
}
