/** Promise: extensions add endpoints to collections, globals and the root of the Payload surface; tables of one row are its globals. */
import { tokens, type Who } from '../fixtures/garden-people.ts';
import { type Feature, type Tester, told } from '../support/expect.ts';
import { withExtensions } from '../support/extended-project.ts';
import type { World } from '../support/garden.ts';
import { type Answer, type Ask, at } from '../support/http.ts';
import { api, refused, refuses, send } from '../support/payload.ts';

const key = 'payloaded';

const files = {
  'payload/tracking/index.mjs': `export default ({ project }) => ({
    collections: {
      plants: [
        {
          path: '/:id/tracking',
          method: 'get',
          handler: async (req) => {
            const rows = await req.services.items('plants').list({ fields: 'id,title', filter: { id: { _eq: req.routeParams.id } } });
            if (rows.length === 0) return Response.json({ error: 'not found' }, { status: 404 });
            return Response.json({ ...rows[0], by: req.user?.id ?? null, q: req.query.where, project });
          },
        },
        { path: '/:id/tracking', method: 'post', handler: async (req) => ({ got: await req.json() }) },
        { path: '/:id/forbidden', method: 'post', handler: (req) => (req.user ? undefined : Response.json({ error: 'forbidden' }, { status: 403 })) },
        { path: '/count', method: 'get', handler: (req) => req.respond({ status: 202, headers: { 'x-own': 'yes' }, body: { mine: true } }) },
        { path: '/broken', method: 'delete', handler: () => { throw new Error('select secret from somewhere'); } },
        { path: '/refused', method: 'delete', handler: () => { throw Object.assign(new Error('not today'), { status: 409 }); } },
      ],
    },
    globals: { 'bad-status': [{ path: '/ping', method: 'get', handler: () => 'pong' }] },
    endpoints: [{ path: '/hello/:name', method: 'put', handler: (req) => ({ hello: req.routeParams.name, header: req.headers.get('x-own') }) }],
  });`,
  'payload/wrong/index.mjs': `export default { endpoints: [{ path: '/x', method: 'connect', handler: () => 1 }] };`,
};

type Get = (path: string, who?: Who, options?: Ask) => Promise<Answer>;

async function endpoints(t: Tester, get: Get): Promise<void> {
  const tracked = await get('/plants/1/tracking?where[a][b]=1', 'editor');
  t.strictSame(tracked.json, { id: 1, title: 'Apple', by: '2', q: { a: { b: '1' } }, project: key });
  t.strictSame(at((await get('/plants/1/tracking')).json, 'by'), null);
  t.equal((await get('/plants/2/tracking')).status, 404, 'with the rights of the caller');
  const posted = await get('/plants/1/tracking', 'editor', { method: 'POST', body: '{"big":9007199254740993}' });
  t.equal(posted.text, '{"got":{"big":9007199254740993}}');
  refused(t, await get('/plants/1/tracking', 'editor', { method: 'POST', body: '{' }), 400, 'Invalid JSON', 'a broken body');
  const forbidden = await get('/plants/1/forbidden', undefined, { method: 'POST' });
  t.strictSame([forbidden.status, forbidden.json], [403, { error: 'forbidden' }]);
  t.equal((await get('/plants/1/forbidden', 'editor', { method: 'POST' })).status, 204);
  const count = await get('/plants/count');
  t.strictSame([count.status, count.headers['x-own'], count.json], [202, 'yes', { mine: true }], 'before the routes that are there');
  refused(t, await get('/plants/broken', 'admin', { method: 'DELETE' }), 500, 'Something went wrong.', 'one that fails');
  refused(t, await get('/plants/refused', 'admin', { method: 'DELETE' }), 409, 'not today', 'one that refuses');
  const root = await get('/hello/you', undefined, { method: 'PUT', headers: { 'x-own': 'z' } });
  t.strictSame(root.json, { hello: 'you', header: 'z' });
  refused(t, await get('/hello/you'), 404, 'Route not found', 'another method');
}

async function globals(t: Tester, world: World, get: Get): Promise<void> {
  const single = (value: boolean) =>
    world.raw(`/${key}/collections/bad_status`, { method: 'PATCH', body: JSON.stringify({ single: value }), token: tokens.admin });
  t.equal((await single(true)).status, 200);
  try {
    const shown = await get('/globals/bad-status', 'admin');
    t.strictSame(shown.json, { id: 1, status: 'draft', title: 'one', globalType: 'bad-status' }, told(shown));
    refused(t, await get('/bad-status', 'admin'), 404, 'Route not found', 'a global alone');
    refused(t, await get('/globals/bad-status', 'editor'), 403, 'You are not allowed', 'without permission');
    const post = { method: 'POST', body: JSON.stringify({ ...Object(shown.json), title: 'uno' }) };
    const changed = await get('/globals/bad-status?select[title]=true', 'admin', post);
    const after = { id: 1, title: 'uno', globalType: 'bad-status' };
    t.strictSame(changed.json, { ...after, message: 'Updated successfully.', result: after });
    await get('/globals/bad-status', 'admin', { method: 'POST', body: '{"title":"one"}' });
    for (const method of ['DELETE', 'PUT', 'PATCH']) {
      refused(t, await get('/globals/bad-status', 'admin', { method }), 404, 'Route not found', method);
    }
    t.equal((await get('/globals/bad-status/ping')).text, '"pong"');
  } finally {
    await single(false);
  }
  refused(t, await get('/globals/bad-status', 'admin'), 404, 'Route not found', 'no global any more');
}

/** What a project does not switch on is not there. */
async function switchedOff(t: Tester, world: World): Promise<void> {
  const { registry } = world.gateway;
  const lease = await registry.lease(key);
  await registry.set({ ...lease.project.config, surfaces: {} });
  lease.release();
  refused(t, await world.raw(`/${key}/payload/api/plants`), 404, 'Route not found', 'switched off');
}

/** Fields that the caller may not write are left out of a document, as the convention has it. */
async function silently(t: Tester, world: World): Promise<void> {
  const rights = { role: 6, collection: 'zones', read: 'full', create: 'full', update: 'full', write_field_blacklist: ['parent'] };
  const [made] = [await world.get('permissions?filter[role]=6&filter[collection]=zones', 'admin')];
  const id = at(made.json, 'data', 0, 'id');
  const change = (body: unknown) => world.get(`permissions/${String(id)}`, 'admin', { method: 'PATCH', body: JSON.stringify(body) });
  t.equal((await change(rights)).status, 200);
  try {
    const created = await send(world, 'POST', '/zones?depth=0&joins=false', { name: 'Pond', parent: 1 }, 'crew');
    t.strictSame([created.status, at(created.json, 'doc', 'parent')], [201, null], told(created));
    await api(world, `/zones/${String(at(created.json, 'doc', 'id'))}`, 'admin', { method: 'DELETE' });
  } finally {
    await change({ create: 'none', update: 'none', write_field_blacklist: [] });
  }
}

/** Rows that a role's rules hide answer alike whether they are there or not. */
async function hidden(t: Tester, world: World): Promise<void> {
  for (const id of [5, 404]) {
    refused(t, await send(world, 'PATCH', `/tasks/${id}`, { title: 'x' }, 'crew'), 403, 'You are not allowed', `task ${id}`);
    await refuses(t, world, `/sightings/${id === 5 ? 2 : id}`, 404, 'Not Found', 'writer');
  }
  refused(t, await api(world, '/plants/1', 'nobody', { method: 'DELETE' }), 403, 'You are not allowed', 'no permission');
}

export const payloadEndpoints: Feature = {
  promise: 'Payload endpoints of extensions, and globals',
  databaseIndependent: 'routes and forms of a surface; the reads and writes under them are promises of their own',
  async run(t, world) {
    const get: Get = (path, who, options) =>
      world.raw(`/${key}/payload/api${path}`, { ...options, ...(who ? { token: tokens[who] } : {}) });
    await withExtensions(world, key, files, async () => {
      await t.test('endpoints', (t) => endpoints(t, get));
      await t.test('globals', (t) => globals(t, world, get));
      await t.test('hidden rows', (t) => hidden(t, world));
      await t.test('fields that may not be written', (t) => silently(t, world));
      await t.test('switched off', (t) => switchedOff(t, world));
    });
  },
};
