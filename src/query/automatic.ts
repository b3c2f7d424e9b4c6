/** Values that items get by themselves: who and when, slugs, new UUIDs (directus8-data §6.2). */
import { randomUUID } from 'node:crypto';
import type { Stored } from '../dialect/types.ts';
import type { Collection, Field, FieldType } from '../schema/types.ts';
import { needsValue, type WriteMode } from './check-item.ts';
import { slugOf } from './slug.ts';

/** Who writes, and when. `user` is null for the public and for the gateway itself. */
export interface Author {
  readonly user: string | null;
  readonly now: Date;
}

/** The fields of a collection that may get values by themselves: rows by the thousand do not look for them one by one. */
interface Automatic {
  /** Only the first field of a type counts. */
  readonly first: ReadonlyMap<FieldType, Field>;
  readonly slugs: readonly Field[];
  readonly uuids: readonly Field[];
}

const known = new WeakMap<Collection, Automatic>();

function automaticOf(collection: Collection): Automatic {
  let found = known.get(collection);
  if (!found) {
    const fields = [...collection.fields.values()];
    found = {
      first: new Map([...fields].reverse().map((field) => [field.type, field])),
      slugs: fields.filter(({ type }) => type === 'slug'),
      uuids: fields.filter(makesUuid),
    };
    known.set(collection, found);
  }
  return found;
}

/** The moment in UTC, in whole seconds, as the column keeps it; undefined for a column that holds no moments. */
function momentFor(field: Field, now: Date): Stored | undefined {
  const text = now.toISOString().slice(0, 19).replace('T', ' ');
  switch (field.storage) {
    case 'datetime':
    case 'instant':
    case 'text':
    case 'unknown':
      return text;
    case 'date':
      return text.slice(0, 10);
    case 'time':
      return text.slice(11);
    case 'integer':
      return String(Math.floor(now.getTime() / 1000));
    default:
      return undefined;
  }
}

/** Nobody is NULL where the column allows it, else 0 as in Directus. */
const userFor = (field: Field, user: string | null): Stored => user ?? (field.column.nullable ? null : '0');

const isUuid = (field: Field): boolean => field.storage === 'uuid' || (field.type === 'uuid' && field.storage !== 'binary');

/** A key, or a column that must have a value, for which the database has none. */
function makesUuid(field: Field): boolean {
  const { nullable, default: preset, generated } = field.column;
  return isUuid(field) && preset === null && !generated && (field.primaryKey || !nullable);
}

/** Whether no item can be made without the field: it must not be blank, and nothing fills it where it is left out. */
export function mustBeGiven(collection: Collection, field: Field): boolean {
  const exempt = (collection.status?.mapping.requiredFields.length ?? 0) > 0;
  // Of some statuses an item need not be complete; the database says otherwise where the column takes no NULL.
  if (exempt && field.column.nullable) return false;
  return field.type !== 'slug' && needsValue(collection, field) && !makesUuid(field);
}

/** The slug that follows from another field of the payload, when the payload has that one but no slug of its own. */
function mirrored(collection: Collection, field: Field, given: ReadonlyMap<Field, Stored>): string | undefined {
  const options = field.meta?.options;
  const source = collection.fields.get(String(options?.['mirroredField'] ?? ''));
  const text = source && given.get(source);
  if (given.has(field) || typeof text !== 'string') return undefined;
  const lower = ![false, 0, '0', 'false'].includes(options?.['forceLowercase'] as boolean | number | string);
  return slugOf(text, lower, field.column.length);
}

/**
 * What is to be written beside, and in place of, what was given. On create all of who and when is ours; on update who and when it
 * was changed, while an owner or a time of creation that is given counts.
 */
export function automaticValues(
  collection: Collection,
  action: WriteMode,
  given: ReadonlyMap<Field, Stored>,
  { user, now }: Author,
): Map<Field, Stored> {
  const values = new Map<Field, Stored>();
  const { first, slugs, uuids } = automaticOf(collection);
  const stamps: readonly FieldType[] = action === 'create' ? ['datetime_created', 'datetime_updated'] : ['datetime_updated'];
  const people: readonly FieldType[] = action === 'create' ? ['owner', 'user_updated'] : ['user_updated'];
  for (const type of stamps) {
    const field = first.get(type);
    const moment = field && momentFor(field, now);
    if (field && moment !== undefined) values.set(field, moment);
  }
  // Users are nobody's: the row itself is the user.
  for (const type of collection.system && collection.name === 'directus_users' ? [] : people) {
    const field = first.get(type);
    if (field) values.set(field, userFor(field, user));
  }
  for (const field of slugs) {
    const slug = mirrored(collection, field, given);
    if (slug !== undefined) values.set(field, slug);
  }
  // A UUID that the payload leaves out is made.
  for (const field of action === 'create' ? uuids : []) if ((given.get(field) ?? null) === null) values.set(field, randomUUID());
  return values;
}
