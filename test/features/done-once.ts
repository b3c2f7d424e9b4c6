/** Promise: every write that is no sign-in takes an Idempotency-Key: rows of the system, users by SCIM, preferences, files that are sent in pieces. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOTP } from 'otpauth';
import { tokens } from '../fixtures/garden-people.ts';
import { doneOnce, freshKey, type KeyedRequest, rowsOf, sendKeyed } from '../support/done-once.ts';
import { type Feature, refused, type Tester, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

type Left = KeyedRequest['left'];

const token = tokens.admin;
const scimToken = 'the token of the SCIM client';
async function system(t: Tester, garden: OwnGarden): Promise<void> {
  const cases: readonly (readonly [segment: string, item: object, change: object, other: object])[] = [
    [
      'users',
      { email: 'once@garden.test', password: 'password', role: 3, status: 'active', token: 'a static token' },
      { title: 'a' },
      { title: 'b' },
    ],
    ['roles', { name: 'Once' }, { description: 'a' }, { description: 'b' }],
    ['permissions', { collection: 'zones', role: 3, read: 'full' }, { create: 'full' }, { create: 'none' }],
    ['settings', { key: 'once', value: 'a' }, { value: 'b' }, { value: 'c' }],
    ['folders', { name: 'once' }, { name: 'twice' }, { name: 'thrice' }],
    ['collection_presets', { collection: 'zones', title: 'once' }, { title: 'twice' }, { title: 'thrice' }],
    [
      'webhooks',
      {
        collection: 'zones',
        directus_action: 'item.create:after',
        url: 'https://hooks.garden.test/',
        http_action: 'post',
        status: 'inactive',
      },
      { url: 'https://hooks.garden.test/a' },
      { url: 'https://hooks.garden.test/b' },
    ],
    [
      'relations',
      { collection_many: 'zones', field_many: 'parent', collection_one: 'zones', field_one: 'once' },
      { field_one: 'twice' },
      { field_one: 'thrice' },
    ],
  ];
  for (const [segment, body, change, other] of cases) {
    const left = rowsOf(garden, `directus_${segment}`, 'directus_activity');
    const made = await doneOnce(t, garden, { method: 'POST', path: segment, body, other: { ...body, ...change }, token, left });
    const path = `${segment}/${String(at(made.json, 'data', 'id'))}`;
    await doneOnce(t, garden, { method: 'PATCH', path, body: change, other, token, left });
    await doneOnce(t, garden, { method: 'DELETE', path, status: 204, token, left });
  }
  const [made] = await garden
    .rows('sallyport_idempotency')
    .then((rows) => rows.filter(({ answer }) => String(answer).includes('a static token')));
  t.equal(made, undefined, 'no static token is kept');
  const page = { last_page: '/once' };
  const tracking = { method: 'PATCH', path: 'users/me/tracking/page', token };
  await doneOnce(t, garden, { ...tracking, body: page, other: { last_page: '/x' }, left: rowsOf(garden, 'directus_users') });
  await garden.send('POST', 'auth/authenticate', { email: 'wim@garden.test', password: 'password' }, null);
  await doneOnce(t, garden, { method: 'POST', path: 'auth/logout/3', token, left: rowsOf(garden, 'directus_user_sessions') });
}

async function comments(t: Tester, garden: OwnGarden): Promise<void> {
  const left = rowsOf(garden, 'directus_activity');
  const body = { collection: 'zones', item: '1', comment: 'once' };
  const made = await doneOnce(t, garden, {
    method: 'POST',
    path: 'activity/comment',
    body,
    other: { ...body, comment: 'x' },
    token,
    left,
  });
  const path = `activity/comment/${String(at(made.json, 'data', 'id'))}`;
  await doneOnce(t, garden, { method: 'PATCH', path, body: { comment: 'twice' }, other: { comment: 'x' }, token, left });
  await doneOnce(t, garden, { method: 'DELETE', path, status: 204, token, left });
  const batch = { operations: [{ method: 'create', collection: 'zones', item: { name: 'batch' } }] };
  const zones = rowsOf(garden, 'zones');
  await doneOnce(t, garden, { method: 'POST', path: 'batch', body: batch, other: { operations: [] }, token, left: zones });
  const query = (text: string) => ({ query: `mutation { add_comment(collection: "zones", item: 1, comment: "${text}") { id } }` });
  const first = freshKey();
  const ask = { method: 'POST', path: 'gql', token, left };
  const once = await sendKeyed(garden, first, ask, query('by graphql'));
  const again = await sendKeyed(garden, first, ask, query('by graphql'));
  t.strictSame([again.text, again.headers['idempotency-replayed']], [once.text, 'true'], told(again));
  t.equal((await garden.rows('directus_activity', { comment: 'by graphql' })).length, 1);
}

async function secondFactor(t: Tester, garden: OwnGarden): Promise<void> {
  const secret = 'GEZDGNBVGY3TQOJQ';
  const otp = (later = 0): string => new TOTP({ secret }).generate({ timestamp: Date.now() + later * 30_000 });
  const path = 'users/me/activate_2fa';
  const left = rowsOf(garden, 'directus_users');
  const body = { '2fa_secret': secret, otp: otp() };
  await doneOnce(t, garden, { method: 'POST', path, body, other: { ...body, otp: '000000' }, token: tokens.editor, left });
  await doneOnce(t, garden, { method: 'DELETE', path, body: { otp: otp(1) }, other: {}, token: tokens.editor, left });
}

async function scim(t: Tester, garden: OwnGarden): Promise<void> {
  const left = rowsOf(garden, 'directus_users', 'directus_roles', 'directus_activity');
  const ask = { token: scimToken, headers: { 'content-type': 'application/scim+json' }, left };
  const user = { externalId: 'once-1', userName: 'jo@example.org', name: { givenName: 'Jo', familyName: 'Doe' }, active: true };
  const path = 'scim/v2/Users';
  const named = { ...user, name: { givenName: 'Joan', familyName: 'Doe' } };
  await doneOnce(t, garden, { ...ask, method: 'POST', path, body: user, other: named, status: 201 });
  await doneOnce(t, garden, { ...ask, method: 'PUT', path: `${path}/once-1`, body: named, other: user });
  const patch = (value: string) => ({ Operations: [{ op: 'replace', value: { 'name.givenName': value } }] });
  await doneOnce(t, garden, { ...ask, method: 'PATCH', path: `${path}/once-1`, body: patch('Jill'), other: patch('Jack') });
  const group = { displayName: 'Once', externalId: 'once-2', members: [{ value: 'once-1' }] };
  const groups = 'scim/v2/Groups';
  await doneOnce(t, garden, { ...ask, method: 'POST', path: groups, body: group, other: { ...group, members: [] }, status: 201 });
  const renamed = { ...group, displayName: 'Twice' };
  await doneOnce(t, garden, { ...ask, method: 'PUT', path: `${groups}/once-2`, body: renamed, other: group });
  await doneOnce(t, garden, { ...ask, method: 'DELETE', path: `${groups}/once-2`, status: 204 });
  await doneOnce(t, garden, { ...ask, method: 'DELETE', path: `${path}/once-1`, status: 204 });
  const shared = freshKey();
  await sendKeyed(garden, shared, { ...ask, method: 'POST', path }, { ...user, externalId: 'once-3', userName: 'a@example.org' });
  const nobody = await sendKeyed(
    garden,
    shared,
    { method: 'POST', path, left },
    { ...user, externalId: 'once-3', userName: 'a@example.org' },
  );
  t.equal(nobody.status, 401, `the client’s key is not the public’s: ${told(nobody)}`);
}

async function preferences(t: Tester, garden: OwnGarden): Promise<void> {
  const left = rowsOf(garden, 'sallyport_preferences');
  const path = 'payload/api/payload-preferences/once';
  await doneOnce(t, garden, { method: 'POST', path, body: { value: { a: 1 } }, other: { value: 2 }, token, left });
  await doneOnce(t, garden, { method: 'POST', path, body: { value: 3 }, token, left });
  await doneOnce(t, garden, { method: 'DELETE', path, token, left });
}

async function pieces(t: Tester, garden: OwnGarden, parts: string): Promise<void> {
  const left: Left = async () => (await readdir(parts).catch(() => [])).sort();
  const headers = (name: string, length: number) => ({
    'tus-resumable': '1.0.0',
    'upload-length': String(length),
    'upload-metadata': `filename ${Buffer.from(name).toString('base64')}`,
  });
  const request = { method: 'POST', path: 'files/tus', status: 201, token, left };
  const first = await doneOnce(t, garden, { ...request, headers: headers('six.txt', 6) });
  const name = freshKey();
  const one = await sendKeyed(garden, name, { ...request, headers: headers('a.txt', 6) }, undefined);
  const two = await sendKeyed(garden, name, { ...request, headers: headers('a.txt', 6) }, undefined);
  t.ok(one.headers['location']);
  t.equal(two.headers['location'], one.headers['location'], 'the same upload');
  t.not(first.headers['location'], one.headers['location']);
  const longer = await sendKeyed(garden, name, { ...request, headers: headers('a.txt', 7) }, undefined);
  t.equal(longer.status, 422, told(longer));
  const whole = { ...headers('a.txt', 6), 'content-type': 'application/offset+octet-stream' };
  refused(t, await sendKeyed(garden, freshKey(), { ...request, headers: whole }, 'abcd'), 422, 12, 'content at once');
}

/** Nothing is kept of who signs in, and no key stands in his way. */
async function signIns(t: Tester, garden: OwnGarden): Promise<void> {
  const kept = async (): Promise<number> => (await garden.rows('sallyport_idempotency')).length;
  const before = await kept();
  const name = freshKey();
  const login = { email: 'wim@garden.test', password: 'password' };
  const asked: readonly (readonly [path: string, body: object])[] = [
    ['auth/authenticate', login],
    ['payload/api/users/login', login],
    ['strapi/api/auth/local', { identifier: login.email, password: login.password }],
    ['utils/hash', { string: 'x' }],
    ['utils/random/string', {}],
  ];
  for (const [path, body] of asked) {
    const request = { method: 'POST', path, left: kept };
    const [one, two] = [await sendKeyed(garden, name, request, body), await sendKeyed(garden, name, request, body)];
    t.strictSame([one.status, two.status, two.headers['idempotency-replayed']], [200, 200, undefined], `${path}: ${told(two)}`);
    t.not(one.text, two.text, `${path}: another answer each time`);
  }
  t.equal(await kept(), before, 'nothing is kept');
}

export const doneOnceEverywhere: Feature = {
  promise: 'every write takes an Idempotency-Key',
  databaseIndependent: 'which routes take a key; how one is kept is a promise of its own',
  async run(t, world) {
    const parts = await mkdtemp(join(tmpdir(), 'sallyport-parts-'));
    const settings = { scim: { token: scimToken }, uploads: { partsFolder: parts } };
    try {
      await ownGarden(
        world,
        async (garden) => {
          await t.test('system tables', (t) => system(t, garden));
          await t.test('comments, batches and GraphQL', (t) => comments(t, garden));
          await t.test('second factors', (t) => secondFactor(t, garden));
          await t.test('SCIM', (t) => scim(t, garden));
          await t.test('preferences', (t) => preferences(t, garden));
          await t.test('uploads in pieces', (t) => pieces(t, garden, parts));
          await t.test('signing in', (t) => signIns(t, garden));
        },
        settings,
      );
    } finally {
      await rm(parts, { recursive: true, force: true });
    }
  },
};
