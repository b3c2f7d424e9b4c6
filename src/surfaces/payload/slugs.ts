/** Under which names collections stand in URLs: slugs, with globals in a namespace of their own (payload-rest P-01 to P-03). */
import type { Collection, Schema } from '../../schema/types.ts';
import { kebab } from '../kebab.ts';

export interface Slugs {
  /** By slug, and by the exact name of a table where that is nobody's slug. */
  collection(segment: string): Collection | undefined;
  global(segment: string): Collection | undefined;
  /** Of a collection or a global; undefined for what has none. */
  of(collection: Pick<Collection, 'name'>): string | undefined;
  readonly collections: ReadonlyMap<string, Collection>;
  readonly globals: ReadonlyMap<string, Collection>;
}

export const usersSlug = 'users';
export const mediaSlug = 'media';

/** System tables that are served as collections, under slugs of their own. */
const system: ReadonlyMap<string, string> = new Map([
  ['directus_users', usersSlug],
  ['directus_files', mediaSlug],
]);

const reserved: ReadonlySet<string> = new Set(['globals', 'access', '_preferences', 'payload-preferences', ...system.values()]);

const byCodePoint = (a: Collection, b: Collection): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** Tables whose names are their slugs keep them, whatever else comes; the others follow in code-point order and are numbered. */
function settle(collections: readonly Collection[], taken: ReadonlySet<string>): Map<string, Collection> {
  const slugs = new Map<string, Collection>();
  const late: Collection[] = [];
  for (const collection of collections) {
    if (kebab(collection.name) === collection.name && !taken.has(collection.name)) slugs.set(collection.name, collection);
    else late.push(collection);
  }
  for (const collection of late.sort(byCodePoint)) {
    const wanted = kebab(collection.name);
    let slug = wanted;
    for (let n = 2; slugs.has(slug) || taken.has(slug); n += 1) slug = `${wanted}-${n}`;
    slugs.set(slug, collection);
  }
  return slugs;
}

function make({ collections }: Schema): Slugs {
  const own = [...collections.values()].filter((collection) => !collection.system);
  const listed = settle(
    own.filter(({ meta }) => !meta?.single),
    reserved,
  );
  const globals = settle(
    own.filter(({ meta }) => meta?.single),
    new Set(),
  );
  for (const [name, slug] of system) {
    const collection = collections.get(name);
    if (collection) listed.set(slug, collection);
  }
  const slugOf = new Map([...listed, ...globals].map(([slug, { name }]) => [name, slug]));
  const alias = (slugs: ReadonlyMap<string, Collection>, segment: string): Collection | undefined => {
    const found = slugs.get(segment);
    if (found) return found;
    const named = collections.get(segment);
    const slug = named && slugOf.get(named.name);
    return slug !== undefined && !named?.system && !reserved.has(segment) && slugs.get(slug) === named ? named : undefined;
  };
  return {
    collection: (segment) => alias(listed, segment),
    global: (segment) => alias(globals, segment),
    of: ({ name }) => slugOf.get(name),
    collections: listed,
    globals,
  };
}

const made = new WeakMap<Schema, Slugs>();

/** The slugs of one version of a schema. */
export function slugsOf(schema: Schema): Slugs {
  let slugs = made.get(schema);
  if (!slugs) {
    slugs = make(schema);
    made.set(schema, slugs);
  }
  return slugs;
}
