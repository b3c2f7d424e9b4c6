/** What a change writes beside what was sent. */
import { automaticValues } from '../query/automatic.ts';
import { checkValues, type RowBefore } from '../query/check-item.ts';
import type { WriteNode } from '../query/mutation.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Field } from '../schema/types.ts';
import type { WriteState } from './write-state.ts';

/** The values that fill themselves. Throws where what is then written is not valid, as far as that can be told without `before`. */
export function filledValues(state: WriteState, { collection, values }: WriteNode, before?: RowBefore): ReadonlyMap<Field, Stored> {
  const filled = automaticValues(collection, 'update', values, state);
  checkValues(collection, new Map([...values, ...filled]), 'update', { before });
  return filled;
}
