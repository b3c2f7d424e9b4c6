/** Promise: passwords cannot be guessed at will, and hashes become newer ones only where the project wants that. */
import { hashPassword } from '../../src/auth/passwords.ts';
import { eventually } from '../support/eventually.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { type Answer, at } from '../support/http.ts';
import type { OwnGarden } from '../support/own-garden.ts';
import { change, settledGarden } from '../support/settled-garden.ts';

const right = 'password';

function signIn(garden: OwnGarden, email: string, password: string): Promise<Answer> {
  return garden.send('POST', 'auth/authenticate', { email, password }, null);
}

async function waits(t: Tester, garden: OwnGarden): Promise<void> {
  for (const email of ['edda@garden.test', 'none@garden.test']) {
    for (let i = 0; i < 3; i += 1) refused(t, await signIn(garden, email, 'wrong'), 404, 100, `${email}: attempt ${i + 1}`);
    const late = await signIn(garden, email.toUpperCase(), right);
    refused(t, late, 429, 7, `${email}: has to wait, however it is spelled`);
    const seconds = Number(late.headers['retry-after']);
    t.ok(seconds > 0 && seconds <= 60, `told how long (${seconds})`);
  }
  t.equal((await signIn(garden, 'wim@garden.test', right)).status, 200, 'others sign in');
  for (let i = 0; i < 4; i += 1) {
    refused(t, await signIn(garden, 'nils@garden.test', 'wrong'), 404, 100, 'wrong');
    t.equal((await signIn(garden, 'nils@garden.test', right)).status, 200, 'the right one starts anew');
  }
}

async function recorded(t: Tester, garden: OwnGarden): Promise<void> {
  const actions = async (): Promise<string[]> =>
    (await garden.rows('directus_activity', { collection: 'directus_users', item: '3' })).map(
      (row) => `${row['action']} ${row['action_by']}`,
    );
  await signIn(garden, 'wim@garden.test', 'wrong');
  await eventually(async () => (await actions()).includes('invalid-credentials 3'));
  t.strictSame((await actions()).sort(), ['authenticate 3', 'invalid-credentials 3'], 'who signed in and who did not');
}

async function hashOf(garden: OwnGarden, id: number): Promise<string> {
  const [row] = await garden.rows('directus_users', { id });
  return String(row?.['password']);
}

async function rehashing(t: Tester, world: World): Promise<void> {
  await settledGarden(world, {}, async (garden) => {
    t.equal((await signIn(garden, 'edda@garden.test', right)).status, 200);
    t.match(await hashOf(garden, 2), /^\$2y\$/, 'a hash of Directus stays');
  });
  await settledGarden(world, { auth: { passwords: 'argon2id' } }, async (garden) => {
    const answer = await signIn(garden, 'edda@garden.test', right);
    t.equal(answer.status, 200, told(answer));
    t.match(await hashOf(garden, 2), /^\$argon2id\$/, 'becomes one of ours');
    const headers = { authorization: `Bearer ${String(at(answer.json, 'data', 'token'))}` };
    t.equal((await garden.get('users/me?fields=id', undefined, { headers })).status, 200, 'the new session holds');
    t.equal((await signIn(garden, 'edda@garden.test', right)).status, 200, 'and is the same password');
    await change(garden, 'directus_users', { id: 3 }, { password: await hashPassword('other', { directusReadable: true }) });
    refused(t, await signIn(garden, 'wim@garden.test', right), 404, 100, 'another password');
    t.match(await hashOf(garden, 3), /^\$2y\$/, 'a wrong one changes nothing');
  });
}

export const signInLimits: Feature = {
  promise: 'passwords are not guessed at will',
  databaseIndependent: 'who asks: tokens, passwords and links, kept in rows like any others',
  async run(t, world) {
    const auth = { attempts: 3, firstWaitSeconds: 60 };
    await t.test('waits', (t) => settledGarden(world, { auth }, (garden) => waits(t, garden).then(() => recorded(t, garden))));
    await t.test('an address', (t) =>
      settledGarden(world, { auth: { addressAttempts: 4, firstWaitSeconds: 60 } }, async (garden) => {
        for (let i = 0; i < 4; i += 1) refused(t, await signIn(garden, `a${i}@garden.test`, 'wrong'), 404, 100, 'wrong');
        refused(t, await signIn(garden, 'edda@garden.test', right), 429, 7, 'one address, many accounts');
      }),
    );
    await t.test('hashes', (t) => rehashing(t, world));
  },
};
