/** Of which field that was sent another row has the value already. */
import type { WriteNode } from '../query/mutation.ts';
import type { Collection, Field } from '../schema/types.ts';

/** Sets of columns that no two rows have alike. */
const uniqueSets = ({ key, unique }: Collection): readonly (readonly Field[])[] => [key, ...unique];

/**
 * The field by what the database says of it, which is its name or the value; undefined where it cannot be told, or is one that was not sent
 * and is nobody's to hear of.
 */
export function duplicateField(nodes: readonly WriteNode[], said: unknown): Field | undefined {
  const known = nodes.flatMap((node) =>
    uniqueSets(node.collection).flatMap((set) => (set.some((field) => node.sent.has(field)) ? [{ node, set }] : [])),
  );
  const named = known.find(({ node, set }) => {
    const values = set.map((field) => String(node.values.get(field) ?? ''));
    return [set.map(({ name }) => name), values].some((parts) => said === parts.join(', ') || said === parts.join('-'));
  });
  const sets = new Set(known.map(({ set }) => set));
  const found = named ?? (sets.size === 1 ? known[0] : undefined);
  return found?.set.find((field) => found.node.sent.has(field));
}
