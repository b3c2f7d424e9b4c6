/** Promise: passwords are chosen by mail over the Payload surface too, and invitations accepted; nobody learns who there is. */
import { PayloadSDK } from '@payloadcms/sdk';
import { type Feature, type Tester, told } from '../support/expect.ts';
import { project } from '../support/gateway.ts';
import { at, type Json } from '../support/http.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import type { OwnGarden } from '../support/own-garden.ts';
import { api, refused, send } from '../support/payload.ts';
import { settledGarden } from '../support/settled-garden.ts';

const publicUrl = 'https://api.garden.test';
const tokenIn = (text: string | undefined): string => /token=([\w.-]+)/.exec(text ?? '')?.[1] ?? '';

type Client = { [name in 'forgotPassword' | 'resetPassword' | 'login' | 'verifyEmail']: (asked: unknown) => Promise<Json> };

function clientOf({ gateway }: OwnGarden): Client {
  const sdk: unknown = new PayloadSDK({ baseURL: `${gateway.url}/${project}/payload/api` });
  return sdk as Client;
}

async function forgotten(t: Tester, garden: OwnGarden, mailbox: Mailbox): Promise<void> {
  const sdk = clientOf(garden);
  const email = 'edda@garden.test';
  for (const one of ['none@garden.test', 'sus@garden.test', ` ${email.toUpperCase()} `]) {
    t.strictSame(await sdk.forgotPassword({ collection: 'users', data: { email: one } }), { message: 'Success' }, one);
  }
  await mailbox.holds(1);
  t.strictSame(mailbox.mails[0]?.to, [email], 'one mail, to who there is');
  const token = tokenIn(mailbox.mails[0]?.text);
  for (let i = 0; i < 5; i += 1) await send(garden, 'POST', '/users/login', { email, password: 'wrong' }, null);
  const login = (password: string) => send(garden, 'POST', '/users/login', { email, password }, null);
  refused(t, await login('password'), 401, 'This user is locked', 'locked');
  const reset = (body: object) => send(garden, 'POST', '/users/reset-password', body, null);
  refused(t, await reset({ token }), 400, 'The following field is invalid: password', 'no password');
  refused(t, await reset({ token: `${token.slice(0, -6)}AAAAAA`, password: 'x' }), 403, 'Token is either invalid', 'a forged token');
  const changed = await sdk.resetPassword({ collection: 'users', data: { token, password: 'a new one' } });
  t.match(changed, { message: 'Password reset successfully.', user: { id: 2, collection: 'users' }, exp: Number, token: String });
  const me = await api(garden, '/users/me', null, { headers: { cookie: `payload-token=${String(at(changed, 'token'))}` } });
  t.equal(at(me.json, 'user', 'id'), 2, 'signed in by it');
  refused(t, await reset({ token, password: 'again' }), 403, 'Token is either invalid', 'once');
  refused(t, await login('password'), 401, 'The email or password provided is incorrect.', 'the old password');
  t.equal((await login('a new one')).status, 200, 'the new one, and the lock is gone');
}

async function invited(t: Tester, garden: OwnGarden, mailbox: Mailbox): Promise<void> {
  const before = mailbox.mails.length;
  const [email, other] = ['new@garden.test', 'newer@garden.test'];
  await garden.send('POST', 'users/invite', { email: [email, other], role: 3 });
  await mailbox.holds(before + 2);
  const token = (who: string): string => tokenIn(mailbox.mails.find(({ to }) => to.includes(who))?.text);
  t.equal((await garden.rows('directus_users', { email }))[0]?.['status'], 'invited');
  const verified = await clientOf(garden).verifyEmail({ collection: 'users', token: token(email) });
  t.strictSame(verified, { message: 'Email verified successfully.' });
  t.equal((await garden.rows('directus_users', { email }))[0]?.['status'], 'active');
  const again = await send(garden, 'POST', `/users/verify/${token(email)}`, {}, null);
  refused(t, again, 403, 'Verification token is invalid.', 'once');
  const chosen = await send(garden, 'POST', '/users/reset-password', { token: token(other), password: 'chosen by me' }, null);
  t.strictSame([chosen.status, at(chosen.json, 'user', 'email')], [200, other], `a password with it: ${told(chosen)}`);
  t.equal((await send(garden, 'POST', '/users/login', { email: other, password: 'chosen by me' }, null)).status, 200);
}

/** Who knows the password of an account that is not verified yet is told so; nobody else is. */
async function unverified(t: Tester, garden: OwnGarden): Promise<void> {
  const email = 'draft@garden.test';
  const made = await send(garden, 'POST', '/users?depth=0', { email, password: 'password', role: 3, status: 'draft' });
  t.strictSame([made.status, at(made.json, 'doc', '_verified')], [201, false], told(made));
  const login = (password: string) => send(garden, 'POST', '/users/login', { email, password }, null);
  refused(t, await login('password'), 403, 'Please verify your email before logging in.', 'not yet');
  refused(t, await login('wrong'), 401, 'The email or password provided is incorrect.', 'nor who does not know it');
  const first = await send(garden, 'POST', '/users/first-register', { email: 'me@evil.test', password: 'password' }, null);
  refused(t, first, 403, 'You are not allowed', 'there are users already');
}

export const payloadMail: Feature = {
  promise: 'Payload passwords by mail',
  databaseIndependent: 'routes and forms of a surface; the reads and writes under them are promises of their own',
  async run(t, world) {
    const mailbox = await openMailbox();
    const mail = { url: mailbox.url, from: 'Garden <gate@garden.test>', publicUrl };
    try {
      await settledGarden(world, { mail }, async (garden) => {
        await t.test('forgotten passwords', (t) => forgotten(t, garden, mailbox));
        await t.test('invitations', (t) => invited(t, garden, mailbox));
        await t.test('accounts that are not verified', (t) => unverified(t, garden));
      });
    } finally {
      await mailbox.close();
    }
  },
};
