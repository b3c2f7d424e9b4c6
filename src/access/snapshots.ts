/** What of a row's snapshot, the JSON of its columns, somebody may read. */
import { eachMember } from '../lib/json-members.ts';
import { secrets } from '../schema/system.ts';
import type { Collection, Schema } from '../schema/types.ts';
import type { ReadGrant } from './grants.ts';

export interface Right {
  readonly collection: Collection;
  readonly grant: ReadGrant;
}

const isStructured = (json: string): boolean => json.startsWith('{') || json.startsWith('[');

/** The members that `keep` gives a text for. What is no object holds nothing that could be told apart, and is shown when empty only. */
function members(json: string, keep: (name: string, value: string) => string | undefined): string {
  const kept: string[] = [];
  try {
    eachMember(json, (key, value) => {
      const shown = keep(String(JSON.parse(`"${key}"`)), value);
      if (shown !== undefined) kept.push(`"${key}":${shown}`);
    });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return /^\s*\[\s*\]\s*$/.test(json) ? '[]' : 'null';
  }
  return `{${kept.join(',')}}`;
}

/**
 * The columns that may be read in every row of the collection: in which one the snapshot was taken is not asked. Columns that are gone
 * may have been hidden once; rows written through a relation are of another collection.
 */
export function readablePart(json: string, right: Right | undefined): string {
  if (!right) return 'null';
  const { collection, grant } = right;
  return members(json, (name, value) => {
    const field = collection.fields.get(name);
    if (!field || field.secret || grant.field(field) !== 'yes') return undefined;
    return collection.relations.has(name) && isStructured(value) ? undefined : value;
  });
}

/** All but what nobody is shown, such as passwords, in rows written through a relation too. */
export function withoutSecrets(json: string, of: string, schema: Schema): string {
  const secret = secrets[of];
  const relations = schema.collections.get(of)?.relations;
  return members(json, (name, value) => {
    if (secret && Object.hasOwn(secret, name) && secret[name] !== 'own') return undefined;
    const to = isStructured(value) ? relations?.get(name)?.to : undefined;
    if (to === undefined || !secrets[to]) return value;
    return value.startsWith('{') ? withoutSecrets(value, to, schema) : undefined;
  });
}
