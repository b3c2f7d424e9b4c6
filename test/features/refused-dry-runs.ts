/** Promise: what has no dry run is refused by name and writes nothing, on every surface, by links of mails too. */
import { tokens } from '../fixtures/garden-people.ts';
import { type Feature, type Tester, told } from '../support/expect.ts';
import { type Answer, ask } from '../support/http.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { tablesNow } from '../support/schema-state.ts';

const scimToken = 'the token of the SCIM client';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string;
}

function sent({ gateway }: OwnGarden, { method, path, body, token }: Asked): Promise<Answer> {
  const options = { method, ...(token === undefined ? {} : { token }), ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return ask(gateway.url, `/garden/${path}`, options);
}

/** All rows that one of the requests could write, and all tables. */
async function state(garden: OwnGarden): Promise<string> {
  const names = ['users', 'roles', 'activity', 'user_sessions', 'fields', 'collections', 'relations'].map((name) => `directus_${name}`);
  const rows = await Promise.all([...names, 'sallyport_preferences', 'zones'].map((table) => garden.rows(table)));
  return JSON.stringify([rows.map((some) => some.map((row) => JSON.stringify(row)).sort()), await tablesNow(garden)]);
}

/** Refused as a dry run, and done as soon as it is none: else nothing would be shown by the refusal. */
async function refusesTrial(t: Tester, garden: OwnGarden, asked: Asked): Promise<void> {
  const what = `${asked.method} ${asked.path}`;
  const before = await state(garden);
  const tried = await sent(garden, { ...asked, path: `${asked.path}${asked.path.includes('?') ? '&' : '?'}dry_run=1` });
  t.ok([400, 422].includes(tried.status), `${what}: ${told(tried)}`);
  t.match(tried.text, /dry_run: this address has no dry run; nothing was done/, what);
  t.equal(await state(garden), before, `${what} writes nothing`);
  const done = await sent(garden, asked);
  t.ok(done.status < 400, `${what} could be done: ${told(done)}`);
}

const key = { field: 'id', type: 'integer', datatype: 'INT', primary_key: true, auto_increment: true };
const password = 'a long enough word';

async function written(t: Tester, garden: OwnGarden): Promise<void> {
  const token = tokens.admin;
  const user = { externalId: 'tried-1', userName: 'jo@example.org', name: { givenName: 'Jo', familyName: 'Doe' }, active: true };
  const login = { email: 'wim@garden.test', password: 'password' };
  const asked: readonly Asked[] = [
    { method: 'POST', path: 'collections', body: { collection: 'tried', fields: [key] }, token },
    { method: 'POST', path: 'fields/tried', body: { field: 'a', type: 'integer', datatype: 'INT' }, token },
    { method: 'PATCH', path: 'fields/tried/a', body: { note: 'x' }, token },
    { method: 'PATCH', path: 'collections/tried', body: { note: 'x' }, token },
    { method: 'POST', path: 'users/invite', body: { email: 'a@garden.test', role: 3 }, token },
    { method: 'POST', path: 'mail', body: { to: 'a@garden.test', body: 'x' }, token },
    { method: 'POST', path: 'auth/authenticate', body: login },
    { method: 'POST', path: 'scim/v2/Users', body: user, token: scimToken },
    { method: 'PUT', path: 'scim/v2/Users/tried-1', body: { ...user, active: false }, token: scimToken },
    { method: 'DELETE', path: 'scim/v2/Users/tried-1', token: scimToken },
    { method: 'POST', path: 'payload/api/users/login', body: login },
    { method: 'POST', path: 'payload/api/users/unlock', body: { email: login.email }, token },
    { method: 'POST', path: 'payload/api/payload-preferences/tried', body: { value: 1 }, token },
    { method: 'DELETE', path: 'payload/api/payload-preferences/tried', token },
    { method: 'POST', path: 'strapi/api/auth/local', body: { identifier: login.email, password: login.password } },
    { method: 'POST', path: 'strapi/api/auth/local/register', body: { username: 'n', email: 'new@garden.test', password } },
    { method: 'POST', path: 'auth/logout/3', token },
    { method: 'POST', path: 'update', token },
    // Last: what it sets off comes behind its answer.
    { method: 'POST', path: 'payload/api/users/forgot-password', body: { email: login.email } },
  ];
  for (const one of asked) await refusesTrial(t, garden, one);
}

async function links(t: Tester, garden: OwnGarden, mailbox: Mailbox): Promise<void> {
  const confirmation = (to: string): string => {
    const { text = '' } = mailbox.mails.find((mail) => mail.to.includes(to)) ?? {};
    return /(?:confirmation|token)=([\w.-]+)/.exec(text)?.[1] ?? '';
  };
  // The invitation, the letter, who registered and the forgotten password.
  await mailbox.holds(4);
  const path = `strapi/api/auth/email-confirmation?confirmation=${confirmation('new@garden.test')}`;
  await refusesTrial(t, garden, { method: 'GET', path });
  t.equal((await garden.rows('directus_users', { email: 'new@garden.test' }))[0]?.['status'], 'active', 'and the link works still');
  await refusesTrial(t, garden, { method: 'GET', path: `users/invite/${confirmation('a@garden.test')}` });
}

export const refusedDryRuns: Feature = {
  promise: 'what has no dry run is refused by dry_run=1, and writes nothing',
  databaseIndependent: 'what is tried or explained is a write or a read that other promises make',
  async run(t, world) {
    const mailbox = await openMailbox();
    const mail = { url: mailbox.url, from: 'Garden <gate@garden.test>', publicUrl: 'https://api.garden.test' };
    const settings = { mail, strapi: { registerRole: 3, confirmEmail: true }, scim: { token: scimToken } };
    try {
      await ownGarden(
        world,
        async (garden) => {
          await t.test('requests', (t) => written(t, garden));
          await t.test('links of mails', (t) => links(t, garden, mailbox));
        },
        settings,
      );
    } finally {
      await mailbox.close();
    }
  },
};
