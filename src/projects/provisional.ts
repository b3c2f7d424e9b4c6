/** A schema of which some tables have changed and are just being read: everything else is served from it as if nothing had happened. */
import { GatewayError } from '../lib/errors.ts';
import type { Collection, Schema } from '../schema/types.ts';

const provisionals = new WeakSet<Schema>();

/** Whether some collections of the schema are out of date. What was refused under it may be right under the next. */
export function isProvisional(schema: Schema): boolean {
  return provisionals.has(schema);
}

/**
 * The schema without the changed collections: asking for one of them throws, be it there, gone or new, so that nothing is ever said of
 * a table as it was. The error reaches no client, since what meets it is done again when the tables are read.
 */
export function provisionalSchema(schema: Schema, changed: ReadonlySet<string>, version: number): Schema {
  const collections: ReadonlyMap<string, Collection> = Object.assign(new Map(schema.collections), {
    get(name: string): Collection | undefined {
      if (!changed.has(name)) return schema.collections.get(name);
      throw new GatewayError('database_unavailable', { message: 'A table has just been changed and is being read anew; try again' });
    },
  });
  const made = Object.freeze({ ...schema, version, collections });
  provisionals.add(made);
  return made;
}
