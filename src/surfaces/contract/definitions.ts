/** Schemas that are defined once, under a name, by whoever mentions them first. */
import type { JsonSchema } from './values.ts';

/** Defines the schema, where nobody has, and gives a reference to it. */
export type Define = (name: string, make: () => JsonSchema) => JsonSchema;

interface Definitions {
  readonly define: Define;
  /** In the order of their first mention; what one of them mentions comes behind all others. */
  readonly waiting: readonly { readonly name: string; readonly make: () => JsonSchema }[];
}

/** No definitions yet. */
export function createDefinitions(): Definitions {
  const known = new Set<string>();
  const waiting: { readonly name: string; readonly make: () => JsonSchema }[] = [];
  return {
    waiting,
    define(name, make) {
      if (!known.has(name)) {
        known.add(name);
        waiting.push({ name, make });
      }
      return { $ref: `#/components/schemas/${name}` };
    },
  };
}
