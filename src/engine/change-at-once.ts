/** Changes a row without a look at it before, where nothing of it need be known: the rules are part of the statement. */
import { notDeleted } from '../access/write.ts';
import { GatewayError } from '../lib/errors.ts';
import { allOf } from '../query/filters.ts';
import type { WriteNode } from '../query/mutation.ts';
import { compileUpdate } from '../sql/write.ts';
import { filledValues } from './filled-values.ts';
import { textsOf } from './insert-rows.ts';
import { checkRest, statusIn } from './merged-row.ts';
import { demandOneEach } from './one-row-each.ts';
import { wholeRow } from './row-text.ts';
import { demandWrite, record, type WriteState } from './write-state.ts';

/** Whether nothing that is to be decided depends on what the row is: no status rules, no status, no key, and rows that must be there. */
function isPlain(state: WriteState, { does, key, collection, values }: WriteNode): boolean {
  if (collection.system || collection.changedAfter || does !== 'update' || !key || values.size === 0) return false;
  if (!state.journal || !state.connection.dialect.returning.update) return false;
  if (state.writer.find(collection)?.byStatus !== false) return false;
  const { status } = collection;
  return !(status && values.has(status.field)) && !collection.key.some((field) => values.has(field));
}

/** True when it is done; else nothing has happened, and whoever looks at the row finds out why. */
export async function changedAtOnce(state: WriteState, node: WriteNode): Promise<boolean> {
  if (!isPlain(state, node)) return false;
  const { collection, key = [], values } = node;
  let filled: ReturnType<typeof filledValues>;
  try {
    demandWrite(state, node, 'update', undefined);
    filled = filledValues(state, node);
  } catch (error) {
    // Whether the row is there comes first.
    if (error instanceof GatewayError) return false;
    throw error;
  }
  const living = node.living ? [notDeleted(collection)] : [];
  const rule = allOf([state.readable(collection), state.writer.grant(collection, 'update').rows('update'), ...living]);
  const change = { key, values: new Map([...values, ...filled]) };
  const { dialect } = state.connection;
  const texts = await textsOf(state.connection, compileUpdate(collection, [change], rule, dialect, wholeRow(collection)));
  const [text] = texts;
  if (text === undefined) return false;
  demandOneEach(collection, [key], texts.length);
  node.done = 'update';
  node.snapshot = text;
  checkRest(state, node, text, statusIn(text, collection));
  record(
    state,
    node,
    'update',
    [...values.keys()].filter((field) => !filled.has(field)),
  );
  return true;
}
