/** Promise: wrong passwords in a row suspend an account, never the last administrator, and nobody learns of it from the answers (directus8-system §3.2). */
import { eventually } from '../support/eventually.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { type Answer, at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

const right = 'password';

function signIn(garden: OwnGarden, email: string, password = right): Promise<Answer> {
  return garden.send('POST', 'auth/authenticate', { email, password }, null);
}

async function allow(t: Tester, garden: OwnGarden, value: number | null): Promise<void> {
  const answer = await garden.send('POST', 'settings?upsert=key', { key: 'login_attempts_allowed', value });
  t.equal(answer.status, 200, told(answer));
}

async function actionsOn(garden: OwnGarden, id: number): Promise<string[]> {
  const entries = await garden.rows('directus_activity', { collection: 'directus_users', item: String(id) });
  return entries.sort((one, two) => Number(one['id']) - Number(two['id'])).map(({ action, action_by }) => `${action} ${action_by}`);
}

/** Wrong passwords, one after the other; all answers are as for nobody. */
async function fail(t: Tester, garden: OwnGarden, id: number, email: string, times: number): Promise<void> {
  const count = async (): Promise<number> =>
    (await actionsOn(garden, id)).filter((action) => action.startsWith('invalid-credentials')).length;
  const before = await count();
  const nobody = await signIn(garden, 'none@garden.test', 'wrong');
  for (let i = 0; i < times; i += 1) {
    const answer = await signIn(garden, email, 'wrong');
    t.strictSame([answer.status, answer.text], [nobody.status, nobody.text], `${email}, attempt ${i + 1}: told as of nobody`);
  }
  t.ok(await eventually(async () => (await count()) === before + times), 'all are recorded');
}

async function statusOf(garden: OwnGarden, id: number): Promise<unknown> {
  return (await garden.rows('directus_users', { id }))[0]?.['status'];
}

async function suspends(t: Tester, garden: OwnGarden): Promise<void> {
  const email = 'edda@garden.test';
  await fail(t, garden, 2, email, 2);
  const session = await signIn(garden, email);
  t.equal(session.status, 200, `as many as are allowed: ${told(session)}`);
  const headers = { authorization: `Bearer ${String(at(session.json, 'data', 'token'))}` };
  await fail(t, garden, 2, email, 3);
  t.ok(await eventually(async () => (await statusOf(garden, 2)) === 'suspended'), 'suspended');
  refused(t, await signIn(garden, email), 404, 103, 'the right password is too late');
  refused(t, await garden.get('users/me', undefined, { headers }), 401, 3, 'and the session has ended');
  const actions = await actionsOn(garden, 2);
  t.strictSame(actions.slice(-2).sort(), ['status-update 0', 'update 0'], 'recorded, by nobody');
  t.equal((await garden.rows('directus_revisions', { collection: 'directus_users', item: '2' })).length, 1, 'with a revision');
}

async function letsIn(t: Tester, garden: OwnGarden): Promise<void> {
  t.equal((await garden.send('PATCH', 'users/2', { status: 'active' })).status, 200);
  t.ok((await actionsOn(garden, 2)).includes('status-update 1'), 'by the administrator');
  await fail(t, garden, 2, 'edda@garden.test', 2);
  t.equal((await signIn(garden, 'edda@garden.test')).status, 200, 'the count began anew');
}

async function lastAdministrator(t: Tester, garden: OwnGarden): Promise<void> {
  await fail(t, garden, 1, 'admin@example.com', 4);
  // Somebody who never signed in counts as well; and when this is done, so is what was to become of the administrator.
  await fail(t, garden, 5, 'nils@garden.test', 3);
  t.ok(await eventually(async () => (await statusOf(garden, 5)) === 'suspended'), 'suspended');
  t.equal(await statusOf(garden, 1), 'active');
  t.equal((await signIn(garden, 'admin@example.com')).status, 200, 'signs in');
}

async function switchedOff(t: Tester, garden: OwnGarden): Promise<void> {
  await allow(t, garden, null);
  await fail(t, garden, 3, 'wim@garden.test', 4);
  t.equal((await signIn(garden, 'wim@garden.test')).status, 200, 'nobody is suspended');
}

export const lockout: Feature = {
  promise: 'wrong passwords in a row suspend an account',
  databaseIndependent: 'who asks: tokens, passwords and links, kept in rows like any others',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await allow(t, garden, 2);
      await t.test('suspends', (t) => suspends(t, garden));
      await t.test('and lets in again', (t) => letsIn(t, garden));
      await t.test('the last administrator stays', (t) => lastAdministrator(t, garden));
      await t.test('switched off', (t) => switchedOff(t, garden));
    }),
};
