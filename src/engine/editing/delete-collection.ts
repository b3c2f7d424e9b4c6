/** Deleting a collection: its table, and all that is said of it (directus8-system §7.7). */
import type { TableChange } from '../../dialect/ddl.ts';
import { GatewayError } from '../../lib/errors.ts';
import { collectionOf } from '../../query/bind.ts';
import { isSystemName } from '../../schema/system.ts';
import type { Collection, RelationMeta } from '../../schema/types.ts';
import type { MetadataWriter } from './metadata-rows.ts';
import type { Removal } from './removal.ts';
import type { EditContext } from './run-edit.ts';
import { inboundOf, tableOf } from './tables.ts';

/** The table goes, and with `force` the foreign keys of others that point to it. */
export function dropOf(context: EditContext, collection: Collection): TableChange {
  const table = tableOf(context, collection);
  const inbound = inboundOf(context, collection);
  if (inbound.length > 0 && !context.force) {
    const names = [...new Set(inbound.map((one) => `"${one.table.name}"`))].join(', ');
    const message = `Foreign keys of ${names} point to "${collection.name}". Send force=1 to give these up`;
    throw new GatewayError('schema_refused', { message });
  }
  return { is: 'drop', table, inbound };
}

/** Takes away what is said of a collection; gives back how many rows of what. */
export async function forgetCollection(
  writer: MetadataWriter,
  relations: readonly RelationMeta[],
  collection: string,
): Promise<Record<string, number>> {
  // A list of another collection, of rows that are gone.
  let lists = 0;
  for (const row of relations) {
    if (row.collection_many !== collection || row.collection_one === null || row.field_one === null) continue;
    lists += await writer.remove('directus_fields', { collection: row.collection_one, field: row.field_one });
  }
  const many = await writer.remove('directus_relations', { collection_many: collection });
  const one = await writer.remove('directus_relations', { collection_one: collection });
  return {
    permissions: await writer.remove('directus_permissions', { collection }),
    fields: (await writer.remove('directus_fields', { collection })) + lists,
    relations: many + one,
    collections: await writer.remove('directus_collections', { collection }),
    presets: await writer.remove('directus_collection_presets', { collection }),
  };
}

/** A collection that is to be deleted. */
export function collectionRemoval(context: EditContext, relations: readonly RelationMeta[], name: string): Removal {
  if (isSystemName(name)) throw new GatewayError('system_collection');
  const collection = collectionOf(context.schema, name);
  if (collection.kind === 'view')
    throw new GatewayError('unprocessable', { message: `"${name}" is a view; it is deleted in the database` });
  return {
    what: `collection ${name} deleted`,
    subject: `the collection ${name}`,
    of: { collection: name },
    counted: [{ as: 'rows', collection }],
    changes: [dropOf(context, collection)],
    forget: (writer) => forgetCollection(writer, relations, name),
  };
}
