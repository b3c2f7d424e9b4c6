/** Relations with real foreign keys, which Directus 8 does not have: the row of directus_relations and the foreign key as one. */
import type { Link, TableChange } from '../../dialect/ddl.ts';
import type { IntrospectedForeignKey } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { collectionOf } from '../../query/bind.ts';
import type { Collection, Field, RelationMeta } from '../../schema/types.ts';
import { writeJournal } from '../journal.ts';
import { unrelated } from '../system-metadata.ts';
import { type Attributes, demandTexts, linkOf } from './attributes.ts';
import { referenceTo } from './columns.ts';
import { orphans } from './losses.ts';
import { type JsonValues, type MetadataWriter, metadataWriter } from './metadata-rows.ts';
import type { Removal } from './removal.ts';
import { type Check, type EditContext, runEdit } from './run-edit.ts';
import { tableOf } from './tables.ts';

const ends = ['collection_many', 'field_many', 'collection_one', 'field_one', 'junction_field'] as const;
const known = new Set<string>(['id', 'foreign_key', ...ends]);

interface Work {
  readonly checks: Check[];
  readonly changes: TableChange[];
}

/** The row as the body has it. Throws what the other ways to write a relation throw. */
function rowOf(body: Attributes): JsonValues {
  const unknown = Object.keys(body).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new GatewayError('unprocessable', { message: `A relation has no attribute ${unknown.map((name) => `"${name}"`).join(', ')}` });
  }
  if (unrelated.has(String(body['collection_one']))) throw new GatewayError('system_collection');
  return Object.fromEntries(ends.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]] as const])));
}

/** The column of a relation's many side. */
function columnOf(context: EditContext, row: Attributes): { readonly collection: Collection; readonly field: Field } {
  const collection = collectionOf(context.schema, String(row['collection_many']));
  const name = String(row['field_many']);
  const field = collection.fields.get(name);
  if (!field) throw new GatewayError('field_not_found', { field: name });
  if (collection.kind === 'view' || collection.system) {
    throw new GatewayError('unprocessable', {
      message: `foreign_key: the tables of the system and views get none, such as "${collection.name}"`,
    });
  }
  return { collection, field };
}

/** The foreign keys that a relation's column has, of that column alone. */
function linksOf(context: EditContext, { collection_many, field_many }: RelationMeta): readonly IntrospectedForeignKey[] {
  const collection = context.schema.collections.get(collection_many);
  const column = collection?.fields.get(field_many)?.column.name;
  if (!collection || column === undefined || collection.kind === 'view') return [];
  return tableOf(context, collection).foreignKeys.filter(({ columns }) => columns.length === 1 && columns[0] === column);
}

function unlinking(context: EditContext, row: RelationMeta): TableChange[] {
  const unlink = linksOf(context, row);
  if (unlink.length === 0) return [];
  const table = tableOf(context, collectionOf(context.schema, row.collection_many));
  return [{ is: 'alter', table, add: [], change: [], drop: [], unlink }];
}

/** A foreign key for the relation, in place of the one that its column has. */
function linking(context: EditContext, row: Attributes, onDelete: NonNullable<ReturnType<typeof linkOf>>, before?: RelationMeta): Work {
  const { collection, field } = columnOf(context, row);
  const { dialect } = context.connection;
  const target = collectionOf(context.schema, String(row['collection_one']));
  const { type, references } = referenceTo(context, field.name, { collection: target.name, onDelete });
  const refused = (message: string): GatewayError => new GatewayError('unprocessable', { message: `foreign_key: ${message}` });
  if (!context.vendor.ddl.sameType(type, field.column.nativeType)) {
    throw refused(
      `"${field.name}" is of the type ${field.column.nativeType}, the key of "${target.name}" of ${type}; change the field first`,
    );
  }
  if (onDelete === 'set null' && !field.column.nullable) throw refused(`a required field is never set to null: ${field.name}`);
  const [key] = target.key;
  const link: Link[] = [{ column: field.column.name, references }];
  const table = tableOf(context, collection);
  const same = before?.collection_many === collection.name;
  const own = { collection_many: collection.name, field_many: field.name } as RelationMeta;
  const unlink = [...new Set([...linksOf(context, own), ...(same ? linksOf(context, before) : [])])];
  return {
    checks: key ? [orphans(collection, field, target, key, dialect)] : [],
    changes: [...(before && !same ? unlinking(context, before) : []), { is: 'alter', table, add: [], change: [], drop: [], link, unlink }],
  };
}

interface Change extends Work {
  readonly what: string;
  readonly action: 'create' | 'update';
  /** Writes the row, and gives back its key. */
  write(writer: MetadataWriter): Promise<string>;
}

async function run(context: EditContext, { what, checks, changes, action, write }: Change): Promise<string> {
  let item = '';
  await runEdit(context, {
    what,
    checks,
    changes,
    async metadata(transaction) {
      item = await write(metadataWriter(transaction, context.schema));
      if (context.unrecorded) return;
      const state = { connection: transaction, schema: context.schema, now: new Date() };
      const entry = { action, collection: 'directus_relations', item };
      await writeJournal(state, [entry], { actor: context.actor, userAgent: context.userAgent });
    },
    made: () => item,
  });
  return item;
}

function relationOf(relations: readonly RelationMeta[], id: string): RelationMeta {
  const found = relations.find((row) => String(row.id) === id);
  if (!found) throw new GatewayError('item_not_found', { id });
  return found;
}

/** Makes a relation with a foreign key, or one without where `foreign_key` says so; gives back its id. */
export function createRelation(context: EditContext, body: Attributes): Promise<string> {
  const row = rowOf(body);
  demandTexts(row, ['collection_many', 'field_many', 'collection_one']);
  const onDelete = linkOf(body['foreign_key'] ?? null);
  const work = onDelete ? linking(context, row, onDelete) : { checks: [], changes: [] };
  const what = `relation of ${String(row['collection_many'])}.${String(row['field_many'])} made`;
  return run(context, { ...work, what, action: 'create', write: (writer) => writer.insert('directus_relations', row) });
}

/** Changes a relation; with `foreign_key` its column gets one, another one or none. */
export async function updateRelation(
  context: EditContext,
  relations: readonly RelationMeta[],
  id: string,
  body: Attributes,
): Promise<void> {
  const before = relationOf(relations, id);
  const row = rowOf(body);
  const onDelete = linkOf(body['foreign_key'] ?? null);
  const work = onDelete ? linking(context, { ...before, ...row }, onDelete, before) : { checks: [], changes: unlinking(context, before) };
  await run(context, {
    ...work,
    what: `relation of ${before.collection_many}.${before.field_many} changed`,
    action: 'update',
    async write(writer) {
      await writer.update('directus_relations', { id: before.id }, row);
      return id;
    },
  });
}

/** A relation that is to be deleted with the foreign key of its column. */
export function relationRemoval(context: EditContext, relations: readonly RelationMeta[], id: string): Removal {
  const before = relationOf(relations, id);
  const { collection_many, field_many } = before;
  return {
    what: `relation of ${collection_many}.${field_many} deleted`,
    subject: `the relation of ${collection_many}.${field_many}`,
    of: { collection: collection_many, field: field_many },
    counted: [],
    changes: unlinking(context, before),
    recorded: [{ collection: 'directus_relations', item: id }],
    forget: async (writer) => ({ relations: await writer.remove('directus_relations', { id: before.id }) }),
  };
}
