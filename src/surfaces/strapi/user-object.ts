/** Users as Strapi tells of them, made of the columns of `directus_users` (strapi-rest §12). */
import type { UserRow } from '../../auth/users.ts';
import type { RequestedOutput } from '../../query/requested-template.ts';
import type { Collection } from '../../schema/types.ts';
import { fieldOutput } from './forms.ts';
import { isCompared, isShown, type Sight } from './sight.ts';

export const usersCollection = 'directus_users';
export const rolesCollection = 'directus_roles';

const json = (value: unknown): RequestedOutput => ({ is: 'constant', json: JSON.stringify(value) });

/** Users in one of these statuses have not confirmed their address; in one of those they may not sign in. */
const unconfirmed = ['draft', 'invited'];
const blocked = ['suspended', 'inactive'];

/** The names among these that are no columns. */
export const userNames: readonly string[] = ['username', 'provider', 'confirmed', 'blocked'];

/** Names of Strapi's; the columns of the user's row stand beside them. */
export function userAttributes(sight: Sight, collection: Collection): Map<string, RequestedOutput> {
  const attributes = new Map<string, RequestedOutput>();
  const name = collection.fields.get('username') ?? collection.fields.get('email');
  if (name && isShown(sight, name)) attributes.set('username', fieldOutput(name));
  const address = collection.fields.get('email');
  if (address && isShown(sight, address)) attributes.set('email', fieldOutput(address));
  attributes.set('provider', json('local'));
  const status = collection.fields.get('status');
  const told = status && isCompared(sight, status) ? status.name : undefined;
  const among = (values: readonly string[], holds: boolean): RequestedOutput =>
    told === undefined
      ? json(!holds)
      : {
          is: 'first',
          of: [
            {
              is: 'when',
              where: { is: 'any', of: values.map((value) => ({ is: 'compare', path: [told], operator: 'eq', value })) },
              of: json(holds),
            },
            json(!holds),
          ],
        };
  attributes.set('confirmed', among(unconfirmed, false));
  attributes.set('blocked', among(blocked, true));
  return attributes;
}

/** What Strapi tells of a role: its name, and a type that is the same here. */
export function roleAttributes(collection: Collection, attributes: ReadonlyMap<string, RequestedOutput>): Map<string, RequestedOutput> {
  const kept = new Map([...attributes].filter(([name]) => name === 'name' || name === 'description'));
  const name = collection.fields.get('name');
  if (name && kept.has('name')) kept.set('type', fieldOutput(name));
  return kept;
}

/** A user as sign-in knows one, whoever may read what. */
export function userObject({ id, status, row }: UserRow): Record<string, unknown> {
  const { email, first_name, last_name } = row;
  return {
    id: Number(id),
    username: row['username'] ?? email,
    email,
    provider: 'local',
    confirmed: !unconfirmed.includes(status),
    blocked: blocked.includes(status),
    first_name,
    last_name,
    createdAt: null,
    updatedAt: null,
  };
}
