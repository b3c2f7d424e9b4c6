/** API ids: what tables are called in URLs (strapi-rest §1.1). */
import { reservedTypes, type StrapiSettings } from '../../config/strapi-schema.ts';
import type { Collection, Schema } from '../../schema/types.ts';
import { plural, singular } from '../inflection.ts';
import { kebab } from '../kebab.ts';

/** A type of content: many entries, or a single one. */
export interface ContentType {
  readonly id: string;
  readonly collection: Collection;
  readonly single: boolean;
}

export interface ContentTypes {
  /** By API id; by other spellings of a name as long as they are nobody's id. */
  readonly byId: ReadonlyMap<string, ContentType>;
  readonly byCollection: ReadonlyMap<string, ContentType>;
}

function numbered(name: string, number: (word: string) => string): string {
  const at = name.lastIndexOf('-') + 1;
  return name.slice(0, at) + number(name.slice(at));
}

/** The id that the table would have if it were alone. */
export function wantedId(name: string, single: boolean): string {
  return numbered(kebab(name), single ? singular : plural);
}

/** Ids that the project file gives to tables. */
export type Pinned = NonNullable<StrapiSettings['types']>;

const none: Pinned = [];
const types = new WeakMap<Schema, { readonly pinned: Pinned; readonly types: ContentTypes }>();

/** The types of a schema; each has an id of its own, whoever asks. */
export function contentTypes(schema: Schema, pinned: Pinned = none): ContentTypes {
  const known = types.get(schema);
  if (known?.pinned === pinned) return known.types;
  const made = named(schema, pinned);
  types.set(schema, { pinned, types: made });
  return made;
}

/** What the project file gives a table comes first. What reads as its id already keeps it, so that a table that is added renames none of these; then by name. */
function named(schema: Schema, pinned: Pinned): ContentTypes {
  const open = [...schema.collections.values()]
    .filter(({ system, name }) => !system && !name.startsWith('directus_'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((collection) => {
      const single = collection.meta?.single === true;
      const { name } = collection.table;
      return { collection, single, plain: kebab(name), wanted: wantedId(name, single) };
    });
  const byId = new Map<string, ContentType>();
  const byCollection = new Map<string, ContentType>();
  const take = (id: string, { collection, single }: (typeof open)[number]): boolean => {
    if (byId.has(id) || reservedTypes.has(id)) return false;
    const type = { id, collection, single };
    byId.set(id, type);
    byCollection.set(collection.name, type);
    return true;
  };
  for (const { id, collection } of pinned) {
    const one = open.find(({ collection: { name } }) => name === collection);
    if (one && !byCollection.has(collection)) take(id, one);
  }
  for (const one of open) if (one.plain === one.wanted && !byCollection.has(one.collection.name)) take(one.wanted, one);
  for (const one of open) {
    if (byCollection.has(one.collection.name) || take(one.wanted, one) || take(one.plain, one)) continue;
    for (let number = 2; !take(`${one.wanted}-${number}`, one); number++);
  }
  for (const { collection, plain } of open) {
    const type = byCollection.get(collection.name);
    for (const spelling of [plain, collection.name]) {
      if (type && !byId.has(spelling) && !reservedTypes.has(spelling)) byId.set(spelling, type);
    }
  }
  return { byId, byCollection };
}
