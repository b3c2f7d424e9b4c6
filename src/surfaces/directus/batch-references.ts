/** `{"$ref": "name"}` in a batch: what an earlier operation wrote, in the place of a value. */
import { prepareRead, type ReadContext, runRead } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json, parseJsonBody } from '../../lib/json-body.ts';
import { collectionOf } from '../../query/bind.ts';
import type { RequestedItem } from '../../query/mutation.ts';
import type { Collection, Schema } from '../../schema/types.ts';
import type { Operation } from './batch-operation.ts';
import { isItem } from './parse-nested.ts';

/** What an operation wrote. */
export interface Result {
  readonly collection: string;
  readonly keys: readonly string[];
  readonly single: boolean;
}

export type Resolve = (text: string) => Promise<Json>;

function refuse(message: string): never {
  throw new GatewayError('unprocessable', { message: `$ref: ${message}` });
}

/** The text of a reference; undefined for any other value. */
function referenceOf(value: Json): string | undefined {
  if (!isItem(value) || Object.keys(value).length !== 1 || !Object.hasOwn(value, '$ref')) return undefined;
  const text = value['$ref'];
  return typeof text === 'string' ? text : refuse('a reference is a text: the name of an operation, and what of it');
}

/** Whether there is something in it that may be a reference. */
function mayRefer(value: Json): boolean {
  if (isJsonList(value)) return value.some(mayRefer);
  return isJsonObject(value) && (Object.hasOwn(value, '$ref') || Object.values(value).some(mayRefer));
}

/** Whether the operation may depend on earlier ones. */
export function refersToOthers({ items, keys, filter }: Operation): boolean {
  return mayRefer(items) || mayRefer(keys) || (filter !== undefined && mayRefer(filter));
}

const written = /^([A-Za-z_]\w*)(?:\.(\d+))?(?:\.(.+))?$/;

/** Finds values of results, reading them as the caller may. `name` is a row's key, `name.field` its value; of several rows `name.0.field`. */
export function resolver(within: ReadContext, results: ReadonlyMap<string, Result>): Resolve {
  return async (text) => {
    const [, name = '', index, field] = written.exec(text) ?? [];
    const result = results.get(name) ?? refuse(`"${text}" names no earlier operation; they are named by "as"`);
    const several = result.keys.length !== 1 || !result.single;
    if (several && index === undefined) refuse(`"${name}" has ${result.keys.length} rows; say which one, as in "${name}.0"`);
    const key = result.keys[Number(index ?? 0)] ?? refuse(`"${name}" has ${result.keys.length} rows, counted from 0`);
    return field === undefined ? key : fieldOf(within, result.collection, key, field);
  };
}

async function fieldOf(within: ReadContext, name: string, key: string, field: string): Promise<Json> {
  const collection = collectionOf(within.schema, name);
  if (!collection.fields.has(field)) throw new GatewayError('unknown_field', { field, collection: name });
  // As with `status=*` on a key: administrators reach every row.
  const all = within.actor.is === 'user' && within.actor.admin;
  const read = prepareRead(within, {
    collection: name,
    selection: { all: false, named: new Map([[field, null]]), without: new Set() },
    keys: [key],
    offset: 0,
    counts: { filtered: false, total: false, byStatus: false },
    stubs: false,
    ...(all ? { statuses: 'any' } : {}),
  });
  const { texts } = await runRead(within, read);
  const row = texts.count === 1 ? parseJsonBody(texts.between('', '').toString()) : null;
  const value = isItem(row) && Object.hasOwn(row, field) ? row[field] : undefined;
  return value ?? (value === null ? null : refuse(`"${field}" of this row cannot be read`));
}

/** The operation with values in the place of references. */
export async function resolved(operation: Operation, schema: Schema, resolve: Resolve): Promise<Operation> {
  const { items, keys, filter } = operation;
  const collection = collectionOf(schema, operation.collection);
  return {
    ...operation,
    items: await inOrder(items, (item) => itemResolved(item, collection, schema, resolve)),
    keys: await inOrder(keys, (key) => valueResolved(key, resolve)),
    ...(filter === undefined ? {} : { filter: await anywhere(filter, resolve) }),
  };
}

async function inOrder<A, B>(list: readonly A[], run: (one: A) => Promise<B>): Promise<B[]> {
  const made: B[] = [];
  for (const one of list) made.push(await run(one));
  return made;
}

async function valueResolved(value: Json, resolve: Resolve): Promise<Json> {
  const text = referenceOf(value);
  return text === undefined ? value : resolve(text);
}

/** Values of columns may be references; what stands inside one, of JSON, is left as it is. Nested rows are items again. */
async function itemResolved(item: RequestedItem, collection: Collection, schema: Schema, resolve: Resolve): Promise<RequestedItem> {
  const entries = await inOrder(Object.entries(item), async ([name, value]): Promise<[string, Json]> => {
    const relation = collection.relations.get(name);
    const target = relation && schema.collections.get(relation.to);
    return [name, await (target ? nestedResolved(value, target, schema, resolve) : valueResolved(value, resolve))];
  });
  return Object.fromEntries(entries);
}

const lists = ['create', 'update', 'delete'];

async function nestedResolved(value: Json, target: Collection, schema: Schema, resolve: Resolve): Promise<Json> {
  if (isJsonList(value)) return inOrder(value, (one) => nestedResolved(one, target, schema, resolve));
  if (referenceOf(value) !== undefined || !isItem(value)) return valueResolved(value, resolve);
  const byAction = Object.entries(value).every(([name, list]) => lists.includes(name) && isJsonList(list));
  if (!byAction) return itemResolved(value, target, schema, resolve);
  return Object.fromEntries(
    await inOrder(
      Object.entries(value),
      async ([name, list]): Promise<[string, Json]> => [name, await nestedResolved(list, target, schema, resolve)],
    ),
  );
}

/** Of a filter every value may be a reference. */
async function anywhere(value: Json, resolve: Resolve): Promise<Json> {
  const text = referenceOf(value);
  if (text !== undefined) return resolve(text);
  if (isJsonList(value)) return inOrder(value, (one) => anywhere(one, resolve));
  if (!isItem(value)) return value;
  return Object.fromEntries(
    await inOrder(Object.entries(value), async ([name, inner]): Promise<[string, Json]> => [name, await anywhere(inner, resolve)]),
  );
}
