/** Calls every endpoint of Directus 8's reference once on a running server, each with what it takes to be answered. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGateway } from '../../src/index.ts';
import { adminToken } from '../fixtures/garden-people.ts';
import { type Answer, at, type Json } from './http.ts';
import type { IdentityProvider } from './identity-provider.ts';
import type { Mailbox } from './mailbox.ts';
import type { OwnGarden } from './own-garden.ts';
import { begin, callbackOf } from './sso-way.ts';

/** Endpoint to whether it answers, in the order of the calls. */
export type Ticks = ReadonlyMap<string, boolean>;

export interface Surroundings {
  readonly garden: OwnGarden;
  readonly mailbox: Mailbox;
  readonly idp: IdentityProvider;
}

type Call = (endpoint: string, path: string, body?: unknown, more?: More) => Promise<Answer>;

interface More {
  readonly who?: 'admin' | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are an answer, beside those of success. */
  readonly also?: readonly number[];
}

const idOf = (answer: Answer): string => String(at(answer.json, 'data', 'id') ?? 1);
const tokenIn = (text = ''): string => /(?:token=|invite\/)([\w.~-]+)/.exec(text.replaceAll('&amp;', '&'))?.[1] ?? 'none';

async function auth(call: Call, { garden, mailbox, idp }: Surroundings): Promise<void> {
  const email = 'edda@garden.test';
  const signedIn = await call('POST auth/authenticate', 'auth/authenticate', { email, password: 'password' }, { who: null });
  await call('POST auth/refresh', 'auth/refresh', { token: at(signedIn.json, 'data', 'token') }, { who: null });
  const before = mailbox.mails.length;
  await call('POST auth/password/request', 'auth/password/request', { email }, { who: null });
  await mailbox.holds(before + 1);
  const token = tokenIn(mailbox.mails.at(-1)?.text);
  await call('POST auth/password/reset', 'auth/password/reset', { token, password: 'another one' }, { who: null });
  await call('GET auth/sso', 'auth/sso', undefined, { who: null });
  await call('GET auth/sso/:provider', 'auth/sso/directory', undefined, { who: null, also: [302] });
  idp.account = { sub: 'edda-1', email, email_verified: true };
  const way = await begin(garden, 'directory');
  const url = new URL(await idp.visit(way.url, callbackOf(garden, 'directory')));
  const back = `auth/sso/directory/callback${url.search}`;
  await call('GET auth/sso/:provider/callback', back, undefined, { who: null, headers: { cookie: way.cookie }, also: [302] });
}

async function items(call: Call): Promise<void> {
  await call('GET items/:collection', 'items/piers');
  const id = idOf(await call('POST items/:collection', 'items/piers', { name: 'North' }));
  await call('GET items/:collection/:id', `items/piers/${id}`);
  await call('PATCH items/:collection/:id', `items/piers/${id}`, { name: 'South' });
  const revisions = await call('GET items/:collection/:id/revisions', `items/piers/${id}/revisions`);
  await call('GET items/:collection/:id/revisions/:offset', `items/piers/${id}/revisions/0`);
  const revision = String(at(revisions.json, 'data', 0, 'id'));
  await call('PATCH items/:collection/:id/revert/:revision', `items/piers/${id}/revert/${revision}`, {});
  const comment = { collection: 'piers', item: id, comment: 'wet' };
  const made = idOf(await call('POST activity/comment', 'activity/comment', comment));
  await call('GET activity', 'activity?limit=1');
  await call('GET activity/:id', `activity/${made}`);
  await call('PATCH activity/comment/:id', `activity/comment/${made}`, { comment: 'dry' });
  await call('DELETE activity/comment/:id', `activity/comment/${made}`);
  await call('GET revisions', 'revisions?limit=1');
  await call('GET revisions/:id', `revisions/${revision}`);
  await call('DELETE items/:collection/:id', `items/piers/${id}`);
}

const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

async function files(call: Call): Promise<void> {
  const body = { filename_disk: 'dot.png', filename_download: 'dot.png', data: `data:image/png;base64,${picture}` };
  const id = idOf(await call('POST files', 'files', body));
  await call('GET files', 'files');
  await call('GET files/:id', `files/${id}`);
  await call('PATCH files/:id', `files/${id}`, { title: 'Dot' });
  const revisions = await call('GET files/:id/revisions', `files/${id}/revisions`);
  await call('GET files/:id/revisions/:offset', `files/${id}/revisions/0`);
  const revision = String(at(revisions.json, 'data', 0, 'id'));
  await call('PATCH files/:id/revert/:revision', `files/${id}/revert/${revision}`, {});
  await call('DELETE files/:id', `files/${id}`);
}

async function schema(call: Call): Promise<void> {
  await call('GET collections', 'collections');
  await call('GET collections/:collection', 'collections/piers');
  await call('PATCH collections/:collection', 'collections/piers', { icon: 'anchor' });
  await call('POST fields/:collection', 'fields/piers', { field: 'depth', type: 'integer', datatype: 'INT' });
  await call('GET fields', 'fields?limit=1');
  await call('GET fields/:collection', 'fields/piers');
  await call('GET fields/:collection/:field', 'fields/piers/depth');
  await call('PATCH fields/:collection/:field', 'fields/piers/depth', { note: 'metres' });
  await call('DELETE fields/:collection/:field', 'fields/piers/depth');
}

/** Rows of a system table: made, read, changed, deleted. */
async function rows(call: Call, segment: string, values: object, change: object): Promise<void> {
  await call(`GET ${segment}`, segment);
  const id = idOf(await call(`POST ${segment}`, segment, values));
  await call(`GET ${segment}/:id`, `${segment}/${id}`);
  await call(`PATCH ${segment}/:id`, `${segment}/${id}`, change);
  await call(`DELETE ${segment}/:id`, `${segment}/${id}`);
}

async function people(call: Call, { mailbox }: Surroundings): Promise<void> {
  await call('GET users', 'users');
  await call('GET users/me', 'users/me');
  const person = { email: 'ines@garden.test', password: 'password', role: 3, status: 'active' };
  const id = idOf(await call('POST users', 'users', person));
  await call('GET users/:id', `users/${id}`);
  await call('PATCH users/:id', `users/${id}`, { title: 'Gardener' });
  await call('PATCH users/:id/tracking/page', `users/${id}/tracking/page`, { last_page: '/garden/users' });
  await call('GET users/:id/revisions', `users/${id}/revisions`);
  await call('GET users/:id/revisions/:offset', `users/${id}/revisions/0`);
  await call('DELETE users/:id', `users/${id}`);
  const before = mailbox.mails.length;
  await call('POST users/invite', 'users/invite', { email: 'new@garden.test' });
  await mailbox.holds(before + 1);
  const token = tokenIn(mailbox.mails.at(-1)?.text);
  await call('POST users/invite/:token', `users/invite/${token}`, { password: 'chosen by me' }, { who: null });
  await call('POST mail', 'mail', { to: ['a@b.test'], subject: 'Hi', body: '<p>Hi</p>' });
  await call('GET permissions/me', 'permissions/me');
  await call('GET permissions/me/:collection', 'permissions/me/piers');
}

async function scim(call: Call): Promise<void> {
  const user = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'jo@garden.test', externalId: 'jo-1' };
  await call('POST scim/v2/Users', 'scim/v2/Users', user);
  await call('GET scim/v2/Users', 'scim/v2/Users');
  await call('GET scim/v2/Users/:id', 'scim/v2/Users/jo-1');
  await call('PATCH scim/v2/Users/:id', 'scim/v2/Users/jo-1', { ...user, name: { givenName: 'Jo', familyName: 'Doe' } });
  const groups = await call('GET scim/v2/Groups', 'scim/v2/Groups');
  const resources = at(groups.json, 'Resources');
  const all = Array.isArray(resources) ? resources : [];
  const names = all.map((one) => at(one, 'displayName'));
  // One that nobody is in.
  const id = String(at(all[names.indexOf('Empty')] as Json, 'id'));
  await call('GET scim/v2/Groups/:id', `scim/v2/Groups/${id}`);
  const group = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'Emptied' };
  await call('PATCH scim/v2/Groups/:id', `scim/v2/Groups/${id}`, group);
  await call('DELETE scim/v2/Groups/:id', `scim/v2/Groups/${id}`);
}

async function outside(call: Call): Promise<void> {
  await call('GET /:project', '/garden/');
  for (const name of ['interfaces', 'layouts', 'modules']) await call(`GET /${name}`, `/${name}?project=garden`);
  await call('GET /server/ping', '/server/ping');
}

/** Of the server as a whole: one of its own, whose super admin is known. */
async function server(ticks: Map<string, boolean>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-test-endpoints-'));
  const token = 'the-token-of-the-server';
  const gateway = await createGateway({ projects: join(folder, 'projects'), dataFolder: join(folder, 'data'), superAdminToken: token });
  const ask = async (endpoint: string, method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object): Promise<void> => {
    const { statusCode } = await gateway.server.inject({ method, url, ...(payload ? { payload } : {}) });
    ticks.set(endpoint, statusCode >= 200 && statusCode < 300);
  };
  const said = `super_admin_token=${token}`;
  const [user_email, user_password] = ['admin@garden.test', 'correct-horse'];
  const project = { project: 'endpoints', super_admin_token: token, user_email, user_password, db_type: 'sqlite', db_name: 'endpoints' };
  try {
    await ask('GET /server/info', 'GET', `/server/info?${said}`);
    await ask('POST /server/projects', 'POST', '/server/projects', project);
    await ask('GET /server/projects', 'GET', '/server/projects');
    await ask('DELETE /server/projects/:project', 'DELETE', `/server/projects/endpoints?${said}`);
  } finally {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function tools(call: Call): Promise<void> {
  const hashed = await call('POST utils/hash', 'utils/hash', { string: 'a' });
  await call('POST utils/hash/match', 'utils/hash/match', { string: 'a', hash: at(hashed.json, 'data', 'hash') });
  await call('POST utils/random/string', 'utils/random/string', { length: 8 });
  await call('GET utils/2fa_secret', 'utils/2fa_secret');
  await call('POST gql', 'gql', { query: '{ directus_roles { data { id } } }' });
}

/** Calls all of them. */
export async function callEndpoints(surroundings: Surroundings): Promise<Ticks> {
  const { garden } = surroundings;
  const ticks = new Map<string, boolean>();
  const call: Call = async (endpoint, path, body, { who = 'admin', headers = {}, also = [] } = {}) => {
    const [method = '', name = ''] = endpoint.split(' ');
    const answer = path.startsWith('/')
      ? await garden.raw(path, { method, headers, token: adminToken, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
      : await garden.send(method, path, body, who, headers);
    ticks.set(
      `${method} ${name.startsWith('/') ? name : `/:project/${name}`}`,
      (answer.status >= 200 && answer.status < 300) || also.includes(answer.status),
    );
    return answer;
  };
  const piers = [{ field: 'id', type: 'integer', datatype: 'INT', primary_key: true, auto_increment: true }];
  const name = { field: 'name', type: 'string', datatype: 'VARCHAR', length: 20 };
  await call('POST collections', 'collections', { collection: 'piers', fields: [...piers, name] });
  await items(call);
  await schema(call);
  await rows(call, 'collection_presets', { collection: 'piers', title: 'mine', user: 1 }, { title: 'ours' });
  await rows(call, 'folders', { name: 'Docks' }, { name: 'Quays' });
  await rows(call, 'permissions', { role: 3, collection: 'piers', read: 'full' }, { read: 'none' });
  await rows(call, 'relations', { collection_many: 'piers', field_many: 'name', collection_one: 'piers' }, { field_one: null });
  await rows(call, 'roles', { name: 'Harbour' }, { description: 'of the harbour' });
  await rows(call, 'settings', { key: 'harbour', value: 'North' }, { value: 'South' });
  await call('DELETE collections/:collection', 'collections/piers');
  await files(call);
  await people(call, surroundings);
  await garden.send('POST', 'roles', { name: 'Empty' });
  await scim(call);
  await outside(call);
  await server(ticks);
  await tools(call);
  await auth(call, surroundings);
  return ticks;
}
