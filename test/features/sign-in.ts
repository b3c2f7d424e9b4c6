/** Promise: a user signs in with the password Directus stored and reads with the token that comes back (directus8-system §3). */
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { badTokens, forged, gardenClaims, gardenSecret, jwtHeader } from '../support/forged-tokens.ts';
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

async function forgeries(t: Tester, world: World): Promise<void> {
  const claims = gardenClaims(1);
  const { exp } = claims;
  const reads = async (token: string): Promise<number> => (await world.raw('/garden/items/keepers?limit=1', { token })).status;
  t.equal(await reads(forged(jwtHeader, claims, gardenSecret)), 200, 'one of ours');
  const send = (path: string, body: object): Promise<Answer> => world.get(path, undefined, { method: 'POST', body: JSON.stringify(body) });
  for (const [what, token] of badTokens(1)) {
    t.equal(await reads(token), 401, `a token ${what} is the public`);
    refused(t, await send('auth/refresh', { token }), 401, what === 'expired' ? 102 : 101, `a token ${what} is not renewed`);
    t.equal(at((await world.raw('/garden/auth/check', { token })).json, 'data', 'authenticated'), false, `a token ${what} is not good`);
  }
  const none = { alg: 'none', typ: 'JWT' };
  const invitation = { type: 'invitation', email: 'edda@garden.test', key: 'garden', project: 'garden', exp };
  refused(t, await send(`users/invite/${forged(none, invitation, null)}`, {}), 401, 101, 'an unsigned invitation');
  const reset = { type: 'reset_password', id: 2, email: 'edda@garden.test', key: 'garden', project: 'garden', exp };
  for (const token of [forged(none, reset, null), forged(jwtHeader, reset, 'the secret of other, long enough')]) {
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
  databaseIndependent: 'who asks: tokens, passwords and links, kept in rows like any others',
  async run(t, world) {
    await t.test('a token', (t) => token(t, world));
    await t.test('forged tokens', (t) => forgeries(t, world));
    await t.test('refusals', (t) => failures(t, world));
  },
};
