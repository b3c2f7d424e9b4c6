/** A role as SCIM shows it, and what a changed one means (directus8-system §17). */
import SCIMMY from 'scimmy';
import { GatewayError } from '../../lib/errors.ts';
import { known, type ScimBody } from './body.ts';
import { patched, validated } from './patch.ts';
import type { ScimRow } from './rows.ts';
import { etag, text, userAddress } from './user-resource.ts';

const schema = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const writable = ['displayName', 'members'];

/** As Directus 8 makes it, whose text of a list is this word. */
const versionOf = (name: string): string => etag('Array', name);

/** What is said of a member. Whom no directory knows by an id has no name for it either, as in Directus 8. */
function memberOf(user: ScimRow, base: string): object {
  const external = text(user['external_id']);
  const [first, last] = external === '' ? ['', ''] : [text(user['first_name']), text(user['last_name'])];
  return { value: user['external_id'] ?? null, $ref: userAddress(user, base), display: `${first} ${last}` };
}

/** The role with its users, as it is answered. */
export function groupResource(role: ScimRow, members: readonly ScimRow[], base: string): object {
  return {
    schemas: [schema],
    id: role['external_id'] ?? null,
    externalId: role['id'],
    meta: {
      resourceType: 'Group',
      location: `${base}/Groups/${encodeURIComponent(text(role['external_id']))}`,
      version: versionOf(text(role['name'])),
    },
    displayName: role['name'],
    members: members.map((user) => memberOf(user, base)),
  };
}

type Group = InstanceType<typeof SCIMMY.Schemas.Group>;

export interface GroupChanges {
  readonly name?: string;
  /** Names of all members; undefined leaves them as they are. */
  readonly members?: readonly string[];
}

function groupOf(role: ScimRow, members: readonly string[]): Group {
  const values = { displayName: role['name'], ...(members.length > 0 ? { members: members.map((value) => ({ value })) } : {}) };
  return validated(() => new SCIMMY.Schemas.Group(values));
}

const namesOf = ({ members }: Group): string[] => (members ?? []).map(({ value }) => text(value));

function nameOf(group: Group): string {
  const name = text(group.displayName);
  if (name.trim() !== '') return name;
  throw new GatewayError('validation', { message: 'displayName: this should not be blank' });
}

/** What a plain body or operations change of the role. */
export async function groupChanges(role: ScimRow, members: readonly string[], body: ScimBody): Promise<GroupChanges> {
  const before = groupOf(role, members);
  const isPatch = Array.isArray(body['Operations']);
  const given = known(body, writable);
  const after = isPatch ? await patched(before, body) : validated(() => new SCIMMY.Schemas.Group({ ...before, ...given }));
  if (!after) return {};
  const name = nameOf(after);
  const names = namesOf(after);
  const same = names.length === members.length && names.every((one) => members.includes(one));
  return { ...(name === role['name'] ? {} : { name }), ...(same ? {} : { members: names }) };
}

/** Name, external id and members of a new role. */
export function newGroup(body: ScimBody): GroupChanges & { readonly name: string; readonly external?: string } {
  const group = validated(() => new SCIMMY.Schemas.Group({ displayName: '', ...known(body, writable) }));
  const external = text(body['id'] ?? body['externalId']);
  const members = namesOf(group);
  return { name: nameOf(group), ...(external === '' ? {} : { external }), ...(members.length > 0 ? { members } : {}) };
}
