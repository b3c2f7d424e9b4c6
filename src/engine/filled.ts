/** What a change writes beside what was sent. */
import { automaticValues } from '../query/automatic.ts';
import { checkValues } from '../query/check-item.ts';
import type { WriteNode } from '../query/mutation.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Field } from '../schema/types.ts';
import type { WriteState } from './write-state.ts';

/** The values that fill themselves. Throws where what is then written is not valid. */
export function filledValues(state: WriteState, { collection, values }: WriteNode): ReadonlyMap<Field, Stored> {
  const filled = automaticValues(collection, 'update', values, state);
  checkValues(collection, new Map([...values, ...filled]), 'update');
  return filled;
}
