/** Promise: a second factor is begun and ended by who holds it, and a role that demands one lets nobody in without. */
import { TOTP } from 'otpauth';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { change } from '../support/settled-garden.ts';

const secret = 'GEZDGNBVGY3TQOJQ';
const path = 'users/me/activate_2fa';
/** Of now, or of a later step that counts by now. */
const otp = (later = 0): string => new TOTP({ secret }).generate({ timestamp: Date.now() + later * 30_000 });

async function enforced(t: Tester, garden: OwnGarden): Promise<void> {
  await change(garden, 'directus_roles', { id: 3 }, { enforce_2fa: true });
  const login = { email: 'edda@garden.test', password: 'password' };
  const first = await garden.send('POST', 'auth/authenticate', login, null);
  t.strictSame([first.status, at(first.json, 'error', 'code')], [200, 113], told(first));
  const headers = { authorization: `Bearer ${String(at(first.json, 'data', 'token'))}` };
  const send = (method: string, body: object) => garden.send(method, path, body, null, headers);
  refused(t, await garden.get('users/me', undefined, { headers }), 401, 3, 'the public until then');
  refused(t, await send('POST', { '2fa_secret': secret, otp: '000000' }), 404, 112, 'a wrong one');
  refused(t, await send('POST', { otp: '000000' }), 422, 4, 'without a secret');
  refused(t, await send('POST', { '2fa_secret': 'no base32', otp: '000000' }), 422, 4, 'no secret');
  refused(t, await garden.send('POST', path, { '2fa_secret': secret, otp: otp() }, null), 401, 3, 'nobody');
  const begun = otp();
  const done = await send('POST', { '2fa_secret': secret, otp: begun });
  t.strictSame([done.status, at(done.json, 'data', '2fa_secret')], [200, '**********'], told(done));
  t.notOk(done.text.includes(secret), 'the secret is not told');
  t.equal((await garden.get('users/me', undefined, { headers })).status, 200, 'in');
  refused(t, await garden.send('POST', 'auth/authenticate', login, null), 404, 111, 'from now on with it');
  const signIn = (given: string) => garden.send('POST', 'auth/authenticate', { ...login, otp: given }, null);
  refused(t, await signIn(begun), 404, 112, 'one that was used');
  const next = otp(1);
  const both = await Promise.all([signIn(next), signIn(next)]);
  t.strictSame(both.map(({ status }) => status).sort(), [200, 404], 'each of them counts once');
  const elsewhere = await garden.rows('sallyport_idempotency', { state: 'used' });
  t.equal(elsewhere.length, 2, 'for other instances as well');
  refused(t, await send('POST', { '2fa_secret': secret, otp: otp() }), 422, 12, 'no second one beside it');
  refused(t, await send('DELETE', {}), 404, 111, 'a session alone does not end it');
  refused(t, await garden.send('DELETE', 'users/2/activate_2fa', {}, 'writer'), 403, 10, 'nor does somebody else');
  refused(t, await send('DELETE', { otp: next }), 404, 112, 'nor does one that was used');
  t.equal((await send('DELETE', { otp: otp(2) })).status, 200, 'the one-time password does');
  const revisions = await garden.rows('directus_revisions', { collection: 'directus_users', item: '2' });
  t.equal(revisions.length, 2, 'both changes have revisions');
  t.notOk(JSON.stringify(revisions).includes(secret), 'without the secret');
  refused(t, await garden.get('users/me', undefined, { headers }), 401, 3, 'and the role keeps out again');
}

export const secondFactor: Feature = {
  promise: 'a second factor is the own affair of each',
  databaseIndependent: 'who asks: tokens, passwords and links, kept in rows like any others',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await t.test('a role that demands it', (t) => enforced(t, garden));
      await t.test('administrators', async (t) => {
        t.equal((await garden.send('DELETE', 'users/4/activate_2fa', undefined)).status, 200, 'end it for who lost it');
        const [user] = await garden.rows('directus_users', { id: 4 });
        t.equal(user?.['2fa_secret'], null);
      });
    }),
};
