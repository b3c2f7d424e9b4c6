/** Promise: what is told by mail, and passwords and accounts that are chosen by it, are done once for each Idempotency-Key; no token is kept. */
import { tokens } from '../fixtures/garden-people.ts';
import { doneOnce, type KeyedRequest } from '../support/done-once.ts';
import { type Feature, type Tester, told } from '../support/expect.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

const publicUrl = 'https://api.garden.test';
const token = tokens.admin;
const password = 'a long enough word';

interface Post {
  readonly garden: OwnGarden;
  readonly mailbox: Mailbox;
  /** The token of the last mail to that address. */
  lastTo(email: string): string;
}

const postOf = (garden: OwnGarden, mailbox: Mailbox): Post => ({
  garden,
  mailbox,
  lastTo: (email) => /token=([\w.-]+)/.exec(mailbox.mails.findLast(({ to }) => to.includes(email))?.text ?? '')?.[1] ?? '',
});

const users =
  ({ garden }: Post): KeyedRequest['left'] =>
  async () =>
    (await garden.rows('directus_users')).map((row) => JSON.stringify(row)).sort();

async function mailed(t: Tester, post: Post): Promise<void> {
  const { garden, mailbox } = post;
  const asked: readonly (readonly [path: string, body: object, other: object, by?: string])[] = [
    ['mail', { to: 'a@garden.test', subject: 'once', body: 'hello' }, { to: 'a@garden.test', subject: 'twice', body: 'hello' }, token],
    ['users/invite', { email: 'b@garden.test', role: 3 }, { email: 'c@garden.test', role: 3 }, token],
    ['auth/password/request', { email: 'edda@garden.test' }, { email: 'wim@garden.test' }],
    ['payload/api/users/forgot-password', { email: 'edda@garden.test' }, { email: 'wim@garden.test' }],
    ['strapi/api/auth/forgot-password', { email: 'edda@garden.test' }, { email: 'wim@garden.test' }],
    ['strapi/api/auth/send-email-confirmation', { email: 'b@garden.test' }, { email: 'c@garden.test' }],
  ];
  let count = 0;
  for (const [path, body, other, by] of asked) {
    count += 1;
    let expected = count - 1;
    const left = async (): Promise<number> => {
      await mailbox.holds(expected);
      expected = count;
      return mailbox.mails.length;
    };
    await doneOnce(t, garden, { method: 'POST', path, body, other, token: by, status: path === 'mail' ? 204 : 200, left });
  }
  t.equal(mailbox.mails.length, asked.length, 'each mail once');
}

async function chosen(t: Tester, post: Post): Promise<void> {
  const { garden } = post;
  const left = users(post);
  const edda = 'edda@garden.test';
  const ask = { method: 'POST', left };
  const forget = async (): Promise<string> => {
    const before = post.mailbox.mails.length;
    await garden.send('POST', 'auth/password/request', { email: edda }, null);
    await post.mailbox.holds(before + 1);
    return post.lastTo(edda);
  };
  const [first, other] = [
    { token: await forget(), password },
    { token: 'x', password },
  ];
  await doneOnce(t, garden, { ...ask, path: 'auth/password/reset', body: first, other });
  const second = { token: await forget(), password };
  await doneOnce(t, garden, { ...ask, path: 'payload/api/users/reset-password', body: second, other, secret: true });
  const code = { code: await forget(), password, passwordConfirmation: password };
  await doneOnce(t, garden, { ...ask, path: 'strapi/api/auth/reset-password', body: code, other: { ...code, code: 'x' }, secret: true });
  const change = { currentPassword: password, password: `${password} 2`, passwordConfirmation: `${password} 2` };
  const path = 'strapi/api/auth/change-password';
  await doneOnce(t, garden, { ...ask, path, body: change, other: { ...change, currentPassword: 'x' }, token: tokens.editor, secret: true });
}

async function invited(t: Tester, post: Post): Promise<void> {
  const { garden, mailbox } = post;
  const left = users(post);
  const emails = ['one@garden.test', 'two@garden.test', 'three@garden.test'];
  const before = mailbox.mails.length;
  const answer = await garden.send('POST', 'users/invite', { email: emails, role: 3 });
  t.equal(answer.status, 200, told(answer));
  await mailbox.holds(before + emails.length);
  const [one = '', two = '', three = ''] = emails.map((email) => post.lastTo(email));
  await doneOnce(t, garden, { method: 'POST', path: `users/invite/${one}`, body: { password }, other: {}, left });
  await doneOnce(t, garden, { method: 'POST', path: `payload/api/users/verify/${two}`, body: {}, other: { a: 1 }, left });
  const body = { token: three, password };
  await doneOnce(t, garden, {
    method: 'POST',
    path: 'payload/api/users/reset-password',
    body,
    other: { ...body, password: 'x' },
    left,
    secret: true,
  });
}

async function registered(t: Tester, post: Post, secret: boolean): Promise<void> {
  const { garden } = post;
  const email = secret ? 'four@garden.test' : 'five@garden.test';
  const body = { username: 'new', email, password };
  const request = { method: 'POST', path: 'strapi/api/auth/local/register', body, other: { ...body, username: 'x' }, left: users(post) };
  await doneOnce(t, garden, { ...request, ...(secret ? { secret: true as const } : {}) });
}

async function unlocked(t: Tester, { garden }: Post): Promise<void> {
  const path = 'payload/api/users/unlock';
  const wrong = { email: 'wim@garden.test', password: 'wrong' };
  for (let i = 0; i < 5; i += 1) await garden.send('POST', 'payload/api/users/login', wrong, null);
  const signsIn = async (): Promise<number> =>
    (await garden.send('POST', 'payload/api/users/login', { ...wrong, password: 'password' }, null)).status;
  await doneOnce(t, garden, {
    method: 'POST',
    path,
    body: { email: wrong.email },
    other: { email: 'edda@garden.test' },
    token,
    left: signsIn,
  });
}

export const doneOnceAccounts: Feature = {
  promise: 'mails and accounts take an Idempotency-Key, and no token is kept',
  databaseIndependent: 'which routes take a key; how one is kept is a promise of its own',
  async run(t, world) {
    const mailbox = await openMailbox();
    const mail = { url: mailbox.url, from: 'Garden <gate@garden.test>', publicUrl, resetsPerHour: 50 };
    const run = (confirmEmail: boolean, work: (post: Post) => Promise<void>): Promise<void> =>
      ownGarden(world, (garden) => work(postOf(garden, mailbox)), { mail, strapi: { registerRole: 3, confirmEmail } });
    try {
      await run(false, async (post) => {
        await t.test('mails', (t) => mailed(t, post));
        await t.test('passwords', (t) => chosen(t, post));
        await t.test('invitations', (t) => invited(t, post));
        await t.test('locks', (t) => unlocked(t, post));
        await t.test('who registers is signed in', (t) => registered(t, post, true));
      });
      await run(true, async (post) => {
        await t.test('who registers confirms an address', (t) => registered(t, post, false));
      });
    } finally {
      await mailbox.close();
    }
  },
};
