/** Deletes rows: the rule is part of the statement; of what it left it is seen, under lock, why. */
import { denied } from '../access/write.ts';
import { GatewayError } from '../lib/errors.ts';
import type { WriteNode } from '../query/mutation.ts';
import type { Filter, Template } from '../query/types.ts';
import { keyText } from '../schema/keys.ts';
import type { Collection } from '../schema/types.ts';
import { compileDelete, compileLock, type Key } from '../sql/write.ts';
import { demandOneEach } from './one-row-each.ts';
import { keyIn, templateOf, valueIn, wholeRow } from './row-text.ts';
import { demandSystem, knownBefore } from './system-rows.ts';
import { demandWrite, record, type WriteState } from './write-state.ts';

const mostKeys = 2000;

/** A row as it was. */
interface Before {
  readonly status: string | null | undefined;
  readonly text: string;
}

interface Asked extends Before {
  readonly allowed: boolean;
  readonly readable: boolean;
}

interface Deleting {
  readonly state: WriteState;
  readonly collection: Collection;
  readonly rule: Filter;
  /** What is to be known of each row. */
  readonly template: Template;
}

/**
 * Of `top` nodes one that is not there is not found; a nested one that is not there is gone already, which only those are told who may delete
 * every row. Where the database tells what it deleted, only what it left is looked at.
 */
export async function deleteRows(state: WriteState, nodes: readonly WriteNode[], top: boolean): Promise<void> {
  const [first] = nodes;
  if (!first) return;
  const { collection } = first;
  const rule = state.writer.grant(collection, 'delete').rows('delete');
  // The same whether such a row is there or not.
  if (rule.is === 'never') throw denied('delete', collection);
  const status = collection.status?.field;
  // Whoever is told of it is told what it was.
  const told = state.watch?.wants(collection.name, 'delete') ?? false;
  const template = told
    ? wholeRow(collection)
    : templateOf(new Set([...collection.key, ...(status ? [status] : []), ...knownBefore(collection)]));
  const deleting: Deleting = { state, collection, rule, template };
  for (let i = 0; i < nodes.length; i += mostKeys) {
    const some = nodes.slice(i, i + mostKeys);
    const gone = await deletedAtOnce(deleting, keysOf(some));
    const left = some.filter((node) => !gone.has(textOf(node)));
    for (const [text, before] of left.length > 0 ? await deletedAfterLook(deleting, left, top) : []) gone.set(text, before);
    for (const node of some) {
      const before = gone.get(textOf(node));
      if (!before) continue;
      node.done = 'delete';
      // To delete it twice is to delete it once.
      gone.delete(textOf(node));
      demandWrite(state, node, 'delete', before.status);
      if (told) node.snapshot = before.text;
      record(state, node, 'delete', []);
    }
  }
}

const textOf = ({ key }: WriteNode): string => keyText(key ?? []);
const keysOf = (nodes: readonly WriteNode[]): Key[] => nodes.flatMap(({ key }) => (key ? [key] : []));

function statusIn(text: string, { status }: Collection): string | null | undefined {
  if (!status) return undefined;
  const value = valueIn(text, status.field);
  return value === undefined ? null : String(value);
}

/** Those that the rule lets go. Nothing where the database would not tell which they were. */
async function deletedAtOnce({ state, collection, rule, template }: Deleting, keys: readonly Key[]): Promise<Map<string, Before>> {
  const { connection } = state;
  const gone = new Map<string, Before>();
  // What the system collections demand is looked at before anything is gone.
  if (collection.system || !connection.dialect.returning.delete) return gone;
  const { statement, write } = compileDelete(collection, keys, rule, connection.dialect, template);
  const rows = await connection.texts(statement);
  demandOneEach(collection, keys, rows.length);
  for (const cells of rows) {
    const text = write(cells);
    gone.set(keyText(keyIn(text, collection) ?? []), { status: statusIn(text, collection), text });
  }
  return gone;
}

/** Looks at the rows under lock, refuses what may not go, and deletes the others. */
async function deletedAfterLook(deleting: Deleting, nodes: readonly WriteNode[], top: boolean): Promise<Map<string, Before>> {
  const { state, collection, rule, template } = deleting;
  const { connection } = state;
  const { statement, write } = compileLock(collection, keysOf(nodes), template, [rule, state.readable(collection)], connection.dialect);
  const found = new Map<string, Asked>();
  for (const cells of await connection.texts(statement)) {
    const text = write(cells);
    const before = { status: statusIn(text, collection), text };
    found.set(keyText(keyIn(text, collection) ?? []), { allowed: cells[0] === '1', readable: cells[1] === '1', ...before });
  }
  const going = nodes.filter((node) => {
    const before = found.get(textOf(node));
    // Whoever may not see a row learns nothing of it by trying to delete it.
    if (!before || (!before.allowed && !before.readable)) {
      if (top) throw new GatewayError('item_not_found', { id: textOf(node) });
      if (rule.is !== 'always') throw denied('delete', collection);
      return false;
    }
    if (!before.allowed) throw denied('delete', collection);
    demandSystem(state, node, 'delete', before.text);
    return true;
  });
  if (going.length === 0) return new Map();
  const touched = await connection.execute(compileDelete(collection, keysOf(going), rule, connection.dialect).statement);
  if (touched < new Set(going.map(textOf)).size) throw denied('delete', collection);
  demandOneEach(collection, keysOf(going), touched);
  const texts = new Set(going.map(textOf));
  return new Map([...found].filter(([text]) => texts.has(text)));
}
