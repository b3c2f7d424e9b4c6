/** Fields as a schema would have them. */
import type { Field } from '../../src/schema/types.ts';

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
    column: {
      name,
      type: 'text',
      nativeType: 'text',
      storage: 'text',
      unsigned: false,
      nullable: true,
      default: null,
      generated: false,
      autoIncrement: false,
      comment: null,
    },
  };
}
