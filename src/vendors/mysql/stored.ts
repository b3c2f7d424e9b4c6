/** Values as MySQL's and MariaDB's columns store them: typed where a text beside the column would make text of both. */
import type { Stored } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { type Fragment, param, sql, trusted } from '../../lib/fragment.ts';
import { jsonDepth } from '../../lib/json-strings.ts';
import type { Field } from '../../schema/types.ts';
import { float, unsigned } from './operands.ts';

/** MariaDB takes what is nested more deeply for no JSON. */
const deepestOfMariadb = 31;

/** @throws GatewayError unprocessable for what would be stored as text and read as nothing */
function checkDepth(field: Field, value: Stored): void {
  if (typeof value !== 'string' || value.length <= deepestOfMariadb || jsonDepth(value) <= deepestOfMariadb) return;
  const message = `The value submitted for '${field.name}' is nested more deeply than this database reads: ${deepestOfMariadb} levels`;
  throw new GatewayError('unprocessable', { message });
}

/** MariaDB takes a text that is no geometry for NULL; a cast that fails makes an error of it. */
function geometry(text: Fragment): Fragment {
  const made = sql`st_geomfromtext(${text})`;
  return sql`case when ${text} is null or ${made} is not null then ${made} else st_geomfromtext(cast(cast(concat('x', ${text}) as signed) as char)) end`;
}

const widestDecimal = { precision: 65, scale: 30 };

/** A bound value of the column; see `Dialect.stored`. */
export function stored(field: Field, value: Stored, mariadb: boolean): Fragment {
  const { precision = widestDecimal.precision, scale = widestDecimal.scale } = field.column;
  const bound = param(typeof value === 'boolean' ? (value ? '1' : '0') : value);
  if (mariadb && (field.storage === 'json' || field.type === 'json')) checkDepth(field, value);
  switch (field.storage) {
    case 'integer':
      return field.column.unsigned ? unsigned(bound) : sql`cast(${bound} as signed)`;
    case 'boolean':
    case 'bit':
    // As a text the year 0 would be the year 2000.
    case 'year':
      return unsigned(bound);
    case 'decimal':
      return sql`cast(${bound} as ${trusted(`decimal(${precision}, ${scale})`)})`;
    case 'float':
      return sql`(${param(typeof value === 'string' ? float(field, value) : value)} + 0e0)`;
    case 'binary':
      return sql`from_base64(${bound})`;
    case 'json':
      return mariadb ? bound : sql`cast(${bound} as json)`;
    case 'geometry':
      return mariadb ? geometry(bound) : sql`st_geomfromtext(${bound})`;
    default:
      return bound;
  }
}
