/** Promise: actions of extensions are told of sign-ins, of the content of files, of faults and of the opening, without anything secret (directus8-system §22.2). */
import { Upload } from 'tus-js-client';
import { extensionFolder } from '../extensions/support.ts';
import { secrets, tokens } from '../fixtures/garden-people.ts';
import { eventually } from '../support/eventually.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { project } from '../support/gateway.ts';
import { type Answer, at } from '../support/http.ts';
import { client, startIdentityProvider } from '../support/identity-provider.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { back, begin, callbackOf } from '../support/sso-way.ts';
import { picture, type UploadGarden, uploadGarden } from '../support/uploading.ts';

const files = {
  'hooks/hears/index.mjs': `
    const told = (globalThis.toldOfEvents = []);
    const on = (name) => [name, (value, about) => {
      const { action, collection, keys, caller } = about;
      told.push({ name, value, action, collection, keys, caller, services: typeof about.services.items });
    }];
    const auth = ['auth.success', 'auth.fail', 'auth.request:credentials'];
    const file = ['save', 'update', 'delete'].flatMap((what) => ['file.' + what + ':after', 'file.' + what]);
    export default { actions: {
      ...Object.fromEntries([...auth, ...file, 'application.boot', 'application.error'].map(on)),
      'item.create:after': (collection) => { told.push({ name: 'item.create:after', collection }); },
      'item.create': (collection) => { told.push({ name: 'item.create', collection }); },
      'item.create.zones': (item) => { told.push({ name: 'item.create.zones', collection: 'zones', value: item }); },
    } };`,
  'hooks/throws/index.mjs': `
    const fail = () => { throw new Error('an action that fails'); };
    const sleep = () => new Promise((done) => setTimeout(done, 3_000).unref());
    export default { priority: -1, actions: { 'auth.fail': fail, 'auth.success': sleep, 'file.save': fail, 'application.boot': fail, 'application.error': fail } };`,
  'endpoints/breaks/index.mjs': `export default { '/': { handler: () => { throw new Error('select secret from somewhere'); } } };`,
};

interface Told {
  readonly name: string;
  readonly value?: unknown;
  readonly collection?: string;
  readonly keys?: readonly string[];
  readonly caller?: unknown;
  readonly services?: string;
}

const heard = (): Told[] => Reflect.get(globalThis, 'toldOfEvents') ?? [];

/** What is told once there are so many, in the order of their names, and nothing secret among it. */
async function tells(t: Tester, what: string, wanted: readonly object[]): Promise<void> {
  await eventually(() => heard().length >= wanted.length);
  const all = heard().splice(0);
  const byName = all.sort((a, b) => a.name.localeCompare(b.name));
  t.match(byName, wanted, `${what}: ${JSON.stringify(all)}`);
  t.equal(all.length, wanted.length, what);
  const text = JSON.stringify(all);
  for (const secret of [...secrets, '"password', '2fa_secret', '$2y$', 'wrong-word']) t.notOk(text.includes(secret), `${what}: ${secret}`);
}

/** Opens the garden anew, with the extensions. */
async function extended(garden: OwnGarden, folder: string): Promise<void> {
  const { registry } = garden.gateway;
  const lease = await registry.lease(project);
  const { config } = lease.project;
  lease.release();
  await registry.set({ ...config, extensions: folder });
}

const edda = { id: 2, email: 'edda@garden.test', role: 3 };
const known = { name: 'auth.request:credentials', value: edda, keys: ['2'], caller: { user: null, admin: false } };
const success = { name: 'auth.success', value: edda, keys: ['2'], caller: { user: '2', role: '3' }, collection: 'directus_users' };
const failed = (kind: string, status: number) => ({
  name: 'auth.fail',
  value: { kind, status },
  caller: { user: null },
  services: 'function',
});

async function signIns(t: Tester, garden: OwnGarden): Promise<void> {
  const send = (path: string, body: object): Promise<Answer> => garden.send('POST', path, body, null);
  const right = { email: edda.email, password: 'password' };
  const wrong = { ...right, password: 'wrong-word' };
  const began = Date.now();
  t.equal((await send('auth/authenticate', right)).status, 200);
  t.ok(Date.now() - began < 2_500, 'nobody waits for actions');
  await tells(t, 'with a password', [known, success]);
  t.equal((await send('auth/authenticate', { ...right, mode: 'cookie' })).status, 200);
  await tells(t, 'for a cookie', [known, success]);
  t.equal((await send('auth/authenticate', wrong)).status, 404);
  await tells(t, 'a wrong password', [failed('invalid_credentials', 404)]);
  t.equal((await send('auth/authenticate', { ...wrong, email: 'none@garden.test' })).status, 404);
  await tells(t, 'an unknown address', [failed('invalid_credentials', 404)]);
  t.equal((await send('auth/authenticate', { ...right, email: 'wanda@garden.test' })).status, 404);
  await tells(t, 'a missing one-time password', [failed('otp_missing', 404), { ...known, value: { id: 4 }, keys: ['4'] }]);
  t.equal((await send('auth/authenticate', { ...right, email: 'sus@garden.test' })).status, 404);
  await tells(t, 'a suspended user', [failed('user_suspended', 404), { ...known, value: { id: 6 }, keys: ['6'] }]);
  t.equal((await send('strapi/api/auth/local', { identifier: edda.email, password: 'password' })).status, 200);
  await tells(t, 'by Strapi', [known, success]);
  t.equal((await send('strapi/api/auth/local', { identifier: edda.email, password: 'wrong-word' })).status, 400);
  await tells(t, 'a wrong password by Strapi', [failed('invalid_credentials', 404)]);
  t.equal((await send('payload/api/users/login', right)).status, 200);
  await tells(t, 'by Payload', [known, success]);
  t.equal((await send('payload/api/users/login', wrong)).status, 401);
  await tells(t, 'a wrong password by Payload', [failed('invalid_credentials', 404)]);
}

async function faultsAndRows(t: Tester, garden: OwnGarden): Promise<void> {
  const broken = await garden.get('custom/breaks?access_token=nothing', undefined, { headers: { 'x-request-id': 'the-one' } });
  t.equal(broken.status, 500, told(broken));
  const value = { kind: 'internal', status: 500, request: 'the-one', method: 'GET', path: '/garden/custom/breaks' };
  await tells(t, 'a fault', [{ name: 'application.error', value, services: 'function' }]);
  t.equal((await garden.get('items/nowhere', 'admin')).status, 404, 'a refusal is told to nobody');
  const made = await garden.send('POST', 'items/zones', { id: 77, name: 'Bare' });
  t.equal(made.status, 200, told(made));
  await eventually(() => heard().length >= 3);
  const names = heard().splice(0);
  t.strictSame(
    names.map(({ name, collection }) => [name, collection]),
    [
      ['item.create', 'zones'],
      ['item.create:after', 'zones'],
      ['item.create.zones', 'zones'],
    ],
    'names without a phase come after the write, and before those with one',
  );
}

async function bySso(t: Tester, world: World, folder: string): Promise<void> {
  const idp = await startIdentityProvider();
  const { id, secret } = client;
  const provider = { name: 'directory', issuer: idp.issuer, clientId: id, clientSecret: secret, insecure: true } as const;
  const run = async (garden: OwnGarden): Promise<void> => {
    idp.register(callbackOf(garden, 'directory'));
    await extended(garden, folder);
    await tells(t, 'opening', [{ name: 'application.boot', value: { project } }]);
    const visit = async (): Promise<Answer> => {
      const way = await begin(garden, 'directory');
      return back(garden, await idp.visit(way.url, callbackOf(garden, 'directory')), way.cookie);
    };
    idp.account = { sub: 'edda-1', email: edda.email, email_verified: true };
    const answer = await visit();
    t.equal(answer.status, 200, told(answer));
    await tells(t, 'by a provider', [known, success]);
    idp.account = { sub: 'x-1', email: 'none@garden.test', email_verified: true };
    t.equal((await visit()).status, 404);
    await tells(t, 'an unknown identity', [failed('sso_user_unknown', 404)]);
    t.equal((await garden.send('POST', 'auth/sso/access_token', { request_token: 'x' }, null)).status, 401);
    await tells(t, 'a wrong token', [failed('sso_token_invalid', 401)]);
  };
  await ownGarden(world, run, { sso: { providers: [provider] } }).finally(() => idp.close());
}

function byTus(garden: UploadGarden, content: Buffer): Promise<string> {
  return new Promise((done, fail) => {
    new Upload(content as never, {
      endpoint: `${garden.gateway.url}/garden/files/tus`,
      headers: { authorization: `Bearer ${tokens.admin}` },
      retryDelays: [],
      metadata: { filename: 'long.txt', filetype: 'text/plain' },
      onError: fail,
      onSuccess: ({ lastResponse }) => done(lastResponse.getBody()),
    }).start();
  });
}

/** The events of one change of a file; items that are made beside it are no matter here. */
async function tellsOfFile(t: Tester, what: string, name: 'save' | 'update' | 'delete', value: object): Promise<void> {
  const ofFiles = (): Told[] => heard().filter(({ name }) => name.startsWith('file.'));
  await eventually(() => ofFiles().length >= 2);
  const all = ofFiles();
  heard().splice(0);
  t.strictSame(
    all.map(({ name }) => name),
    [`file.${name}`, `file.${name}:after`],
    what,
  );
  for (const one of all) t.match(one, { value, collection: 'directus_files', keys: [/^\d+$/], caller: { user: '1', admin: true } }, what);
}

async function contents(t: Tester, garden: UploadGarden): Promise<void> {
  const png = await picture();
  const saved = (size: number, extension = 'png') => ({ name: new RegExp(`\\.${extension}$`), size });
  const base64 = png.toString('base64');
  const made = await garden.form([['data', png, 'shed.png']]);
  t.equal(made.status, 200, told(made));
  await tellsOfFile(t, 'a form', 'save', saved(png.length));
  const id = String(at(made.json, 'data', 'id'));
  const json = await garden.send('POST', 'files', { data: base64, filename_disk: 'a.png', filename_download: 'a.png' });
  t.equal(json.status, 200, told(json));
  await tellsOfFile(t, 'JSON', 'save', saved(png.length));
  await byTus(garden, Buffer.from('a long text'));
  await tellsOfFile(t, 'tus', 'save', saved(11, 'txt'));
  const person = { email: 'face@garden.test', password: 'a-long-password', avatar: { data: base64, filename_download: 'face.png' } };
  const user = await garden.send('POST', 'users', person);
  t.equal(user.status, 200, told(user));
  await tellsOfFile(t, 'an item that brings it', 'save', saved(png.length));
  const strapi = await garden.form([['files', png, 'b.png']], { path: 'strapi/api/upload' });
  t.ok(strapi.status < 300, told(strapi));
  await tellsOfFile(t, 'Strapi', 'save', saved(png.length));
  const payload = await garden.form([['file', png, 'c.png']], { path: 'payload/api/media' });
  t.equal(payload.status, 201, told(payload));
  await tellsOfFile(t, 'Payload', 'save', saved(png.length));
  t.equal((await garden.send('PATCH', `files/${id}`, { title: 'Only words' })).status, 200);
  const other = await picture(50);
  t.equal((await garden.form([['data', other, 'shed.png']], { path: `files/${id}`, method: 'PATCH' })).status, 200);
  await tellsOfFile(t, 'new content, and nothing of the words before', 'update', saved(other.length));
  t.equal((await garden.send('POST', 'files?dry_run=1', { data: base64, filename_disk: 'b.png', filename_download: 'b.png' })).status, 200);
  t.equal((await garden.send('DELETE', `files/${id}`)).status, 204);
  await tellsOfFile(t, 'a deletion, and nothing of a dry run', 'delete', { id: Number(id), title: 'Only words', filesize: other.length });
}

export const events: Feature = {
  promise: 'extensions are told of sign-ins, content of files, faults and the opening, and of nothing secret',
  databaseIndependent: 'modules and hooks within the process',
  async run(t, world) {
    const { folder, remove } = await extensionFolder(files);
    try {
      await t.test('by a provider', (t) => bySso(t, world, folder));
      await uploadGarden(world, async (garden) => {
        await extended(garden, folder);
        await tells(t, 'opening', [{ name: 'application.boot', value: { project }, services: 'function' }]);
        await t.test('sign-ins', (t) => signIns(t, garden));
        await t.test('faults and rows', (t) => faultsAndRows(t, garden));
        await t.test('content', (t) => contents(t, garden));
      });
    } finally {
      await remove();
    }
  },
};
