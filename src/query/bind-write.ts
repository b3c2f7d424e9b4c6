/** Turns a requested mutation into a tree of rows to be written: names resolved, values in the form in which they are stored. */

import { GatewayError } from '../lib/errors.ts';
import type { Json } from '../lib/json-body.ts';
import { numberText } from '../lib/json-body.ts';
import { parseKey } from '../schema/keys.ts';
import { type Stored, storedValue } from '../schema/stored-values.ts';
import type { Collection, Field, Relation, Schema, ToOne } from '../schema/types.ts';
import { collectionOf } from './bind.ts';
import { createFaults } from './faults.ts';
import { badKey, completed, deletedKey, heldKey, keyOf, nestedKey, type Owner } from './item-keys.ts';
import type { Limits } from './limits.ts';
import { refuse } from './limits.ts';
import type { NestedMany, NestedOne, NestedSyntax, RequestedItem, RequestedMutation, RequestedRow, ToMany, WriteNode } from './mutation.ts';
import { checkUniqueValues, uniqueFields } from './unique-key.ts';

type WriteAction = 'create' | 'update' | 'delete';

/** What binding asks of the rules, before any value is looked at. */
interface WriteRights {
  /** Throws when the action is not granted: `sent` are the names of what is written, `status` the row's where it is sent. */
  demand(action: WriteAction, collection: Collection, sent: readonly string[], status: string | null | undefined): void;
  /** Throws when rows of the collection may not be written through a relation. */
  demandNested(action: WriteAction, collection: Collection): void;
}

/** The row that is made of what stands in place of a file's id; undefined where files are named alone. */
export type FileRows = (field: string, item: RequestedItem) => RequestedItem | undefined;

export interface WriteBinding {
  readonly schema: Schema;
  readonly rights: WriteRights;
  readonly syntax: NestedSyntax;
  readonly limits: Limits;
  readonly fileRows?: FileRows;
}

interface Counted extends WriteBinding {
  /** Counts a row in; throws `limit_exceeded` for one too many. */
  readonly count: () => void;
}

/**
 * Binds a mutation: one node for each row of the collection, in the order asked for; of rows that a filter names, one that stands for
 * all of them. Throws what the rights throw, unknown_collection,
 * item_not_found for a text that is no key, unprocessable, validation, structured_value and limit_exceeded, before anything is written.
 */
export function bindMutation(request: RequestedMutation, binding: WriteBinding): WriteNode[] {
  const { schema, limits } = binding;
  const collection = collectionOf(schema, request.collection);
  let rows = 0;
  const context: Counted = {
    ...binding,
    count() {
      rows += 1;
      if (rows > limits.writeRows) refuse('rows in one write (writeRows)', limits.writeRows);
    },
  };
  refuseReadOnly(collection);
  switch (request.is) {
    case 'create':
      return request.items.map((item) => bindItem(collection, item, 'create', 1, context));
    case 'upsert': {
      // Which rights it takes is seen when it is known which rows are there.
      context.rights.demand('update', collection, [], undefined);
      const by = uniqueFields(collection, request.by);
      const nodes = request.items.map((item) => bindItem(collection, item, 'upsert', 1, context));
      checkUniqueValues(by, nodes);
      return nodes;
    }
    case 'update':
      return request.changes.map(({ key, item }) => {
        const node = bindItem(collection, item, 'update', 1, context, topKey(collection, key));
        return request.living ? { ...node, living: true } : node;
      });
    case 'delete':
      return request.keys.map((key) => deletion(collection, topKey(collection, key), context));
    case 'updateWhere':
      return [plainItem(collection, request.item, context)];
    case 'deleteWhere':
      return [deletion(collection, undefined, context)];
  }
}

/** A view takes what its database lets it take; one that is worked out takes nothing, and no table without columns does (PostgreSQL has such). */
function refuseReadOnly(collection: Collection): void {
  if (collection.updatable && collection.fields.size > 0) return;
  if (collection.updatable) throw new GatewayError('unprocessable', { message: `"${collection.name}" has no columns to write to` });
  throw new GatewayError('unprocessable', { message: `"${collection.name}" is a view that takes no changes` });
}

/** Values that are to be the same in many rows: none can hang on all of them. */
function plainItem(collection: Collection, item: RequestedItem, context: Counted): WriteNode {
  const node = bindItem(collection, item, 'update', 1, context);
  const [nested] = [...node.toOne, ...node.toMany];
  if (!nested) return node;
  throw new GatewayError('unprocessable', {
    message: `${nested.relation.name}: rows that a filter names take values only, no nested rows`,
  });
}

function topKey(collection: Collection, text: string): readonly Exclude<Stored, null>[] {
  const key = parseKey(collection, text);
  if (!key) throw new GatewayError('item_not_found', { id: text });
  return key;
}

function deletion(collection: Collection, key: WriteNode['key'], context: Counted, nested = false): WriteNode {
  context.count();
  if (nested) context.rights.demandNested('delete', collection);
  context.rights.demand('delete', collection, [], undefined);
  return { collection, does: 'delete', ...(key ? { key } : {}), values: new Map(), sent: new Set(), toOne: [], toMany: [] };
}

function statusText(collection: Collection, item: RequestedItem): string | null | undefined {
  const name = collection.status?.field.name;
  if (name === undefined || !Object.hasOwn(item, name)) return undefined;
  const value = item[name];
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : (numberText(value) ?? null);
}

/** Names are resolved before values are looked at, and rights before both. */
function bindItem(
  collection: Collection,
  item: RequestedItem,
  does: 'create' | 'update' | 'save' | 'upsert',
  depth: number,
  context: Counted,
  known?: WriteNode['key'],
): WriteNode {
  context.count();
  if (depth > context.limits.depth) refuse('levels of nested rows (depth)', context.limits.depth);
  const names = Object.keys(item);
  const given = names.filter((name) => !(does === 'update' && collection.fields.get(name)?.primaryKey));
  const key = does === 'update' ? known : does === 'upsert' ? undefined : keyOf(collection, item);
  const action = does === 'upsert' ? 'save' : does === 'save' && !key ? 'create' : does;
  const status = statusText(collection, item);
  // Whether a row is there to be changed is seen later, and so is what that takes.
  if (action !== 'save') context.rights.demand(action, collection, given, status);
  refuseUnknown(collection, names);

  const faults = createFaults();
  const values = new Map<Field, Stored>();
  const toOne: NestedOne[] = [];
  const toMany: NestedMany[] = [];
  for (const name of given) {
    const value = item[name] ?? null;
    const relation = collection.relations.get(name);
    const field = collection.fields.get(name);
    if (relation?.kind === 'm2o' && (isNested(value) || !field)) {
      const row: RequestedRow | undefined = isNested(value) ? context.syntax.toOne(value, relation) : { is: 'link', key: value };
      if (row) bindOne(relation, row, { values, toOne, depth, context });
    } else if (field) {
      // A key that is to be made is left out.
      if (field.primaryKey && value === null) continue;
      const stored = storedValue(field, value);
      if ('fault' in stored) faults.add(stored.fault, stored.message, field);
      else values.set(field, stored.value);
    } else if (relation) {
      const nodes = bindMany(relation, value, depth, context, { collection, key });
      if (nodes) toMany.push(nodes);
    }
  }
  faults.raise(collection);
  const sent = new Set(values.keys());
  for (const { relation } of toOne) for (const { from } of relation.join) sent.add(from);
  return { collection, does: action, ...(key ? { key } : {}), values, sent, toOne, toMany };
}

const isNested = (value: Json): boolean => value !== null && typeof value === 'object' && numberText(value) === undefined;

function refuseUnknown(collection: Collection, names: readonly string[]): void {
  const unknown = names.filter((name) => {
    if (collection.relations.has(name) || collection.aliases.has(name)) return false;
    return !collection.fields.has(name);
  });
  if (unknown.length === 0) return;
  const message = `Payload fields: "${unknown.join(', ')}" does not exist in "${collection.name}" collection.`;
  throw new GatewayError('unprocessable', { message });
}

interface Binding {
  readonly values: Map<Field, Stored>;
  readonly toOne: NestedOne[];
  readonly depth: number;
  readonly context: Counted;
}

/** A row that a m2o leads to. A mere key is a value of the column. */
function bindOne(relation: ToOne, row: RequestedRow, { values, toOne, depth, context }: Binding): void {
  const target = collectionOf(context.schema, relation.to);
  refuseReadOnly(target);
  const file = relation.field?.type === 'file' && row.is === 'save' ? keyOf(target, row.item) : undefined;
  if (file) {
    // Clients send the whole file back; it is only named (directus8-data §9.1).
    for (const { from, to } of relation.join) values.set(from, file[target.key.indexOf(to)] ?? null);
    return;
  }
  if (relation.field?.type === 'file' && 'item' in row && row.is !== 'delete') {
    const made = row.is === 'update' ? undefined : context.fileRows?.(relation.name, row.item);
    if (!made) throw new GatewayError('unprocessable', { message: `${relation.name}: a file is named by its id; upload it first` });
    toOne.push({ relation, node: bindItem(target, made, 'create', depth + 1, context) });
    return;
  }
  if (row.is === 'link') {
    const key = row.key === null ? undefined : nestedKey(target, row.key, relation);
    for (const { from, to } of relation.join) {
      const at = target.key.indexOf(to);
      if (key && at === -1) throw badKey(relation, target);
      values.set(from, key?.[at] ?? null);
    }
    return;
  }
  if (row.is === 'delete' || row.is === 'deleteKey') {
    const key = deletedKey(target, row, relation);
    for (const { from } of relation.join) values.set(from, null);
    toOne.push({ relation, node: deletion(target, key, context, true) });
    return;
  }
  toOne.push({ relation, node: bindNested(relation, target, row, depth, context) });
}

function bindMany(relation: Relation, value: Json, depth: number, context: Counted, owner: Owner): NestedMany | undefined {
  if (relation.kind !== 'o2m') {
    throw new GatewayError('unprocessable', {
      message: `"${relation.name}" is a list through "${relation.kind === 'm2m' ? relation.through : relation.to}"; write rows of that collection`,
    });
  }
  const target = collectionOf(context.schema, relation.to);
  const rows = context.syntax.toMany(value, relation);
  if (rows.length === 0) return undefined;
  refuseReadOnly(target);
  return { relation, nodes: rows.map((row) => bindListed(relation, target, completed(relation, row, owner), depth, context, owner)) };
}

function bindListed(relation: ToMany, target: Collection, row: RequestedRow, depth: number, context: Counted, owner: Owner): WriteNode {
  if (row.is === 'delete' || row.is === 'deleteKey') return deletion(target, deletedKey(target, row, relation), context, true);
  if (row.is !== 'link') return bindNested(relation, target, row, depth, context);
  const key = nestedKey(target, row.key, relation);
  if (heldKey(relation, owner).some(([field, part]) => key[target.key.indexOf(field)] !== part)) {
    throw new GatewayError('unprocessable', {
      message: `${relation.name}: the key of "${target.name}" says whose row it is; it cannot be moved`,
    });
  }
  context.count();
  const names = relation.join.map((pair) => pair.to.name);
  context.rights.demandNested('update', target);
  context.rights.demand('update', target, names, undefined);
  return { collection: target, does: 'update', key, values: new Map(), sent: new Set(), toOne: [], toMany: [] };
}

type Nested = Extract<RequestedRow, { item: RequestedItem }>;

/** A row to be made or changed. Users, roles, files and their like have rules of their own: what names one of them need not be more. */
function bindNested(relation: Relation, target: Collection, row: Nested, depth: number, context: Counted): WriteNode {
  if (Object.keys(row.item).some((name) => !target.fields.get(name)?.primaryKey)) {
    context.rights.demandNested(keyOf(target, row.item) ? 'update' : 'create', target);
  }
  if (row.is !== 'update') return bindItem(target, row.item, row.is === 'create' ? 'create' : 'save', depth + 1, context);
  const key = keyOf(target, row.item);
  if (!key) throw badKey(relation, target);
  return bindItem(target, row.item, 'update', depth + 1, context, key);
}
