/** Promise: reads go to copies of the database; who wrote sees it, and a copy that is late, hangs or dies is noticed by nobody. */
import t, { type Test } from 'tap';
import { examineReplicas } from '../../src/cli/doctor-replicas.ts';
import type { DatabaseConfig, VendorName } from '../../src/dialect/types.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createRegistry, type Registry } from '../../src/projects/registry.ts';
import { buildServer } from '../../src/server/app.ts';
import { usualOperations } from '../../src/server/operations/settings.ts';
import { createTelemetry } from '../../src/server/operations/telemetry.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { eventually } from '../support/eventually.ts';
import { installSystem } from '../support/garden.ts';
import { type Replicated, replicatedMariadb, replicatedPostgres } from '../support/replicated.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import { redisUrl, whyNoRedis } from '../support/vendors.ts';
import { projectConfig } from './support.ts';

type Method = 'GET' | 'POST' | 'PATCH';

const admin = 'the-token-of-the-administrator';
const other = 'the-token-of-somebody-else';
const graphql = (query: string) => ({ query });
const metricsToken = 'the-token-of-the-metrics';
const list = 'items/notes?fields=text&sort=id&limit=-1';

interface Instance {
  readonly registry: Registry;
  ask(method: Method, path: string, token: string, body?: unknown): Promise<{ status: number; json: unknown; text: string }>;
  texts(token: string, project?: string): Promise<string>;
  states(project?: string): Promise<readonly { used: boolean; reads: number; failed: number; message?: string }[]>;
  close(): Promise<void>;
}

async function instanceOf(projects: Readonly<Record<string, DatabaseConfig>>, redis: { redis?: string }): Promise<Instance> {
  const registry = createRegistry({ log: silentLog });
  for (const [key, database] of Object.entries(projects)) await registry.set(projectConfig(key, database, { ...redis, limits: {} }));
  const operations = { ...usualOperations, metrics: { token: metricsToken, host: '127.0.0.1', addresses: [] } };
  const app = await buildServer({ registry, operations, telemetry: await createTelemetry(operations) });
  const ask: Instance['ask'] = async (method, path, token, body) => {
    const headers = token === '' ? {} : { authorization: `Bearer ${token}` };
    const payload = body === undefined ? {} : { payload: body as object };
    const answer = await app.inject({ method, url: path.startsWith('/') ? path : `/shop/${path}`, headers, ...payload });
    return {
      status: answer.statusCode,
      json: /json/.test(String(answer.headers['content-type'])) ? answer.json() : undefined,
      text: answer.body,
    };
  };
  return {
    registry,
    ask,
    async texts(token, project = 'shop') {
      const { status, json, text } = await ask('GET', `/${project}/${list}`, token);
      if (status !== 200) return `${status} ${text}`;
      return (json as { data: { text: string }[] }).data.map((row) => row.text).join();
    },
    async states(project = 'shop') {
      const lease = await registry.lease(project);
      lease.release();
      return lease.project.replicas?.states() ?? [];
    },
    async close() {
      await app.close();
      await registry.close();
    },
  };
}

/** Waits until somebody reads from the replica, which a request has looked at. */
const used = (instance: Instance, token = other, project?: string) =>
  eventually(async () => {
    const [before] = await instance.states(project);
    await instance.texts(token, project);
    const [after] = await instance.states(project);
    return after?.used === true && after.reads > (before?.reads ?? 0);
  });

/** Rows that somebody else is shown are those of the replica, which has them only when it goes on. */
async function ownWrites(t: Test, [one, two]: readonly Instance[], servers: Replicated, together: boolean): Promise<void> {
  if (!one || !two) return;
  const before = await one.texts(other);
  await servers.pause();
  t.equal((await one.ask('POST', 'items/notes', admin, { text: 'new' })).status, 200);
  t.equal(await one.texts(admin), `${before},new`, 'who wrote sees it');
  t.equal(await one.texts(other), before, 'who did not reads from the replica');
  t.equal(await one.texts(admin), `${before},new`, 'and goes on to see it');
  if (together) t.equal(await two.texts(admin), `${before},new`, 'at another instance too');
  t.equal(await two.texts(other), before, 'which reads from the replica as well');

  const counted = '{ notes(limit: 100) { data { text } } }';
  const both = await Promise.all([admin, other].map(async (token) => (await one.ask('POST', 'gql', token, graphql(counted))).text));
  t.match(both[0], /new/, 'by GraphQL');
  t.notMatch(both[1], /new/, 'a query is a read whatever it is sent by');
  await one.ask('PATCH', 'items/notes/1', other, { text: 'changed' });
  t.match(await one.texts(other), /^changed.*new$/, 'from then on so does the other one');

  const { connection } = await leased(one.registry);
  await connection.knex('directus_users').where({ token: other }).update({ status: 'suspended' });
  t.match(await one.texts(other), /^40[13]/, 'who may not any more is refused, whatever the replica knows');
  await connection.knex('directus_users').where({ token: other }).update({ status: 'active' });
  t.match(await one.texts(other), /new$/);
  await servers.resume();
  t.ok((await used(one, admin)) && (await used(two, admin)), 'when it is there, the replica is asked again');
  t.match(await one.texts(admin), /new$/);
  t.ok(await used(one, other));
  t.match(await one.texts(other), /^changed.*new$/);
}

async function leased(registry: Registry) {
  const { project, release } = await registry.lease('shop');
  release();
  return project;
}

/** A change of tables that the replica does not have yet. */
async function tables(t: Test, one: Instance, servers: Replicated): Promise<void> {
  const { connection, schemas } = await leased(one.registry);
  await used(one);
  await servers.pause();
  await connection.knex.raw('alter table notes add column mood varchar(20)');
  await schemas.reload();
  const { status } = await one.ask('GET', 'items/notes?fields=mood&limit=1', other);
  t.equal(status, 200, 'a column that the replica does not know');
  t.ok(((await one.states())[0]?.failed ?? 0) > 0, 'asked again of the primary');
  await servers.resume();
}

/** One that is too far behind. */
async function lag(t: Test, one: Instance, servers: Replicated): Promise<void> {
  t.ok(await used(one, other, 'strict'));
  await servers.pause();
  await one.ask('POST', '/strict/items/notes', admin, { text: 'late' });
  const late = async (): Promise<boolean> => /late$/.test(await one.texts(other, 'strict'));
  t.ok(await eventually(late), 'is left out, and the primary asked');
  const [state] = await one.states('strict');
  t.match(state, { used: false, message: /behind|answer/ });
  await servers.resume();
  t.ok(await used(one, other, 'strict'), 'until it has come up');
}

/** Many requests while something happens to the replica: none is answered with a fault. */
async function undisturbed(t: Test, one: Instance, what: string, happens: () => void | Promise<void>): Promise<void> {
  t.ok(await used(one), `${what}: it is used`);
  let over = false;
  const faults: string[] = [];
  const paths = [list, 'items/notes?limit=1&meta=*', 'items/notes/1', 'users/me'];
  const load = paths.map(async (path) => {
    while (!over) {
      const { status, text } = await one.ask('GET', path, other);
      if (status !== 200) faults.push(`${path} ${status} ${text}`);
    }
  });
  await happens();
  t.ok(await eventually(async () => (await one.states()).some((state) => !state.used)), `${what}: it is left out`);
  over = true;
  await Promise.all(load);
  t.match((await one.ask('GET', 'items/notes?fields=text&export=csv', other)).text, /new/, `${what}: nor does an export`);
  t.strictSame(faults, [], `${what}: nobody notices`);
}

const kinds: readonly (readonly [name: string, client: VendorName, start: () => Promise<Replicated | string>])[] = [
  ['PostgreSQL', 'pg', replicatedPostgres],
  ['MariaDB', 'mysql2', replicatedMariadb],
];

for (const [name, client, start] of kinds) {
  t.test(`a replica of ${name}`, { timeout: 180_000 }, async (t) => {
    const servers = await start();
    if (typeof servers === 'string') return t.comment(servers);
    t.teardown(servers.stop);
    await servers.send('primary', 'create database shop');
    const database: DatabaseConfig = { client, connection: `${servers.primary}/shop` };
    await installSystem(database, admin);
    const connection = await vendorOf(client).connect(database);
    await connection.knex.raw('create table notes (id int primary key, text varchar(40))');
    await connection.knex.raw(
      client === 'pg'
        ? 'alter table notes alter id add generated by default as identity'
        : 'alter table notes modify id int auto_increment',
    );
    await connection.knex('notes').insert({ text: 'old' });
    await connection.knex('directus_users').insert({ status: 'active', role: 1, email: 'other@example.com', token: other });
    await connection.close();

    const far = new URL(servers.replica);
    const line = await openProxy(far.hostname, Number(far.port));
    const through = `${far.protocol}//${far.username}@127.0.0.1:${line.port}/shop`;
    const withReplicas = (lagSeconds: number, ...connections: string[]): DatabaseConfig => ({
      ...database,
      replicas: { connections, lagSeconds, lookMilliseconds: 50 },
    });
    const noRedis = await whyNoRedis();
    const redis = noRedis === undefined ? { redis: redisUrl } : {};
    const projects = { shop: withReplicas(60, through), strict: withReplicas(1, `${servers.replica}/shop`) };
    const one = await instanceOf(projects, redis);
    const two = await instanceOf({ shop: projects.shop }, redis);
    t.teardown(async () => {
      await one.close();
      await two.close();
      await line.cut();
    });

    await t.test('is read from', async (t) => {
      const { connection: primary, bus } = await leased(one.registry);
      t.ok((await used(one)) && (await used(two)));
      if (noRedis === undefined) t.ok(await eventually(() => bus.wide));
      const asked: string[] = [];
      primary.onStatement = ({ text }) => void asked.push(text);
      t.equal(await one.texts(other), 'old');
      t.match((await one.ask('GET', 'items/notes?fields=text&export=csv', other)).text, /text\s+old/);
      primary.onStatement = undefined;
      t.ok(asked.length > 0 && !asked.some((text) => /from .?notes/.test(text)), 'the primary is asked who it is, and nothing else');
    });
    await t.test('and who wrote sees it', (t) => ownWrites(t, [one, two], servers, noRedis === undefined));
    await t.test('tables change', (t) => tables(t, one, servers));
    await t.test('it is late', (t) => lag(t, one, servers));
    await t.test('doctor tells how far it is', async (t) => {
      const { connection: primary } = await leased(one.registry);
      const gone = `${far.protocol}//${far.username}:hush@127.0.0.1:1/shop`;
      const told = (lagSeconds: number) =>
        examineReplicas(withReplicas(lagSeconds, `${servers.replica}/shop`, gone), vendorOf(client), primary);
      const away = { number: 2, name: '127.0.0.1:1/shop', state: 'away' };
      t.match(await told(60), [{ number: 1, name: `${far.host}/shop`, state: 'near' }, away]);
      await servers.pause();
      await primary.knex('notes').insert({ text: 'unseen' });
      const states = await told(1);
      t.match(states, [{ number: 1, state: 'behind', secondsBehind: 1 }, away]);
      t.notMatch(JSON.stringify(states), /hush/, 'no password');
      await primary.knex('notes').where({ text: 'unseen' }).delete();
      await servers.resume();
    });
    await t.test('a server of something else is none', async (t) => {
      const wrong = await instanceOf({ shop: withReplicas(60, `${servers.primary}/${client === 'pg' ? 'postgres' : 'mysql'}`) }, {});
      t.ok(await eventually(async () => /no replica/.test((await wrong.states())[0]?.message ?? '')));
      t.match(await wrong.texts(other), /late$/);
      await wrong.close();
    });
    await t.test('it hangs', async (t) => {
      await undisturbed(t, one, 'hung', () => line.hold());
      line.release();
      t.ok(await used(one), 'and comes back');
    });
    await t.test('it dies', async (t) => {
      await undisturbed(t, one, 'killed', () => servers.kill());
      const health = await one.ask('GET', '/server/health', '');
      t.match(health, { status: 200, json: { data: { status: 'warn' } } }, 'which is told to those who look after it');
      const { text } = await one.ask('GET', '/metrics', metricsToken);
      t.match(text, /^sallyport_replica_used\{project="shop",replica="1"\} 0$/m);
      t.match(text, /^sallyport_replica_lag_seconds\{project="shop",replica="1"\} \d/m);
      t.match(text, /^sallyport_replica_reads_total\{project="shop",replica="1",outcome="ok"\} [1-9]/m);
      t.match(text, /^sallyport_replica_reads_total\{project="shop",replica="1",outcome="failed"\} [1-9]/m);
    });
  });
}
