/** What the types and root fields of a collection are called (directus8-system §23). Only what the caller may see takes a name. */
import { graphqlName, pascalName } from '../../schema/names.ts';
import type { Collection } from '../../schema/types.ts';

/** The words that system types begin with. */
const systemTypes: ReadonlyMap<string, string> = new Map(
  [
    'collection',
    'collection_preset',
    'field',
    'file',
    'folder',
    'permission',
    'relation',
    'revision',
    'role',
    'setting',
    'user',
    'webhook',
  ].map((one) => [`directus_${one}s`, pascalName(`directus_${one}`)]),
);

/** What stands behind the base of a type's name; empty for the wrapper of rows and meta. */
const typeParts = [
  '',
  'Item',
  'Filter',
  'Where',
  'WhereOne',
  'WhereMany',
  'Connection',
  'Edge',
  'Aggregated',
  'Group',
  'Counts',
  'Numbers',
  'Extremes',
  'Create',
  'Update',
  'One',
  'Many',
  'Change',
] as const;

export type TypePart = (typeof typeParts)[number];

export interface CollectionNames {
  /** Of the root field that lists it, and the start of the others. */
  readonly field: string;
  readonly type: (part: TypePart) => string;
  readonly byId: string;
  readonly aggregated: string;
  readonly connection: string;
  /** The subscription to its changes. */
  readonly mutated: string;
}

/** Names of the collections, none of which is another's or one of `taken`. */
export function namesOf(collections: readonly Collection[], taken: Iterable<string>): ReadonlyMap<string, CollectionNames> {
  const types = new Set(taken);
  const fields = new Set(collections.map(({ name }) => graphqlName(name)));
  const free = (name: string): string => {
    let one = name;
    while (fields.has(one)) one += '_';
    fields.add(one);
    return one;
  };
  const names = new Map<string, CollectionNames>();
  for (const { name } of [...collections].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const field = graphqlName(name);
    const base = freeBase(systemTypes.get(name) ?? pascalName(name), types);
    // The filters of system tables have the tables' names in Directus 8, their rows the singular.
    const filter = `${systemTypes.has(name) && !types.has(`${pascalName(name)}Filter`) ? pascalName(name) : base}Filter`;
    const typeName = (part: TypePart): string => (part === 'Filter' ? filter : base + part);
    for (const part of typeParts) types.add(typeName(part));
    names.set(name, {
      field,
      type: typeName,
      byId: free(`${field}_by_id`),
      aggregated: free(`${field}_aggregated`),
      connection: free(`${field}_connection`),
      mutated: `${field}_mutated`,
    });
  }
  return names;
}

function freeBase(wanted: string, types: ReadonlySet<string>): string {
  let base = wanted;
  for (let n = 2; typeParts.some((part) => types.has(base + part)); n += 1) base = `${wanted}_${n}`;
  return base;
}
