/** Has filters of extensions see the payloads of a mutation, nested ones included, before it is bound. */
import type { Reader } from '../dialect/types.ts';
import { type Json, jsonTextOf, numberText, parseJsonBody } from '../lib/json-body.ts';
import { parsePlainJson, writePlainJson } from '../lib/plain-json.ts';
import { collectionOf } from '../query/bind.ts';
import { deletedKey, keyOf } from '../query/item-keys.ts';
import type { NestedSyntax, RequestedItem, RequestedMutation, RequestedRow, WriteNode } from '../query/mutation.ts';
import { uniqueFields } from '../query/unique-key.ts';
import { keyText } from '../schema/keys.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Collection, Field, Relation, Schema } from '../schema/types.ts';
import { existing } from './existing-rows.ts';
import type { HookGiven, Hooks, Payload, WriteEvent } from './hooks.ts';

/** Runs the filters of one write. */
export interface WriteFilters {
  readonly hooks: Hooks;
  readonly given: Omit<HookGiven, 'keys'>;
}

/**
 * A syntax that understands each value once: what filters made of nested rows is what binding finds. Values are known by identity, so the
 * same request must be bound with it.
 */
export interface RememberedSyntax extends NestedSyntax {
  replace(value: Json, rows: readonly RequestedRow[]): void;
}

/** The syntax given, with what it understood of each value kept, so that `replace` can put the rows that filters made in its place. */
export function rememberedSyntax(syntax: NestedSyntax): RememberedSyntax {
  const known = new WeakMap<object, readonly RequestedRow[]>();
  const rowsOf = (value: Json, parse: () => readonly RequestedRow[]): readonly RequestedRow[] => {
    if (typeof value !== 'object' || value === null) return parse();
    const rows = known.get(value) ?? parse();
    known.set(value, rows);
    return rows;
  };
  return {
    toOne: (value, relation) =>
      rowsOf(value, () => {
        const row = syntax.toOne(value, relation);
        return row ? [row] : [];
      })[0],
    toMany: (value, relation) => rowsOf(value, () => syntax.toMany(value, relation)),
    replace(value, rows) {
      if (typeof value === 'object' && value !== null) known.set(value, rows);
    },
  };
}

interface Walk extends WriteFilters {
  readonly schema: Schema;
  readonly syntax: RememberedSyntax;
  readonly connection: Reader;
}

type Action = WriteEvent['action'];

/**
 * The mutation as the filters leave it; `bound` are its nodes. Rows that are changed or made, whichever it takes, are looked for first: each
 * is shown to the filters of what will become of it. Throws what they refuse with.
 */
export async function filteredMutation(walk: Walk, request: RequestedMutation, bound: readonly WriteNode[]): Promise<RequestedMutation> {
  const collection = collectionOf(walk.schema, request.collection);
  switch (request.is) {
    case 'create':
      return { ...request, items: await filteredItems(walk, request) };
    case 'upsert': {
      const by = uniqueFields(collection, request.by);
      const wanted = bound.map(({ values }) => by.map((field) => values.get(field) ?? null));
      const there = await whichAre(walk, collection, by, wanted);
      const items = await inOrder(request.items, (item, i) => filteredItem(walk, collection, item, there[i] ? 'update' : 'create'));
      return { ...request, items };
    }
    case 'update': {
      const changes = await inOrder(request.changes, async (change) => {
        return { ...change, item: await filteredItem(walk, collection, change.item, 'update', change.key) };
      });
      return { ...request, changes };
    }
    case 'updateWhere':
      return { ...request, item: await filteredItem(walk, collection, request.item, 'update') };
    case 'delete':
      await deleting(walk, collection, request.keys);
      return request;
    case 'deleteWhere':
      await deleting(walk, collection, undefined);
      return request;
  }
}

/** The items of rows to be made, as the filters leave them. Throws what they refuse with. */
export function filteredItems(walk: Walk, { collection, items }: Extract<RequestedMutation, { is: 'create' }>): Promise<RequestedItem[]> {
  return inOrder(items, (item) => filteredItem(walk, collectionOf(walk.schema, collection), item, 'create'));
}

async function inOrder<A, B>(list: readonly A[], run: (one: A, at: number) => Promise<B>): Promise<B[]> {
  const made: B[] = [];
  for (const [at, one] of list.entries()) made.push(await run(one, at));
  return made;
}

/** What others may look at of an item, and what nobody does: passwords and tokens. */
function parted({ fields }: Collection, item: RequestedItem): [shown: RequestedItem, secret: RequestedItem] {
  const isSecret = ([name]: readonly [string, Json]): boolean => ['never', 'masked'].includes(fields.get(name)?.secret ?? '');
  const entries = Object.entries(item);
  return [Object.fromEntries(entries.filter((entry) => !isSecret(entry))), Object.fromEntries(entries.filter(isSecret))];
}

async function deleting({ hooks, given }: Walk, { name }: Collection, keys: readonly string[] | undefined): Promise<void> {
  if (!hooks.listens('before', 'delete', name)) return;
  await hooks.before({ collection: name, action: 'delete' }, {}, { ...given, ...(keys ? { keys } : {}) });
}

/** Which are there; nobody asks where the answer changes nothing. */
async function whichAre(
  { hooks, connection }: Walk,
  collection: Collection,
  by: readonly Field[],
  wanted: readonly (readonly Stored[])[],
): Promise<boolean[]> {
  const listened = (['create', 'update'] as const).some((action) => hooks.listens('before', action, collection.name));
  return listened ? existing(connection, collection, by, wanted) : wanted.map(() => true);
}

async function filteredItem(walk: Walk, collection: Collection, item: RequestedItem, action: Action, key?: string): Promise<RequestedItem> {
  const { hooks, given } = walk;
  const { name } = collection;
  let made = item;
  if (hooks.listens('before', action, name)) {
    const [shown, secret] = parted(collection, item);
    const payload = parsePlainJson(jsonTextOf(shown)) as Payload;
    const returned = await hooks.before({ collection: name, action }, payload, { ...given, ...(key === undefined ? {} : { keys: [key] }) });
    made = { ...(parseJsonBody(writePlainJson(returned) ?? '{}') as RequestedItem), ...secret };
  }
  const nested: [string, Json][] = [];
  for (const [field, value] of Object.entries(made)) {
    const relation = collection.relations.get(field);
    if (!relation || typeof value !== 'object' || value === null || numberText(value) !== undefined) continue;
    // A file that is brought is seen once its content is stored; one that has a key is only named.
    if (relation.kind === 'm2o' && relation.field?.type === 'file') continue;
    const rows = relation.kind === 'm2o' ? listOf(walk.syntax.toOne(value, relation)) : walk.syntax.toMany(value, relation);
    if (rows.length === 0) continue;
    // The same value may stand in several items, and is to be seen once in each.
    const own: Json = Array.isArray(value) ? [...value] : { ...value };
    walk.syntax.replace(own, await filteredRows(walk, relation, rows));
    nested.push([field, own]);
  }
  return nested.length === 0 ? made : { ...made, ...Object.fromEntries(nested) };
}

const listOf = (row: RequestedRow | undefined): readonly RequestedRow[] => (row ? [row] : []);

async function filteredRows(walk: Walk, relation: Relation, rows: readonly RequestedRow[]): Promise<RequestedRow[]> {
  const target = collectionOf(walk.schema, relation.to);
  const keys = rows.map((row) => (row.is === 'save' ? keyOf(target, row.item) : undefined));
  const named = keys.flatMap((key) => (key ? [key] : []));
  const there = await whichAre(walk, target, target.key, named);
  const known = new Set(named.filter((_, i) => there[i]).map(keyText));
  return inOrder(rows, async (row, i) => {
    if (row.is === 'link') return row;
    if (row.is === 'delete' || row.is === 'deleteKey') {
      await deleting(walk, target, [keyText(deletedKey(target, row, relation))]);
      return row;
    }
    const key = row.is === 'update' ? keyOf(target, row.item) : keys[i];
    // A row that is only named is not written.
    if (key && Object.keys(row.item).every((name) => target.fields.get(name)?.primaryKey)) return row;
    const text = key && keyText(key);
    const changes = row.is === 'update' || (text !== undefined && known.has(text));
    return { ...row, item: await filteredItem(walk, target, row.item, changes ? 'update' : 'create', changes ? text : undefined) };
  });
}
