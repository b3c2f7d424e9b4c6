/** `fields`: which attributes an entry shows (strapi-rest §7). */
import type { Collection } from '../../schema/types.ts';
import type { BracketValue } from '../bracket-query.ts';
import { invalidName } from './faults.ts';
import { fileNames, filesCollection } from './file-object.ts';
import { localisedOf } from './locale.ts';
import { listedNames } from './names-list.ts';
import { isShown, named, publishingOf, type Sight } from './sight.ts';
import { userNames, usersCollection } from './user-object.ts';

/** Names beside those of columns. */
const ofEveryEntry = ['id', 'documentId', 'createdAt', 'updatedAt'];

/** Names that Strapi gives, which stand among the attributes without being columns. */
function ownNames(sight: Sight, collection: Collection): readonly string[] {
  const published = publishingOf(sight, collection) ? ['publishedAt'] : [];
  const localised = localisedOf(sight, collection);
  if (collection.name === filesCollection) return [...ofEveryEntry, ...fileNames];
  if (collection.name === usersCollection) return [...ofEveryEntry, ...userNames];
  return [...ofEveryEntry, ...published, ...(localised ? ['locale', ...localised.fields.map(({ name }) => name)] : [])];
}

/** The attributes to show, under the names of their columns and those of ours; undefined for all of them. */
export function fieldsOf(sight: Sight, collection: Collection, value: BracketValue | undefined): ReadonlySet<string> | undefined {
  if (value === undefined || value === '') return undefined;
  const names = listedNames('fields', value);
  if (names.length === 0 || names.includes('*')) return undefined;
  return new Set(names.map((name) => attributeNamed(sight, collection, name)));
}

/** The column of that name, or a name of ours. Throws `unknown_field`. */
export function attributeNamed(sight: Sight, collection: Collection, name: string): string {
  const own = collection.fields.get(name);
  if (own && isShown(sight, own)) return name;
  if (ownNames(sight, collection).includes(name)) return name;
  const found = named(sight, collection, name);
  if (!found?.field || !isShown(sight, found.field)) throw invalidName(name, 'fields');
  return found.name;
}
