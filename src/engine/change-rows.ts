/** Changes rows that are there: looked at and locked in one statement, changed in another that holds the rule once more. */
import { denied } from '../access/write.ts';
import { GatewayError } from '../lib/errors.ts';
import { demanding } from '../query/check-item.ts';
import { never } from '../query/filters.ts';
import type { WriteNode } from '../query/mutation.ts';
import type { Filter } from '../query/types.ts';
import { keyText } from '../schema/keys.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Collection, Field } from '../schema/types.ts';
import { type Change, compileLock, compileSnapshot, compileUpdate, type Key } from '../sql/write.ts';
import { changedAtOnce } from './change-at-once.ts';
import { filledValues } from './filled-values.ts';
import { charactersOf, mostCharacters, textsOf } from './insert-rows.ts';
import { checkRest, knownRow, statusIn } from './merged-row.ts';
import { demandOneEach } from './one-row-each.ts';
import { keyIn, templateOf, wholeRow } from './row-text.ts';
import { demandSystem, knownBefore } from './system-rows.ts';
import { demandWrite, record, sentStatus, type WriteState } from './write-state.ts';

/** A row as it was found. */
interface Before {
  readonly readable: boolean;
  readonly updatable: boolean;
  readonly deletable: boolean;
  readonly status: string | null | undefined;
  /** What was asked of it, as JSON text. */
  readonly text: string;
}

/** Keys of one lock, and rows of one update: each change may be a branch for every column. */
const mostKeys = 2000;
const mostChanges = 200;
const mostValues = 20_000;

function chunks<T>(list: readonly T[], size: number): T[][] {
  const made: T[][] = [];
  for (let i = 0; i < list.length; i += size) made.push(list.slice(i, i + size));
  return made;
}

/**
 * Changes what is there; answers with the nodes for which there is no row, which are to be made. A row that may not be read is to the caller
 * as none that is not there: the refusal is the same. `needs` are columns that must be known of each row beside its key.
 */
export async function changeRows(state: WriteState, nodes: readonly WriteNode[], needs: readonly Field[]): Promise<WriteNode[]> {
  const [first] = nodes;
  if (!first) return [];
  const { collection } = first;
  if (nodes.length === 1 && needs.length === 0 && (await changedAtOnce(state, first))) return [];
  // What is there is checked in the texts of the changed rows, where there will be any.
  const checked = state.journal === undefined && needs.length === 0 ? demanding(collection) : [];
  const found = await lock(state, collection, nodes, [...checked, ...needs]);
  const missing: WriteNode[] = [];
  const wanted: { node: WriteNode; action: 'update' | 'delete'; before: Before; filled: ReadonlyMap<Field, Stored> }[] = [];
  for (const node of nodes) {
    const text = keyText(node.key ?? []);
    const before = found.get(text);
    // A mere key ties rows together and does no more: what is not there is the database's affair, as with the key by itself. The other end
    // of a row of a list is made of it by those who may make one, who would hear of a row that is there anyway.
    if (node.does === 'save' && isOnlyKey(node) && !(node.makes && !before && mayCreate(state, node))) {
      if (needs.length === 0) continue;
      if (!before?.readable) throw new GatewayError('item_not_found', { id: text });
      node.snapshot = before.text;
      continue;
    }
    if (!before) {
      if (node.does === 'update') throw new GatewayError('item_not_found', { id: text });
      if (!mayCreate(state, node)) throw denied('update', collection);
      missing.push(node);
      continue;
    }
    if (node.living && isSoftDeleted(collection, before.status) && !revives(node)) throw new GatewayError('item_not_found', { id: text });
    if (!before.readable) {
      if (node.does === 'update') throw new GatewayError('item_not_found', { id: text });
      if (!mayCreate(state, node)) throw denied('update', collection);
      // What refuses a new row comes first, so that nobody hears of this one who could make none.
      node.taken = true;
      missing.push(node);
      continue;
    }
    node.done = 'update';
    node.snapshot = before.text;
    for (const field of collection.key) node.values.delete(field);
    // Nothing is to be changed.
    if (isEmpty(node)) continue;
    const action = softDeletes(node) ? 'delete' : 'update';
    if (!(action === 'delete' ? before.deletable : before.updatable)) throw denied(action, collection);
    demandWrite(state, node, action, before.status);
    demandSystem(state, node, 'update', before.text);
    try {
      wanted.push({ node, action, before, filled: filledValues(state, node, knownRow(state, node, before.text, before.status)) });
    } catch (error) {
      throw await wholeFault(state, node, error);
    }
  }
  for (const action of ['update', 'delete'] as const) {
    const some = wanted.filter((one) => one.action === action);
    if (some.length === 0) continue;
    const rule = state.writer.grant(collection, action).rows(action);
    for (const group of bySameColumns(some)) await update(state, collection, group, rule, needs.length > 0);
  }
  for (const { node, action, before, filled } of wanted) {
    if (action === 'update' && checked.length === 0 && node.snapshot !== undefined) checkRest(state, node, node.snapshot, before.status);
    const sent = [...node.values.keys()].filter((field) => !filled.has(field));
    if (action === 'delete') record(state, node, 'soft-delete', [...collection.key, ...sent]);
    else record(state, node, 'update', sent);
  }
  return missing;
}

const isEmpty = ({ values, toOne, toMany }: WriteNode): boolean => values.size === 0 && toOne.length === 0 && toMany.length === 0;

/** Whether the row is named and nothing is said of it. */
const isOnlyKey = ({ collection, values, toOne, toMany }: WriteNode): boolean => {
  return [...values.keys()].every((field) => collection.key.includes(field)) && toOne.length === 0 && toMany.length === 0;
};

function mayCreate({ writer }: WriteState, node: WriteNode): boolean {
  return writer.find(node.collection)?.creates(sentStatus(node)) ?? false;
}

const isSoftDeleted = ({ status }: Collection, value: Stored | undefined): boolean =>
  value !== undefined && value !== null && (status?.mapping.softDeleted.includes(String(value)) ?? false);

/** Whether the change puts the row among the deleted (directus8-data §10.5). */
const softDeletes = (node: WriteNode): boolean => isSoftDeleted(node.collection, sentStatus(node));

/** Whether the change takes it out from among them. */
const revives = (node: WriteNode): boolean => sentStatus(node) !== undefined && !softDeletes(node);

async function lock(
  state: WriteState,
  collection: Collection,
  nodes: readonly WriteNode[],
  needs: readonly Field[],
): Promise<Map<string, Before>> {
  const { connection, writer } = state;
  const status = collection.status?.field;
  const known = [...knownBefore(collection), ...needs];
  const template = templateOf(new Set([...collection.key, ...(status ? [status] : []), ...known]));
  const rule = (action: 'update' | 'delete'): Filter => writer.find(collection)?.rows(action) ?? never;
  const questions = [state.readable(collection), rule('update'), rule('delete')];
  const found = new Map<string, Before>();
  for (const some of chunks(nodes, mostKeys)) {
    const keys = some.flatMap(({ key }) => (key ? [key] : []));
    const { statement, write } = compileLock(collection, keys, template, questions, connection.dialect);
    for (const cells of await connection.texts(statement)) {
      const text = write(cells);
      const key = keyIn(text, collection);
      if (!key) continue;
      const [readable, updatable, deletable] = cells.slice(0, questions.length).map((cell) => cell === '1');
      found.set(keyText(key), {
        readable: readable === true,
        updatable: updatable === true,
        deletable: deletable === true,
        status: statusIn(text, collection),
        text,
      });
    }
  }
  return found;
}

/** A refusal of what was sent tells of the rest of the row as well (directus8-data §7). */
async function wholeFault(state: WriteState, node: WriteNode, error: unknown): Promise<unknown> {
  const { collection } = node;
  if (!(error instanceof GatewayError) || error.kind !== 'validation' || demanding(collection).length === 0) return error;
  const row = (await lock(state, collection, [node], demanding(collection))).get(keyText(node.key ?? []));
  if (!row) return error;
  try {
    filledValues(state, node, knownRow(state, node, row.text, row.status));
  } catch (whole) {
    return whole;
  }
  return error;
}

interface Wanted {
  readonly node: WriteNode;
  readonly filled: ReadonlyMap<Field, Stored>;
}

/** One statement sets the same columns in all of its rows. */
function bySameColumns(wanted: readonly Wanted[]): Wanted[][] {
  const groups = new Map<string, Wanted[]>();
  for (const one of wanted) {
    const names = [...one.node.values.keys(), ...one.filled.keys()].map((field) => field.name).sort();
    const key = JSON.stringify(names);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const columns = first ? first.node.values.size + first.filled.size : 0;
    // A row is named once among all keys, and once more for each of its values.
    const values = first ? columns + (columns + 1) * first.node.collection.key.length : 1;
    return inSize(group, Math.max(1, Math.min(mostChanges, Math.floor(mostValues / values))));
  });
}

/** Chunks of so many, or of fewer where their values are long. */
function inSize(group: readonly Wanted[], most: number): Wanted[][] {
  const made: Wanted[][] = [];
  let characters = 0;
  for (const one of group) {
    const own = charactersOf(one.node.values.values());
    const last = made.at(-1);
    if (last && last.length < most && characters + own <= mostCharacters) {
      last.push(one);
      characters += own;
    } else {
      made.push([one]);
      characters = own;
    }
  }
  return made;
}

async function update(state: WriteState, collection: Collection, group: readonly Wanted[], rule: Filter, needed: boolean): Promise<void> {
  const { connection } = state;
  const { dialect } = connection;
  const changes: Change[] = group.map(({ node, filled }) => ({ key: node.key ?? [], values: new Map([...node.values, ...filled]) }));
  const template = wholeRow(collection);
  const keys = changes.map(({ key }) => key);
  if (changes[0]?.values.size === 0) {
    if (state.journal || needed) keep(collection, group, await textsOf(connection, compileSnapshot(collection, keys, template, dialect)));
    return;
  }
  const wanted = state.journal !== undefined || needed;
  const tells = wanted && dialect.returning.update && !collection.changedAfter;
  const change = compileUpdate(collection, changes, rule, dialect, tells ? template : undefined);
  const texts = tells ? await textsOf(connection, change) : undefined;
  const touched = texts ? texts.length : await connection.execute(change.statement);
  // They were looked at under lock: only a rule that the change itself breaks in the middle could leave one out.
  if (touched < new Set(keys.map((key: Key) => keyText(key))).size) throw denied('update', collection);
  demandOneEach(collection, keys, touched);
  if (!wanted) return;
  keep(collection, group, texts ?? (await textsOf(connection, compileSnapshot(collection, keys, template, dialect))));
}

function keep(collection: Collection, group: readonly Wanted[], texts: readonly string[]): void {
  const byKey = new Map(texts.map((text) => [keyText(keyIn(text, collection) ?? []), text]));
  for (const { node } of group) {
    const text = byKey.get(keyText(node.key ?? []));
    if (text !== undefined) node.snapshot = text;
  }
}
