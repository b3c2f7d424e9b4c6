/** Makes a requested mutation ready to be written: bound, authorised, seen by filters of extensions, and its files stored. */
import { readGrant } from '../access/grants.ts';
import type { Actor, Rules } from '../access/types.ts';
import { denied, type Writer, writerOf } from '../access/write.ts';
import { GatewayError } from '../lib/errors.ts';
import { collectionOf } from '../query/bind.ts';
import { bindMutation, type FileRows, type WriteBinding } from '../query/bind-write.ts';
import { checkPlain } from '../query/check-item.ts';
import { hashValues, holdsPlain } from '../query/hash-values.ts';
import type { RequestedItem, RequestedMutation, WriteNode } from '../query/mutation.ts';
import { chosen, filesName, type ItemFile } from './file-writes.ts';
import { filteredItems, filteredMutation, rememberedSyntax } from './hooked-mutation.ts';
import { locating } from './locating.ts';
import { checkPassword } from './system-users.ts';
import type { PreparedWrite, Preparing, WriteOptions } from './write.ts';
import { checkWrite, isUnlimited } from './write-state.ts';

/**
 * Binds. No connection is held meanwhile, so filters of extensions run, passwords are hashed and content of files is stored here. What
 * filters make of a payload is bound anew, as if the caller had sent it.
 *
 * @throws GatewayError for what is not granted, not valid, or no key, and for content that is not taken
 */
export async function prepareWrite(context: Preparing, request: RequestedMutation, given: WriteOptions): Promise<PreparedWrite> {
  let brought: ItemFile[] = [];
  // Whether a file may be made at all is seen before its content is looked at.
  const noted: FileRows = (field, item) => {
    brought.push({ field, item });
    return {};
  };
  const first = context.store && noted;
  let bound: WriteNode[] | undefined = await bind(context, request, given, first);
  let [asked, within, options] = [request, context, given];
  let rows: readonly RequestedItem[] = [];
  const { filters } = context;
  const walk = filters && { ...filters, schema: context.schema, connection: context.connection, syntax: rememberedSyntax(context.syntax) };
  if (walk) {
    within = { ...context, syntax: walk.syntax };
    asked = await filteredMutation(walk, request, bound);
    brought = [];
    bound = await bind(within, asked, options, first);
  }
  if (context.store && brought.length > 0) {
    const { items, files } = await context.store(brought);
    const made = { is: 'create', collection: filesName, items } as const;
    rows = walk ? await filteredItems(walk, made) : items;
    options = { ...given, files };
    bound = await bind(within, asked, options, inOrder(rows));
  }
  const { schema, rules, actor } = within;
  return {
    options,
    as: { schema, rules, actor },
    ...locating(within, asked),
    async nodes() {
      const nodes = bound ?? (await bind(within, asked, options, inOrder(rows)));
      bound = undefined;
      return nodes;
    },
  };
}

/** The rows for the files that a request brings, in the order in which binding comes upon them. */
function inOrder(rows: readonly RequestedItem[]): FileRows | undefined {
  if (rows.length === 0) return undefined;
  let next = 0;
  return () => rows[next++];
}

async function bind(
  context: Preparing,
  request: RequestedMutation,
  options: WriteOptions,
  fileRows: FileRows | undefined,
): Promise<WriteNode[]> {
  const { schema, rules, actor } = context;
  const writer = writerOf(schema, rules, actor);
  // Of what may not be read nobody is told whether it is there (directus8-data §3.2).
  if (request.is === 'update' && !readGrant(collectionOf(schema, request.collection), rules, actor, schema)) {
    throw new GatewayError('item_not_found', { id: request.changes[0]?.key });
  }
  const nodes = bindMutation(request, { ...context, rights: rightsOf(writer, actor, options), ...(fileRows ? { fileRows } : {}) });
  for (const { values } of checkAll(nodes, rules)) for (const [field, value] of await hashValues(values)) values.set(field, value);
  return nodes;
}

function rightsOf(writer: Writer, actor: Actor, { comment, files }: WriteOptions): WriteBinding['rights'] {
  const all = isUnlimited(actor);
  return {
    // What is written to users and their like passes the checks of their own routes, or an administrator answers for it.
    demandNested(action, collection) {
      if (collection.system && !all) throw denied(action, collection);
    },
    demand(action, collection, sent, status) {
      const deleted = typeof status === 'string' && collection.status?.mapping.softDeleted.includes(status);
      const kind = action === 'update' && deleted ? 'delete' : action;
      const grant = writer.grant(collection, kind);
      // Of a row that is there already, its own status decides, and is looked at when it is known.
      if (kind !== 'create') return;
      writer.demandCreate(collection, status);
      checkWrite(grant, collection, kind, chosen(collection, sent, files), { sent: status, before: undefined }, comment !== undefined);
    },
  };
}

/** Of what is to be hashed, before it is. Answers with the nodes that hold such values. */
function checkAll(nodes: readonly WriteNode[], rules: Rules, found: WriteNode[] = []): readonly WriteNode[] {
  for (const node of nodes) {
    checkPlain(node.values);
    checkPassword(node, rules);
    if (holdsPlain(node.values)) found.push(node);
    for (const one of node.toOne) checkAll([one.node], rules, found);
    for (const { nodes: children } of node.toMany) checkAll(children, rules, found);
  }
  return found;
}
