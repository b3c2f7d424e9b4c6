/** Numbers of our own in a statement: they are bound and compared like those of a column. */
import type { Storage } from '../dialect/types.ts';
import type { Field } from '../schema/types.ts';

/** A field of no table whose operands are numbers of that type. */
export function numberField(type: string, storage: Extract<Storage, 'integer' | 'float'>): Field {
  return {
    name: 'number',
    collection: '',
    type: storage === 'integer' ? 'integer' : 'decimal',
    storage,
    primaryKey: false,
    unique: false,
    iso: false,
    column: {
      name: 'number',
      type,
      nativeType: type,
      storage,
      unsigned: false,
      nullable: false,
      default: null,
      generated: false,
      autoIncrement: false,
      comment: null,
    },
  };
}
