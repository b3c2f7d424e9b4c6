/** Promise: a credential that is not good opens no door of any surface, and one that ends, ends at all of them at once (directus8-system §1.2, §3). */

import { type Door, type Holder, openDoors, requestDoors } from '../support/doors.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { listenTo, socketClient } from '../support/feed.ts';
import { badTokens, forged, gardenClaims, gardenSecret, jwtHeader } from '../support/forged-tokens.ts';
import { at } from '../support/http.ts';
import { picture } from '../support/openapi-calls.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

const email = 'edda@garden.test';
const bearer = (token: string): Holder => ({ authorization: `Bearer ${token}` });

/** Opens all of them, as the holder; by their names. */
async function opened(doors: readonly Door[], holder: Holder): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name, open } of doors) found.set(name, await open(holder));
  return found;
}

/** Strapi refuses a credential that is not good; everybody else takes its holder for nobody. */
const refusal =
  '401 {"data":null,"error":{"status":401,"name":"UnauthorizedError","message":"Missing or invalid credentials","details":{}}}';

/** What those doors tell that are not as others have seen them. */
function differing(doors: readonly Door[], seen: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>): unknown[] {
  const isShut = ({ name }: Door): boolean => seen.get(name) === others.get(name) || (name === 'Strapi' && seen.get(name) === refusal);
  return doors.filter((door) => !isShut(door)).map(({ name }) => [name, seen.get(name)]);
}

async function assetOf(t: Tester, garden: OwnGarden): Promise<string> {
  const file = { data: picture, filename_disk: 'dot.png', filename_download: 'dot.png' };
  const made = await garden.send('POST', 'files', file);
  t.equal(made.status, 200, told(made));
  return String(at(made.json, 'data', 'private_hash'));
}

async function forgeries(t: Tester, garden: OwnGarden, doors: readonly Door[]): Promise<void> {
  const nobody = await opened(doors, {});
  const good = await opened(doors, bearer(forged(jwtHeader, gardenClaims(1), gardenSecret)));
  for (const { name } of doors) t.not(good.get(name), nobody.get(name), `${name} tells an administrator more`);
  const bad = [...badTokens(1), ['that nobody has', 'nobody-has-this'] as const];
  for (const [i, [what, token]] of bad.entries()) {
    const seen = await opened(doors, bearer(token));
    t.strictSame(differing(doors, seen, nobody), [], `a token ${what} is the public at every door`);
    const [events, socket] = [...(await opened(openDoors(garden), bearer(token))).values()];
    t.strictSame([events, socket], ['401', '4401'], `a token ${what} opens nothing that stays open`);
    // Cookies are told from tokens before anything else is looked at.
    if (i % 6 > 0) continue;
    const byCookie = await opened(doors, { cookie: `directus-garden-session=${token}; payload-token=${token}` });
    t.strictSame(differing(doors, byCookie, nobody), [], `and so it is as a cookie: ${what}`);
  }
}

type Ending = readonly [what: string, end: (garden: OwnGarden, holder: Holder) => Promise<{ readonly status: number }>];

const endings: readonly Ending[] = [
  ['signed out', (garden, holder) => garden.send('POST', 'auth/logout', {}, null, holder)],
  ['signed out by an administrator', (garden) => garden.send('POST', 'auth/logout/2')],
  ['suspended', (garden) => garden.send('PATCH', 'users/2', { status: 'suspended' })],
  ['another password', (garden) => garden.send('PATCH', 'users/2', { password: 'another one' })],
  ['another password of his own choice', (garden, holder) => garden.send('PATCH', 'users/me', { password: 'another one' }, null, holder)],
  ['in the trash', (garden) => garden.send('PATCH', 'users/2', { status: 'deleted' })],
];

async function ends(t: Tester, garden: OwnGarden, doors: readonly Door[]): Promise<void> {
  const nobody = await opened(doors, {});
  const [before] = await garden.rows('directus_users', { id: 2 });
  const restore = () =>
    garden.gateway.connection
      ?.knex('directus_users')
      .where({ id: 2 })
      .update({ role: 1, status: 'active', password: before?.['password'] });
  const holders = {
    jwt: async (): Promise<Holder> => {
      const answer = await garden.send('POST', 'auth/authenticate', { email, password: 'password' }, null);
      return bearer(String(at(answer.json, 'data', 'token')));
    },
    cookie: async (): Promise<Holder> => {
      const answer = await garden.send('POST', 'auth/authenticate', { email, password: 'password', mode: 'cookie' }, null);
      return { cookie: [answer.headers['set-cookie']].flat().join().split(';')[0] ?? '' };
    },
  };
  for (const [kind, sign] of Object.entries(holders)) {
    for (const [what, end] of endings) {
      await restore();
      const holder = await sign();
      // Seen twice: by the second time everything that remembers callers knows this one.
      await opened(doors, holder);
      const whole = await opened(doors, holder);
      for (const { name } of doors) t.not(whole.get(name), nobody.get(name), `${kind}, ${name}: before`);
      const feed = await listenTo(garden, '?collections=zones', null, holder);
      t.equal(feed.status, 200, `${kind}: listens`);
      const { client, closed } = socketClient(garden, undefined, holder);
      const listening = client
        .iterate({ query: 'subscription { zones_mutated { key } }' })
        .next()
        .catch(() => undefined);
      // Behind it in order, so that it has begun by then.
      await client.iterate({ query: '{ zones(limit: 1) { data { id } } }' }).next();
      const done = await end(garden, holder);
      t.ok(done.status < 300, `${kind}: ${what}: ${done.status}`);
      const after = await opened(doors, holder);
      t.strictSame(differing(doors, after, nobody), [], `${kind}, ${what}: the public at every door`);
      await feed.ended;
      t.strictSame(
        feed.events.map(({ name }) => name),
        ['open', 'end'],
        `${kind}, ${what}: what listens ends`,
      );
      const code = await closed;
      t.ok([4401, 4403].includes(code), `${kind}, ${what}: and so does the socket (${code})`);
      await listening;
      await client.dispose();
      const again = await opened(openDoors(garden), holder);
      t.strictSame([...again.values()], ['401', '4401'], `${kind}, ${what}: nothing opens anew`);
    }
    await restore();
    const holder = await sign();
    await opened(doors, holder);
    t.equal((await garden.send('PATCH', 'users/2', { role: 5 })).status, 200);
    const own = new Set(["Strapi's user", "Payload's user"]);
    const [after, fellow] = [await opened(doors, holder), await opened(doors, bearer('nobody-token-of-the-garden'))];
    t.strictSame(
      differing(
        doors.filter(({ name }) => !own.has(name)),
        after,
        fellow,
      ),
      [],
      `${kind}: in another role, as that role at every door`,
    );
  }
}

/** A cookie that a page of somebody else sends along changes nothing, and holds nothing open. */
async function foreignPages(t: Tester, garden: OwnGarden): Promise<void> {
  const login = { email: 'admin@example.com', password: 'password' };
  const signedIn = await garden.send('POST', 'auth/authenticate', { ...login, mode: 'cookie' }, null);
  const session = [signedIn.headers['set-cookie']].flat().join().split(';')[0] ?? '';
  const payload = await garden.send('POST', 'payload/api/users/login', login, null);
  const token = String(at(payload.json, 'token'));
  t.match(String(payload.headers['set-cookie']), /^payload-token=ey/, 'the cookie of Payload');
  const writes: readonly (readonly [method: string, path: string, body?: unknown])[] = [
    ['POST', 'items/zones', { name: 'x' }],
    ['PATCH', 'items/zones/1', { name: 'x' }],
    ['DELETE', 'items/zones/1'],
    ['POST', 'batch', { operations: [{ method: 'delete', collection: 'zones', key: 1 }] }],
    ['POST', 'gql', { query: 'mutation { delete_zones_item(id: 1) { ids } }' }],
    ['POST', 'files', { data: picture, filename_disk: 'x.png', filename_download: 'x.png' }],
    ['POST', 'files/tus'],
    ['POST', 'strapi/api/zones', { data: { name: 'x' } }],
    ['PUT', 'strapi/api/zones/1', { data: { name: 'x' } }],
    ['DELETE', 'strapi/api/zones/1'],
    ['POST', 'strapi/api/auth/change-password', { currentPassword: 'password', password: 'x', passwordConfirmation: 'x' }],
    ['POST', 'payload/api/zones', { name: 'x' }],
    ['PATCH', 'payload/api/zones/1', { name: 'x' }],
    ['DELETE', 'payload/api/zones/1'],
    ['POST', 'payload/api/users/logout'],
    ['POST', 'payload/api/users/refresh-token', {}],
    ['POST', 'scim/v2/Users', { userName: 'x@garden.test' }],
    ['DELETE', 'scim/v2/Users/1'],
    ['PATCH', 'users/me', { password: 'x' }],
    ['POST', 'users/me/activate_2fa', { '2fa_secret': 'GEZDGNBVGY3TQOJQ', otp: '000000' }],
    ['POST', 'collections', { collection: 'x', fields: [] }],
    ['POST', 'auth/logout', {}],
    ['POST', 'auth/logout/2', {}],
  ];
  const state = async () =>
    JSON.stringify(
      await Promise.all(['zones', 'directus_users', 'directus_files', 'directus_user_sessions'].map((one) => garden.rows(one))),
    );
  const before = await state();
  const cookie = `${session}; payload-token=${token}`;
  const pages: readonly Holder[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const page of pages) {
    for (const [method, path, body] of writes) {
      const answer = await garden.send(method, path, body, null, { cookie, 'upload-length': '3', 'tus-resumable': '1.0.0', ...page });
      t.ok([400, 401, 403].includes(answer.status), `${JSON.stringify(page)} ${method} ${path}: ${told(answer)}`);
    }
    const given = await garden.send('POST', 'payload/api/users/login', login, null, page);
    t.strictSame([given.status, given.headers['set-cookie']], [200, undefined], 'nor is such a page given a cookie');
    await garden.send('POST', 'auth/logout', {}, null, bearer(String(at(given.json, 'token'))));
  }
  t.equal(await state(), before, 'nothing has happened');
  const [events, socket] = [...(await opened(openDoors(garden), { cookie: session, origin: 'https://evil.example' })).values()];
  t.strictSame([events, socket], ['403', '4403'], 'nothing stays open for it');
  const own = { cookie: session, origin: garden.gateway.url };
  t.equal((await garden.send('PATCH', 'items/zones/1', { name: 'By an own page' }, null, own)).status, 200, 'an own page may');
}

export const everyDoor: Feature = {
  promise: 'a credential that is not good opens no door, and one that ends, ends at all of them',
  databaseIndependent: 'who asks: tokens, passwords and links, kept in rows like any others',
  run: (t, world) =>
    ownGarden(
      world,
      async (garden) => {
        await garden.gateway.connection?.knex('directus_users').where({ id: 2 }).update({ role: 1 });
        const doors = requestDoors(garden, await assetOf(t, garden));
        await t.test('forged, expired, foreign and cut tokens', (t) => forgeries(t, garden, doors));
        await t.test('what ends', (t) => ends(t, garden, doors));
        await t.test('pages of others', (t) => foreignPages(t, garden));
        refused(t, await garden.get('users/me'), 401, 3, 'the public');
      },
      { assets: { access: 'permission' }, auth: { attempts: 100 } },
    ),
};
