/** Every way into a project for whoever holds a credential: what each lets see. */
import { listenTo, socketClient } from './feed.ts';
import type { Answer } from './http.ts';
import type { OwnGarden } from './own-garden.ts';

/** What a request is sent with to be somebody. */
export type Holder = Readonly<Record<string, string>>;

export interface Door {
  readonly name: string;
  /** What comes of it, as one text. */
  open(holder: Holder): Promise<string>;
}

const said = ({ status, text }: Answer): string => `${status} ${text}`;

/** The way of a request that is answered. */
function byRequest(
  garden: OwnGarden,
  name: string,
  path: string,
  options: { method?: string; body?: string; headers?: Holder } = {},
): Door {
  const { headers = {}, ...rest } = options;
  return { name, open: async (holder) => said(await garden.raw(`/garden/${path}`, { ...rest, headers: { ...headers, ...holder } })) };
}

/** Doors that answer each request by itself. A zone is what the public may not read; `asset` the hash of a file. */
export function requestDoors(garden: OwnGarden, asset: string): readonly Door[] {
  const post = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) });
  return [
    byRequest(garden, 'items', 'items/zones?limit=2'),
    byRequest(garden, 'an item', 'items/zones/1'),
    byRequest(garden, 'an export', 'items/zones?export=ndjson'),
    byRequest(garden, 'a write', 'items/families?dry_run=1', post({ code: 'NEW', name: 'New' })),
    byRequest(garden, 'a batch', 'batch?dry_run=1', post({ operations: [{ method: 'create', collection: 'zones', item: {} }] })),
    byRequest(garden, 'users', 'users?limit=1&fields=id,email'),
    byRequest(garden, 'activity', 'activity?limit=1&fields=action'),
    byRequest(garden, 'collections', 'collections/zones'),
    byRequest(garden, 'GraphQL', 'gql', post({ query: '{ zones(limit: 2) { data { id } } }' })),
    byRequest(garden, 'GraphQL by GET', `gql?query=${encodeURIComponent('{ zones(limit: 1) { data { id } } }')}`),
    byRequest(garden, 'an asset', `assets/${asset}`),
    byRequest(garden, 'files', 'files?limit=1&fields=id'),
    byRequest(garden, 'tus', 'files/tus/none', { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } }),
    byRequest(garden, 'an upload by tus', 'files/tus', { method: 'POST', headers: { 'tus-resumable': '1.0.0', 'upload-length': '-1' } }),
    byRequest(garden, 'Strapi', 'strapi/api/zones?pagination[limit]=2'),
    byRequest(garden, "Strapi's user", 'strapi/api/users/me'),
    byRequest(garden, 'Payload', 'payload/api/zones?limit=2'),
    byRequest(garden, "Payload's user", 'payload/api/users/me'),
    byRequest(garden, 'SCIM', 'scim/v2/Users?count=1'),
    byRequest(garden, 'a SCIM group', 'scim/v2/Groups?count=1'),
    byRequest(garden, 'the document of GraphQL', 'schema.graphql'),
    byRequest(garden, 'types', 'types.ts'),
    byRequest(garden, 'rights', 'permissions/me'),
    byRequest(garden, 'the check', 'auth/check'),
  ];
}

/** Doors that stay open: whether they do for the holder. */
export function openDoors(garden: OwnGarden): readonly Door[] {
  return [
    {
      name: 'events',
      async open(holder) {
        const feed = await listenTo(garden, '?collections=zones', null, holder);
        feed.close();
        return String(feed.status);
      },
    },
    {
      name: 'a socket',
      async open(holder) {
        const { client, closed } = socketClient(garden, undefined, holder);
        const answer = await client
          .iterate({ query: '{ zones(limit: 2) { data { id } } }' })
          .next()
          .catch(() => undefined);
        await client.dispose();
        return answer === undefined ? String(await closed) : JSON.stringify(answer.value);
      },
    },
  ];
}
