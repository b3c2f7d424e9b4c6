/** Promise: every method of the official JavaScript client of Directus 8 does what it says, unmodified (directus8-system §28). */
import { createRequire } from 'node:module';
import type { SDK } from '@directus/sdk-js';
import type { Feature, Tester } from '../support/expect.ts';
import { at, type Json } from '../support/http.ts';
import { openMailbox } from '../support/mailbox.ts';
import { settledGarden } from '../support/settled-garden.ts';

// The package's ES build has no default export that Node finds; its CommonJS build has.
const { SDK: Sdk } = createRequire(import.meta.url)('@directus/sdk-js') as { SDK: typeof SDK };

/** Those of files, which uploads.ts drives. */
const ofFiles = ['getAssetUrl', 'getAsset', 'getFiles', 'getFile', 'uploadFiles'];

type Method = (...args: unknown[]) => unknown;

type Client = (name: string, ...args: unknown[]) => Promise<Json>;

/** A client of which is known what was called; arguments and answers are what clients without types see. */
function watched(url: string, called: Set<string>): { readonly call: Client; answer(): Promise<void> } {
  const client = new Sdk({ url: `${url}/`, project: 'garden', mode: 'jwt', persist: false, storage: undefined as never });
  return {
    async call(name, ...args) {
      called.add(name);
      const method = (client as unknown as Record<string, Method>)[name];
      return (await method?.apply(client, args)) as Json;
    },
    answer: () =>
      new Promise((done) => {
        client.api.xhr.interceptors.response.use((response) => {
          done();
          return response;
        });
      }),
  };
}

const key = { field: 'id', type: 'integer', datatype: 'INT', interface: 'primary-key', primary_key: true, auto_increment: true };

async function schema(t: Tester, client: Client): Promise<void> {
  const name = { field: 'name', type: 'string', datatype: 'VARCHAR', length: 40, interface: 'text-input' };
  const made = await client('createCollection', { collection: 'piers', note: 'where boats lie', fields: [key, name] });
  t.match(at(made, 'data'), { collection: 'piers', managed: true }, 'a collection');
  t.match(at(await client('updateCollection', 'piers', { icon: 'anchor' }), 'data'), { icon: 'anchor' });
  t.match(at(await client('getCollection', 'piers'), 'data', 'fields', 'name'), { type: 'string' });
  const collections = at(await client('getCollections'), 'data');
  t.ok(Array.isArray(collections) && collections.some((one) => at(one, 'collection') === 'piers'));
  const depth = { field: 'depth', type: 'integer', datatype: 'INT', interface: 'numeric' };
  t.match(at(await client('createField', 'piers', depth), 'data'), { field: 'depth', type: 'integer' }, 'a field');
  t.match(at(await client('updateField', 'piers', 'depth', { note: 'metres' }), 'data'), { note: 'metres' });
  const listed = await client('updateFields', 'piers', [
    { field: 'name', sort: 2 },
    { field: 'depth', sort: 1 },
  ]);
  t.match(at(listed, 'data', 1), { field: 'depth', sort: 1 }, 'fields by a list');
  t.match(at(await client('updateFields', 'piers', ['name', 'depth'], { width: 'half' }), 'data', 0), { width: 'half' }, 'and by names');
  t.match(at(await client('getField', 'piers', 'depth'), 'data'), { width: 'half' });
  t.equal((at(await client('getFields', 'piers'), 'data') as Json[]).length, 3);
  t.equal((at(await client('getAllFields', { limit: 7 }), 'data') as Json[]).length, 7);
  t.equal(await client('deleteField', 'piers', 'depth'), '');
  const relation = { collection_many: 'piers', field_many: 'name', collection_one: 'plants', field_one: null };
  const id = at(await client('createRelation', relation), 'data', 'id');
  t.match(at(await client('updateRelation', id, { junction_field: 'x' }), 'data'), { junction_field: 'x' }, 'a relation');
  t.match(at(await client('getCollectionRelations', 'piers'), 0, 'data', 0), { id });
  t.ok((at(await client('getRelations', { limit: -1 }), 'data') as Json[]).length > 10);
}

async function items(t: Tester, client: Client): Promise<void> {
  const id = at(await client('createItem', 'piers', { name: 'North' }), 'data', 'id');
  const several = at(await client('createItems', 'piers', [{ name: 'South' }, { name: 'East' }]), 'data') as Json[];
  const ids = several.map((one) => at(one, 'id'));
  t.equal(ids.length, 2, 'items');
  t.match(at(await client('updateItem', 'piers', id, { name: 'West' }, { fields: ['name'] }), 'data'), { name: 'West' });
  const changed = await client(
    'updateItems',
    'piers',
    ids.map((one) => ({ id: one, name: 'Same' })),
  );
  t.match(at(changed, 'data'), [{ name: 'Same' }, { name: 'Same' }]);
  t.match(at(await client('getItem', 'piers', id), 'data'), { name: 'West' });
  t.equal((at(await client('getItems', 'piers', { filter: { name: { eq: 'Same' } } }), 'data') as Json[]).length, 2);
  const revisions = at(await client('getItemRevisions', 'piers', id), 'data');
  t.match(revisions, [{ delta: { name: 'North' } }, { delta: { name: 'West' } }], 'revisions');
  t.match(at(await client('revert', 'piers', id, at(revisions, 0, 'id')), 'data'), { name: 'North' }, 'and back');
  const activity = await client('getActivity', { filter: { collection: { eq: 'piers' } }, limit: 2 });
  t.equal((at(activity, 'data') as Json[]).length, 2, 'activity');
  await client('deleteItem', 'piers', id);
  await client('deleteItems', 'piers', ids);
  t.strictSame(at(await client('getItems', 'piers'), 'data'), [], 'all are gone');
  await client('deleteCollection', 'piers');
  t.match(await client('getItems', 'piers').catch((error: unknown) => error), { code: 200 }, 'with their collection');
}

async function presets(t: Tester, client: Client): Promise<void> {
  const made = at(
    await client('createCollectionPreset', { collection: 'plants', user: 1, title: 'Bookmark', view_type: 'tabular' }),
    'data',
  );
  t.match(at(await client('getMyBookmarks'), 0), { title: 'Bookmark' }, 'a bookmark');
  await client('updateCollectionPreset', at(made, 'id'), { title: null, search_query: 'fig' });
  t.match(await client('getMyListingPreferences', 'plants'), { id: at(made, 'id'), search_query: 'fig' }, 'how a list looks');
  t.strictSame(await client('getCollectionPresets'), []);
  await client('deleteCollectionPreset', at(made, 'id'));
  t.strictSame(await client('getMyListingPreferences', 'plants'), {});
}

async function people(t: Tester, client: Client): Promise<void> {
  const role = at(await client('createRole', { name: 'Harbour' }), 'data', 'id');
  t.match(at(await client('updateRole', role, { description: 'of the harbour' }), 'data'), { description: 'of the harbour' }, 'a role');
  t.match(at(await client('getRole', role), 'data'), { name: 'Harbour' });
  t.ok((at(await client('getRoles'), 'data') as Json[]).length > 2);
  const permission = at(await client('createPermissions', [{ role, collection: 'plants', read: 'mine' }]), 'data', 0, 'id');
  t.match(at(await client('updatePermissions', [{ id: permission, read: 'full' }]), 'data', 0), { read: 'full' }, 'a permission');
  t.match(at(await client('getPermissions', { filter: { id: { eq: permission } } }), 'data', 0), { collection: 'plants' });
  t.ok(Array.isArray(at(await client('getMyPermissions'), 'data')));
  const user = at(await client('createUser', { email: 'ines@garden.test', password: 'password', role: 3, status: 'active' }), 'data', 'id');
  t.match(at(await client('updateUser', user, { first_name: 'Ines' }), 'data'), { first_name: 'Ines' }, 'a user');
  t.match(at(await client('getUser', user), 'data'), { email: 'ines@garden.test' });
  t.ok((at(await client('getUsers'), 'data') as Json[]).length > 3);
  await client('deleteRole', role);
  t.match(await client('getRole', role).catch((error: unknown) => error), { code: 203 });
}

async function server(t: Tester, client: Client): Promise<void> {
  for (const name of ['getInterfaces', 'getLayouts', 'getModules', 'getThirdPartyAuthProviders']) {
    t.ok(Array.isArray(at(await client(name), 'data')), name);
  }
  t.ok((at(await client('getSettings'), 'data') as Json[]).length > 20, 'settings');
  t.ok((at(await client('getSettingsFields'), 'data') as Json[]).length > 20);
  t.match(at(await client('projectInfo'), 'data'), { api: { version: /^8\./ }, server: { max_upload_size: Number } }, 'the project');
  t.equal(await client('ping'), 'pong');
  t.ok(await client('serverInfo'), 'the server');
  t.equal(await client('updateDatabase'), '', 'the tables are those of this version');
}

async function signsIn(t: Tester, client: Client): Promise<void> {
  const login = await client('login', { email: 'admin@example.com', password: 'password', persist: false });
  const token = at(login, 'data', 'token');
  t.equal(await client('isLoggedIn'), true, 'signed in');
  t.match(at(await client('refresh', token), 'data', 'token'), /^ey/, 'a new token');
  t.strictSame(await client('refreshIfNeeded'), [true], 'which the client asks for by itself');
  t.match(at(await client('getMe', { fields: ['email'] }), 'data'), { email: 'admin@example.com' });
}

export const directusSdkSurface: Feature = {
  promise: 'every method of the official JavaScript client of Directus 8 works',
  databaseIndependent: 'what clients make of answers that other promises look at',
  async run(t, world) {
    const mailbox = await openMailbox();
    const mail = { url: mailbox.url, from: 'gate@garden.test', publicUrl: 'https://gate.garden.test/' };
    const called = new Set<string>(['constructor', ...ofFiles]);
    try {
      await settledGarden(world, { mail }, async (garden) => {
        const client = watched(garden.gateway.url, called);
        const { call } = client;
        await signsIn(t, call);
        await schema(t, call);
        await items(t, call);
        await presets(t, call);
        await people(t, call);
        await server(t, call);
        await call('requestPasswordReset', 'edda@garden.test');
        await mailbox.holds(1);
        await call('resetPassword', 'another one', /token=([\w.-]+)/.exec(mailbox.mails[0]?.text ?? '')?.[1]);
        await call('logout');
        t.equal(await call('isLoggedIn'), false, 'signed out');
        // It signs out once more and does not wait for the answer.
        const answered = client.answer();
        await client.call('reset');
        await answered;
      });
    } finally {
      await mailbox.close();
    }
    t.strictSame(
      Object.getOwnPropertyNames(Sdk.prototype).filter((name) => !called.has(name)),
      [],
      'no method is left out',
    );
  },
};
