/** Values as PostgreSQL's columns store them: their text, and the type it is read as. */
import type { Stored } from '../../dialect/types.ts';
import { type Fragment, param, sql, trusted } from '../../lib/fragment.ts';
import type { Field } from '../../schema/types.ts';
import { operandText } from './operands.ts';

/** Sizes would have a cast round or cut without a word; assigned to the column a value that does not fit is an error. */
const sizes = /^([^"(]*)\(\d+(?:,-?\d+)?\)/;

/** Types whose plain name means a size of one, or another type: as these they have no size. */
const unsized: Readonly<Record<string, string>> = { bpchar: 'bpchar', char: '"char"', bit: '"bit"' };

/** What the value is read as, before the column's own type takes it. The catalogue prints the names of types as SQL has them. */
function typeOf({ storage, column }: Field): string {
  const { type, nativeType } = column;
  switch (storage) {
    case 'integer':
    case 'decimal':
    case 'float':
    case 'boolean':
    case 'uuid':
    case 'date':
    case 'time':
    case 'datetime':
    case 'instant':
    case 'binary':
    case 'json':
      return type;
    case 'bit':
    case 'text':
      return unsized[type] ?? (type === 'citext' ? nativeType : type);
    case 'array': {
      const element = unsized[type.slice(1)];
      return element ? `${element}[]` : nativeType.replace(sizes, '$1');
    }
    default:
      return nativeType;
  }
}

const casts = new WeakMap<Field, Fragment>();

/** A bound value of the column; see `Dialect.stored`. */
export function stored(field: Field, value: Stored): Fragment {
  let cast = casts.get(field);
  if (!cast) {
    cast = trusted(`::${typeOf(field)}`);
    casts.set(field, cast);
  }
  return sql`${param(storedValue(field, value))}${cast}`;
}

/** See `Dialect.storedValue`. */
export function storedValue(field: Field, value: Stored): string | null {
  return value === null ? null : operandText(field, value);
}
