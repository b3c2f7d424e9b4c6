/** Promise: extensions are never given passwords or tokens, and raise nobody who calls them. */
import { extensionFolder } from '../extensions/support.ts';
import { tokens } from '../fixtures/garden-people.ts';
import { eventually } from '../support/eventually.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { project } from '../support/gateway.ts';
import { type Answer, type Ask, at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

const key = 'hooked';

const files = {
  'hooks/sees/index.mjs': `
    const seen = [];
    export default {
      filters: {
        'item.create.directus_users:before'(payload) { seen.push(payload); globalThis.seenByHooks = seen; return { ...payload, title: 'Hooked' }; },
        'item.update.directus_users:before'(payload) { seen.push(payload); },
      },
      actions: { 'item.update.directus_users:after'(event) { seen.push(event); }, 'item.create.directus_users:after'(event) { seen.push(event); } },
    };`,
  'hooks/schema/index.mjs': `
    const told = (globalThis.toldOfSchema = []);
    const keys = (about) => [about.action, about.collection, ...(about.keys ?? [])].join(' ');
    export default {
      filters: {
        'collection.create:before'(body, about) { told.push('before ' + keys(about)); return { ...body, note: 'by a hook' }; },
        'collection.delete:before'(body, about) { if (about.collection === 'plants') throw Object.assign(new Error('plants stay'), { status: 409 }); },
        'field.create.huts:before'(body) { if (body.field === 'bad') throw Object.assign(new Error('no bad fields'), { status: 422 }); },
        'field.update:before'(body, about) { told.push('before ' + keys(about)); body.note = 'changed'; },
        'item.create.directus_relations:before'(row) { told.push('before relation ' + row.field_many); },
      },
      actions: {
        'collection.create:after'(name, body, about) { told.push([name, body.note, keys(about)].join('|')); },
        'field.create:after'(collection, field, body) { told.push([collection, field, body.type].join('|')); },
        'field.update.huts:after'(field, body) { told.push([field, body.note].join('|')); },
        'field.delete:after'(collection, field) { told.push(['gone', collection, field].join('|')); },
        'collection.delete:after'(name) { told.push('gone|' + name); },
        'item.create.directus_relations:after'(row) { told.push('relation|' + row.field_many); },
      },
    };`,
  'endpoints/raise/index.mjs': `export default () => ({
    '/': { method: 'POST', handler: (_, { services }) => services.items('directus_users').update([3], { role: 1 }) },
  });`,
};

const scimToken = 'the token of a SCIM client';

/** What SCIM writes is shown to hooks and told to webhooks as well, in the transaction. */
async function provisioned(t: Tester, garden: OwnGarden): Promise<void> {
  const webhook = { status: 'active', http_action: 'post', url: 'http://127.0.0.1:1/', collection: 'directus_users' };
  const watched = await garden.raw(`/${key}/webhooks`, {
    method: 'POST',
    token: tokens.admin,
    body: JSON.stringify({ ...webhook, directus_action: 'item.create:after' }),
  });
  t.equal(watched.status, 200, told(watched));
  const send = (userName: string): Promise<Answer> => {
    const body = JSON.stringify({ userName, externalId: 's-1', password: 'a-secret of SCIM' });
    return garden.raw(`/${key}/scim/v2/Users`, { method: 'POST', token: scimToken, body });
  };
  const made = await send('scim@garden.test');
  t.equal(made.status, 201, told(made));
  const [row] = await garden.rows('directus_users', { email: 'scim@garden.test' });
  t.strictSame([row?.['title'], String(row?.['password']).slice(0, 4)], ['Hooked', '$2y$'], 'a filter saw it');
  const seen = JSON.stringify(Reflect.get(globalThis, 'seenByHooks'));
  t.match(seen, 'scim@garden.test');
  t.notOk(seen.includes('a-secret'), 'without the password');
  const calls = async (): Promise<string[]> => (await garden.rows('sallyport_outbox')).map(({ payload }) => String(payload));
  const [call = '', ...more] = await calls();
  t.match(call, 'scim@garden.test', 'the webhook is to be called');
  t.strictSame([more, /a-secret|\$2y\$/.test(call)], [[], false], 'once, and without the password');
  t.equal((await send('scim@garden.test')).status, 409, 'what is refused');
  t.equal((await calls()).length, 1, 'is told to nobody');
}

type Send = (method: string, path: string, body?: object) => Promise<Answer>;

async function schemaHooks(t: Tester, send: Send): Promise<void> {
  const id = { field: 'id', type: 'integer', datatype: 'INT', signed: true, primary_key: true, auto_increment: true };
  const made = await send('POST', 'collections', {
    collection: 'huts',
    note: 'mine',
    fields: [id, { ...id, field: 'hut', primary_key: false, auto_increment: false }],
  });
  t.match(at(made.json, 'data'), { collection: 'huts', note: 'by a hook' }, told(made));
  const refusal = await send('POST', 'fields/huts', { field: 'bad', type: 'alias' });
  t.match(at(refusal.json, 'error'), { message: 'no bad fields' }, told(refusal));
  t.equal((await send('POST', 'fields/huts', { field: 'good', type: 'alias' })).status, 200);
  const changed = await send('PATCH', 'fields/huts/good', { sort: 3 });
  t.match(at(changed.json, 'data'), { sort: 3, note: 'changed' }, told(changed));
  const relation = { collection_many: 'huts', field_many: 'hut', collection_one: 'huts', foreign_key: true };
  t.equal((await send('POST', 'relations', relation)).status, 200);
  t.equal((await send('DELETE', 'fields/huts/good')).status, 204);
  t.equal((await send('DELETE', 'collections/plants?force=1')).status, 409, 'a deletion is refused');
  t.equal((await send('DELETE', 'collections/huts')).status, 204);
  const wanted = [
    'before collection.create huts',
    'huts|by a hook|collection.create huts huts',
    'huts|good|alias',
    'before field.update huts good',
    'good|changed',
    'before relation hut',
    'relation|hut',
    'gone|huts|good',
    'gone|huts',
  ];
  const heard = (): string[] => Reflect.get(globalThis, 'toldOfSchema') ?? [];
  await eventually(() => heard().length >= wanted.length);
  // Actions come when the answer is out, and may be overtaken by the next request.
  t.strictSame([...heard()].sort(), [...wanted].sort());
}

export const systemHooks: Feature = {
  promise: 'extensions see no secret of users, and raise nobody',
  databaseIndependent: 'modules and hooks within the process',
  async run(t, world) {
    const { folder, remove } = await extensionFolder(files);
    await ownGarden(world, async (garden) => {
      const { registry } = garden.gateway;
      await garden.permit(4, 'directus_users', { read: 'full', update: 'full' });
      const lease = await registry.lease(project);
      await registry.set({ ...lease.project.config, key, extensions: folder, scim: { token: scimToken } });
      lease.release();
      const send = (method: string, path: string, body?: object, who: 'admin' | 'writer' = 'admin') =>
        garden.raw(`/${key}/${path}`, {
          method,
          token: tokens[who],
          ...(body ? { body: JSON.stringify(body) } : {}),
        } satisfies Ask);
      try {
        const person = { email: 'hook@garden.test', password: 'a-secret-word', token: 'a-secret-token' };
        const made = await send('POST', 'users?fields=id,title', person);
        t.equal(at(made.json, 'data', 'title'), 'Hooked', told(made));
        const id = Number(at(made.json, 'data', 'id'));
        const [row] = await garden.rows('directus_users', { id });
        t.strictSame([row?.['token'], String(row?.['password']).slice(0, 4)], ['a-secret-token', '$2y$'], 'what was sent is written');
        await send('PATCH', `users/${id}`, { password: 'another-secret', token: 'another-token' });
        const seen = JSON.stringify(Reflect.get(globalThis, 'seenByHooks'));
        t.match(seen, 'hook@garden.test', 'hooks see the user');
        for (const secret of ['a-secret', 'another', '$2y$']) t.notOk(seen.includes(secret), `and nothing of ${secret}: ${seen}`);
        await provisioned(t, garden);
        refused(t, await send('POST', 'custom/raise', {}, 'writer'), 403, 305, 'an extension that writes for the caller');
        t.equal(Number((await garden.rows('directus_users', { id: 3 }))[0]?.['role']), 4);
        await t.test('changes of the schema pass filters, and actions are told of them', (t) => schemaHooks(t, send));
      } finally {
        await registry.remove(key);
        await remove();
      }
    });
  },
};
