/** Promise: GraphQL over a WebSocket tells changes under the rules of the one who is connected, and answers queries as by POST. */
import type { Client, FormattedExecutionResult } from 'graphql-ws';
import { WebSocket } from 'ws';
import { tokens } from '../fixtures/garden-people.ts';
import { eventually } from '../support/eventually.ts';
import { type Feature, type Tester, told } from '../support/expect.ts';
import { type EventStream, listenTo, socketClient } from '../support/feed.ts';
import { project } from '../support/gateway.ts';
import { gql } from '../support/graphql.ts';
import { at, type Json } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

type Results = AsyncIterableIterator<FormattedExecutionResult<Record<string, unknown>, unknown>>;

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Writes until the subscription is there: the protocol has no word for that. */
async function begun(garden: OwnGarden, results: Results, path: string, item: object, field: string): Promise<unknown> {
  let over = false;
  const first = results.next().finally(() => {
    over = true;
  });
  for (let i = 0; !over && i < 100; i += 1) {
    await garden.send('PATCH', path, item);
    await Promise.race([first, new Promise((done) => setTimeout(done, 50))]);
  }
  const { value } = await first;
  return at((value?.data ?? null) as Json, field, 'position');
}

async function one(client: Client, query: string, variables: Record<string, unknown> = {}): Promise<Json> {
  for await (const result of client.iterate({ query, variables })) return result as Json;
  return null;
}

async function failure(client: Client, query: string): Promise<Json> {
  try {
    return await one(client, query);
  } catch (error) {
    return error as Json;
  }
}

async function rows(t: Tester, garden: OwnGarden): Promise<void> {
  const { client } = socketClient(garden, bearer(tokens.admin));
  const document = `subscription ($family: ID) {
    plants_mutated(where: {family: {_eq: $family}}) { __typename event key position activity row: data { t: title price family { name } } again: data { id } } }`;
  const results = client.iterate<Record<string, unknown>>({ query: document, variables: { family: 'ROS' } });
  const position = await begun(garden, results, 'items/plants/1', { notes: 'marked' }, 'plants_mutated');
  // What came of the writes by which it was waited for is behind this one.
  await garden.send('PATCH', 'items/plants/3', { title: 'Of another family' });
  await garden.send('PATCH', 'items/plants/11', { title: 'Rose', price: '123456789.654321' });
  const next = async (key: string): Promise<Json> => {
    for (;;) {
      const { value } = await results.next();
      const change = at((value?.data ?? null) as Json, 'plants_mutated');
      if (value === undefined || at(change, 'key') === key || at(change, 'key') !== '1') return change;
    }
  };
  const rose = await next('11');
  t.match(at(rose, 'activity'), /^\d+$/);
  t.strictSame(
    ['__typename', 'event', 'key', 'row', 'again'].map((name) => at(rose, name)),
    ['PlantsChange', 'update', '11', { t: 'Rose', price: at(rose, 'row', 'price'), family: { name: 'Rosaceae' } }, { id: '11' }],
    'the selection of the document, of rows that match',
  );
  const rest = await gql(garden, '{ plants_by_id(id: 11) { price } }');
  t.equal(JSON.stringify(at(rose, 'row', 'price')), JSON.stringify(at(rest.json, 'data', 'plants_by_id', 'price')), 'as a query has it');
  await garden.send('DELETE', 'items/plants/11');
  const gone = await next('11');
  t.strictSame([at(gone, 'event'), at(gone, 'key'), at(gone, 'row'), at(gone, 'again')], ['delete', '11', null, null]);
  const since = client.iterate<Record<string, unknown>>({
    query: 'subscription ($after: String) { plants_mutated(event: [update, delete], key: [11, 3], after: $after) { event key } }',
    variables: { after: position },
  });
  const seen: Json[] = [];
  for await (const { data } of since) if (seen.push(at((data ?? null) as Json, 'plants_mutated')) === 2) break;
  t.strictSame(
    seen,
    [
      { event: 'update', key: '3' },
      { event: 'delete', key: '11' },
    ],
    'from a position on, each row once',
  );
  await client.dispose();
}

/** What is asked of a socket beside subscriptions, and what is refused there. */
async function others(t: Tester, garden: OwnGarden): Promise<void> {
  const { client } = socketClient(garden, bearer(tokens.editor));
  t.strictSame(await one(client, 'query ($id: ID!) { plants_by_id(id: $id) { title } }', { id: 1 }), {
    data: { plants_by_id: { title: 'Apple' } },
  });
  t.match(JSON.stringify(await failure(client, 'mutation { create_plants_item(data: {title: "x"}) { id } }')), /"code":"/);
  const hidden = await failure(client, 'subscription { plants_mutated { data { passcode } } }');
  t.equal(at(hidden, 0, 'extensions', 'code'), 'GRAPHQL_VALIDATION_FAILED', 'an unreadable field is an unknown one');
  t.equal(at(await failure(client, 'subscription { orders_mutated { key } }'), 0, 'extensions', 'code'), 'GRAPHQL_VALIDATION_FAILED');
  t.equal(
    at(await failure(client, 'subscription { plants_mutated(after: "none") { key } }'), 'errors', 0, 'extensions', 'code'),
    'BAD_USER_INPUT',
  );
  const named = 'subscription { plants_mutated { key } zones_mutated { key } }';
  t.equal(at(await failure(client, named), 0, 'extensions', 'code'), 'GRAPHQL_VALIDATION_FAILED', 'one field');
  const told_ = await gql(garden, '{ __schema { subscriptionType { fields { name } } } }', null);
  t.match(told_.text, /"families_mutated"/);
  t.notMatch(told_.text, /uses_mutated|directus_activity/, 'what may be read, and no more');
  const posted = await gql(garden, 'subscription { plants_mutated { key } }');
  t.match(at(posted.json, 'errors', 0, 'message'), /WebSocket/, told(posted));
  await client.dispose();
}

async function doors(t: Tester, garden: OwnGarden): Promise<void> {
  const closedBy = async (params: Record<string, unknown> | undefined, headers: Record<string, string> = {}): Promise<number> => {
    const { client, closed } = socketClient(garden, params, headers);
    await failure(client, '{ families { data { code } } }');
    return closed;
  };
  const signedIn = await garden.send(
    'POST',
    'auth/authenticate',
    { email: 'edda@garden.test', password: 'password', mode: 'cookie' },
    null,
  );
  const cookie = [signedIn.headers['set-cookie']].flat().join().split(';')[0] ?? '';
  const silent = new WebSocket(`${garden.gateway.url.replace(/^http/, 'ws')}/${project}/gql`, 'graphql-transport-ws');
  const timedOut = new Promise<number>((done) => silent.once('close', done));
  t.equal(await closedBy(bearer('nobody-has-this')), 4401);
  t.equal(await closedBy(bearer(tokens.fenced)), 4403);
  t.equal(await closedBy(undefined, { cookie, origin: 'https://elsewhere.example' }), 4403, 'a cookie that a page of others sends along');
  const own = socketClient(garden, undefined, { cookie, origin: garden.gateway.url });
  const held = own.client
    .iterate({ query: 'subscription { zones_mutated { key } }' })
    .next()
    .catch(() => undefined);
  t.match(
    JSON.stringify(await one(own.client, '{ directus_users(filter: {email_eq: "edda@garden.test"}) { data { email } } }')),
    /edda@/,
    'the cookie of an own page',
  );
  const unknown = await garden.raw('/nowhere/gql', {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    },
  });
  t.equal(unknown.status, 401, 'refusals come before the socket does');
  await garden.send('PATCH', 'users/2', { status: 'suspended' });
  t.equal(await own.closed, 4403, 'suspended');
  await held;
  t.equal(await timedOut, 4408, 'who does not say who he is');
}

/** One caller holds no more than his share, by whichever ways. */
async function crowds(t: Tester, garden: OwnGarden): Promise<void> {
  const feeds: EventStream[] = [];
  for (let i = 0; i < most; i += 1) feeds.push(await listenTo(garden, '', 'otherWriter'));
  t.strictSame(new Set(feeds.map(({ status }) => status)), new Set([200]));
  const refused = await listenTo(garden, '', 'otherWriter');
  t.equal(refused.status, 429);
  t.match(refused.text, /6 subscriptions already \(subscriptionsPerCaller\)/, 'the setting has its name');
  const { client } = socketClient(garden, bearer(tokens.otherWriter));
  const subscription = 'subscription { families_mutated { key } }';
  t.match(JSON.stringify(await failure(client, subscription)), /subscriptionsPerCaller/, 'on a socket as well');
  t.match(JSON.stringify(await one(client, '{ families(limit: 1) { data { code } } }')), /"code"/, 'which goes on');
  t.equal((await listenTo(garden, '', 'admin')).status, 200, 'another caller is not concerned');
  feeds[0]?.close();
  const free = async (): Promise<boolean> => {
    const feed = await listenTo(garden, '', 'otherWriter');
    feed.close();
    return feed.status === 200;
  };
  t.ok(await eventually(free), 'one that ends makes room');
  for (const feed of feeds) feed.close();
  await client.dispose();
}

/** Subscriptions of one caller in these tests. */
const most = 6;

export const subscriptions: Feature = {
  promise: 'GraphQL over a WebSocket feeds changes under the rules of the one who is connected, and answers queries as by POST',
  databaseIndependent: 'what leaves the process by connections that stay open',
  run: (t, world) =>
    ownGarden(
      world,
      async (garden) => {
        await t.test('rows', (t) => rows(t, garden));
        await t.test('queries and refusals', (t) => others(t, garden));
        await t.test('how many one may hold', (t) => crowds(t, garden));
        await t.test('who may connect', (t) => doors(t, garden));
      },
      { changes: { initSeconds: 1, subscriptionsPerCaller: most } },
    ),
};
