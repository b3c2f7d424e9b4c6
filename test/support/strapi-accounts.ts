/** What is shown of accounts, users and files on the Strapi surface (strapi-rest §§12, 13). */
import { type Tester, told } from './expect.ts';
import { project } from './gateway.ts';
import { at, type Json } from './http.ts';
import type { Mailbox } from './mailbox.ts';
import type { OwnGarden } from './own-garden.ts';
import { refusedBy, refuses, strapi } from './strapi.ts';

export async function accounts(t: Tester, garden: OwnGarden, mailbox: Mailbox): Promise<void> {
  const send = (path: string, body: unknown, who: 'editor' | null = null) => strapi(garden, path, who, { method: 'POST', body });
  const wrong = await send('auth/local', { identifier: 'wim@garden.test', password: 'nope' });
  refusedBy(t, wrong, 400, 'ValidationError', 'Invalid identifier or password', 'a wrong password');
  refusedBy(
    t,
    await send('auth/local', { identifier: 'nobody@x.test', password: 'nope' }),
    400,
    'ValidationError',
    'Invalid identifier or password',
    'nobody',
  );
  refusedBy(
    t,
    await send('auth/local', { identifier: 'sus@garden.test', password: 'password' }),
    400,
    'ApplicationError',
    /blocked/,
    'suspended',
  );
  const session = await send('auth/local', { identifier: 'Wim@garden.test', password: 'password' });
  t.match(at(session.json, 'user'), {
    id: 3,
    username: 'wim@garden.test',
    email: 'wim@garden.test',
    provider: 'local',
    confirmed: true,
    blocked: false,
  });
  const headers = { authorization: `Bearer ${String(at(session.json, 'jwt'))}` };
  t.equal(at((await strapi(garden, 'users/me', null, { headers })).json, 'email'), 'wim@garden.test', 'the token works here');
  t.equal((await garden.get('users/me', undefined, { headers })).status, 200, 'and on every surface');
  await refuses(t, garden, 'users/me', 401, 'Missing or invalid credentials', null);
  const made = await send('auth/local/register', {
    username: 'new',
    email: 'new@garden.test',
    password: 'a long word',
    role: 1,
    status: 'x',
  });
  t.match([made.status, at(made.json, 'user', 'email')], [200, 'new@garden.test'], told(made));
  t.equal((await garden.rows('directus_users', { email: 'new@garden.test' }))[0]?.['role'], 3, 'in the role of the setting');
  refusedBy(
    t,
    await send('auth/local/register', { email: 'new@garden.test', password: 'x' }),
    400,
    'ApplicationError',
    /already taken/,
    'twice',
  );
  for (const email of ['edda@garden.test', 'none@garden.test']) {
    t.strictSame((await send('auth/forgot-password', { email })).json, { ok: true }, email);
  }
  await mailbox.holds(1);
  const code = /token=([\w.-]+)/.exec(mailbox.mails[0]?.text ?? '')?.[1];
  refusedBy(
    t,
    await send('auth/reset-password', { code, password: 'a', passwordConfirmation: 'b' }),
    400,
    'ValidationError',
    'Passwords do not match',
    'not the same',
  );
  const reset = await send('auth/reset-password', { code, password: 'another', passwordConfirmation: 'another' });
  t.match(at(reset.json, 'user', 'id'), 2, told(reset));
  refusedBy(
    t,
    await send('auth/reset-password', { code, password: 'x', passwordConfirmation: 'x' }),
    400,
    'ValidationError',
    'Incorrect code provided',
    'once',
  );
  const changed = { currentPassword: 'another', password: 'the last', passwordConfirmation: 'the last' };
  t.match(at((await send('auth/change-password', changed, 'editor')).json, 'user', 'id'), 2, 'changed');
  refusedBy(t, await send('auth/change-password', changed, 'editor'), 400, 'ValidationError', /current password/, 'the one of before');
  t.equal((await send('auth/local', { identifier: 'edda@garden.test', password: 'the last' })).status, 200);
  refusedBy(t, await strapi(garden, 'auth/github/callback', null), 400, 'ApplicationError', 'This provider is disabled', 'no provider');
}

/** Who registers confirms his address first, where the project file says so. */
export async function confirmation(t: Tester, garden: OwnGarden, mailbox: Mailbox): Promise<void> {
  const send = (path: string, body: unknown) => strapi(garden, path, null, { method: 'POST', body });
  const email = 'fresh@garden.test';
  const before = mailbox.mails.length;
  const made = await send('auth/local/register', { email, password: 'a long word' });
  t.match([made.status, at(made.json, 'user', 'confirmed'), at(made.json, 'jwt')], [200, false, undefined], told(made));
  const early = await send('auth/local', { identifier: email, password: 'a long word' });
  refusedBy(t, early, 400, 'ApplicationError', 'Your account email is not confirmed', 'too early');
  for (const address of [email, 'edda@garden.test', 'none@garden.test']) {
    t.strictSame((await send('auth/send-email-confirmation', { email: address })).json, { email: address, sent: true }, address);
  }
  await mailbox.holds(before + 2);
  const link = /https:\/\/api\.garden\.test(\/\S+)/.exec(mailbox.mails.at(-1)?.text ?? '')?.[1] ?? '';
  const follow = (path: string, method = 'GET') => fetch(`${garden.gateway.url}${path}`, { method, redirect: 'manual' });
  for (const path of [link.replace(/.(?=.{9}$)/, (one) => (one === 'A' ? 'B' : 'A')), link.replace(/=.*/, '='), link.replace(/\?.*/, '')]) {
    t.equal((await follow(path)).status, 400, 'no such token');
  }
  t.not((await follow(link, 'HEAD')).status, 302, 'what asks for headers confirms nothing');
  t.not((await follow(`${link}&dry_run=1`)).status, 302, 'nor does what is only to be tried');
  const confirmed = await follow(link);
  t.strictSame([confirmed.status, confirmed.headers.get('location')], [302, 'https://app.test/welcome']);
  t.equal((await follow(link)).status, 400, 'once');
  t.equal((await send('auth/local', { identifier: email, password: 'a long word' })).status, 200, 'he may sign in');
}

export async function users(t: Tester, garden: OwnGarden): Promise<void> {
  const list = await strapi(garden, 'users?sort=id&pagination[limit]=2&fields=username,email');
  t.strictSame(list.json, [
    { id: 1, username: 'admin@example.com', email: 'admin@example.com' },
    { id: 2, username: 'edda@garden.test', email: 'edda@garden.test' },
  ]);
  t.ok(Number((await strapi(garden, 'users/count')).json) > 10, 'how many');
  const one = await strapi(garden, 'users/3?populate=role&fields=email');
  t.strictSame(one.json, { id: 3, email: 'wim@garden.test', role: { id: 4, name: 'Writer', description: null, type: 'Writer' } });
  const made = await strapi(garden, 'users', 'admin', {
    method: 'POST',
    body: { username: 'x', email: 'x@garden.test', password: 'a word', role: { id: 4 } },
  });
  t.match([made.status, at(made.json, 'email'), at(made.json, 'confirmed')], [201, 'x@garden.test', true], told(made));
  const id = Number(at(made.json, 'id'));
  const blocked = await strapi(garden, `users/${id}`, 'admin', { method: 'PUT', body: { blocked: true, first_name: 'Xe' } });
  t.match(blocked.json, { blocked: true, first_name: 'Xe' }, told(blocked));
  t.match((await strapi(garden, `users/${id}`, 'admin', { method: 'DELETE' })).json, { id, email: 'x@garden.test' });
  await refuses(t, garden, `users/${id}`, 404, 'Not Found');
  await refuses(t, garden, 'users', 403, 'Forbidden', null);
  await refuses(t, garden, 'users?filters[password][$null]=true', 400, 'Invalid parameter password');
}

/** A picture of one dot. */
const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

export async function files(t: Tester, garden: OwnGarden): Promise<void> {
  const send = async (path: string, parts: readonly (readonly [string, string | Blob, string?])[]): Promise<Json> => {
    const body = new FormData();
    for (const [name, value, filename] of parts) typeof value === 'string' ? body.append(name, value) : body.append(name, value, filename);
    const url = `${garden.gateway.url}/${project}/strapi/api/${path}`;
    const answer = await fetch(url, { method: 'POST', body, headers: { authorization: 'Bearer admin-token-of-the-garden' } });
    return [answer.status, await answer.json()] as Json;
  };
  const sent = await send('upload', [
    ['files', new Blob([dot], { type: 'image/png' }), 'dot.png'],
    ['files', new Blob(['plain words']), 'words.txt'],
    ['fileInfo', JSON.stringify({ alternativeText: 'A dot', name: 'point.png' })],
    ['fileInfo', JSON.stringify({ caption: 'Words' })],
  ]);
  const [first, second] = [at(sent, 1, 0, 'id'), at(sent, 1, 1, 'id')].map(Number);
  t.match(at(sent, 1, 0), { name: 'point.png', alternativeText: 'A dot', ext: '.png', width: 1, height: 1, size: 0.07, provider: 'local' });
  t.match(at(sent, 1, 1), { name: 'words.txt', caption: 'Words', ext: '.txt', size: 0.01, formats: null });
  const url = at(sent, 1, 0, 'url');
  t.equal((await fetch(`${garden.gateway.url}${String(url)}`)).status, 200, 'the content stands there');
  t.match(await send('upload', [['fileInfo', '{}']]), [400, { error: { name: 'ValidationError', message: 'Files are empty' } }]);
  t.match(await send(`upload?id=${second}`, [['fileInfo', JSON.stringify({ caption: 'Other words' })]]), [
    200,
    { id: second, caption: 'Other words' },
  ]);
  t.match(await send(`upload?id=${second}`, [['files', new Blob(['more of it']), 'more.txt']]), [200, { id: second, name: 'words.txt' }]);
  const lost = [
    ['files', new Blob([dot]), 'me.png'],
    ['ref', 'api::nope.nope'],
    ['refId', '1'],
    ['field', 'x'],
  ] as const;
  t.match(await send('upload', lost), [404, { error: { name: 'NotFoundError' } }], 'for an entry of no type');
  const list = await strapi(garden, 'upload/files?filters[mime][$contains]=image&sort=name&fields=name');
  t.strictSame(list.json, [{ id: first, name: 'point.png' }], told(list));
  t.match((await strapi(garden, `upload/files/${first}`)).json, { id: first, hash: /./ });
  t.match((await strapi(garden, `upload/files/${second}`, 'admin', { method: 'DELETE' })).json, { id: second }, 'deleted as it was');
  await refuses(t, garden, `upload/files/${second}`, 404, 'Not Found');
  await refuses(t, garden, 'upload/files', 403, 'Forbidden', null);
}
