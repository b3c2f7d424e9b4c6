/** Writes the rows of one collection that belong together, and what hangs on them: a number of statements that does not grow with the rows. */
import { denied } from '../access/write.ts';
import { GatewayError } from '../lib/errors.ts';
import { automaticValues } from '../query/automatic.ts';
import { checkValues, emptied, requiredLists } from '../query/check-item.ts';
import { allOf, compare } from '../query/filters.ts';
import type { NestedMany, WriteNode } from '../query/mutation.ts';
import { keyText } from '../schema/keys.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Field, Relation, ToOne } from '../schema/types.ts';
import { compileMatching } from '../sql/lookup.ts';
import { changeRows } from './change-rows.ts';
import { deleteRows } from './delete-rows.ts';
import { duplicateField, mayBeSaid } from './duplicate-field.ts';
import { insertRows } from './insert-rows.ts';
import { statusIn } from './merged-row.ts';
import { keyRow, valueIn, wholeRow } from './row-text.ts';
import { demandSystem } from './system-rows.ts';
import { demandWrite, isUnlimited, record, type WriteState } from './write-state.ts';

/**
 * Writes the nodes, all of one collection: the rows that they lead to, then their own, what goes first, then those that lead to them
 * (directus8-data §9.4). `top` nodes are what the request names: one that is not there is not found. `asked` are columns that must be
 * known of them afterwards.
 */
export async function saveRows(state: WriteState, nodes: readonly WriteNode[], top: boolean, asked: readonly Field[] = []): Promise<void> {
  const saved = nodes.filter((node) => node.does !== 'delete');
  await saveToOne(state, saved);
  const needs = beside(nodes, asked);
  // A row that stands twice in a request is changed twice, one after the other.
  for (const round of rounds(nodes)) {
    await deleteRows(
      state,
      round.filter((node) => node.does === 'delete'),
      top,
    );
    const missing = await changeRows(state, round.filter(isChange), needs).catch(nameDuplicate(state, nodes, top));
    await createRows(state, [...round.filter((node) => node.does === 'create'), ...missing], needs).catch(nameDuplicate(state, nodes, top));
  }
  await saveToMany(state, saved);
  await deleteToOne(state, saved);
}

/**
 * Not every database tells of which table a value is there twice, and of which field none does in words that are the caller's. Some tell
 * values of the row that were not sent: nobody hears of those who may not read them, nor of other tables that the database writes to.
 */
function nameDuplicate(state: WriteState, nodes: readonly WriteNode[], top: boolean): (error: unknown) => never {
  return (error) => {
    const [first] = nodes;
    if (!(error instanceof GatewayError) || error.kind !== 'duplicate' || error.details['field'] || !first) throw error;
    const { name, table } = first.collection;
    const { value: said, collection = name } = error.details;
    const own = collection === name || collection === table.name;
    const field = top && own ? duplicateField(nodes, said)?.name : undefined;
    const all = isUnlimited(state.actor) || (own && mayBeSaid(nodes, said, state.visible(first.collection, undefined)));
    const details = all ? { ...error.details, collection } : { collection: name };
    throw new GatewayError('duplicate', { ...details, ...(field === undefined ? {} : { field }) }, error.cause);
  };
}

const isChange = (node: WriteNode): boolean => node.does === 'update' || node.does === 'save';

function rounds(nodes: readonly WriteNode[]): WriteNode[][] {
  const made: WriteNode[][] = [];
  const seen = new Map<string, { round: number; deleted: boolean }>();
  for (const node of nodes) {
    const text = node.key && node.does !== 'create' ? keyText(node.key) : undefined;
    const before = text === undefined ? undefined : seen.get(text);
    const deleted = node.does === 'delete';
    // To delete it twice is to delete it once.
    const at = before ? before.round + (deleted && before.deleted ? 0 : 1) : 0;
    if (text !== undefined) seen.set(text, { round: at, deleted });
    const round = made[at];
    if (round) round.push(node);
    else made.push([node]);
  }
  return made;
}

const noLists: ReadonlySet<string> = new Set();

/** The lists to which the row comes with something. */
function listsOf({ toMany }: WriteNode): ReadonlySet<string> {
  return toMany.length === 0 ? noLists : new Set(toMany.filter(adds).map(({ relation }) => relation.name));
}

async function createRows(state: WriteState, nodes: readonly WriteNode[], needs: readonly Field[]): Promise<void> {
  const [first] = nodes;
  if (!first) return;
  const { collection } = first;
  const sent: (readonly Field[])[] = [];
  const rows = nodes.map((node) => {
    node.done = 'create';
    // Only now it is known what its columns are to hold, those that tie it to others among them.
    demandWrite(state, node, 'create', undefined);
    demandSystem(state, node, 'create', undefined);
    const filled = automaticValues(collection, 'create', node.values, state);
    const values = filled.size > 0 ? new Map([...node.values, ...filled]) : node.values;
    checkValues(collection, values, 'create', { lists: listsOf(node) });
    if (node.taken) throw denied('update', collection);
    sent.push(sentFields(node, filled, sent.at(-1)));
    return values;
  });
  const made = await insertRows(state, collection, rows, state.journal || needs.length > 0 ? wholeRow(collection) : undefined);
  nodes.forEach((node, i) => {
    const row = made[i];
    if (row?.key) node.key = row.key;
    if (row?.text !== undefined) node.snapshot = row.text;
    record(state, node, 'create', sent[i] ?? []);
  });
}

/** The columns that were written on purpose; the same list as of the row before where they are the same. */
function sentFields(node: WriteNode, filled: ReadonlyMap<Field, Stored>, before: readonly Field[] = []): readonly Field[] {
  const sent: Field[] = [];
  for (const field of node.values.keys()) if (!filled.has(field)) sent.push(field);
  return sent.length === before.length && sent.every((field, i) => field === before[i]) ? before : sent;
}

/** Columns beside the key by which other rows of the request are tied to these. */
function beside(nodes: readonly WriteNode[], asked: readonly Field[]): readonly Field[] {
  const own = nodes.flatMap((node) => node.toMany.flatMap(({ relation }) => relation.join.map(({ from }) => from)));
  return [...new Set([...asked, ...own])].filter((field) => !field.primaryKey);
}

/** Rows that m2o lead to, relation by relation; their keys become values of the columns. */
async function saveToOne(state: WriteState, nodes: readonly WriteNode[]): Promise<void> {
  for (const [relation, owners] of byToOne(nodes)) {
    const children = owners.map(({ node }) => node).filter((node) => node.does !== 'delete');
    for (const { owner, node } of owners) if (owner.parent) node.makes = true;
    if (children.length === 0) continue;
    const ties = relation.join.map(({ to }) => to);
    await saveRows(state, children, false, ties);
    for (const { owner, node } of owners) {
      if (node.does === 'delete') continue;
      for (const { from, to } of relation.join) owner.values.set(from, tieValue(state, node, to, relation) ?? null);
    }
  }
}

/** What a m2o is to delete goes when nothing points to it any more. */
async function deleteToOne(state: WriteState, nodes: readonly WriteNode[]): Promise<void> {
  for (const [, owners] of byToOne(nodes)) {
    await deleteRows(
      state,
      owners.map(({ node }) => node).filter((node) => node.does === 'delete'),
      false,
    );
  }
}

function byToOne(nodes: readonly WriteNode[]): Map<ToOne, { owner: WriteNode; node: WriteNode }[]> {
  const groups = new Map<ToOne, { owner: WriteNode; node: WriteNode }[]>();
  for (const owner of nodes) {
    for (const { relation, node } of owner.toOne) {
      const group = groups.get(relation);
      if (group) group.push({ owner, node });
      else groups.set(relation, [{ owner, node }]);
    }
  }
  return groups;
}

/** Rows of lists, list by list over all owners; each points to its owner unless it says itself where to. */
async function saveToMany(state: WriteState, nodes: readonly WriteNode[]): Promise<void> {
  const groups = new Map<NestedMany['relation'], WriteNode[]>();
  for (const owner of nodes) {
    for (const { relation, nodes: children } of owner.toMany) {
      for (const child of children) tie(state, owner, child, relation);
      const group = groups.get(relation);
      if (group) group.push(...children);
      else groups.set(relation, [...children]);
    }
  }
  for (const children of groups.values()) await saveRows(state, children, false);
  for (const owner of nodes) if (owner.toMany.length > 0) await keepRequired(state, owner);
}

const adds = ({ nodes }: NestedMany): boolean => nodes.some(({ does }) => does !== 'delete');

/** What is written through a list may not take away the last row that it must have (directus8-data §9.4), as far as the caller sees. */
async function keepRequired({ connection, readable }: WriteState, owner: WriteNode): Promise<void> {
  for (const { relation, nodes } of owner.toMany) {
    if (!requiredLists(owner.collection).includes(relation) || !nodes.some((child) => leaves(owner, child, relation))) continue;
    const [first] = nodes;
    if (!first) continue;
    const pairs = relation.join.map(({ from, to }) => [to, columnValue(owner, from)] as const);
    const tied = pairs.flatMap(([field, value]) => (value === undefined || value === null ? [] : compare(field, 'eq', value)));
    const where = allOf([...tied, readable(first.collection)]);
    const { statement } = compileMatching(first.collection, where, 1, keyRow(first.collection), connection.dialect);
    if ((await connection.texts(statement)).length === 0) throw emptied(relation.name);
  }
}

/** Whether the row is in its list no more. */
function leaves(owner: WriteNode, child: WriteNode, { join }: NestedMany['relation']): boolean {
  return child.does === 'delete' || join.some(({ from, to }) => child.values.has(to) && child.values.get(to) !== columnValue(owner, from));
}

function tie(state: WriteState, owner: WriteNode, child: WriteNode, relation: NestedMany['relation']): void {
  child.parent = owner;
  if (child.does === 'delete') return;
  for (const { from, to } of relation.join) {
    if (child.values.has(to)) continue;
    const value = tieValue(state, owner, from, relation);
    if (value === undefined || value === null) throw denied('update', owner.collection);
    child.values.set(to, value);
  }
}

/**
 * The column by which others are tied to a row: they hold it afterwards. Throws unprocessable where that would tell it to somebody who may
 * not read it.
 */
function tieValue(state: WriteState, node: WriteNode, field: Field, { name }: Relation): Stored | undefined {
  const { collection, snapshot, values } = node;
  const known = collection.key.includes(field) || values.has(field);
  if (!known && !state.visible(collection, snapshot === undefined ? undefined : statusIn(snapshot, collection))(field)) {
    const message = `${name}: these rows are tied by a column that may not be read; send the value itself`;
    throw new GatewayError('unprocessable', { message });
  }
  return columnValue(node, field);
}

/** A column of a row that was written: of its key, of what was sent, or of what is there now. */
function columnValue(node: WriteNode, field: Field): Stored | undefined {
  const at = node.collection.key.indexOf(field);
  if (at !== -1) return node.key?.[at];
  return node.snapshot === undefined ? node.values.get(field) : valueIn(node.snapshot, field);
}
