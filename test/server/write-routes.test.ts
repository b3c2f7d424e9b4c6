/** Every route that writes: whether it takes an Idempotency-Key and has a dry run. A new one is to be thought about, and stands here then. */
import t from 'tap';
import { silentLog } from '../../src/lib/log.ts';
import { createRegistry } from '../../src/projects/registry.ts';
import { buildServer, type Server } from '../../src/server/app.ts';
import { projectConfig, scratchDatabase } from '../projects/support.ts';

/** The routes as the server prints them: `POST /:project/items/:collection`. */
function routesOf(server: Server): string[] {
  const steps: string[] = [];
  return server
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', step = '', methods = ''] = /^([│ ]*)[├└]── (\S+) \(([^)]*)\)/.exec(line) ?? [];
      if (step === '') return [];
      const depth = indent.length / 4;
      steps.splice(depth, steps.length, step);
      const path = steps.join('').replace(/\/+/g, '/');
      return methods.split(', ').map((method) => `${method} ${path}`);
    });
}

const rows = ['users', 'roles', 'permissions', 'relations', 'settings', 'folders', 'collection_presets', 'webhooks', 'files'];
const strapi = '/:project/strapi/api';

/** Rows are written there, or taken away with tables, so that there is a dry run of it. */
const triable: readonly string[] = [
  ...['items/:collection', ...rows].flatMap((name) => [
    `POST /:project/${name}`,
    `PATCH /:project/${name}`,
    `PATCH /:project/${name}/:id`,
    `DELETE /:project/${name}/:id`,
    `PATCH /:project/${name}/:id/revert/:revision`,
  ]),
  'DELETE /:project/items/:collection',
  'PATCH /:project/users/:id/tracking/page',
  'POST /:project/batch',
  'POST /:project/gql',
  'POST /:project/activity/comment',
  'PATCH /:project/activity/comment/:id',
  'DELETE /:project/activity/comment/:id',
  `POST ${strapi}/users`,
  `PUT ${strapi}/users/:id`,
  `DELETE ${strapi}/users/:id`,
  `POST ${strapi}/upload`,
  `DELETE ${strapi}/upload/files/:id`,
  ...['POST', 'PUT', 'DELETE'].map((method) => `${method} ${strapi}/:type`),
  `PUT ${strapi}/:type/:id`,
  `DELETE ${strapi}/:type/:id`,
  `POST ${strapi}/:type/localizations`,
  `POST ${strapi}/:type/:id/localizations`,
  'DELETE /:project/collections/:collection',
  'DELETE /:project/fields/:collection/:field',
];

/** Takes a key as well. */
const keyed: readonly string[] = [
  'POST /:project/collections',
  'PATCH /:project/collections/:collection',
  'POST /:project/fields/:collection',
  'PATCH /:project/fields/:collection',
  'PATCH /:project/fields/:collection/:field',
  'POST /:project/update',
  'POST /:project/mail',
  'POST /:project/users/invite',
  'POST /:project/users/invite/:token',
  'POST /:project/users/:id/activate_2fa',
  'DELETE /:project/users/:id/activate_2fa',
  'POST /:project/auth/logout/:user',
  'POST /:project/auth/logout/:user/:id',
  'POST /:project/auth/password/request',
  'POST /:project/auth/password/reset',
  'POST /:project/files/tus',
  ...['Users', 'Groups'].flatMap((name) => [
    `POST /:project/scim/v2/${name}`,
    ...['PUT', 'PATCH', 'DELETE'].map((method) => `${method} /:project/scim/v2/${name}/:id`),
  ]),
  ...['local/register', 'forgot-password', 'reset-password', 'change-password', 'send-email-confirmation'].map(
    (name) => `POST ${strapi}/auth/${name}`,
  ),
];

/** Signs in or out, works something out, goes by its own offsets, or is refused with a key by name. */
const keyless: readonly string[] = [
  'POST /:project/auth/authenticate',
  'POST /:project/auth/refresh',
  'POST /:project/auth/logout',
  'POST /:project/auth/sso/access_token',
  'POST /:project/auth/sso/:provider',
  `POST ${strapi}/auth/local`,
  'POST /:project/utils/hash',
  'POST /:project/utils/hash/match',
  'POST /:project/utils/random/string',
  'PATCH /:project/files/tus/:upload',
  'DELETE /:project/files/tus/:upload',
  'POST /server/projects',
  'POST /projects',
  'DELETE /server/projects/:key',
];

/** Payload's, which test/features looks at, and the endpoints of extensions. */
const wild = '/:project*';

t.test('routes that write', async (t) => {
  const database = await scratchDatabase('sqlite');
  const registry = createRegistry({ log: silentLog });
  await registry.set(projectConfig('shop', database.config, { surfaces: { strapi: true, payload: true } }));
  const server = await buildServer({ registry });
  t.teardown(async () => {
    await server.close();
    await registry.close();
    await database.drop();
  });
  await server.ready();
  const all = routesOf(server).filter((route) => !/^(?:GET|HEAD|OPTIONS) /.test(route) && !route.endsWith(wild));
  // These only say that they are none (onlyMethods).
  const only = new RegExp(
    [
      `^PATCH ${strapi}/`,
      `^(?:PUT|DELETE) ${strapi}/(?:auth/|users$|upload$|upload/files$)`,
      `^(?:POST|PUT|DELETE) ${strapi}/connect/`,
      `^POST ${strapi}/(?::type/:id|users/:id|auth/email-confirmation|upload/files)$`,
      `^(?:POST|PUT) ${strapi}/upload/files/:id$`,
    ].join('|'),
  );
  const writing = [...new Set(all.filter((route) => !only.test(route)))].sort();
  t.strictSame(writing, [...triable, ...keyed, ...keyless].sort());

  for (const route of [...writing, 'GET /:project/users/invite/:token', `GET ${strapi}/auth/email-confirmation`]) {
    const [method = '', path = ''] = route.split(' ');
    const url = path.replace(':project', 'shop').replace(/:\w+/g, '1');
    for (const asked of ['dry_run=1', 'dry_run[]=1', 'dry%5frun=true']) {
      const { statusCode, body } = await server.inject({ method: method as 'POST', url: `${url}?${asked}` });
      const refused = /has no dry run; nothing was done/.test(body);
      t.equal(refused, !triable.includes(route), `${route}?${asked}: ${statusCode} ${body.slice(0, 200)}`);
      t.ok(statusCode >= 400 && statusCode < 504, 'and nothing is done');
    }
  }
});
