/** Promise: a client that has a provider's code exchanges it by itself, and only who began the sign-in does (directus8-system §3.9). */

import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { type Answer, at } from '../support/http.ts';
import { client, type IdentityProvider, startIdentityProvider } from '../support/identity-provider.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { callbackOf } from '../support/sso-way.ts';

/** Pages of this origin may read answers. */
const reading = 'https://app.example';
/** Sign-ins lead back to below here. */
const page = 'https://shop.example/admin/';

/** What a client without a browser is told at the beginning. */
interface Begun {
  readonly url: string;
  readonly state: string;
  readonly ticket: string;
  readonly cookie: string;
}

const cookieIn = ({ headers }: Answer): string => String(headers['set-cookie'] ?? '').split(';')[0] ?? '';

async function begun(garden: OwnGarden, provider = 'directory', query = ''): Promise<Begun> {
  const answer = await garden.get(`auth/sso/${provider}${query}`);
  const [url, state, ticket] = ['authorization_url', 'state', 'ticket'].map((name) => String(at(answer.json, 'data', name)));
  return { url: url ?? '', state: state ?? '', ticket: ticket ?? '', cookie: cookieIn(answer) };
}

interface Client {
  /** Sends a body to the route. */
  post(body: unknown, headers?: Readonly<Record<string, string>>, provider?: string): Promise<Answer>;
  /** Signs in at the provider; what the client finds in the address of the callback. */
  code(url: string): Promise<{ readonly code: string; readonly state: string; readonly iss: string }>;
}

function clientOf(garden: OwnGarden, idp: IdentityProvider): Client {
  return {
    post: (body, headers = {}, provider = 'directory') => garden.send('POST', `auth/sso/${provider}`, body, null, headers),
    async code(url) {
      const { searchParams } = new URL(await idp.visit(url, callbackOf(garden, 'directory')));
      const [code = '', state = '', iss = ''] = ['code', 'state', 'iss'].map((name) => searchParams.get(name) ?? '');
      return { code, state, iss };
    },
  };
}

async function leads(t: Tester, garden: OwnGarden): Promise<void> {
  const status = async (headers: Readonly<Record<string, string>>): Promise<number> =>
    (await garden.get('auth/sso/directory', undefined, { headers })).status;
  t.equal(await status({ referer: `${reading}/login?x=1` }), 302, 'a page that may read answers');
  t.equal(await status({ referer: `${page}login` }), 302, 'a page that sign-ins lead back to');
  t.equal(await status({ referer: `${garden.gateway.url}/admin/` }), 302, 'a page of this host');
  t.equal(await status({ referer: 'https://trusted.example/' }), 302, 'a page that may use the session cookie');
  t.equal(await status({ 'sec-fetch-mode': 'navigate' }), 302, 'a browser that hides the page');
  const foreign = ['https://evil.example/', 'https://app.example.evil.example/', 'http://app.example/', 'https://app.example:8443/', 'x'];
  for (const referer of foreign) t.equal(await status({ referer }), 200, referer);
  t.equal(await status({ referer: 'https://evil.example/', 'sec-fetch-mode': 'navigate' }), 200, 'a browser on a foreign page');
  const answer = await garden.get('auth/sso/directory');
  t.match(answer.json, { data: { authorization_url: String, state: String, ticket: String }, public: true }, told(answer));
  const url = new URL(String(at(answer.json, 'data', 'authorization_url')));
  t.equal(url.searchParams.get('state'), at(answer.json, 'data', 'state'), 'the state is that of the address');
  t.equal(url.searchParams.get('code_challenge_method'), 'S256');
  t.notMatch(url.href, String(at(answer.json, 'data', 'ticket')), 'and the ticket is not in it');
  t.equal(cookieIn(answer), `sallyport-garden-sso=${at(answer.json, 'data', 'ticket')}`);
  t.equal(answer.headers['cache-control'], 'no-store');
}

/** Without a `redirect_url` the sign-in ends where it began, if that page is allowed. */
async function remembers(t: Tester, garden: OwnGarden, idp: IdentityProvider): Promise<void> {
  const ends = async (referer: string): Promise<Answer> => {
    const answer = await garden.get('auth/sso/directory', undefined, { headers: { referer } });
    const url = await idp.visit(String(answer.headers['location']), callbackOf(garden, 'directory'));
    return garden.raw(url.slice(garden.gateway.url.length), { headers: { cookie: cookieIn(answer) } });
  };
  idp.account = { sub: 'edda-1', email: 'edda@garden.test', email_verified: true };
  const led = String((await ends(`${page}login?a=b`)).headers['location']);
  t.match(led, /^https:\/\/shop\.example\/admin\/login\?a=b&request_token=[\w-]+$/);
  const elsewhere = await ends(`${reading}/login`);
  t.strictSame([elsewhere.status, typeof at(elsewhere.json, 'data', 'token')], [200, 'string'], 'a page that is not named is not gone to');
  idp.account = { sub: 's', email: 'stranger@garden.test', email_verified: true };
  const unknown = new URL(String((await ends(page)).headers['location'])).searchParams;
  t.strictSame([unknown.get('error'), unknown.get('code'), unknown.get('attributes[email]')], ['1', '107', 'stranger@garden.test']);
  idp.account = { sub: 's', email: 'edda@garden.test', email_verified: false };
  const unproven = new URL(String((await ends(page)).headers['location'])).searchParams;
  t.strictSame([unproven.get('code'), unproven.get('attributes[email]')], ['107', null], 'an unproven address is not told');
}

async function exchanges(t: Tester, garden: OwnGarden, idp: IdentityProvider): Promise<void> {
  const { post, code } = clientOf(garden, idp);
  idp.account = { sub: 'edda-1', email: 'edda@garden.test', email_verified: true };
  const entries = () => garden.rows('directus_activity', { action: 'authenticate', action_by: 2 });
  const sessions = () => garden.rows('directus_user_sessions', { user: 2, token_type: 'jwt' });
  const before = [(await entries()).length, (await sessions()).length];
  const signsIn = async (what: string, answer: Answer): Promise<void> => {
    t.equal(answer.status, 200, `${what}: ${told(answer)}`);
    t.strictSame(Object.keys(Object(at(answer.json, 'data'))), ['token'], what);
    t.match(String(answer.headers['set-cookie']), /^sallyport-garden-sso=; [^,]*Max-Age=0; HttpOnly; SameSite=Lax$/, 'no other cookie');
    const token = String(at(answer.json, 'data', 'token'));
    const me = await garden.raw('/garden/users/me?fields=id,role', { token });
    t.strictSame(at(me.json, 'data'), { id: 2, role: 3 }, `${what}: ${told(me)}`);
    t.equal((await garden.raw('/garden/auth/logout', { token, method: 'POST' })).status, 200);
    t.equal((await garden.raw('/garden/users/me', { token })).status, 401, `${what}: a session that ends`);
  };
  const one = await begun(garden);
  const byCookie = { code: (await code(one.url)).code };
  await signsIn('by cookie', await post(byCookie, { cookie: one.cookie }));
  refused(t, await post(byCookie, { cookie: one.cookie }), 401, 3, 'the same once more');
  const two = await begun(garden, 'directory', '?mode=cookie');
  const byTicket = { ...(await code(two.url)), ticket: two.ticket };
  await signsIn('by ticket', await post(byTicket));
  refused(t, await post(byTicket), 401, 3, 'the same once more');
  t.equal((await entries()).length - (before[0] ?? 0), 2, 'each is recorded');
  t.equal((await sessions()).length - (before[1] ?? 0), 0, 'and its session is a row, gone by now');
  const twice = await begun(garden);
  const [first, second] = [await code(twice.url), await code(twice.url)];
  t.not(first.code, second.code);
  t.equal((await post({ code: first.code, ticket: twice.ticket })).status, 200);
  refused(t, await post({ code: second.code, ticket: twice.ticket }), 401, 3, 'a ticket is good for one code');
  const three = await begun(garden);
  const { code: late } = await code(three.url);
  const atOnce = await Promise.all([1, 2, 3].map(() => post({ code: late, ticket: three.ticket })));
  t.strictSame(atOnce.map(({ status }) => status).sort(), [200, 401, 401], 'one of several at once');
}

async function attacks(t: Tester, garden: OwnGarden, idp: IdentityProvider): Promise<void> {
  const { post, code } = clientOf(garden, idp);
  idp.account = { sub: 'edda-1', email: 'edda@garden.test', email_verified: true };
  const sessions = async () => (await garden.rows('directus_user_sessions')).length;
  const before = await sessions();
  const victim = await begun(garden);
  const stolen = await code(victim.url);
  const none = await post({ code: stolen.code });
  refused(t, none, 401, 3, 'a code alone');
  t.match(none.text, /begin at GET \/garden\/auth\/sso\/directory/);
  refused(t, await post(stolen), 401, 3, 'all that stands in the address of the callback');
  const own = await begun(garden);
  refused(t, await post({ ...stolen, ticket: own.ticket }), 401, 3, 'with the ticket of another sign-in, and the state of the stolen one');
  refused(t, await post({ code: stolen.code, ticket: own.ticket }), 401, 3, 'with the ticket alone: the provider finds another challenge');
  refused(t, await post({ code: stolen.code }, { cookie: (await begun(garden)).cookie }), 401, 3, 'or the cookie');
  t.equal((await post({ ...stolen, ticket: victim.ticket })).status, 200, 'who began it is not in the way of that');

  const way = await begun(garden);
  const mine = await code(way.url);
  const sent = { ...mine, ticket: way.ticket };
  refused(t, await post({ ...sent, state: 'x' }), 401, 3, 'another state');
  refused(t, await post({ ...sent, ticket: `${way.ticket.slice(0, -3)}AAA` }), 401, 3, 'a ticket that was changed');
  refused(t, await post({ ...sent, ticket: way.state }), 401, 3, 'the state for a ticket');
  refused(t, await post(sent, {}, 'other'), 401, 3, 'a ticket of another provider');
  refused(t, await post(sent, {}, 'nobody'), 404, 1, 'an unknown provider');
  const foreign = { cookie: way.cookie, origin: 'https://evil.example' };
  refused(t, await post({ code: mine.code }, foreign), 403, 10, 'the cookie, used by a foreign page');
  for (const body of [{}, { code: '' }, { code: null }, { code: 1 }, { code: ['x'] }, { ...sent, state: 1 }, { ...sent, iss: {} }]) {
    refused(t, await post(body, { cookie: way.cookie }), 422, 4, JSON.stringify(body));
  }
  for (const old of ['oauth_token', 'oauth_verifier']) {
    const answer = await post({ [old]: 'x', ...sent });
    refused(t, answer, 422, 4, old);
    t.match(answer.text, new RegExp(`${old}: OAuth 1 is not served`));
  }
  refused(t, await post(undefined), 400, 13, 'no body');
  refused(t, await post([sent]), 400, 13, 'a list');
  t.equal((await post(sent)).status, 200, 'none of which has used up the ticket');

  const other = await begun(garden);
  const mixed = { ...(await code(other.url)), ticket: other.ticket, iss: 'https://evil.example' };
  refused(t, await post(mixed), 401, 3, 'an answer of another provider');
  const shown = await begun(garden);
  const { code: used, ...rest } = await code(shown.url);
  const back = `/garden/auth/sso/directory/callback?${new URLSearchParams({ code: used, ...rest })}`;
  t.equal((await garden.raw(back, { headers: { cookie: shown.cookie } })).status, 200, 'what the callback has taken');
  refused(t, await post({ code: used, ticket: shown.ticket }), 401, 3, 'is used up here too');
  refused(t, await garden.raw(back, { headers: { cookie: shown.cookie } }), 401, 3, 'and there');
  t.equal(await sessions(), before + 3, 'nobody else is in');
}

/** Whom the callback refuses, this refuses. */
async function rules(t: Tester, garden: OwnGarden, idp: IdentityProvider): Promise<void> {
  const { post, code } = clientOf(garden, idp);
  const as = async (email: string, more: object = {}): Promise<Answer> => {
    idp.account = { sub: `sub of ${email}`, email, email_verified: true, ...more };
    const { url, ticket } = await begun(garden);
    return post({ code: (await code(url)).code, ticket });
  };
  const users = JSON.stringify(await garden.rows('directus_users'));
  refused(t, await as('edda@garden.test', { email_verified: false }), 404, 107, 'an address that is not verified');
  refused(t, await as('stranger@garden.test'), 404, 107, 'nobody');
  refused(t, await as('sus@garden.test'), 404, 103, 'a suspended user');
  refused(t, await as('wanda@garden.test'), 401, 115, 'a user with a second factor');
  t.equal(JSON.stringify(await garden.rows('directus_users')), users, 'nothing has changed');
  t.equal((await as('wim@garden.test')).status, 200);
  t.equal(JSON.stringify(await garden.rows('directus_users', { id: 3 })).includes('"role":4'), true, 'roles stay');
  t.equal((await garden.send('PATCH', 'roles/4', { enforce_2fa: true })).status, 200);
  refused(t, await as('wim@garden.test'), 401, 115, 'a user whose role demands a second factor');
}

export const ssoCode: Feature = {
  promise: "a client exchanges a provider's code by itself, and only who began the sign-in",
  databaseIndependent: 'who asks: tokens, passwords and links, kept in rows like any others',
  async run(t: Tester, world: World) {
    const idp = await startIdentityProvider();
    const directory = { name: 'directory', issuer: idp.issuer, clientId: client.id, clientSecret: client.secret, insecure: true };
    const run = async (garden: OwnGarden): Promise<void> => {
      idp.register(callbackOf(garden, 'directory'));
      await t.test('who is led to the provider', (t) => leads(t, garden));
      await t.test('where it ends', (t) => remembers(t, garden, idp));
      await t.test('what is exchanged', (t) => exchanges(t, garden, idp));
      await t.test('attacks', (t) => attacks(t, garden, idp));
      await t.test('whom it refuses', (t) => rules(t, garden, idp));
    };
    const providers = [directory, { ...directory, name: 'other' }];
    const settings = {
      cors: { origins: [reading] },
      auth: { origins: ['https://trusted.example'] },
      sso: { providers, redirects: [page] },
    };
    try {
      await ownGarden(world, run, settings);
    } finally {
      await idp.close();
    }
  },
};
