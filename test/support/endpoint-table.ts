/** The endpoints of Directus 8's reference, and the table of docs/directus-8.md that tells which of them answer. */
import { callEndpoints, type Ticks } from './endpoint-calls.ts';
import type { World } from './garden.ts';
import { client, startIdentityProvider } from './identity-provider.ts';
import { openMailbox } from './mailbox.ts';
import { ownGarden } from './own-garden.ts';
import { callbackOf } from './sso-way.ts';

const inOrder = `
POST auth/authenticate, auth/refresh, auth/password/request, auth/password/reset
GET auth/sso, auth/sso/:provider, auth/sso/:provider/callback, items/:collection, items/:collection/:id
POST items/:collection
PATCH items/:collection/:id
DELETE items/:collection/:id
GET items/:collection/:id/revisions, items/:collection/:id/revisions/:offset
PATCH items/:collection/:id/revert/:revision
GET files, files/:id
POST files
PATCH files/:id
DELETE files/:id
GET files/:id/revisions, files/:id/revisions/:offset
PATCH files/:id/revert/:revision
GET activity, activity/:id
POST activity/comment
PATCH activity/comment/:id
DELETE activity/comment/:id
GET collections, collections/:collection
POST collections
PATCH collections/:collection
DELETE collections/:collection
GET collection_presets, collection_presets/:id
POST collection_presets
PATCH collection_presets/:id
DELETE collection_presets/:id
GET /interfaces, /layouts, /modules, fields, fields/:collection, fields/:collection/:field
POST fields/:collection
PATCH fields/:collection/:field
DELETE fields/:collection/:field
GET folders, folders/:id
POST folders
PATCH folders/:id
DELETE folders/:id
POST gql, mail
GET permissions, permissions/:id, permissions/me, permissions/me/:collection
POST permissions
PATCH permissions/:id
DELETE permissions/:id
GET /:project, /server/projects
POST /server/projects
DELETE /server/projects/:project
GET relations, relations/:id
POST relations
PATCH relations/:id
DELETE relations/:id
GET revisions, revisions/:id, roles, roles/:id
POST roles
PATCH roles/:id
DELETE roles/:id
POST scim/v2/Users
GET scim/v2/Users, scim/v2/Users/:id
PATCH scim/v2/Users/:id
GET scim/v2/Groups, scim/v2/Groups/:id
PATCH scim/v2/Groups/:id
DELETE scim/v2/Groups/:id
GET /server/info, /server/ping, settings, settings/:id
POST settings
PATCH settings/:id
DELETE settings/:id
GET users, users/:id, users/me
POST users
PATCH users/:id
DELETE users/:id
POST users/invite, users/invite/:token
PATCH users/:id/tracking/page
GET users/:id/revisions, users/:id/revisions/:offset
POST utils/hash, utils/hash/match, utils/random/string
GET utils/2fa_secret
`;

/** Method and path of each. */
export const endpoints: readonly string[] = inOrder
  .trim()
  .split('\n')
  .flatMap((line) => {
    const [method = '', ...paths] = line.split(/,? /);
    return paths.map((path) => `${method} ${path.startsWith('/') ? path : `/:project/${path}`}`);
  });

/** Calls them all on a garden of the world's vendor. */
export async function tickedEndpoints(world: World): Promise<Ticks> {
  const [mailbox, idp] = await Promise.all([openMailbox(), startIdentityProvider()]);
  const provider = { name: 'directory', issuer: idp.issuer, clientId: client.id, clientSecret: client.secret, insecure: true };
  const mail = { url: mailbox.url, from: 'gate@garden.test', publicUrl: 'https://gate.garden.test/' };
  let ticks: Ticks = new Map();
  try {
    await ownGarden(
      world,
      async (garden) => {
        idp.register(callbackOf(garden, 'directory'));
        ticks = await callEndpoints({ garden, mailbox, idp });
      },
      { mail, sso: { providers: [provider], redirects: [] } },
    );
  } finally {
    await Promise.all([mailbox.close(), idp.close()]);
  }
  return ticks;
}

export const tableHead = '| endpoint | answers |';

/** The rows of the table. */
export function tableOf(ticks: Ticks): string[] {
  return endpoints.map((endpoint) => `| \`${endpoint}\` | ${ticks.get(endpoint) ? '✓' : '–'} |`);
}
