/** Promise: users sign in by an identity provider, and nobody signs in as another (directus8-system §3.9). */

import type { SsoProvider } from '../../src/config/sso-schema.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { type ForgingProvider, startForgingProvider } from '../support/forging-provider.ts';
import type { World } from '../support/garden.ts';
import { type Answer, at } from '../support/http.ts';
import { client, type IdentityProvider, startIdentityProvider } from '../support/identity-provider.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { ssoAttacks } from '../support/sso-attacks.ts';
import { back, begin, callbackOf } from '../support/sso-way.ts';
import { refusedBy, refuses, strapi } from '../support/strapi.ts';

const page = 'http://app.example/admin/';

async function whole(garden: OwnGarden, idp: IdentityProvider, query = ''): Promise<Answer> {
  const way = await begin(garden, 'directory', query);
  const url = await idp.visit(way.url, callbackOf(garden, 'directory'));
  return back(garden, url, way.cookie);
}

async function signsIn(t: Tester, garden: OwnGarden, idp: IdentityProvider): Promise<void> {
  const list = await garden.get('auth/sso');
  t.strictSame(at(list.json, 'data', 0), { name: 'directory', icon: null }, told(list));
  idp.account = { sub: 'edda-1', email: 'edda@garden.test', email_verified: true };
  const way = await begin(garden, 'directory');
  t.equal(way.answer.status, 302, told(way.answer));
  t.match(String(way.answer.headers['set-cookie']), /; Path=\/garden\/auth\/sso\/directory; Max-Age=600; HttpOnly; SameSite=Lax$/);
  t.match(way.url, /code_challenge_method=S256/);
  const url = await idp.visit(way.url, callbackOf(garden, 'directory'));
  const answer = await back(garden, url, way.cookie);
  t.equal(answer.status, 200, told(answer));
  const me = await garden.raw('/garden/users/me?fields=id,role', { token: String(at(answer.json, 'data', 'token')) });
  t.strictSame(at(me.json, 'data'), { id: 2, role: 3 }, `the role stays as it is: ${told(me)}`);
  refused(t, await back(garden, url, way.cookie), 401, 3, 'a code that was used before');

  const sent = await whole(garden, idp, `?redirect_url=${encodeURIComponent(`${page}?a=b`)}`);
  const to = new URL(String(sent.headers['location']));
  t.strictSame([sent.status, to.origin + to.pathname, to.searchParams.get('a')], [302, page, 'b'], told(sent));
  const exchange = (): Promise<Answer> =>
    garden.send('POST', 'auth/sso/access_token', { request_token: to.searchParams.get('request_token') }, null);
  const token = at((await exchange()).json, 'data', 'token');
  t.equal((await garden.raw('/garden/users/me', { token: String(token) })).status, 200, 'a token for the request token');
  refused(t, await exchange(), 401, 110, 'which is exchanged once');
}

/** The same by the addresses that Strapi's pages know: out, back to the page, and a session for what stands in its address. */
async function byStrapi(t: Tester, garden: OwnGarden, idp: IdentityProvider): Promise<void> {
  idp.account = { sub: 'edda-1', email: 'edda@garden.test', email_verified: true };
  const asked = await strapi(garden, `connect/directory?callback=${encodeURIComponent(`${page}?a=b`)}`, null);
  const start = String(asked.headers['location']);
  t.equal(start, `/garden/auth/sso/directory?redirect_url=${encodeURIComponent(`${page}?a=b`)}`, told(asked));
  t.equal(
    (await strapi(garden, 'connect/directory', null)).headers['location'],
    start.replace('%3Fa%3Db', ''),
    'or to the page of the settings',
  );
  const sent = await whole(garden, idp, start.slice(start.indexOf('?')));
  const { search } = new URL(String(sent.headers['location']));
  const signIn = (query: string) => strapi(garden, `auth/directory/callback${query}`, null);
  t.not(
    (await strapi(garden, `auth/directory/callback${search}`, null, { method: 'HEAD' })).status,
    200,
    'what asks for headers uses nothing up',
  );
  const session = await signIn(search);
  t.match(session.json, { jwt: String, user: { id: 2, email: 'edda@garden.test' } }, told(session));
  const headers = { authorization: `Bearer ${String(at(session.json, 'jwt'))}` };
  t.equal(at((await strapi(garden, 'users/me', null, { headers })).json, 'id'), 2, 'the token works');
  await refuses(t, garden, `auth/directory/callback${search}`, 400, /too old/, null);
  await refuses(t, garden, 'auth/directory/callback?access_token=x', 400, /wrong/, null);
  await refuses(t, garden, 'auth/directory/callback', 400, 'request_token is a required field', null);
  await refuses(t, garden, 'connect/directory?callback=https://evil.example', 400, /sso\.redirects/, null);
  for (const path of ['connect/github', `auth/github/callback${search}`]) {
    refusedBy(t, await strapi(garden, path, null), 400, 'ApplicationError', 'This provider is disabled', path);
  }
}

const cookiesOf = ({ headers }: Answer): string[] => [headers['set-cookie'] ?? []].flat();

async function cookies(t: Tester, garden: OwnGarden, idp: IdentityProvider): Promise<void> {
  idp.account = { sub: 'edda-1', email: 'edda@garden.test', email_verified: true };
  const name = 'directus-garden-session';
  const sent = await whole(garden, idp, `?mode=cookie&redirect_url=${encodeURIComponent(`${page}?a=b`)}`);
  t.strictSame([sent.status, sent.headers['location']], [302, `${page}?a=b`], `no token travels in the address: ${told(sent)}`);
  const [gone = '', cookie = '', ...more] = cookiesOf(sent);
  t.match(gone, /^sallyport-garden-sso=; .*Max-Age=0; HttpOnly; SameSite=Lax$/, 'the cookie of the way out goes');
  t.match(cookie, new RegExp(`^${name}=\\d+\\.[\\w-]{43}; Path=/; Expires=[^;]+; HttpOnly; SameSite=Lax$`), 'a session comes');
  t.equal(more.length, 0);
  const holder = { cookie: cookie.split(';')[0] ?? '' };
  const me = await garden.get('users/me?fields=id', undefined, { headers: holder });
  t.equal(at(me.json, 'data', 'id'), 2, told(me));
  const foreign = { ...holder, origin: 'https://evil.example' };
  refused(t, await garden.send('PATCH', 'users/me', { title: 'x' }, null, foreign), 403, 10, 'not for pages of others');
  t.equal((await garden.rows('directus_user_sessions', { user: 2, token_type: 'cookie' })).length, 1, 'a row');
  const plain = await whole(garden, idp, '?mode=cookie');
  t.strictSame([plain.status, plain.text], [200, '{"data":{},"public":true}'], 'without a page');
  t.equal(cookiesOf(plain).length, 2);
  const entries = await garden.rows('directus_activity', { action: 'authenticate', action_by: 2, item: '2' });
  t.equal(entries.length, 5, 'each sign-in is recorded, in either mode');
  t.equal((await garden.send('POST', 'auth/logout', {}, null, holder)).status, 200);
  refused(t, await garden.get('users/me', undefined, { headers: holder }), 401, 3, 'signed out');
  idp.account = { sub: 'x', email: 'sus@garden.test', email_verified: true };
  const none = await whole(garden, idp, `?mode=cookie&redirect_url=${encodeURIComponent(page)}`);
  t.equal(none.headers['location'], `${page}?error=1&code=103`);
  t.equal(cookiesOf(none).length, 1, 'who is refused gets no session');
}

async function roles(t: Tester, garden: OwnGarden, idp: IdentityProvider): Promise<void> {
  idp.account = { sub: 'n-1', email: 'new@garden.test', email_verified: true, given_name: 'New', family_name: 'Comer', groups: ['x'] };
  const made = await whole(garden, idp);
  t.equal(made.status, 200, told(made));
  const row = async (): Promise<Record<string, unknown>> => (await garden.rows('directus_users', { email: 'new@garden.test' }))[0] ?? {};
  const first = await row();
  t.match(first, { status: 'active', first_name: 'New', last_name: 'Comer', password: null }, 'the user is made');
  t.equal(Number(first['role']), 5, 'with the role that new users get');
  idp.account = { ...idp.account, groups: ['x', 'writers'] };
  await whole(garden, idp);
  t.equal(Number((await row())['role']), 4, 'the provider says another role');
  idp.account = { ...idp.account, groups: [] };
  await whole(garden, idp);
  t.equal(Number((await row())['role']), 4, 'and what it does not say changes nothing');
  const activity = await garden.rows('directus_activity', { collection: 'directus_users', item: String(first['id']) });
  const actions = activity.map(({ action }) => action).sort();
  t.strictSame(actions, ['authenticate', 'authenticate', 'authenticate', 'create', 'update'], 'all of it is recorded');
}

async function refusals(t: Tester, garden: OwnGarden, idp: IdentityProvider): Promise<void> {
  const users = JSON.stringify(await garden.rows('directus_users'));
  const as = async (email: string, verified = true, more: object = {}): Promise<Answer> => {
    idp.account = { sub: `sub of ${email}`, email, email_verified: verified, ...more };
    return whole(garden, idp);
  };
  refused(t, await as('edda@garden.test', false), 404, 107, 'an address that is not verified');
  refused(t, await as('stranger@garden.test', false), 404, 107, 'nor is a user made of one');
  refused(t, await as('sus@garden.test'), 404, 103, 'a suspended user');
  refused(t, await as('wanda@garden.test'), 401, 115, 'a user with a second factor');
  refused(t, await as('admin@example.com', true, { groups: ['writers'] }), 403, 216, 'the last administrator stays one');
  t.equal(JSON.stringify(await garden.rows('directus_users')), users, 'nothing has changed');
  idp.account = { sub: 'x', email: 'sus@garden.test', email_verified: true };
  const told = await whole(garden, idp, `?redirect_url=${encodeURIComponent(page)}`);
  t.equal(told.headers['location'], `${page}?error=1&code=103`, 'the page is told');
}

async function plain(t: Tester, garden: OwnGarden, forging: ForgingProvider): Promise<void> {
  const attempt = async (claims: Readonly<Record<string, unknown>>): Promise<Answer> => {
    const way = await begin(garden, 'oauth');
    t.match(way.url, /scope=user%3Aemail/);
    forging.next = { claims, forged: false, bare: true };
    return back(garden, `${callbackOf(garden, 'oauth')}?code=any&state=${new URL(way.url).searchParams.get('state')}`, way.cookie);
  };
  await garden.gateway.connection?.knex('directus_users').where({ id: 3 }).update({ external_id: '4711' });
  const answer = await attempt({ id: 4711, email: 'edda@garden.test', email_verified: true });
  const me = await garden.raw('/garden/users/me?fields=id', { token: String(at(answer.json, 'data', 'token')) });
  t.strictSame(at(me.json, 'data', 'id'), 3, `by the external id, whatever the address says: ${told(answer)}`);
  refused(t, await attempt({ id: 4712, email: 'edda@garden.test', email_verified: true }), 404, 107, 'an identity of nobody');
  refused(t, await attempt({ email: 'edda@garden.test' }), 401, 3, 'an identity without a subject');
  refused(t, (await begin(garden, 'gone')).answer, 503, null, 'a provider that is away');
}

export const sso: Feature = {
  promise: 'single sign-on lets in whom the provider names, and nobody else',
  databaseIndependent: 'who asks: tokens, passwords and links, kept in rows like any others',
  async run(t: Tester, world: World) {
    const idp = await startIdentityProvider();
    const forging = await startForgingProvider();
    const shared = { clientId: client.id, clientSecret: client.secret, insecure: true } as const;
    const directory = {
      ...shared,
      name: 'directory',
      issuer: idp.issuer,
      claims: { roles: 'groups' },
      roles: [{ value: 'writers', role: 4 }],
      create: { role: 5 },
    };
    const oauth: SsoProvider = {
      ...shared,
      name: 'oauth',
      authorizationUrl: `${forging.issuer}/authorize`,
      tokenUrl: `${forging.issuer}/token`,
      userInfoUrl: `${forging.issuer}/me`,
      scopes: ['user:email'],
      match: 'external_id',
      claims: { subject: 'id' },
    };
    const providers = [
      directory,
      { ...shared, name: 'forging', issuer: forging.issuer },
      oauth,
      { ...shared, name: 'gone', issuer: 'http://127.0.0.1:1' },
    ];
    const run = async (garden: OwnGarden): Promise<void> => {
      idp.register(callbackOf(garden, 'directory'));
      await t.test('signing in', (t) => signsIn(t, garden, idp));
      await t.test("by Strapi's addresses", (t) => byStrapi(t, garden, idp));
      await t.test('by cookie', (t) => cookies(t, garden, idp));
      await t.test('roles and new users', (t) => roles(t, garden, idp));
      await t.test('whom it refuses', (t) => refusals(t, garden, idp));
      await t.test('OAuth 2', (t) => plain(t, garden, forging));
      await t.test('attacks', (t) => ssoAttacks(t, garden, idp, forging));
    };
    try {
      await ownGarden(world, run, { sso: { providers, redirects: [page] } });
    } finally {
      await Promise.all([idp.close(), forging.close()]);
    }
  },
};
