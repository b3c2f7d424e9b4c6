/** Promise: hooks and endpoints of extensions run with the rights of who calls (directus8-system §22). */
import { writeExtensions } from '../extensions/support.ts';
import { tokens, type Who } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { withExtensions } from '../support/extended-project.ts';
import type { World } from '../support/garden.ts';
import { type Answer, type Ask, at, column, rows } from '../support/http.ts';

const key = 'extended';

const files = {
  'hooks/reads/index.mjs': `export default {
    filters: {
      async 'item.read.zones:before'(query, { caller, keys, services }) {
        if (query.q === 'count') {
          const list = { fields: 'id', limit: -1, status: '*' };
          const [own, all] = [services, services.asSystem('a count')].map((one) => one.items('plants').list(list));
          throw { status: 409, message: (await own).length + ' of ' + (await all).length };
        }
        if (query.q === 'refuse') throw Object.assign(new Error('no ' + (caller.user ?? 'public') + ' ' + keys), { status: 409 });
        if (query.q === 'break') throw new Error('select secret from somewhere');
        if (query.q === 'passcode') return { ...query, q: undefined, filter: { 'plants.passcode': { nnull: '' } } };
        if (query.q !== 'north') return;
        return { ...query, q: undefined, fields: ['id', 'name'], filter: { name: { eq: 'North' } } };
      },
      'item.read.families:before': (query) => (Object.keys(query).length === 0 ? { filter: { code: { eq: 'PIN' } } } : undefined),
      'item.read.plants:after'(rows, { caller }) {
        for (const row of rows) row.seen_by = caller.user;
        return rows.filter((row) => Number(row.id) !== 11);
      },
    },
  };`,
  'endpoints/garden/index.mjs': `
    export default ({ project }) => ({
      '/': { handler: () => ({ project }) },
      '/me': { handler: (_, { caller }) => caller },
      '/echo/{name}[/{more}]': { method: ['POST', 'PUT'], handler: ({ method, params, query, body }) => ({ method, params, query, body }) },
      '/bytes': { method: 'POST', handler: ({ body }, { respond }) => respond({ status: 201, headers: { 'x-length': String(body?.length) }, body: Buffer.from('ok') }) },
      '/nothing': { method: 'DELETE', handler: () => undefined },
      '/plants': { handler: ({ query }, { services }) => services.items('plants').list({ fields: query.fields, filter: { status: { _eq: 'published' } }, sort: 'id' }) },
      '/plants/{id}': { handler: ({ params }, { services }) => services.items('plants').one(params.id, { fields: ['id', 'price'] }) },
      '/all': { handler: (_, { services }) => services.asSystem('the census').items('plants').list({ fields: 'id,price', status: '*', limit: -1, sort: 'id' }) },
      '/writes': { handler: (_, { services }) => Object.keys(services.items('plants')) },
      '/mistyped': { handler: (_, { services }) => services.items('plants').list({ filters: {} }) },
      '/status/{status}': { handler: ({ params }) => { throw { status: Number(params.status), message: 'it is ' + params.status } } },
      '/breaks': { handler: () => { throw new Error('select secret from somewhere') } },
      '/wrong': { handler: (_, { respond }) => respond({ status: 99 }) },
    });`,
  'hooks/broken/index.mjs': 'export default {',
};

type Get = (path: string, who?: Who, options?: Ask) => Promise<Answer>;

async function readHooks(t: Tester, get: Get, world: World): Promise<void> {
  const north = await get('items/zones?q=north&fields=*', 'admin');
  t.strictSame(rows(north), [{ id: 2, name: 'North' }], told(north));
  t.ok(column(await get('items/zones?fields=id', 'admin'), 'id').length > 1, 'a hook that gives nothing changes nothing');
  refused(t, await get('items/zones?q=refuse', 'editor'), 409, 2, 'a refusal');
  t.match(at((await get('items/zones/1,2?q=refuse', 'editor')).json, 'error', 'message'), 'no 2 1,2');
  t.equal((await get('items/zones?q=refuse&aggregate[count]=*', 'editor')).status, 409, 'of groups too');
  t.equal((await get('items/zones?q=refuse&export=csv', 'editor')).status, 409, 'of exports too');
  const own = rows(await world.get('items/plants?fields=id&limit=-1&status=*', 'writer')).length;
  const counted = at((await get('items/zones?q=count', 'writer')).json, 'error', 'message');
  t.equal(counted, `${own} of 12`, 'services read as the caller may');
  const broken = await get('items/zones?q=break', 'editor');
  refused(t, broken, 500, null, 'a failure');
  t.notOk(broken.text.includes('secret'), 'which says nothing');
  t.equal((await get('items/zones?q=passcode', 'admin')).status, 200);
  const denied = await get('items/zones?q=passcode', 'editor');
  t.equal(denied.status, 404, `what a hook asks is authorised as the caller's own (${told(denied)})`);
}

async function graphqlHooks(t: Tester, get: Get): Promise<void> {
  const gql = (query: string) => get('gql', 'admin', { method: 'POST', body: JSON.stringify({ query }) });
  const found = await gql(
    '{ families(where: {code: {_neq: "x;y"}}) { data { code } meta { filter_count } } plants(sort: ["id"], filter: {id_in: "1,11"}) { data { id } } families_aggregated { count } }',
  );
  t.strictSame(at(found.json, 'data', 'families'), { data: [{ code: 'PIN' }], meta: { filter_count: 1 } }, `before (${told(found)})`);
  t.strictSame(at(found.json, 'data', 'families_aggregated'), [{ count: 1 }], 'of groups too');
  t.strictSame(at(found.json, 'data', 'plants', 'data', 0, 'seen_by'), '1', 'after');
  t.equal(at(found.json, 'data', 'plants', 'data', 1), undefined, 'after, and rows are left out');
  const pages = await gql(
    '{ plants_connection(sort: ["id"], first: 2, where: {id: {_in: [11, 12, 1]}}) { edges { cursor node { id } } pageInfo { endCursor } } }',
  );
  const [edges, end] = [
    at(pages.json, 'data', 'plants_connection', 'edges'),
    at(pages.json, 'data', 'plants_connection', 'pageInfo', 'endCursor'),
  ];
  t.equal(Array.isArray(edges) && edges.length, 1, told(pages));
  t.equal(at(edges, 0, 'cursor'), end, 'a row beside one that was left out leads to the next page');
}

/** Hooks see attributes beside the key, whatever the form of the answer. */
async function strapiHooks(t: Tester, get: Get): Promise<void> {
  const families = await get('strapi/api/families?fields=name&filters[code][$ne]=x;y', 'admin');
  t.strictSame(at(families.json, 'data'), [{ id: 'PIN', attributes: { name: 'Pinaceae' }, meta: {} }], `before (${told(families)})`);
  const plants = await get('strapi/api/plants?fields=title&filters[id][$in][0]=1&filters[id][$in][1]=11', 'admin');
  const seen = { id: 1, attributes: { title: 'Apple', seen_by: '1' }, meta: { availableLocales: ['en', 'fr'] } };
  t.strictSame(at(plants.json, 'data'), [seen], `after, and rows are left out (${told(plants)})`);
  t.equal((await get('strapi/api/plants/11', 'admin')).status, 404, 'one that the hook takes away');
}

async function rowHooks(t: Tester, get: Get, world: World): Promise<void> {
  const path = 'items/plants?fields=id,price,height&status=published&sort=id';
  const plain = await world.get(path, 'admin');
  const hooked = await get(path, 'admin');
  // Some databases write a blank behind a colon.
  const expected = plain.text
    .replaceAll('": ', '":')
    .replaceAll(', "', ',"')
    .replace(/,?\{"id":11,[^}]*\}/, '')
    .replace(/\}(?=[,\]])/g, ',"seen_by":"1"}');
  t.equal(hooked.text, expected, 'rows change, and no digit of a number does');
  t.strictSame(at((await get('items/plants/1?fields=id', 'editor')).json, 'data'), { id: 1, seen_by: '2' }, 'one item');
  t.equal((await get('items/plants/11?fields=id', 'editor')).status, 404, 'one that the hook takes away');
  const lines = (await get('items/plants?fields=id&status=published&sort=id&export=ndjson', 'admin')).text.trim().split('\n');
  t.equal(lines[0], '{"id":1,"seen_by":"1"}', 'an export');
  t.notOk(lines.some((line) => line.includes('"id":11')));
}

async function endpoints(t: Tester, get: Get): Promise<void> {
  t.strictSame((await get('custom/garden')).json, { project: key });
  t.strictSame((await get('custom/garden/me', 'editor')).json, { user: '2', role: '3', admin: false, ip: '127.0.0.1' });
  t.match((await get('custom/garden/me')).json, { user: null, admin: false }, 'the public');
  const sent = await get('custom/garden/echo/a%2Fb/c?x[y]=1&x[z][]=2&access_token=x', 'admin', {
    method: 'POST',
    body: '{"n":12345678901234567890.50}',
  });
  t.equal(
    sent.text,
    '{"method":"POST","params":{"name":"a/b","more":"c"},"query":{"x":{"y":"1","z":["2"]}},"body":{"n":12345678901234567890.50}}',
    'what is sent arrives',
  );
  const bytes = await get('custom/garden/bytes', 'admin', { method: 'POST', body: 'äb', headers: { 'content-type': 'text/plain' } });
  t.strictSame([bytes.status, bytes.text, bytes.headers['x-length']], [201, 'ok', '3']);
  t.equal((await get('custom/garden/nothing', 'admin', { method: 'DELETE' })).status, 204);
  t.equal((await get('custom/garden', 'admin', { method: 'HEAD' })).status, 200);
  refused(t, await get('custom/garden/echo/x', 'admin', { method: 'POST', body: '{' }), 400, 13, 'a broken body');
  refused(t, await get('custom/garden/nowhere'), 404, 1, 'no such path');
  refused(t, await get('custom/nobody'), 404, 1, 'no such extension');
  refused(t, await get('custom/garden/echo/%E4'), 400, 2, 'a broken encoding');
  const wrong = await get('custom/garden/me', 'admin', { method: 'PATCH' });
  refused(t, wrong, 405, 6, 'a wrong method');
  t.equal(wrong.headers['allow'], 'GET');
}

async function failures(t: Tester, get: Get): Promise<void> {
  refused(t, await get('custom/garden/status/403'), 403, 10, 'a refusal');
  refused(t, await get('custom/garden/status/404'), 404, 2, 'a refusal of a status without a kind');
  for (const path of ['breaks', 'status/200', 'wrong']) refused(t, await get(`custom/garden/${path}`), 500, null, path);
  t.notOk((await get('custom/garden/breaks')).text.includes('secret'));
  refused(t, await get('custom/garden/mistyped', 'admin'), 422, 4, 'a parameter that there is not');
}

async function services(t: Tester, get: Get, world: World): Promise<void> {
  for (const who of ['admin', 'editor', 'writer'] as const) {
    const direct = await world.get('items/plants?fields=id,price,title&filter[status]=published&sort=id', who);
    t.strictSame((await get('custom/garden/plants?fields=id,price,title', who)).json, at(direct.json, 'data'), `a list as ${who}`);
    const one = await world.get('items/plants/8?fields=id,price', who);
    const served = await get('custom/garden/plants/8', who);
    t.strictSame([served.status, served.json], [one.status, one.status === 200 ? at(one.json, 'data') : served.json], `an item as ${who}`);
  }
  refused(t, await get('custom/garden/plants', 'nobody'), 403, 300, 'no permission');
  const all = await get('custom/garden/all');
  t.ok(Array.isArray(all.json) && all.json.length === 12, 'without permissions only where it is asked for');
}

export const extensions: Feature = {
  promise: 'extensions run with the rights of who calls',
  databaseIndependent: 'modules and hooks within the process',
  async run(t, world) {
    const get: Get = (path, who, options) => world.raw(`/${key}/${path}`, { ...options, ...(who ? { token: tokens[who] } : {}) });
    await withExtensions(world, key, files, async (folder) => {
      await t.test('filters of queries', (t) => readHooks(t, get, world));
      await t.test('reads over GraphQL', (t) => graphqlHooks(t, get));
      await t.test('reads over Strapi', (t) => strapiHooks(t, get));
      await t.test('filters of rows', (t) => rowHooks(t, get, world));
      await t.test('endpoints', (t) => endpoints(t, get));
      await t.test('endpoints that fail', (t) => failures(t, get));
      await t.test('services', (t) => services(t, get, world));
      await t.test('a reload', async (t) => {
        await writeExtensions(folder, { 'endpoints/garden/index.mjs': `export default { '/': { handler: () => 'new' } };` });
        t.strictSame((await get('custom/garden')).json, { project: key });
        await world.gateway.registry.reload();
        t.equal((await get('custom/garden')).text, '"new"');
      });
    });
  },
};
