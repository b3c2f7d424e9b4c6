/** Promise: a write that is sent again with its key is done once, whatever happened to its answer. */
import { request } from 'node:http';
import { claimKey } from '../../src/engine/keyed-requests.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { tokens } from '../fixtures/garden-people.ts';
import { type Feature, refused, type Tester, told } from '../support/expect.ts';
import { project } from '../support/gateway.ts';
import { type Answer, at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

const zone = (name: string): unknown => ({ name });
const count = async (garden: OwnGarden, name: string): Promise<number> => (await garden.rows('zones', { name })).length;
const replayed = ({ headers }: Answer): unknown => headers['idempotency-replayed'];

const keyed = (garden: OwnGarden, key: string, body: unknown, method = 'POST', path = 'items/zones') =>
  garden.send(method, path, body, 'admin', { 'idempotency-key': key });

async function replays(t: Tester, garden: OwnGarden): Promise<void> {
  const first = await keyed(garden, 'a', zone('once'));
  const again = await keyed(garden, 'a', zone('once'));
  t.strictSame([first.status, replayed(first), again.status, replayed(again)], [200, undefined, 200, 'true'], told(again));
  t.strictSame([again.text, again.headers['content-type']], [first.text, first.headers['content-type']], 'the same answer');
  t.equal(await count(garden, 'once'), 1, 'written once');
  t.equal((await garden.rows('directus_activity', { collection: 'zones' })).length, 1, 'and told once');
  refused(t, await keyed(garden, 'a', zone('twice')), 422, 12, 'another body');
  t.equal((await keyed(garden, 'b', zone('once'))).status, 200, 'another key is another request');
  t.equal((await garden.send('POST', 'items/zones', zone('once'))).status, 200, 'and so is none');
  t.equal(await count(garden, 'once'), 3);

  const id = String(at(first.json, 'data', 'id'));
  for (const [method, body] of [
    ['PATCH', { name: 'renamed', parent: 1 }],
    ['DELETE', undefined],
  ] as const) {
    const one = await keyed(garden, 'a', body, method, `items/zones/${id}`);
    const two = await keyed(garden, 'a', body, method, `items/zones/${id}`);
    t.strictSame([two.status, two.text, replayed(two)], [one.status, one.text, 'true'], `${method}: ${told(one)}`);
    t.ok(one.status < 300);
  }
  t.equal((await keyed(garden, 'x', zone('meta'), 'POST', 'items/zones?meta=*&fields=id')).status, 200);
  for (const key of ['', ' ', 'ü', 'k'.repeat(256)])
    refused(t, await keyed(garden, key, zone('bad key')), 422, 12, `the key "${key.slice(0, 9)}"`);
  t.equal((await keyed(garden, 'k'.repeat(255), zone('long key'))).status, 200);
  t.equal(await count(garden, 'bad key'), 0);
  const hidden = await garden.get('items/sallyport_idempotency', 'admin');
  refused(t, hidden, 404, 200, 'the table is no collection');
}

async function refusals(t: Tester, garden: OwnGarden): Promise<void> {
  refused(t, await keyed(garden, 'c', { nope: 1 }), 422, 12, 'a refused request');
  t.equal((await keyed(garden, 'c', zone('corrected'))).status, 200, 'keeps no key');
  refused(t, await keyed(garden, 'd', { name: 'n'.repeat(100) }), 422, 12, 'refused by its values');
  t.equal((await keyed(garden, 'd', zone('corrected'))).status, 200);
}

async function graphql(t: Tester, garden: OwnGarden): Promise<void> {
  const make = (name: string, key = 'g', query = `mutation { create_zones_item(data: {name: "${name}"}) { id name } }`) =>
    keyed(garden, key, { query }, 'POST', 'gql');
  const first = await make('by graphql');
  const again = await make('by graphql');
  t.strictSame([again.status, again.text, replayed(first), replayed(again)], [200, first.text, undefined, 'true'], told(again));
  t.equal(at(first.json, 'data', 'create_zones_item', 'name'), 'by graphql');
  t.equal(await count(garden, 'by graphql'), 1, 'written once');
  t.match(at((await make('another')).json, 'errors', 0, 'message'), /another body/);
  t.ok(at((await make('', 'h', 'mutation { update_zones_item(id: 404, data: {name: "x"}) { id } }')).json, 'errors'), 'refused');
  t.equal((await make('after a refusal', 'h')).status, 200);
  t.equal(await count(garden, 'after a refusal'), 1, 'which keeps no key');
}

async function callers(t: Tester, garden: OwnGarden): Promise<void> {
  await garden.permit(3, 'zones', { create: 'full' });
  const headers = { 'idempotency-key': 'shared' };
  const admin = await garden.send('POST', 'items/zones', zone('of whom'), 'admin', headers);
  const editor = await garden.send('POST', 'items/zones', zone('of whom'), 'editor', headers);
  t.strictSame([admin.status, editor.status, replayed(editor)], [200, 200, undefined], 'the key of another caller is another key');
  refused(t, await garden.send('POST', 'items/zones', zone('of whom'), null, headers), 403, 301, 'the public is another caller');
  const inUrl = `items/zones?access_token=${tokens.editor}`;
  t.equal(replayed(await garden.send('POST', inUrl, zone('of whom'), null, headers)), 'true', 'the same caller with the token elsewhere');
  await garden.gateway.connection?.knex('directus_users').where({ id: 2 }).update({ token: 'another' });
  const revoked = await garden.send('POST', 'items/zones', zone('of whom'), 'editor', headers);
  refused(t, revoked, 403, 301, 'a token that is no longer valid');
  t.equal(await count(garden, 'of whom'), 2);
}

async function races(t: Tester, garden: OwnGarden): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    const name = `race ${round}`;
    const answers = await Promise.all(Array.from({ length: 20 }, () => keyed(garden, name, zone(name))));
    const statuses = new Set(answers.map(({ status }) => status));
    t.ok(statuses.has(200) && [...statuses].every((status) => status === 200 || status === 409), `${[...statuses]}`);
    const texts = new Set(answers.filter(({ status }) => status === 200).map(({ text }) => text));
    t.equal(texts.size, 1, 'one answer');
    t.equal(answers.filter((answer) => answer.status === 200 && replayed(answer) === undefined).length, 1, 'one that did it');
    t.equal(await count(garden, name), 1, 'written once');
    for (const answer of answers) if (answer.status === 409) refused(t, answer, 409, 12, 'under way');
  }
}

/** One that comes back after its time was up finds another in its place, and changes nothing. */
async function lateComer(t: Tester, garden: OwnGarden): Promise<void> {
  const { connection, registry } = garden.gateway;
  if (!connection) return void t.fail('the garden is open');
  const lease = await registry.lease(project);
  const schema = lease.project.schemas.introspection.defaultSchema;
  lease.release();
  const claim = () => claimKey(connection, { scope: 's', key: 'late', body: '' }, { schema, seconds: 1000, leaseSeconds: 0 });
  const [late, other] = [await claim(), await claim()];
  if (late.is !== 'mine' || other.is !== 'mine') return void t.fail('the second took over');
  const run = connection.transaction(async (transaction) => {
    await transaction.execute({ text: "insert into zones (name) values ('late')", values: [] });
    await late.keep(transaction, { status: 200 });
  });
  t.equal(await run.catch((error: unknown) => error instanceof GatewayError && error.kind), 'request_in_flight');
  t.equal(await count(garden, 'late'), 0, 'nothing of it stays');
  await late.release();
  await connection.transaction((transaction) => other.keep(transaction, { status: 204 }));
  t.strictSame(await claim(), { is: 'answered', answer: { status: 204 } }, 'the other one’s answer');
}

/** Sends a request and hangs up before its answer. */
function hangUp(url: string, key: string, body: string): Promise<void> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${tokens.admin}`, 'idempotency-key': key };
    const sent = request(`${url}/garden/items/zones`, { method: 'POST', headers });
    // It may come all the same, before we are gone.
    sent.on('response', (response) => response.on('error', () => undefined).resume());
    sent.on('error', () => undefined);
    sent.on('close', () => resolve());
    sent.end(body, () => setTimeout(() => sent.destroy(), 5));
  });
}

async function faults(t: Tester, garden: OwnGarden): Promise<void> {
  const { connection, url } = garden.gateway;
  await hangUp(url, 'lost', JSON.stringify(zone('lost answer')));
  let answer = await keyed(garden, 'lost', zone('lost answer'));
  for (let i = 0; i < 100 && answer.status === 409; i += 1) {
    await new Promise((done) => setTimeout(done, 20));
    answer = await keyed(garden, 'lost', zone('lost answer'));
  }
  t.equal(answer.status, 200, told(answer));
  t.equal(await count(garden, 'lost answer'), 1, 'an answer that nobody got');

  // What a process that was killed leaves behind.
  await keyed(garden, 'killed', zone('killed'));
  const table = () => connection?.knex('sallyport_idempotency');
  const [row] = (await table()?.orderBy('created_at', 'desc').orderBy('lease_until', 'desc').limit(1)) ?? [];
  const died = { state: 'running', token: 'of the dead', answer: null, status: null };
  await table()
    ?.where({ id: row?.['id'] })
    .update({ ...died, lease_until: Date.now() + 60_000 });
  refused(t, await keyed(garden, 'killed', zone('killed')), 409, 12, 'it may still be alive');
  refused(t, await keyed(garden, 'killed', zone('other')), 422, 12, 'another body all the same');
  await table()
    ?.where({ id: row?.['id'] })
    .update({ lease_until: Date.now() - 1 });
  const taken = await Promise.all(Array.from({ length: 5 }, () => keyed(garden, 'killed', zone('killed'))));
  t.equal(taken.filter((one) => one.status === 200 && replayed(one) === undefined).length, 1, 'one takes over when its time is up');
  t.equal(await count(garden, 'killed'), 2, 'what was not committed is done');
  await table()?.where({ id: row?.['id'] }).update({ created_at: 1000 });
  t.equal(replayed(await keyed(garden, 'killed', zone('other'))), undefined, 'after its days a key is a new one');
}

export const idempotency: Feature = {
  promise: 'a request with an Idempotency-Key is done once',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await t.test('sent again', (t) => replays(t, garden));
      await t.test('refused', (t) => refusals(t, garden));
      await t.test('mutations of GraphQL', (t) => graphql(t, garden));
      await t.test('by somebody else', (t) => callers(t, garden));
      await t.test('twenty times at once', (t) => races(t, garden));
      await t.test('too late', (t) => lateComer(t, garden));
      await t.test('answers lost and processes killed', (t) => faults(t, garden));
    }),
};
