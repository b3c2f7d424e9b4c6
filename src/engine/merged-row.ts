/** A row that is changed must be valid as a whole: what stands in it beside what is sent counts as well (directus8-data §4.3). */
import { checkValues, demanding, type RowBefore } from '../query/check-item.ts';
import type { WriteNode } from '../query/mutation.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Collection, Field } from '../schema/types.ts';
import { storedIn, valueIn } from './row-text.ts';
import type { WriteState } from './write-state.ts';

/** The status as text; undefined where the collection has none. */
export function statusIn(text: string, { status }: Collection): string | null | undefined {
  if (!status) return undefined;
  const value = valueIn(text, status.field);
  return value === undefined ? null : String(value);
}

/**
 * What is known of a row by a JSON text of it. `from` is its status as the caller could read it. Nothing is told of fields that he may not
 * read, and nothing at all where it depends on a status that he may not: what he sends must then be valid in every status.
 */
export function knownRow(state: WriteState, { collection, values }: WriteNode, text: string, from: string | null | undefined): RowBefore {
  const visible = state.visible(collection, from);
  const { status } = collection;
  const depends = status !== undefined && status.mapping.requiredFields.length > 0 && !values.has(status.field);
  const kept = depends && !visible(status.field);
  const heard = kept ? [] : demanding(collection).filter(visible);
  const held = heard.length === 0 ? undefined : storedIn(text, heard);
  return { status: kept ? undefined : statusIn(text, collection), stored: (field) => held?.get(field) };
}

const nothing: ReadonlyMap<Field, Stored> = new Map();

/**
 * Checks what stands in a row that was changed beside what was sent and checked before.
 *
 * @throws GatewayError validation with all that is blank or unlike its pattern
 */
export function checkRest(state: WriteState, node: WriteNode, text: string, from: string | null | undefined): void {
  const { collection, values } = node;
  if (demanding(collection).length === 0) return;
  const row = knownRow(state, node, text, from);
  const stored: RowBefore['stored'] = (field) => (values.has(field) ? undefined : row.stored(field));
  checkValues(collection, nothing, 'update', { before: { status: row.status, stored } });
}
