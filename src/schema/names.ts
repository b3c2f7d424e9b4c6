/** Every name we make up ourselves, and how names that compete are told apart. */

/** What filters and `fields` cannot name: dots and commas anywhere, a minus at the start. */
const addressable = (name: string): string => name.replace(/[.,]/g, '_').replace(/^-/, '_');

const joined = (columns: readonly string[]): string => columns.map(addressable).join('_');

/** Candidates for a generated name, the preferred one first; later ones say more. */
export const names = {
  /** A to-one relation that no single column can name: the parent table, then with the columns that point at it. */
  toOne: (parentTable: string, columns: readonly string[]): string[] => {
    const parent = addressable(parentTable);
    return [parent, `${parent}_${joined(columns)}`];
  },
  /** The list of children of a foreign key: the child table, then with the columns that point here, then with its own schema. */
  toMany: (childTable: string, columns: readonly string[], schema?: string): string[] => {
    const child = addressable(childTable);
    const by = `${child}_by_${joined(columns)}`;
    return schema === undefined ? [child, by] : [child, by, `${addressable(schema)}_${by}`];
  },
  /** The far side of a table of two foreign keys: the target table, then with that table, then with the columns that point here. */
  throughTable: (targetTable: string, throughTable: string, columns: readonly string[]): string[] => {
    const via = `${addressable(targetTable)}_via_${addressable(throughTable)}`;
    return [addressable(targetTable), via, `${via}_by_${joined(columns)}`];
  },
};

/** A generated name that is wanted. `id` tells it from all others and does not depend on any order. */
export interface NameWish {
  readonly id: string;
  readonly candidates: readonly string[];
}

/**
 * One name for each wish of a collection, by the wish's id. Wishes that compete with each other or with `taken` all move on to
 * their next candidate, so that no order decides; those still equal at the end are numbered in the order of their ids.
 */
export function settleNames(wishes: readonly NameWish[], taken: { has(name: string): boolean }): Map<string, string> {
  const ordered = [...wishes].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const levels = new Map<NameWish, number>();
  const current = (wish: NameWish): string => wish.candidates[levels.get(wish) ?? 0] ?? wish.id;
  for (let moved = true; moved; ) {
    moved = false;
    const counts = new Map<string, number>();
    for (const wish of ordered) counts.set(current(wish), (counts.get(current(wish)) ?? 0) + 1);
    const competing = ordered.filter((wish) => taken.has(current(wish)) || (counts.get(current(wish)) ?? 0) > 1);
    for (const wish of competing) {
      const next = (levels.get(wish) ?? 0) + 1;
      if (next >= wish.candidates.length) continue;
      levels.set(wish, next);
      moved = true;
    }
  }
  const reserved = new Set(ordered.map(current));
  const settled = new Map<string, string>();
  const given = new Set<string>();
  for (const wish of ordered) {
    const base = current(wish);
    let name = base;
    for (let n = 2; taken.has(name) || given.has(name) || (name !== base && reserved.has(name)); n++) name = `${base}_${n}`;
    given.add(name);
    settled.set(wish.id, name);
  }
  return settled;
}

/** A character as it stands in a GraphQL name that cannot hold it. */
const spelled = (character: string): string => `_x${character.codePointAt(0)?.toString(16)}_`;

/**
 * The name under which GraphQL knows a collection or field: as it is where that is allowed, else with `_x2d_` for a minus and its like.
 * No two names become the same, and `nameOfGraphql` finds the way back.
 */
export function graphqlName(name: string): string {
  return (
    name
      // What would read as a spelled character, now or when what follows is one.
      .replace(/_(?=x[0-9a-f]+[^0-9A-Za-z])/gu, spelled)
      .replace(/[^_0-9A-Za-z]/gu, spelled)
      .replace(/^(?:__|\d)/, (start) => (start === '__' ? '_x5f__' : spelled(start)))
  );
}

/** The name that a GraphQL name stands for. */
export function nameOfGraphql(name: string): string {
  return name.replace(/_x([0-9a-f]+)_/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));
}

/** The types of a collection begin with this (directus8-system §23): underscores removed, words capitalised. */
export function pascalName(name: string): string {
  const words = graphqlName(name)
    .split('_')
    .filter((word) => word !== '');
  const joined = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
  return /^[A-Za-z]/.test(joined) ? joined : `_${joined}`;
}
