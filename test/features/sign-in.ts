/** Promise: a user signs in with the password Directus stored and reads with the token that comes back (directus8-system §3). */
import { createHmac } from 'node:crypto';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { type Answer, at } from '../support/http.ts';

function signIn(world: World, body: unknown): Promise<Answer> {
  return world.get('auth/authenticate', undefined, { method: 'POST', body: JSON.stringify(body) });
}

async function token(t: Tester, world: World): Promise<void> {
  const answer = await signIn(world, { email: 'edda@garden.test', password: 'password' });
  t.equal(answer.status, 200, told(answer));
  const jwt = at(answer.json, 'data', 'token');
  t.equal(typeof jwt, 'string');
  const claims = JSON.parse(Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
  const minutes = (Number(claims['exp']) - Date.now() / 1000) / 60;
  t.ok(minutes > 19 && minutes < 21, `lives for 20 minutes, the setting's default (${minutes})`);
  const own = await world.raw('/garden/items/plants?fields=id&status=draft', { token: String(jwt) });
  t.strictSame(at(own.json, 'data'), [{ id: 8 }, { id: 2 }], 'reads as that user');
  const [head, body, signature = ''] = String(jwt).split('.');
  const forged = `${head}.${body}.${[...signature].reverse().join('')}`;
  const elsewhere = await world.raw('/garden/items/keepers', { token: forged });
  refused(t, elsewhere, 401, 3, 'a token with another signature is the public');
  t.notOk(answer.text.includes('$2y$'), 'no hash in the answer');
}

/** A token as anybody can make it who knows the secret that is given, or none. */
function forged(header: object, claims: object, secret: string | null): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${secret === null ? '' : createHmac('sha256', secret).update(text).digest('base64url')}`;
}

async function forgeries(t: Tester, world: World): Promise<void> {
  const secret = 'the secret of garden, long enough';
  const exp = Math.floor(Date.now() / 1000) + 1000;
  const claims = { id: 1, type: 'auth', ttl: 20, key: 'garden', project: 'garden', exp };
  const header = { alg: 'HS256', typ: 'JWT' };
  const reads = async (token: string): Promise<number> => (await world.raw('/garden/items/keepers?limit=1', { token })).status;
  t.equal(await reads(forged(header, claims, secret)), 200, 'one of ours');
  const bad: (readonly [string, string])[] = [
    ['unsigned', forged({ alg: 'none', typ: 'JWT' }, claims, null)],
    ['without an algorithm', forged({ typ: 'JWT' }, claims, secret)],
    ['signed with nothing', forged(header, claims, '')],
    ['signed for another project', forged(header, claims, 'the secret of other, long enough')],
    ['of another project with the same secret', forged(header, { ...claims, project: 'other', key: 'other' }, secret)],
    ['for another purpose', forged(header, { ...claims, type: 'reset_password' }, secret)],
    ['expired', forged(header, { ...claims, exp: exp - 2000 }, secret)],
    ['that never expires', forged(header, { ...claims, exp: undefined }, secret)],
    ['of a suspended user', forged(header, { ...claims, id: 6 }, secret)],
  ];
  const good = forged(header, claims, secret);
  const [head = '', body = '', signature = ''] = good.split('.');
  const torn = [
    good.slice(0, -1),
    good.slice(0, -20),
    `${head}.${body}.`,
    `${head}.${body}`,
    head,
    `${head}.${body.slice(0, -4)}.${signature}`,
  ];
  bad.push(...torn.map((token, i): readonly [string, string] => [`cut short (${i + 1})`, token]));
  const send = (path: string, body: object): Promise<Answer> => world.get(path, undefined, { method: 'POST', body: JSON.stringify(body) });
  for (const [what, token] of bad) {
    t.equal(await reads(token), 401, `a token ${what} is the public`);
    refused(t, await send('auth/refresh', { token }), 401, what === 'expired' ? 102 : 101, `a token ${what} is not renewed`);
    t.equal(at((await world.raw('/garden/auth/check', { token })).json, 'data', 'authenticated'), false, `a token ${what} is not good`);
  }
  const none = { alg: 'none', typ: 'JWT' };
  const invitation = { type: 'invitation', email: 'edda@garden.test', key: 'garden', project: 'garden', exp };
  refused(t, await send(`users/invite/${forged(none, invitation, null)}`, {}), 401, 101, 'an unsigned invitation');
  const reset = { type: 'reset_password', id: 2, email: 'edda@garden.test', key: 'garden', project: 'garden', exp };
  for (const token of [forged(none, reset, null), forged(header, reset, 'the secret of other, long enough')]) {
    refused(t, await send('auth/password/reset', { token, password: 'a new one' }), 401, 104, 'an unsigned reset, and one of others');
  }
  const request_token = forged(none, { type: 'request_token', id: 1, key: 'garden', project: 'garden', exp }, null);
  refused(t, await send('auth/sso/access_token', { request_token }), 401, 109, 'an unsigned request token');
}

async function failures(t: Tester, world: World): Promise<void> {
  refused(t, await signIn(world, { email: 'edda@garden.test', password: 'wrong' }), 404, 100, 'a wrong password');
  refused(t, await signIn(world, { email: 'none@garden.test', password: 'password' }), 404, 100, 'an unknown user');
  refused(t, await signIn(world, { email: 'sus@garden.test', password: 'password' }), 404, 103, 'a suspended user');
  refused(t, await signIn(world, { email: 'sus@garden.test', password: 'wrong' }), 404, 100, 'who does not know the password');
  refused(t, await signIn(world, { email: 'wanda@garden.test', password: 'password' }), 404, 111, 'without the one-time password');
  refused(t, await signIn(world, { email: 'wanda@garden.test', password: 'password', otp: '000000' }), 404, 112, 'with a wrong one');
  refused(t, await signIn(world, { email: "' or 1=1 --", password: 'x' }), 422, 114, 'no address');
}

export const signInFeature: Feature = {
  promise: 'users sign in with the password they have',
  async run(t, world) {
    await t.test('a token', (t) => token(t, world));
    await t.test('forged tokens', (t) => forgeries(t, world));
    await t.test('refusals', (t) => failures(t, world));
  },
};
