/** Promise: who forgot a password, or is invited, chooses one by a link that works once; nobody else learns who there is. */
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { type Answer, at, column } from '../support/http.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { change, settledGarden } from '../support/settled-garden.ts';

const publicUrl = 'https://api.garden.test';
const page = 'https://garden.test/new-password?lang=en';

const tokenIn = (text: string | undefined): string => /token=([\w.-]+)/.exec(text ?? '')?.[1] ?? '';

async function asks(garden: OwnGarden, body: object) {
  return garden.send('POST', 'auth/password/request', body, null);
}

async function forgotten(t: Tester, garden: OwnGarden, mailbox: Mailbox): Promise<void> {
  const email = 'edda@garden.test';
  const session = await garden.send('POST', 'auth/authenticate', { email, password: 'password' }, null);
  const headers = { authorization: `Bearer ${String(at(session.json, 'data', 'token'))}` };
  for (const who of ['none@garden.test', 'sus@garden.test', email]) {
    const answer = await asks(garden, { email: who });
    t.strictSame([answer.status, answer.text], [200, '{"public":true}'], `${who}: ${told(answer)}`);
  }
  await mailbox.holds(1);
  const [mail] = mailbox.mails;
  t.strictSame(mail?.to, [email], 'one mail, to who there is');
  t.match(mail?.text, `${publicUrl}/admin/#/reset-password?token=`, 'the link');
  t.match(mail?.text, 'Edda Garden', 'by name');
  const token = tokenIn(mail?.text);
  const reset = (given: string, password = 'a new one') => garden.send('POST', 'auth/password/reset', { token: given, password }, null);
  const [stored] = await garden.rows('directus_users', { id: 2 });
  t.notMatch(String(stored?.['password_reset_token']), token, 'the token is not stored');
  refused(t, await reset('x'), 401, 104, 'no token');
  refused(t, await reset(`${token.slice(0, -6)}AAAAAA`), 401, 104, 'a forged one');
  refused(t, await reset(headers.authorization.slice(7)), 401, 104, 'a token for something else');
  refused(t, await garden.send('POST', 'auth/password/reset', { token }, null), 422, 4, 'without a password');
  refused(t, await garden.get('users/me', undefined, { headers: { authorization: `Bearer ${token}` } }), 401, 3, 'it is for nothing else');
  const both = await Promise.all([reset(token), reset(token)]);
  t.strictSame(both.map(({ status }) => status).sort(), [200, 401], 'works once');
  refused(t, await reset(token), 401, 105, 'and not again');
  refused(t, await garden.get('users/me', undefined, { headers }), 401, 3, 'sessions of before have ended');
  refused(t, await garden.send('POST', 'auth/authenticate', { email, password: 'password' }, null), 404, 100, 'the old password');
  t.equal((await garden.send('POST', 'auth/authenticate', { email, password: 'a new one' }, null)).status, 200, 'the new password');
}

/** A link is about the password of the time when it was asked for. */
async function superseded(t: Tester, garden: OwnGarden, mailbox: Mailbox): Promise<void> {
  const own = { read: 'mine', update: 'mine', write_field_blacklist: ['password_reset_token'] };
  const rights = 'permissions?filter[role]=6&filter[collection]=directus_users&limit=9';
  t.equal((await garden.send('PATCH', rights, own)).status, 200);
  const ways: readonly (readonly [what: string, change: () => Promise<Answer>])[] = [
    ['by an administrator', () => garden.send('PATCH', 'users/8', { password: 'chosen for him' })],
    ['by himself', () => garden.send('PATCH', 'users/me', { password: 'password' }, 'otherCrew')],
  ];
  for (const [what, changed] of ways) {
    const before = mailbox.mails.length;
    await asks(garden, { email: 'carl@garden.test' });
    await mailbox.holds(before + 1);
    const token = tokenIn(mailbox.mails.at(-1)?.text);
    const done = await changed();
    t.ok(done.status < 300, `${what}: ${told(done)}`);
    const late = await garden.send('POST', 'auth/password/reset', { token, password: 'by an old link' }, null);
    refused(t, late, 401, 105, `changed ${what}`);
  }
  const before = mailbox.mails.length;
  await asks(garden, { email: 'nils@garden.test' });
  await asks(garden, { email: 'nils@garden.test' });
  await mailbox.holds(before + 2);
  const tokens = mailbox.mails.slice(before).map(({ text }) => tokenIn(text));
  const answers = [];
  for (const token of tokens) answers.push(await garden.send('POST', 'auth/password/reset', { token, password: 'the newest' }, null));
  t.strictSame(answers.map(({ status }) => status).sort(), [200, 401], 'of two links one works');
}

async function pages(t: Tester, garden: OwnGarden, mailbox: Mailbox): Promise<void> {
  const email = 'wim@garden.test';
  refused(t, await asks(garden, { email, reset_url: 'https://evil.test/' }), 422, 4, 'a page of somebody else');
  refused(t, await asks(garden, { email: 'x' }), 422, 4, 'no address');
  await asks(garden, { email, reset_url: page });
  await mailbox.holds(2);
  t.match(mailbox.mails[1]?.text, `${page}&token=`, 'the page of the project file');
  const first = tokenIn(mailbox.mails[1]?.text);
  await change(garden, 'directus_users', { id: 3 }, { email: 'other@garden.test' });
  refused(
    t,
    await garden.send('POST', 'auth/password/reset', { token: first, password: 'new' }, null),
    401,
    104,
    'the address has changed',
  );
}

async function invited(t: Tester, garden: OwnGarden, mailbox: Mailbox): Promise<void> {
  const before = mailbox.mails.length;
  const email = ['new@garden.test', 'edda@garden.test'];
  refused(t, await garden.send('POST', 'users/invite', { email }, 'editor'), 403, 10, 'not by an editor');
  refused(t, await garden.send('POST', 'users/invite', {}), 422, 4, 'nobody');
  refused(t, await garden.send('POST', 'users/invite', { email: ['x'] }), 422, 4, 'no address');
  refused(t, await garden.send('POST', 'users/invite', { email, role: 99 }), 422, 4, 'no role');
  const answer = await garden.send('POST', 'users/invite?fields=email,status&sort=id', { email, role: 3 });
  t.strictSame(column(answer, 'status'), ['active', 'invited'], told(answer));
  await mailbox.holds(before + 1);
  t.equal(mailbox.mails.length, before + 1, 'who is there already gets none');
  const token = tokenIn(mailbox.mails.at(-1)?.text);
  const login = { email: 'new@garden.test', password: 'chosen by me' };
  refused(t, await garden.send('POST', 'users/invite/x', {}, null), 401, 101, 'no invitation');
  refused(t, await garden.get('users/invite/x'), 401, 101, 'nor by GET');
  const accepted = await garden.send('POST', `users/invite/${token}`, { password: login.password }, null);
  t.strictSame([accepted.status, at(accepted.json, 'data', 'status')], [200, 'invited'], told(accepted));
  refused(t, await garden.send('POST', `users/invite/${token}`, { password: 'again' }, null), 404, 106, 'once');
  const signedIn = await garden.send('POST', 'auth/authenticate', login, null);
  t.strictSame([signedIn.status, at(signedIn.json, 'data', 'user', 'role')], [200, 3], told(signedIn));
  const [row] = await garden.rows('directus_users', { email: login.email });
  const about = { collection: 'directus_users', item: String(row?.['id']) };
  const entries = (await garden.rows('directus_activity', about)).map(({ action, action_by }) => `${action} ${action_by}`);
  const own = row?.['id'];
  t.strictSame(entries.sort(), [`authenticate ${own}`, 'create 1', `status-update ${own}`, `update ${own}`], 'recorded, by whom');
  const revisions = await garden.rows('directus_revisions', about);
  t.strictSame([revisions.length, JSON.stringify(revisions).includes('$2y$')], [2, false], 'with revisions, and no hash in them');
  await garden.send('POST', 'users/invite', { email: 'other-new@garden.test' });
  await mailbox.holds(before + 2);
  const other = tokenIn(mailbox.mails.at(-1)?.text);
  t.equal((await garden.get(`users/invite/${other}`, undefined, { method: 'HEAD' })).status, 405, 'HEAD accepts nothing');
  const got = await garden.get(`users/invite/${other}`);
  t.strictSame([got.status, at(got.json, 'data', 'status')], [200, 'invited'], `GET does, without a password: ${told(got)}`);
  t.equal((await garden.rows('directus_users', { email: 'other-new@garden.test' }))[0]?.['status'], 'active');
}

/** At most three links for an account in an hour, and letters to four people. */
async function limited(t: Tester, garden: OwnGarden): Promise<void> {
  for (const email of ['cleo@garden.test', 'none-at-all@garden.test']) {
    for (let i = 0; i < 3; i += 1) t.equal((await asks(garden, { email })).status, 200);
    const late = await asks(garden, { email: email.toUpperCase() });
    refused(t, late, 429, 7, `${email}: too many, whether there is such a user or not`);
    const seconds = Number(late.headers['retry-after']);
    t.ok(seconds > 3000 && seconds <= 3600, `told how long (${seconds})`);
  }
  t.equal((await asks(garden, { email: 'carl@garden.test' })).status, 200, 'others are sent theirs');
  const write = (to: unknown, who: 'admin' | 'writer') => garden.send('POST', 'mail', { to, body: 'x' }, who);
  refused(t, await write(['a@b.test', 'c@b.test', 'd@b.test'], 'writer'), 429, 7, 'more people than are left');
  t.equal((await write(['a@b.test', 'c@b.test'], 'writer')).status, 204, 'as many as are left');
  refused(t, await write('e@b.test', 'writer'), 429, 7, 'none is left');
  t.equal((await write('e@b.test', 'admin')).status, 204, 'others have theirs');
}

async function letters(t: Tester, garden: OwnGarden, mailbox: Mailbox): Promise<void> {
  const before = mailbox.mails.length;
  const body = '<p>Hi {{name}}<script>alert(1)</script><img src=x></p>';
  const letter = { to: [2, 'a@b.test'], subject: 'One\r\nBcc: c@d.test', body, data: { name: '<b>Ann</b>' } };
  refused(t, await garden.send('POST', 'mail', letter, null), 401, 108, 'nobody');
  refused(t, await garden.send('POST', 'mail', letter, 'editor'), 403, 10, 'no role of the list');
  refused(t, await garden.send('POST', 'mail', { ...letter, to: [6] }), 422, 12, 'a suspended user');
  refused(t, await garden.send('POST', 'mail', { to: 'a@b.test' }), 422, 4, 'no body');
  // Either holds everybody up who is served meanwhile.
  refused(t, await garden.send('POST', 'mail', { ...letter, body: '<b><!--</b>-->'.repeat(501) }, 'writer'), 400, 2, 'elements too deep');
  const grown = { body: '{{name}}'.repeat(20), data: { name: 'x'.repeat(30_000) } };
  for (const type of ['html', 'plain']) {
    refused(t, await garden.send('POST', 'mail', { ...letter, ...grown, type }, 'writer'), 400, 2, `too long with its values (${type})`);
  }
  for (const who of ['admin', 'writer'] as const) {
    const answer = await garden.send('POST', 'mail', letter, who);
    t.equal(answer.status, 204, told(answer));
  }
  await mailbox.holds(before + 2);
  const { to = [], text = '' } = mailbox.mails.at(-1) ?? {};
  t.strictSame(to, ['edda@garden.test', 'a@b.test'], 'to whom it is meant and nobody else');
  t.match(text, '<p>Hi &lt;b&gt;Ann&lt;/b&gt;</p>', 'values are text, and only some elements are left');
  t.match(text, /^From: .*gate@garden\.test/m, 'from the project');
  t.match(text, /^Reply-To: other@garden\.test/m, 'answered to the caller');
}

export const lostPasswords: Feature = {
  promise: 'passwords are chosen by a link that works once',
  databaseIndependent: 'who asks: tokens, passwords and links, kept in rows like any others',
  async run(t, world) {
    const mailbox = await openMailbox();
    const mail = {
      url: mailbox.url,
      from: 'The gate <gate@garden.test>',
      publicUrl: `${publicUrl}/`,
      resetUrls: [page],
      roles: [4],
      lettersPerHour: 4,
      resetsPerHour: 3,
    };
    try {
      await settledGarden(world, { mail }, async (garden) => {
        await t.test('forgotten', (t) => forgotten(t, garden, mailbox));
        await t.test('pages', (t) => pages(t, garden, mailbox));
        await t.test('links of before', (t) => superseded(t, garden, mailbox));
        await t.test('invitations', (t) => invited(t, garden, mailbox));
        await t.test('letters', (t) => letters(t, garden, mailbox));
        await t.test('not too many', (t) => limited(t, garden));
      });
    } finally {
      await mailbox.close();
    }
    await t.test('a project that sends none', (t) =>
      ownGarden(world, async (garden) => {
        refused(t, await asks(garden, { email: 'edda@garden.test' }), 503, 503, 'no link');
        refused(t, await garden.send('POST', 'users/invite', { email: 'new@garden.test' }), 503, 503, 'no invitation');
        t.strictSame(await garden.rows('directus_users', { email: 'new@garden.test' }), [], 'and no user');
        refused(t, await garden.send('POST', 'mail', { to: 'a@b.test', body: 'x' }), 503, 503, 'no letter');
        refused(t, await garden.send('POST', 'mail', { body: 'x' }), 422, 4, 'what is wrong with a letter is told first');
      }),
    );
  },
};
