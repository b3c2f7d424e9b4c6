/** What operators are told and what they can set: readiness, metrics, shedding of load, rate limits, odd Host headers. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import t from 'tap';
import { WebSocket } from 'ws';
import { silentLog } from '../../src/lib/log.ts';
import { createRegistry, type Registry } from '../../src/projects/registry.ts';
import { buildServer, type Server } from '../../src/server/app.ts';
import { createLog } from '../../src/server/log.ts';
import { createLifecycle } from '../../src/server/operations/lifecycle.ts';
import { metricsServer } from '../../src/server/operations/metrics-routes.ts';
import { type OperationsSettings, operationsOf, usualOperations } from '../../src/server/operations/settings.ts';
import { createTelemetry } from '../../src/server/operations/telemetry.ts';
import { projectConfig, scratchDatabase } from '../projects/support.ts';
import { eventually } from '../support/eventually.ts';
import { installSystem } from '../support/garden.ts';
import { ask, hangUp } from '../support/http.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import { redisUrl, whyNoRedis } from '../support/vendors.ts';

const token = 'the-token-of-the-metrics';
const adminToken = 'admin-token';
const admin = { authorization: `Bearer ${adminToken}` };
const logged: string[] = [];

let registry: Registry;
let server: Server;
let database: Awaited<ReturnType<typeof scratchDatabase>>;
const lifecycle = createLifecycle();

async function serve(settings: Partial<OperationsSettings>, more: object = {}): Promise<Server> {
  const operations = { ...usualOperations, ...settings };
  return buildServer({ registry, operations, telemetry: await createTelemetry(operations), ...more });
}

t.before(async () => {
  database = await scratchDatabase('sqlite');
  const operations = { ...usualOperations, metrics: { token, host: '127.0.0.1', addresses: ['127.0.0.0/8'] } };
  const telemetry = await createTelemetry(operations);
  await installSystem(database.config, adminToken);
  registry = createRegistry({ log: silentLog, watch: telemetry.watch });
  await registry.set(projectConfig('shop', database.config));
  await registry.set(projectConfig('named', database.config, { publicUrl: 'https://api.example/base/' }));
  const rateLimit = {
    address: 4,
    token: 2,
    routes: [{ path: '/items/*', method: 'GET' as const, requests: 1, windowSeconds: 30 }],
  };
  await registry.set(projectConfig('limited', database.config, { rateLimit }));
  const logger = createLog('debug', { write: (line) => void logged.push(line) });
  server = await buildServer({ registry, operations, telemetry, lifecycle, logger, trustProxy: ['10.0.0.1'] });
});
t.teardown(async () => {
  await server.close();
  await registry.close();
  await database.drop();
});

t.test('metrics are read by those alone who may', async (t) => {
  const read = (headers: Record<string, string>, remoteAddress = '127.0.0.1') => server.inject({ url: '/metrics', headers, remoteAddress });
  const right = { authorization: `Bearer ${token}` };
  t.match(await server.inject('/shop/users/me'), { statusCode: 401 });
  t.match(await server.inject({ url: '/shop/users?limit=1', headers: admin }), { statusCode: 200 });
  t.match(await server.inject('/nope/secret-name'), { statusCode: 401 });

  t.match((await read({})).json(), { error: { code: 3 } });
  t.match(await read({ authorization: 'Bearer something-else' }), { statusCode: 401 });
  t.match((await read(right, '192.168.1.1')).json(), { error: { code: 1 } }, 'from elsewhere they are not there');
  t.match(await read({ ...right, 'x-forwarded-for': '127.0.0.1' }, '192.168.1.1'), { statusCode: 404 }, 'whatever a stranger claims');

  const closed = server.longLived.add(() => undefined);
  const answer = await read(right);
  closed();
  t.equal(answer.statusCode, 200);
  t.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4/);
  for (const line of [
    /^sallyport_http_requests_total\{project="shop",method="GET",route="\/:project\/users",status="200"\} 1$/m,
    /^sallyport_http_request_seconds_count\{.*route="\/:project\/users".*\} 1$/m,
    /^sallyport_stage_seconds_count\{stage="run"\} \d+$/m,
    /^sallyport_statement_seconds_count\{project="shop",kind="select",outcome="ok"\} \d+$/m,
    /^sallyport_pool_connections\{project="shop",state="most"\} 1$/m,
    /^sallyport_queue_length\{project="shop",queue="connections"\} 0$/m,
    /^sallyport_webhook_calls\{project="shop",state="waiting"\} 0$/m,
    /^sallyport_projects\{state="open"\} 3$/m,
    /^sallyport_long_lived_connections 1$/m,
    /^process_resident_memory_bytes \d+$/m,
  ]) {
    t.match(answer.body, line);
  }
  t.notMatch(answer.body, /nope|secret-name|admin-token/, 'nothing that strangers typed is a label');
});

t.test('metrics that nobody asked for are not there, nor those that nothing would guard', async (t) => {
  for (const metrics of [undefined, { host: '127.0.0.1', addresses: [] }]) {
    const bare = await serve({ metrics });
    t.match((await bare.inject('/metrics')).json(), { error: { code: 1 } });
    await bare.close();
  }
  const settings = { port: 0, host: '127.0.0.1', addresses: [] };
  const api = await serve({ metrics: settings });
  t.match(await api.inject('/metrics'), { statusCode: 404 }, 'not beside the API where they have a port');
  const { metrics } = await createTelemetry({ ...usualOperations, metrics: settings });
  const own = metrics && metricsServer(metrics, settings);
  t.match(await own?.inject('/metrics'), { statusCode: 200 });
  t.match(await own?.inject('/server/ping'), { statusCode: 404 });
  await Promise.all([api.close(), own?.close()]);
});

t.test('how often somebody may ask', async (t) => {
  const get = (url: string, headers: Record<string, string> = {}, remoteAddress = '192.0.2.1') =>
    server.inject({ url, headers, remoteAddress });
  t.match(await get('/limited/items/things'), { statusCode: 404 }, 'the first one is let in');
  const refused = await get('/limited/items/th%69ngs/1?fields=*');
  t.equal(refused.statusCode, 429);
  t.match(refused.json(), { error: { code: 7, message: 'Too many requests: 1 in 30 seconds are allowed here' } });
  t.match(refused.headers['retry-after'], /^(?:30|29)$/);
  t.match(await get('/limited/users/me'), { statusCode: 401 }, 'other routes are other matters');
  t.match(await get('/limited/users/me', { 'x-forwarded-for': '192.0.2.99' }), { statusCode: 401 });
  await get('/limited/users/me');
  t.match(await get('/limited/users/me', { 'x-forwarded-for': '192.0.2.98' }), { statusCode: 429 }, 'strangers cannot claim addresses');
  t.match(await get('/limited/gql?query={__typename}'), { statusCode: 429 });
  t.match(
    (await get('/limited/gql?query={__typename}')).json(),
    { errors: [{ extensions: { code: 'RATE_LIMITED' } }] },
    'in GraphQL its way',
  );
  t.match((await get('/limited/scim/v2/Users')).json(), { status: '429' });

  const proxied = (address: string, headers: Record<string, string> = {}) =>
    get('/limited/users/me', { 'x-forwarded-for': address, ...headers }, '10.0.0.1');
  for (let i = 0; i < 4; i++) t.match(await proxied('198.51.100.1'), { statusCode: 401 });
  t.match(await proxied('198.51.100.1'), { statusCode: 429 });
  t.match(await proxied('198.51.100.2', admin), { statusCode: 200 }, 'a trusted proxy is believed');
  t.match(await proxied('198.51.100.3', admin), { statusCode: 200 });
  t.match(await proxied('198.51.100.4', admin), { statusCode: 429 }, 'a token counts wherever it comes from');
  t.match(await get('/shop/users/me', admin), { statusCode: 200 }, 'other projects do not notice');
});

t.test('every way of asking counts as a request', async (t) => {
  const own = createRegistry({ log: silentLog });
  await own.set(projectConfig('shop', database.config, { rateLimit: { address: 4, routes: [{ path: '/users', requests: 1 }] } }));
  const app = await buildServer({ registry: own });
  t.teardown(async () => {
    await app.close();
    await own.close();
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.equal((await ask(url, '/shop/users')).status, 401);
  t.equal((await ask(url, '/shop/users#')).status, 429, 'the path ends where the router has it end');
  hangUp();
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/shop/gql`, 'graphql-transport-ws');
  const said: string[] = [];
  socket.on('message', (data) => void said.push(String(data)));
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: admin }));
  await eventually(() => said.length > 0);
  const answers: boolean[] = [];
  for (const id of ['a', 'b', 'c']) {
    socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query: '{ __typename }' } }));
    const answer = (): string | undefined => said.find((text) => text.includes(`"id":"${id}"`));
    await eventually(() => answer() !== undefined);
    answers.push(answer()?.includes('Too many requests') === true);
  }
  t.strictSame(answers, [false, false, true], 'beside those before and the one that opened it');
  socket.terminate();
});

t.test('instances count together by Redis, and each for itself while it is away', { skip: (await whyNoRedis()) ?? false }, async (t) => {
  const rateLimit = { routes: [{ path: '/users/me', requests: 2 }] };
  const secret = randomBytes(20).toString('hex');
  const start = async (redis: string) => {
    const own = createRegistry({ log: silentLog });
    await own.set(projectConfig('shop', database.config, { rateLimit, redis, secret }));
    const app = await buildServer({ registry: own });
    t.teardown(async () => {
      await app.close();
      await own.close();
    });
    return { ask: async () => (await app.inject({ url: '/shop/users/me', headers: admin })).statusCode, registry: own };
  };
  const { hostname, port } = new URL(redisUrl);
  const line = await openProxy(hostname, Number(port || 6379));
  const [one, other] = [await start(redisUrl), await start(`redis://127.0.0.1:${line.port}`)];
  const isUp = async (own: Registry): Promise<boolean> => {
    const { project, release } = await own.lease('shop');
    release();
    return project.redis?.up === true;
  };
  for (const { registry: own } of [one, other]) t.ok(await eventually(() => isUp(own)));
  t.same([await one.ask(), await other.ask(), await one.ask(), await other.ask()], [200, 200, 429, 429]);
  const alone = await start('redis://127.0.0.1:1');
  t.same([await alone.ask(), await alone.ask(), await alone.ask()], [200, 200, 429]);
  await line.cut();
  t.same([await other.ask(), await other.ask(), await other.ask()], [200, 200, 429], 'one that loses it begins to count for itself');
  await line.mend();
  t.ok(await eventually(() => isUp(other.registry)));
  t.same([await other.ask(), await one.ask()], [429, 429], 'and counts with the others again');
  await line.cut();
});

t.test('the Host header', async (t) => {
  const self = async (project: string, host: string) => {
    const answer = await server.inject({ url: `/${project}/users?limit=1&meta=page`, headers: { ...admin, host } });
    return answer.statusCode === 200 ? answer.json().meta.links.self : answer.statusCode;
  };
  for (const host of ['shop.example', 'shop.example:8080', '127.0.0.1:1', '[::1]:8055', 'a_b.example']) {
    t.equal(await self('shop', host), `http://${host}/shop/users`, host);
  }
  for (const host of [
    'a b',
    'evil.example/x',
    'user@evil.example',
    'a"b',
    '<script>',
    'a.example:x',
    '[::1',
    'a,b',
    'ä.example',
    'x'.repeat(300),
  ]) {
    t.equal(await self('shop', host), 400, host.slice(0, 30));
  }
  t.equal(await self('named', 'evil.example'), 'https://api.example/base/named/users', 'publicUrl goes before it');
});

t.test('load that is too much is shed', async (t) => {
  const overloaded = await serve(
    { pressure: { eventLoopMilliseconds: 0, requests: 0, heapBytes: 0, rssBytes: 1 } },
    { logger: createLog('warn', { write: (line) => void logged.push(line) }) },
  );
  t.teardown(() => overloaded.close());
  // The measures are taken once a second.
  for (const until = Date.now() + 10_000; Date.now() < until && (await overloaded.inject('/shop/users/me')).statusCode !== 503; )
    await new Promise((done) => setTimeout(done, 50));
  const shed = await overloaded.inject('/shop/users/me');
  t.match(shed, { statusCode: 503, headers: { 'retry-after': '2' } });
  t.match(shed.json(), { error: { code: 12, message: /more to do than it can/ } });
  t.match((await overloaded.inject('/shop/gql?query={__typename}')).json(), { errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
  for (const path of ['live', 'ready', 'ping', 'health']) t.match(await overloaded.inject(`/server/${path}`), { statusCode: 200 }, path);
  t.equal(logged.filter((line) => line.includes('turned away')).length, 1, 'the log tells of it once');
});

t.test('so is load that makes the process late', async (t) => {
  const late = await serve({ pressure: { eventLoopMilliseconds: 5, requests: 2, heapBytes: 0, rssBytes: 0 } });
  t.teardown(() => late.close());
  const url = await late.listen({ host: '127.0.0.1', port: 0 });
  t.equal((await fetch(`${url}/shop/users/me`, { headers: admin })).status, 200);
  const block = setInterval(() => {
    for (const until = performance.now() + 25; performance.now() < until; );
  }, 50);
  t.teardown(() => clearInterval(block));
  const statuses: number[] = [];
  const status = async (): Promise<number> => (await fetch(`${url}/shop/users/me`, { headers: admin })).status;
  for (const until = Date.now() + 2_500; Date.now() < until; await new Promise((done) => setTimeout(done, 100)))
    statuses.push(await status());
  t.ok(
    statuses.every((one) => one === 200),
    'few requests are served all the same',
  );
  const held = [await registry.lease('shop'), await registry.lease('shop')];
  for (const until = Date.now() + 15_000; Date.now() < until && statuses.at(-1) !== 503; await new Promise((done) => setTimeout(done, 100)))
    statuses.push(await status());
  t.equal(statuses.at(-1), 503, 'many are not');
  for (const { release } of held) release();
  t.equal((await fetch(`${url}/server/ready`)).status, 200);
  clearInterval(block);
  for (const until = Date.now() + 15_000; Date.now() < until && statuses.at(-1) !== 200; await new Promise((done) => setTimeout(done, 100)))
    statuses.push(await status());
  t.equal(statuses.at(-1), 200, 'afterwards it is as before');
});

t.test('live and ready', async (t) => {
  t.match((await server.inject('/server/live')).json(), { data: { status: 'ok' }, public: true });
  t.notOk(lifecycle.isWatched());
  t.match(await server.inject('/server/ready'), { statusCode: 200, headers: { 'cache-control': 'no-store' } });
  t.ok(lifecycle.isWatched());
  const empty = createRegistry({ log: silentLog, backoff: { first: 60_000, longest: 60_000 } });
  await empty.set(projectConfig('down', { client: 'better-sqlite3', connection: { filename: '/nowhere/at/all.db' } }));
  const bare = await buildServer({ registry: empty });
  t.match(await bare.inject('/server/ready'), { statusCode: 503, body: /no project is open/ });
  t.match(await bare.inject('/server/live'), { statusCode: 200 });
  await bare.close();
  await empty.close();

  let closed = 0;
  const ended = server.longLived.add(() => t.fail('one that has ended by itself is left alone'));
  ended();
  server.longLived.add(() => void closed++);
  lifecycle.drain();
  t.equal(closed, 1, 'connections that are still there are told');
  server.longLived.add(() => void closed++);
  t.equal(closed, 2, 'and those that come now at once');
  t.match((await server.inject('/server/ready')).json(), { data: { status: 'error', reason: 'stopping' } });
  t.match(await server.inject('/server/live'), { statusCode: 200 });
  t.match(await server.inject({ url: '/shop/users/me', headers: admin }), { statusCode: 200 }, 'requests are still answered');
});

t.test('the settings of the environment', async (t) => {
  t.same(operationsOf({}), { ...usualOperations, metrics: undefined, drainSeconds: undefined });
  const set = operationsOf({
    METRICS_TOKEN: token,
    METRICS_ADDRESSES: '10.0.0.0/8, ::1',
    DRAIN_SECONDS: '0',
    TRACING: 'true',
    BODY_BYTES: '2048',
  });
  t.match(set, {
    metrics: { token, addresses: ['10.0.0.0/8', '::1'], host: '127.0.0.1' },
    drainSeconds: 0,
    tracing: true,
    bodyBytes: 2048,
  });
  t.match(operationsOf({ TRUST_PROXY: '10.0.0.1, loopback' }), { trustProxy: ['10.0.0.1', 'loopback'] });
  t.match(operationsOf({ TRUST_PROXY: 'true', METRICS_TOKEN: token }), { trustProxy: true });
  t.match(operationsOf({ TRUST_PROXY: 'true', METRICS_ADDRESSES: '127.0.0.1' }), { faults: [/^METRICS_ADDRESSES needs/] });
  const wrong = operationsOf({
    TRUST_PROXY: 'my-proxy',
    METRICS_TOKEN: 'short',
    METRICS_PORT: '99999',
    METRICS_ADDRESSES: 'here',
    TRACING: 'yes',
    CLOSE_SECONDS: '0',
    HEADER_BYTES: '1e5',
  });
  t.same(wrong, {
    faults: [
      'METRICS_TOKEN must have at least 16 characters',
      'METRICS_PORT must be a whole number, 0 to 65535',
      'METRICS_ADDRESSES must be addresses and networks, separated by commas',
      'TRUST_PROXY must be true, or addresses and networks, separated by commas',
      'TRACING must be true or false',
      'CLOSE_SECONDS must be a whole number, 1 to 3600',
      'HEADER_BYTES must be a whole number, 8192 to 16777216',
    ],
  });
});
