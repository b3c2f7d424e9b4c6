/** Promise: what a sign-in gave ends at once, on every route, with its session, the user's status, role and password. */
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { project } from '../support/gateway.ts';
import { type Answer, at, rows } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

const password = 'password';
const name = `directus-${project}-session`;

/** Whoever signed in as the editor, by what he has. */
type Holder = Readonly<Record<string, string>>;

async function jwtHolder(garden: OwnGarden, email = 'edda@garden.test'): Promise<Holder> {
  const answer = await garden.send('POST', 'auth/authenticate', { email, password }, null);
  return { authorization: `Bearer ${String(at(answer.json, 'data', 'token'))}` };
}

const cookieText = (answer: Answer): string => [answer.headers['set-cookie']].flat().join(', ');

async function cookieHolder(garden: OwnGarden, email = 'edda@garden.test'): Promise<Holder> {
  const answer = await garden.send('POST', 'auth/authenticate', { email, password, mode: 'cookie' }, null);
  return { cookie: cookieText(answer).split(';')[0] ?? '' };
}

const paths = ['items/families?limit=1', 'items/families/ROS', 'users/me?fields=id', 'items/zones?export=ndjson', 'permissions/me'];

async function seenAs(garden: OwnGarden, holder: Holder): Promise<string[]> {
  const seen: string[] = [];
  for (const path of paths) {
    const { text, status } = await garden.get(path, undefined, { headers: holder });
    seen.push(`${status} ${text}`);
  }
  return seen;
}

async function change(garden: OwnGarden, table: string, where: object, values: object | 'delete'): Promise<void> {
  const query = garden.gateway.connection?.knex(table).where(where);
  await (values === 'delete' ? query?.delete() : query?.update(values));
}

async function ends(t: Tester, garden: OwnGarden): Promise<void> {
  const nobody = await seenAs(garden, {});
  const user = { id: 2 };
  const [before] = await garden.rows('directus_users', user);
  const cases: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['the session is gone', () => change(garden, 'directus_user_sessions', { user: 2 }, 'delete')],
    ['the password is another', () => change(garden, 'directus_users', user, { password: '$2y$10$another' })],
    ['suspended', () => change(garden, 'directus_users', user, { status: 'suspended' })],
  ];
  for (const [what, run] of cases) {
    for (const holds of [jwtHolder, cookieHolder]) {
      const holder = await holds(garden);
      const own = await seenAs(garden, holder);
      t.strictSame(await seenAs(garden, holder), own, `${what}: remembered, the same`);
      t.match(own[2], /"id": ?2/, `${what}: the editor`);
      await run();
      t.strictSame(await seenAs(garden, holder), nobody, `${what}: ${holds.name} is the public`);
      await change(garden, 'directus_users', user, { password: before?.['password'], status: 'active' });
    }
  }
}

async function signsOut(t: Tester, garden: OwnGarden): Promise<void> {
  for (const holds of [jwtHolder, cookieHolder]) {
    const [first, second] = [await holds(garden), await holds(garden)];
    for (const holder of [first, second]) t.match((await seenAs(garden, holder))[2], /"id": ?2/);
    const out = await garden.send('POST', 'auth/logout', {}, null, first);
    t.strictSame([out.status, out.text], [200, '{"public":true}'], told(out));
    if (first['cookie']) t.match(cookieText(out), `${name}=; Path=/; Expires=Thu, 01 Jan 1970`, 'the cookie goes');
    t.strictSame(await seenAs(garden, first), await seenAs(garden, {}), 'signed out');
    t.match((await seenAs(garden, second))[2], /"id": ?2/, 'the other device stays');
    refused(t, await garden.send('POST', 'auth/logout/2', {}, 'writer'), 403, 10, 'not by others');
    refused(t, await garden.send('POST', 'auth/logout/2', {}, null), 403, 10, 'not by nobody');
    t.match((await seenAs(garden, second))[2], /"id": ?2/, 'nothing happened');
    t.equal((await garden.send('POST', 'auth/logout/2', {}, 'admin')).status, 200);
    t.match((await seenAs(garden, second))[2], '401', 'by an administrator');
  }
}

async function listed(t: Tester, garden: OwnGarden): Promise<void> {
  const mine = await jwtHolder(garden);
  await jwtHolder(garden, 'wim@garden.test');
  const list = await garden.get('auth/sessions', undefined, { headers: mine });
  t.equal(rows(list).length, 1, told(list));
  t.strictSame(
    Object.keys(rows(list)[0] ?? {}),
    ['id', 'user', 'token_type', 'ip_address', 'user_agent', 'created_on', 'token_expired_at'],
    'without the token',
  );
  const id = rows(list)[0]?.['id'];
  t.equal((await garden.send('POST', `auth/logout/3/${String(id)}`, {}, 'writer')).status, 200);
  t.equal(at((await garden.get('auth/check', undefined, { headers: mine })).json, 'data', 'authenticated'), true, 'of another user: stays');
  t.equal((await garden.send('POST', `auth/logout/2/${String(id)}`, {}, null, mine)).status, 200);
  t.equal(at((await garden.get('auth/check', undefined, { headers: mine })).json, 'data', 'authenticated'), false, 'ended by its owner');
  const anonymous = await garden.get('auth/sessions');
  t.strictSame([anonymous.status, anonymous.text], [200, '{"public":true}'], 'nobody has none');
  const stored = await garden.rows('directus_user_sessions');
  for (const { token } of stored) t.match(String(token), /^[0-9a-f]{64}$/, 'only prints are stored');
}

async function refreshes(t: Tester, garden: OwnGarden): Promise<void> {
  const token = (await jwtHolder(garden))['authorization']?.slice(7) ?? '';
  const again = await garden.send('POST', 'auth/refresh', { token }, null);
  const newer = String(at(again.json, 'data', 'token'));
  t.equal(at((await garden.get('users/me?fields=id', undefined, { headers: { authorization: `Bearer ${newer}` } })).json, 'data', 'id'), 2);
  t.equal((await garden.rows('directus_user_sessions', { user: 2, token_type: 'jwt' })).length, 1, 'one session');
  refused(t, await garden.send('POST', 'auth/refresh', {}, null), 422, 4, 'without a token');
  for (const bad of ['x', `${token}x`, newer.replace(/\.[^.]*$/, '.AAAA')]) {
    refused(t, await garden.send('POST', 'auth/refresh', { token: bad }, null), 401, 101, 'no token of ours');
  }
  await garden.send('POST', 'auth/logout', {}, null, { authorization: `Bearer ${newer}` });
  refused(t, await garden.send('POST', 'auth/refresh', { token }, null), 401, 101, 'signed out');
}

async function foreignPages(t: Tester, garden: OwnGarden): Promise<void> {
  const login = { email: 'admin@example.com', password, mode: 'cookie' };
  const answer = await garden.send('POST', 'auth/authenticate', login, null);
  t.match(cookieText(answer), new RegExp(`^${name}=\\d+\\.[\\w-]{43}; Path=/; Expires=[^;]+; HttpOnly; SameSite=Lax$`), 'the cookie');
  t.equal(at(answer.json, 'data', 'token'), undefined, 'no token in the body');
  const holder = { cookie: cookieText(answer).split(';')[0] ?? '' };
  const item = { code: 'NEW', name: 'New' };
  const { host } = new URL(garden.gateway.url);
  const from = (origin: string): Holder => ({ ...holder, origin });
  const alien = [from('https://evil.example'), from('null'), { ...holder, 'sec-fetch-site': 'cross-site' }];
  for (const headers of alien) {
    refused(t, await garden.send('POST', 'items/families', item, null, headers), 403, 10, 'a change for a foreign page');
    refused(t, await garden.send('POST', 'auth/authenticate', login, null, headers), 403, 10, 'a sign-in for a foreign page');
    refused(t, await garden.send('POST', 'auth/logout', {}, null, headers), 403, 10, 'a sign-out for a foreign page');
  }
  t.strictSame(await garden.rows('families', { code: 'NEW' }), [], 'nothing was written');
  const read = await garden.get('users/me?fields=id', undefined, { headers: holder });
  t.equal(at(read.json, 'data', 'id'), 1, told(read));
  t.match(cookieText(read), name, 'the cookie is handed over again');
  const own = await garden.send('POST', 'items/families', item, null, from(`http://${host}`));
  t.equal(own.status, 200, told(own));
  const bearer = { authorization: `Bearer ${(holder.cookie.split('=')[1] ?? '').trim()}` };
  refused(t, await garden.get('users/me', undefined, { headers: bearer }), 401, 3, 'a cookie is no token');
}

export const sessions: Feature = {
  promise: 'sessions end at once, everywhere',
  databaseIndependent: 'who asks: tokens, passwords and links, kept in rows like any others',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await t.test('session, password, status', (t) => ends(t, garden));
      await t.test('signing out', (t) => signsOut(t, garden));
      await t.test('lists', (t) => listed(t, garden));
      await t.test('tokens anew', (t) => refreshes(t, garden));
      await t.test('pages of others', (t) => foreignPages(t, garden));
    }),
};
