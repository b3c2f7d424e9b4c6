/** Promise: extensions are never given passwords or tokens, and raise nobody who calls them. */
import { extensionFolder } from '../extensions/support.ts';
import { tokens } from '../fixtures/garden-people.ts';
import type { Feature } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { project } from '../support/gateway.ts';
import { type Ask, at } from '../support/http.ts';
import { ownGarden } from '../support/own-garden.ts';

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
  'endpoints/raise/index.mjs': `export default () => ({
    '/': { method: 'POST', handler: (_, { services }) => services.items('directus_users').update([3], { role: 1 }) },
  });`,
};

export const systemHooks: Feature = {
  promise: 'extensions see no secret of users, and raise nobody',
  async run(t, world) {
    const { folder, remove } = await extensionFolder(files);
    await ownGarden(world, async (garden) => {
      const { registry } = garden.gateway;
      await garden.permit(4, 'directus_users', { read: 'full', update: 'full' });
      const lease = await registry.lease(project);
      await registry.set({ ...lease.project.config, key, extensions: folder });
      lease.release();
      const send = (method: string, path: string, body: object, who: 'admin' | 'writer' = 'admin') =>
        garden.raw(`/${key}/${path}`, { method, token: tokens[who], body: JSON.stringify(body) } satisfies Ask);
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
        refused(t, await send('POST', 'custom/raise', {}, 'writer'), 403, 305, 'an extension that writes for the caller');
        t.equal(Number((await garden.rows('directus_users', { id: 3 }))[0]?.['role']), 4);
      } finally {
        await registry.remove(key);
        await remove();
      }
    });
  },
};
