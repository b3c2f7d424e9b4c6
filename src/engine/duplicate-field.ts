/** Of which field that was sent another row has the value already, and what may be said of it. */
import type { WriteNode } from '../query/mutation.ts';
import type { Collection, Field } from '../schema/types.ts';

/** Sets of columns that no two rows have alike. */
const uniqueSets = ({ key, unique }: Collection): readonly (readonly Field[])[] => [key, ...unique];

interface Known {
  readonly node: WriteNode;
  readonly set: readonly Field[];
}

/** The sets that may be meant, of which something was sent; and the one that is, by its names or its values. */
function meant(nodes: readonly WriteNode[], said: unknown): { readonly known: readonly Known[]; readonly named: Known | undefined } {
  const known = nodes.flatMap((node) =>
    uniqueSets(node.collection).flatMap((set) => (set.some((field) => node.sent.has(field)) ? [{ node, set }] : [])),
  );
  const named = known.find(({ node, set }) => {
    const values = set.map((field) => String(node.values.get(field) ?? ''));
    return [set.map(({ name }) => name), values].some((parts) => said === parts.join(', ') || said === parts.join('-'));
  });
  return { known, named };
}

/**
 * The field by what the database says of it, which is its name or the value; undefined where it cannot be told, or is one that was not sent
 * and is nobody's to hear of.
 */
export function duplicateField(nodes: readonly WriteNode[], said: unknown): Field | undefined {
  const { known, named } = meant(nodes, said);
  const sets = new Set(known.map(({ set }) => set));
  const found = named ?? (sets.size === 1 ? known[0] : undefined);
  return found?.set.find((field) => found.node.sent.has(field));
}

/** Whether what the database says holds nothing but what was written, or what the caller may read of every row: it names all columns of the set. */
export function mayBeSaid(nodes: readonly WriteNode[], said: unknown, visible: (field: Field) => boolean): boolean {
  const { named } = meant(nodes, said);
  if (named) return named.set.every((field) => named.node.values.has(field) || visible(field));
  return nodes.every(({ collection }) => uniqueSets(collection).every((set) => set.every(visible)));
}
