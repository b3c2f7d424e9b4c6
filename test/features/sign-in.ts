/** Promise: a user signs in with the password Directus stored and reads with the token that comes back (directus8-system §3). */
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
  const own = await world.raw('/garden/items/plants?fields=id&status=draft', { token: String(jwt) });
  t.strictSame(at(own.json, 'data'), [{ id: 8 }, { id: 2 }], 'reads as that user');
  const elsewhere = await world.raw('/garden/items/keepers', { token: `${String(jwt).slice(0, -2)}xx` });
  refused(t, elsewhere, 401, 3, 'a token with another signature is the public');
  t.notOk(answer.text.includes('$2y$'), 'no hash in the answer');
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
    await t.test('refusals', (t) => failures(t, world));
  },
};
