/** Users as Strapi tells of them, made of the columns of `directus_users` (strapi-rest §12). */
import type { RequestedOutput } from '../../query/requested-template.ts';
import type { Collection } from '../../schema/types.ts';
import { fieldOutput } from './forms.ts';
import { isCompared, isShown, type Sight } from './sight.ts';

export const usersCollection = 'directus_users';

const json = (value: unknown): RequestedOutput => ({ is: 'constant', json: JSON.stringify(value) });

/** Users in one of these statuses have not confirmed their address; in one of those they may not sign in. */
const unconfirmed = ['draft', 'invited'];
const blocked = ['suspended', 'inactive'];

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
