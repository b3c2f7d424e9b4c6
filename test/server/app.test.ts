/** The server's shell: projects from URLs, methods, errors, headers and what the log may hold. */
import { connect } from 'node:net';
import t from 'tap';
import { silentLog } from '../../src/lib/log.ts';
import { createRegistry, type Registry } from '../../src/projects/registry.ts';
import { buildServer, type Server } from '../../src/server/app.ts';
import { createLog } from '../../src/server/log.ts';
import { projectConfig, scratchDatabase } from '../projects/support.ts';

let registry: Registry;
let server: Server;
const logged: string[] = [];

t.before(async () => {
  const database = await scratchDatabase('sqlite');
  registry = createRegistry({ log: silentLog, backoff: { first: 60_000, longest: 60_000 } });
  await registry.set(projectConfig('shop', database.config));
  await registry.set(projectConfig('hidden', database.config, { private: true }));
  await registry.set(projectConfig('down', { client: 'better-sqlite3', connection: { filename: '/nowhere/at/all.db' } }));
  registry.setFaulty('broken', false);
  server = await buildServer({ registry, logger: createLog('debug', { write: (line) => void logged.push(line) }) });
  server.get('/:project/test/throw', async () => {
    throw new Error('select secret from users; mysql://u:hunter2@h');
  });
  server.get('/:project/test/key', async (request) => ({ key: request.project.key, query: request.query }));
  server.post('/:project/test/echo', async (request) => ({ body: request.body }));
  server.patch('/:project/test/echo', async (request) => ({ patched: request.body }));
  await server.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(async () => {
    await server.close();
    await registry.close();
    await database.drop();
  });
});

async function get(url: string, headers: Record<string, string> = {}) {
  return server.inject({ method: 'GET', url, headers });
}

t.test('outside of projects', async (t) => {
  const ping = await get('/server/ping');
  t.match(ping, { statusCode: 200, body: 'pong' });
  t.match(ping.headers['content-type'], /^text\/html/);
  t.same((await get('/server/projects')).json(), { data: ['shop', 'down', 'broken'], public: true });
  t.same((await get('/')).json(), { data: ['shop', 'down', 'broken'], public: true });
  const led = { statusCode: 302, headers: { location: './admin/' } };
  t.match(await get('/', { authorization: 'Bearer x', accept: 'application/json' }), led, 'as clients of Directus 8 expect');
  t.same((await get('/admin/')).json(), { data: ['shop', 'down', 'broken'], public: true }, 'who find it there without an app');

  const empty = createRegistry({ log: silentLog });
  const bare = await buildServer({ registry: empty, adminFolder: process.cwd() });
  t.match((await bare.inject('/server/projects')).json(), { error: { code: 14 } });
  t.match(await bare.inject('/'), led);
  await bare.close();
});

t.test('which project a URL names', async (t) => {
  t.match((await get('/shop/test/key')).json(), { key: 'shop' });
  t.match((await get('/shop/test/key/')).json(), { key: 'shop' }, 'a slash at the end does no harm');
  t.match((await get('/shop/test/key?a[b]=%20c&d')).json(), { query: { raw: 'a[b]=%20c&d' } }, 'the query stays text');
  for (const url of ['/nope/items/x', '/nope/', '/nope', '/types', '/interfaces', '/projects/test/key', '/Shop/test/key']) {
    const answer = await get(url);
    t.equal(answer.statusCode, 401, url);
    t.same(answer.json(), { error: { code: 3, message: 'Unauthorized request' } }, url);
  }
  t.match((await get('/server/nope')).json(), { error: { code: 1 } });
  t.match((await get('/server/test/key')).json(), { error: { code: 1 } }, 'a reserved word is no project');
  t.match(await get('/broken/items/x'), { statusCode: 503 });
  const down = await get('/down/items/x');
  t.equal(down.statusCode, 503);
  t.match(down.json(), { error: { code: 11, message: /does not answer right now/ } });
  t.notMatch(down.body, /nowhere/);
});

t.test('methods', async (t) => {
  t.match(await get('/shop/test/nothing'), { statusCode: 404 });
  t.same((await get('/shop/test/nothing')).json(), { error: { code: 1, message: 'Not Found' } });
  const put = await server.inject({ method: 'PUT', url: '/shop/test/echo', payload: { a: 1 } });
  t.equal(put.statusCode, 405);
  t.same(put.json(), { error: { code: 6, message: 'Method Not Allowed' } });
  t.equal(put.headers['allow'], 'POST, PATCH');
  const head = await server.inject({ method: 'HEAD', url: '/shop/test/key' });
  t.match(head, { statusCode: 200, body: '' });
  const override = (method: string, wanted: string) =>
    server.inject({
      method: method === 'POST' ? 'POST' : 'GET',
      url: '/shop/test/echo',
      payload: { a: 1 },
      headers: { 'x-http-method-override': wanted },
    });
  t.same((await override('POST', 'patch')).json(), { patched: { a: 1 } });
  t.match(await override('POST', 'PUT'), { statusCode: 405 });
  t.same((await override('POST', 'TRACE')).json(), { body: { a: 1 } }, 'an odd override is none');
  t.match(await override('GET', 'POST'), { statusCode: 405 }, 'only a POST stands for something else');
  const keyed = await server.inject({ method: 'POST', url: '/shop/test/key', headers: { 'x-http-method-override': 'GET' } });
  t.match(keyed.json(), { key: 'shop' });
});

t.test('bad requests get the error object', async (t) => {
  const post = (payload: string, type = 'application/json') =>
    server.inject({ method: 'POST', url: '/shop/test/echo', payload, headers: { 'content-type': type } });
  for (const [payload, type] of [
    ['{bad', undefined],
    ['', undefined],
    ['{"__proto__":{"a":1}}', undefined],
    ['<a/>', 'application/xml'],
  ] as const) {
    const answer = await post(payload, type);
    t.equal(answer.statusCode, 400, payload);
    t.match(answer.json(), { error: { code: 13, message: /Invalid or Empty Payload/ } }, payload);
    t.match(answer.headers['content-type'], /^application\/json/);
  }
  t.match(await post(`"${'x'.repeat(17 * 1024 * 1024)}"`), { statusCode: 413 });
  for (const url of ['/shop/test/%00', '/shop/test/key?a=%00', '/shop/test/%zz', '/%E0%A4%A/items', '/%zz']) {
    const answer = await get(url);
    t.equal(answer.statusCode, 400, url);
    t.match(answer.json(), { error: { code: 2, message: /URL/ } }, url);
  }
  const unread = await server.inject({
    method: 'POST',
    url: '/nope/items/x',
    payload: '{bad',
    headers: { 'content-type': 'application/json' },
  });
  t.match(unread, { statusCode: 401 }, 'an unknown project is refused before the body is read');
});

t.test('what is no HTTP gets an answer too', async (t) => {
  const { port } = Object(server.server.address());
  const raw = (text: string) =>
    new Promise<string>((done, fail) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('close', () => done(answer));
      socket.on('error', fail);
    });
  t.match(await raw('NONSENSE\r\n\r\n'), /^HTTP\/1\.1 400 [\s\S]*"code":2/);
  t.match(await raw(`GET /${'x'.repeat(140_000)} HTTP/1.1\r\n\r\n`), /^HTTP\/1\.1 431 [\s\S]*too long/);
  t.match(await get('/server/ping'), { statusCode: 200 }, 'the server is still there');
});

t.test('what goes wrong here says nothing outside and all inside', async (t) => {
  logged.length = 0;
  const answer = await get('/shop/test/throw?access_token=hunter3', { authorization: 'Bearer hunter4', 'x-request-id': 'my-id' });
  t.equal(answer.statusCode, 500);
  t.same(answer.json(), { error: { code: null, message: 'Internal Server Error' } });
  t.equal(answer.headers['x-request-id'], 'my-id');
  const log = logged.join('');
  t.match(log, /"reqId":"my-id"/);
  t.match(log, /select secret from users/);
  t.notMatch(log, /hunter/, 'no password, token or header');
});

t.test('headers', async (t) => {
  const answer = await get('/server/ping', { origin: 'https://elsewhere.example', 'x-request-id': 'not one word' });
  t.equal(answer.headers['access-control-allow-origin'], 'https://elsewhere.example');
  t.equal(answer.headers['access-control-allow-credentials'], undefined, 'no credentials for any origin');
  t.match(answer.headers['vary'], /Origin/);
  t.equal(answer.headers['x-powered-by'], undefined);
  t.equal(answer.headers['x-content-type-options'], 'nosniff');
  t.match(answer.headers['x-request-id'], /^[0-9a-f-]{36}$/);
  const refused = await get('/nope/', { origin: 'https://elsewhere.example' });
  t.equal(refused.headers['access-control-allow-origin'], 'https://elsewhere.example', 'errors as well');
  for (const url of ['/shop/items/books', '/nope/items/books', '/']) {
    const preflight = await server.inject({
      method: 'OPTIONS',
      url,
      headers: { origin: 'http://example.com', 'access-control-request-method': 'PATCH' },
    });
    t.match(preflight, { statusCode: 200, body: '' }, url);
    t.match(preflight.headers, {
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, HEAD',
      'access-control-allow-headers': /X-Directus-Project, Content-Type, Authorization/,
      'access-control-max-age': '600',
    });
  }
});

t.test('a project is let go after every answer, and after a caller who hangs up', async (t) => {
  const { project } = await registry.lease('shop').then((lease) => {
    lease.release();
    return lease;
  });
  await get('/shop/test/key');
  await get('/shop/test/throw');
  const { port } = Object(server.server.address());
  await new Promise<void>((done) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write('POST /shop/test/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{');
      setTimeout(() => {
        socket.destroy();
        done();
      }, 100);
    });
  });
  await new Promise((done) => setTimeout(done, 100));
  const started = Date.now();
  await project.close();
  t.ok(Date.now() - started < 5_000, 'closing had nobody to wait for');
});
