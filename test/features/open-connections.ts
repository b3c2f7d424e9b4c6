/** Promise: connections that stay open hold nothing that nobody waits for, and no order of messages or headers does the server harm. */
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { tokens, type Who } from '../fixtures/garden-people.ts';
import { eventually } from '../support/eventually.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { listenTo } from '../support/feed.ts';
import { project } from '../support/gateway.ts';
import { at, type Json } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

/** Sends text over a connection of its own; what came until it fits or the server hung up. */
function exchange({ gateway }: OwnGarden, text: string, enough: RegExp): Promise<string> {
  return new Promise((done) => {
    let came = '';
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => void socket.write(text));
    socket.on('error', () => done(came));
    socket.on('close', () => done(came));
    socket.on('data', (data) => {
      came += String(data);
      if (enough.test(came)) socket.destroy();
    });
  });
}

const head = (method: string, path: string, upgrade: string, more = ''): string =>
  `${method} /${project}/${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens.admin}\r\nConnection: Upgrade, HTTP2-Settings\r\n` +
  `Upgrade: ${upgrade}\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${more}\r\n`;

async function upgrades(t: Tester, garden: OwnGarden): Promise<void> {
  for (const upgrade of ['h2c', 'websocket']) {
    const body = JSON.stringify({ title: `By way of ${upgrade}` });
    const more = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const answer = await exchange(garden, head('PATCH', 'items/plants/1?fields=title', upgrade, more) + body, /\}\}|\r\n0\r\n/);
    t.match(answer, new RegExp(`200 OK[^]*By way of ${upgrade}`), 'a body is read, whatever else the request asks for');
  }
  for (const first of [`GET /${project}/items/plants/1 HTTP/1.1\r\nHost: x\r\n\r\n`, head('GET', 'gql', 'h2c')]) {
    await exchange(garden, first + head('GET', 'gql', 'websocket', 'Sec-WebSocket-Protocol: graphql-transport-ws\r\n'), /\}\}/);
    t.equal((await garden.get('items/plants/1')).status, 200, 'an upgrade behind a request that is not answered yet');
  }
}

interface Socket {
  readonly messages: Json[];
  say(message: object): void;
  close(): void;
}

async function socketOf({ gateway }: OwnGarden, who: Who): Promise<Socket> {
  const socket = new WebSocket(`${gateway.url.replace(/^http/, 'ws')}/${project}/gql`, 'graphql-transport-ws');
  const messages: Json[] = [];
  const say = (message: object): void => socket.send(JSON.stringify(message));
  socket.on('open', () => say({ type: 'connection_init', payload: { authorization: `Bearer ${tokens[who]}` } }));
  await new Promise<void>((done) => {
    socket.on('message', (data) => {
      messages.push(JSON.parse(String(data)));
      done();
    });
  });
  return { messages, say, close: () => socket.terminate() };
}

async function givenUp(t: Tester, garden: OwnGarden): Promise<void> {
  const { messages, say, close } = await socketOf(garden, 'editor');
  const answered = async (id: string): Promise<Json> => {
    const answerIn = (): Json => messages.find((one) => at(one, 'id') === id && at(one, 'type') !== 'complete');
    await eventually(() => answerIn() !== undefined);
    return answerIn();
  };
  for (let i = 0; i < 8; i += 1) {
    const id = `given up ${i}`;
    say({ id, type: 'subscribe', payload: { query: 'subscription { plants_mutated { key } }' } });
    // Behind it in order, so that it has begun by then.
    say({ id: `behind ${i}`, type: 'subscribe', payload: { query: `{ plants(limit: 1) { data { behind_${i}: id } } }` } });
    await answered(`behind ${i}`);
    say({ id, type: 'complete' });
  }
  say({ id: 'kept', type: 'subscribe', payload: { query: 'subscription { plants_mutated { key } }' } });
  say({ id: 'last', type: 'subscribe', payload: { query: '{ plants(limit: 1) { data { id } } }' } });
  await answered('last');
  await garden.send('PATCH', 'items/plants/2', { title: 'Told once' });
  t.equal(at(await answered('kept'), 'type'), 'next', 'what was given up counts no more');
  t.strictSame(
    messages.filter((one) => /^given up/.test(String(at(one, 'id')))),
    [],
    'and is told nothing',
  );
  close();
}

async function atOnce(t: Tester, garden: OwnGarden): Promise<void> {
  const { messages, say, close } = await socketOf(garden, 'editor');
  const before = garden.gateway.statements.length;
  const count = 30;
  for (let i = 0; i < count; i += 1) {
    say({ id: `${i}`, type: 'subscribe', payload: { query: `{ plants(limit: 1) { data { flood_${i}: title } } }` } });
    say({ id: `${i}`, type: 'complete' });
  }
  say({ type: 'ping' });
  await eventually(() => messages.some((one) => at(one, 'type') === 'pong'));
  await garden.get('items/plants/1');
  const reads = garden.gateway.statements.slice(before).filter(({ text }) => text.includes('flood_'));
  t.ok(reads.length < count, `operations that were given up count while they are worked on: ${reads.length} of ${count} were`);
  close();
}

/** Whose own entries of the activity are all that he reads is not told the ids of others'. */
async function entries(t: Tester, garden: OwnGarden): Promise<void> {
  for (const [level, isTold] of [
    ['mine', false],
    ['full', true],
  ] as const) {
    await garden.permit(3, 'directus_activity', { read: level });
    const feed = await listenTo(garden, '?collections=plants', 'editor');
    t.equal(feed.status, 200);
    await garden.send('PATCH', 'items/plants/1', { title: `Read at ${level}` });
    const [change] = (await feed.until(({ name }) => name === 'message')).slice(-1);
    t.equal(at(change?.data, 'activity') !== undefined, isTold, `activity at the level "${level}"`);
    feed.close();
  }
}

export const openConnections: Feature = {
  promise: 'Connections that stay open hold nothing that nobody waits for, and no order of messages or headers does the server harm',
  databaseIndependent: 'what leaves the process by connections that stay open',
  run: (t, world) =>
    ownGarden(
      world,
      async (garden) => {
        await t.test('requests that ask for another protocol', (t) => upgrades(t, garden));
        await t.test('subscriptions given up', (t) => givenUp(t, garden));
        await t.test('operations given up', (t) => atOnce(t, garden));
        await t.test('entries of the activity', (t) => entries(t, garden));
      },
      { changes: { subscriptions: 4 } },
    ),
};
