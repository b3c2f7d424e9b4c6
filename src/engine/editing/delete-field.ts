/** Deleting a field, with all that is said of it (directus8-system §8.6). */
import type { TableChange } from '../../dialect/ddl.ts';
import { GatewayError } from '../../lib/errors.ts';
import { collectionOf } from '../../query/bind.ts';
import type { RelationMeta } from '../../schema/types.ts';
import { refuseFixed } from './columns.ts';
import { dropOf, forgetCollection } from './delete-collection.ts';
import { metaOf, noWork, refuseLast, tableChanges } from './fields.ts';
import type { MetadataWriter } from './metadata-rows.ts';
import type { Removal } from './removal.ts';
import type { EditContext } from './run-edit.ts';
import { refusePointedTo } from './tables.ts';

/** Relations are stored where the many side is; rows that speak of it from either side. */
function touching(relations: readonly RelationMeta[], collection: string, field: string): { many: RelationMeta[]; one: RelationMeta[] } {
  return {
    many: relations.filter((row) => row.collection_many === collection && row.field_many === field),
    one: relations.filter((row) => row.collection_one === collection && row.field_one === field),
  };
}

/** Both rows of a junction. */
function junctionRows(relations: readonly RelationMeta[], row: RelationMeta): RelationMeta[] {
  return relations.filter(
    (other) => other.collection_many === row.collection_many && (other === row || other.field_many === row.junction_field),
  );
}

interface Gone {
  readonly relations: number;
  readonly lists: number;
}

/** Gives back how many relations went, and how many lists on the other side. */
async function untie(writer: MetadataWriter, known: readonly RelationMeta[], collection: string, field: string): Promise<Gone> {
  const { many, one } = touching(known, collection, field);
  const gone = { relations: 0, lists: 0 };
  for (const row of many) {
    gone.relations += await writer.remove('directus_relations', { id: row.id });
    if (row.collection_one !== null && row.field_one !== null) {
      gone.lists += await writer.remove('directus_fields', { collection: row.collection_one, field: row.field_one });
    }
  }
  for (const row of one) {
    if (row.junction_field === null) await writer.update('directus_relations', { id: row.id }, { field_one: null });
    else for (const { id } of junctionRows(known, row)) gone.relations += await writer.remove('directus_relations', { id });
  }
  return gone;
}

/** Of the junction. */
const prefixed = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).map(([what, count]) => [`junction_${what}`, count]));

export interface FieldDeletion {
  readonly collection: string;
  readonly field: string;
  /** The table between the two sides of a many-to-many goes too. */
  readonly junction: boolean;
}

/** A field that is to be deleted. */
export function fieldRemoval(
  context: EditContext,
  relations: readonly RelationMeta[],
  { collection: name, field: fieldName, junction }: FieldDeletion,
): Removal {
  const collection = collectionOf(context.schema, name);
  const field = collection.fields.get(fieldName);
  const meta = metaOf(collection, fieldName);
  if (!field && !meta) throw new GatewayError('field_not_found', { field: fieldName });
  if (collection.system && meta?.locked) throw new GatewayError('schema_refused', { message: `"${fieldName}" is a field of the system` });
  const work = noWork();
  if (field) {
    refuseLast(collection);
    if (field.primaryKey) throw new GatewayError('schema_refused', { message: `"${fieldName}" is the primary key of "${name}"` });
    refuseFixed(collection, field);
    refusePointedTo(context, collection, field);
    work.drop.push(field.column.name);
  }
  const changes: TableChange[] = tableChanges(context, collection, work);
  const through = junction ? touching(relations, name, fieldName).one.find((row) => row.junction_field !== null) : undefined;
  const between = through && context.schema.collections.get(through.collection_many);
  if (between) changes.push(dropOf(context, between));
  return {
    what: `field ${name}.${fieldName} deleted${between ? ` with the junction ${between.name}` : ''}`,
    subject: `the field ${name}.${fieldName}`,
    of: { collection: name, field: fieldName },
    counted: [...(field ? [{ as: 'values', collection, field }] : []), ...(between ? [{ as: 'junction_rows', collection: between }] : [])],
    changes,
    async forget(writer) {
      let gone: Record<string, number> =
        field?.type === 'file' || field?.type === 'user' ? {} : { ...(await untie(writer, relations, name, fieldName)) };
      await writer.remove('directus_fields', { collection: name, field: fieldName });
      if (field?.type === 'status') gone['permissions'] = await writer.remove('directus_permissions', { collection: name }, 'status');
      if (between) gone = { ...gone, ...prefixed(await forgetCollection(writer, relations, between.name)) };
      return gone;
    },
  };
}
