/** PostgreSQL's text of a value as JSON: what `row_to_json` would have written, without the server's having to write it. */
import type { Cell } from '../../dialect/types.ts';
import { type Fragment, sql } from '../../lib/fragment.ts';
import { asItIs, enclosed, oneLine, quoted, storedJson } from '../../lib/json-text.ts';
import type { Field } from '../../schema/types.ts';

/** NaN and the infinities are no JSON numbers. */
function number(text: string): string {
  const first = text.charCodeAt(text.charCodeAt(0) === 45 ? 1 : 0);
  return first >= 48 && first <= 57 ? text : `"${text}"`;
}

const truth = (text: string): string => (text === 't' ? 'true' : 'false');

/** `2024-05-01 10:00:00+00`, perhaps with ` BC` behind it, in ISO form; sessions are in UTC. Infinity stays as it is. */
function moment(text: string): string {
  // Almost all of them: whole seconds of years in four digits.
  if (text.length === 22 && text.charCodeAt(10) === 32 && text.charCodeAt(19) === 43) return `"${text.slice(0, 10)}T${text.slice(11)}:00"`;
  const blank = text.indexOf(' ');
  if (blank === -1) return `"${text}"`;
  const zone = text.indexOf('+', blank);
  if (zone === -1) return `"${text}"`;
  return `"${text.slice(0, blank)}T${text.slice(blank + 1, zone + 3)}:00${text.slice(zone + 3)}"`;
}

/** `json` is the form that `jsonObject` takes; it serves for types whose JSON only the server can make. */
export function cellOf(field: Field, column: Fragment, json: (field: Field, column: Fragment) => Fragment): Cell {
  const { storage, type } = field;
  if (type === 'array' && storage === 'text') return { value: json(field, column), write: asItIs };
  if (type === 'json' && storage === 'text') return { value: column, write: storedJson };
  if (type === 'boolean' && storage === 'integer') return { value: json(field, column), write: truth };
  switch (storage) {
    case 'integer':
      return { value: column, write: asItIs };
    case 'decimal':
    case 'float':
      return { value: column, write: number };
    case 'boolean':
      return { value: column, write: truth };
    case 'uuid':
    case 'date':
    case 'time':
      return { value: column, write: enclosed };
    case 'json':
      return { value: column, write: oneLine };
    case 'enum':
      return { value: column, write: quoted };
    case 'instant':
      return { value: column, write: moment };
    case 'datetime':
      return field.iso || type === 'datetime_created' || type === 'datetime_updated'
        ? { value: sql`(${column} at time zone 'UTC')`, write: moment }
        : { value: column, write: enclosed };
    case 'binary':
      return { value: json(field, column), write: enclosed };
    case 'array':
      return { value: json(field, column), write: oneLine };
    default:
      return { value: json(field, column), write: quoted };
  }
}
