/** What a revision says of an item, as something to be written again (directus8-data §12.3). */
import { type Writer, writerOf } from '../access/write.ts';
import { GatewayError } from '../lib/errors.ts';
import { isJsonObject, type Json, parseJsonBody } from '../lib/json-body.ts';
import { collectionOf } from '../query/bind.ts';
import type { RequestedItem } from '../query/mutation.ts';
import type { RequestedRead } from '../query/types.ts';
import { keyText, parseKey } from '../schema/keys.ts';
import type { Collection, Field, FieldType } from '../schema/types.ts';
import { accessOf, type ReadContext, read } from './read.ts';

const revisions = 'directus_revisions';

/** Hashes would be hashed again, and who and when tell of this change, not of that one. */
const left: ReadonlySet<FieldType> = new Set<FieldType>(['hash', 'datetime_created', 'datetime_updated', 'user_updated']);

function isRestored(field: Field, collection: Collection, writer: Writer): boolean {
  if (field.primaryKey || field.secret || field.column.generated || left.has(field.type)) return false;
  return writer.find(collection)?.forbidden([field.name], undefined) === undefined;
}

/** Throws item_not_found where the caller may not read the item, whatever is known of it. */
async function demandItem(context: ReadContext, collection: Collection, key: string): Promise<void> {
  const readable = accessOf(context).visible.collection(collection);
  const found = readable ? await read(context, { ...oneRow(collection.name, key), statuses: 'any' }) : undefined;
  if (!found || found.texts.count === 0) throw new GatewayError('item_not_found', { id: key });
}

function oneRow(collection: string, key: string): RequestedRead {
  return {
    collection,
    selection: { all: true, named: new Map(), without: new Set() },
    keys: [key],
    offset: 0,
    limit: 1,
    counts: { filtered: false, total: false, byStatus: false },
    stubs: false,
  };
}

/**
 * The columns that the item had at that revision, of those that are there today and that the caller may write. As what is written can be
 * read, the revision must be one that the caller may read, and so must the columns, in every row.
 *
 * @throws GatewayError unknown_collection, item_not_found for what is no key, revision_not_found for one of another item
 */
export async function revertedItem(context: ReadContext, collectionName: string, key: string, revision: string): Promise<RequestedItem> {
  const { schema, rules, actor } = context;
  const collection = collectionOf(schema, collectionName);
  const values = parseKey(collection, key);
  if (!values) throw new GatewayError('item_not_found', { id: key });
  await demandItem(context, collection, keyText(values));
  const { visible } = accessOf(context);
  const history = schema.collections.get(revisions);
  const told = history !== undefined && visible.collection(history);
  const snapshot = told ? await snapshotOf(context, collection, keyText(values), revision) : undefined;
  if (!snapshot) throw new GatewayError('revision_not_found', { id: revision });
  const writer = writerOf(schema, rules, actor);
  const kept = [...collection.fields.values()].filter(
    (field) => Object.hasOwn(snapshot, field.name) && visible.field(field) === 'yes' && isRestored(field, collection, writer),
  );
  return Object.fromEntries(kept.map((field) => [field.name, snapshot[field.name] ?? null]));
}

async function snapshotOf(
  context: ReadContext,
  collection: Collection,
  item: string,
  revision: string,
): Promise<RequestedItem | undefined> {
  if (!/^\d{1,18}$/.test(revision)) return undefined;
  const equals = (field: string, value: string) => ({ is: 'compare', path: [field], operator: 'eq', value }) as const;
  const asSystem: ReadContext = { ...context, actor: { is: 'system', reason: 'an item is reverted' } };
  const { texts } = await read(asSystem, {
    ...oneRow(revisions, revision),
    selection: { all: false, named: new Map([['data', null]]), without: new Set() },
    where: { is: 'all', of: [equals('collection', collection.name), equals('item', item)] },
  });
  if (texts.count === 0) return undefined;
  const row = parseJsonBody(String(texts.between('', '')));
  return isJsonObject(row) ? objectIn(row['data'] ?? null) : undefined;
}

/** The snapshot, as the column's type has it: JSON, or a text that holds it. */
function objectIn(data: Json): RequestedItem | undefined {
  if (isJsonObject(data)) return data;
  if (typeof data !== 'string') return undefined;
  try {
    const value = parseJsonBody(data);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
