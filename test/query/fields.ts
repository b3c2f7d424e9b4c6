/** Fields as a schema would have them. */
import type { Field } from '../../src/schema/types.ts';
import { column } from '../schema/tables.ts';

/** A column of text. */
export function fieldOf(name: string): Field {
  return {
    name,
    collection: 'plants',
    type: 'string',
    storage: 'text',
    primaryKey: false,
    unique: false,
    iso: false,
    column: column(name, 'text'),
  };
}
