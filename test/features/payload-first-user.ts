/** Promise: a project without users gets its first one over the Payload surface, one alone, who administers it; later nobody does. */
import { type Feature, type Tester, told } from '../support/expect.ts';
import { project } from '../support/gateway.ts';
import { at } from '../support/http.ts';
import type { OwnGarden } from '../support/own-garden.ts';
import { api, refused, send } from '../support/payload.ts';
import { settledGarden } from '../support/settled-garden.ts';

const path = '/users/first-register';

async function emptied({ gateway }: OwnGarden): Promise<void> {
  const lease = await gateway.registry.lease(project);
  const { knex } = lease.project.connection;
  for (const table of ['directus_user_sessions', 'directus_users']) await knex(table).delete();
  await lease.project.rules.reload();
  lease.release();
}

async function refusals(t: Tester, garden: OwnGarden): Promise<void> {
  const body = { email: 'first@garden.test', password: 'a long password' };
  refused(t, await send(garden, 'POST', path, {}, null), 400, 'The following fields are invalid: email, password', 'nothing');
  refused(
    t,
    await send(garden, 'POST', path, { ...body, email: 'first' }, null),
    400,
    'The following field is invalid: email',
    'no address',
  );
  refused(t, await send(garden, 'POST', `${path}?dry_run=1`, body, null), 400, 'dry_run', 'a trial');
  for (const company of [['x'], { x: 1 }]) {
    refused(t, await send(garden, 'POST', path, { ...body, company }, null), 400, 'The following field is invalid: company', 'no text');
  }
  const beyond = await send(garden, 'POST', path, { ...body, company: ['x'] }, null);
  t.equal(beyond.status, 429, `as often as passwords are tried: ${told(beyond)}`);
  t.strictSame(await garden.rows('directus_users'), [], 'nobody is made');
}

async function first(t: Tester, garden: OwnGarden): Promise<void> {
  const body = { password: 'a long password', first_name: 'Fee', role: 3, status: 'draft', token: 'mine', id: 77 };
  const two = ['fee@garden.test', 'second@garden.test'];
  const answers = await Promise.all(two.map((email) => send(garden, 'POST', path, { ...body, email }, null)));
  t.strictSame(answers.map(({ status }) => status).sort(), [200, 403], `of two at once one: ${answers.map(told).join('; ')}`);
  const made = answers.find(({ status }) => status === 200);
  if (!made) return;
  const users = await garden.rows('directus_users');
  t.equal(users.length, 1);
  t.match(users[0], { status: 'active', role: 1, first_name: 'Fee', token: null });
  t.match(made.json, { message: 'Successfully registered first user.', token: String, exp: Number, user: { collection: 'users' } });
  t.match(made.headers['set-cookie'], /payload-token=/);
  const id = users[0]?.['id'];
  const entries = await garden.rows('directus_activity', { collection: 'directus_users', item: String(id), action: 'create' });
  t.equal(entries.length, 1, 'it is in the activity');
  t.equal((await garden.rows('directus_revisions', { collection: 'directus_users', item: String(id) })).length, 1, 'and has a revision');
  const headers = { authorization: `JWT ${String(at(made.json, 'token'))}` };
  t.equal(at((await api(garden, '/users/me', null, { headers })).json, 'user', 'id'), id, 'signed in by it');
  t.equal((await api(garden, '/payload-preferences', null, { headers })).status, 200);
  const login = await send(garden, 'POST', '/users/login', { email: String(users[0]?.['email']), password: body.password }, null);
  t.equal(login.status, 200, 'and by the password');
  refused(t, await send(garden, 'POST', path, { ...body, email: 'third@garden.test' }, null), 403, 'You are not allowed', 'no second one');
  refused(t, await send(garden, 'POST', path, {}, null), 403, 'You are not allowed', 'whatever it says');
}

export const payloadFirstUser: Feature = {
  promise: 'the first user over Payload',
  async run(t, world) {
    await settledGarden(world, { auth: { attempts: 2, addressAttempts: 50 } }, async (garden) => {
      for (const email of ['edda@garden.test', 'none@garden.test']) {
        const answer = await send(garden, 'POST', '/users/forgot-password', { email }, null);
        t.strictSame([answer.status, answer.json], [200, { message: 'Success' }], 'without mail whether there is an account is not told');
        const strapi = await garden.send('POST', 'strapi/api/auth/forgot-password', { email }, null);
        t.strictSame([strapi.status, strapi.json], [200, { ok: true }], 'nor by Strapi');
      }
      t.strictSame((await api(garden, '/users/init', null)).json, { initialized: true });
      await emptied(garden);
      t.strictSame((await api(garden, '/users/init', null)).json, { initialized: false });
      await refusals(t, garden);
      await first(t, garden);
      t.strictSame((await api(garden, '/users/init', null)).json, { initialized: true });
    });
  },
};
