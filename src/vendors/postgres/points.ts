/** Points in PostgreSQL: its own type, those of PostGIS, and what maps keep as JSON or as text of JSON. */
import { type Coordinates, crossings, type PointSql, sideNames } from '../../dialect/points.ts';
import { type Fragment, join, name, param, sql, trusted } from '../../lib/fragment.ts';
import { pointForm } from '../../schema/points.ts';
import type { Field } from '../../schema/types.ts';
import { shapeCoordinates, shapeOf } from './postgis.ts';

/** No number of this form is beyond a double, which would be an error. */
const number = String.raw`-?[0-9]{1,20}(?:\.[0-9]{1,60})?(?:[eE][-+]?[0-9]{1,2})?`;
const whole = trusted(`'^${number}$'`);

/** A number of the value at that path. */
function numberAt(column: Fragment, path: string): Fragment {
  const at = trusted(`'{${path}}'`);
  const text = sql`(${column} #>> ${at})`;
  return sql`case when jsonb_typeof(${column} #> ${at}) = 'number' and ${text} ~ ${whole} then ${text}::float8 end`;
}

/** Before 16 the server cannot be asked whether a text is JSON, and it reads no `json` with a NUL in it, whatever is asked of it. */
function numberIn(column: Fragment, patterns: readonly string[]): Fragment {
  const text = sql`(${column})::text`;
  const found = patterns.map((pattern) => sql`substring(${text} from ${trusted(`'${pattern}'`)})`);
  return sql`case when ${text} ~ '^\\s*[[{]' then (coalesce(${join(found, ', ')}))::float8 end`;
}

const start = String.raw`\s*\[\s*`;
const second = String.raw`${number}\s*,\s*(${number})\s*[],]`;
const first = String.raw`(${number})\s*,`;

function coordinates(field: Field, column: Fragment): Coordinates {
  const shape = field.storage === 'geometry' ? shapeOf(field.column.nativeType) : undefined;
  if (shape) return shapeCoordinates(shape, column);
  if (pointForm(field) === 'own') return { x: sql`(${column})[0]`, y: sql`(${column})[1]` };
  if (field.column.type !== 'jsonb') {
    const members = (key: string): string => String.raw`"${key}"\s*:\s*(${number})\s*[,}]`;
    return {
      x: numberIn(column, [members('lng'), `"coordinates"\\s*:${start}${first}`, `^${start}${first}`]),
      y: numberIn(column, [members('lat'), `"coordinates"\\s*:${start}${second}`, `^${start}${second}`]),
    };
  }
  const of = (...paths: string[]): Fragment =>
    sql`coalesce(${join(
      paths.map((path) => numberAt(column, path)),
      ', ',
    )})`;
  return { x: of('lng', 'coordinates,0', '0'), y: of('lat', 'coordinates,1', '1') };
}

export const postgresPoints: PointSql = {
  coordinates,
  containment(at, sides, alias) {
    const lists = sideNames.map((of) => sql`${param(sides.map((side) => String(side[of])))}::float8[]`);
    const columns = sideNames.map((of) => name(of));
    const point = `${alias}p`;
    // With an offset the planner leaves it a table, and does not write it out wherever it is named.
    const tables = sql`(select ${at.x} as x, ${at.y} as y offset 0) ${name(point)} cross join unnest(${join(lists, ', ')}) as ${name(alias)}(${join(columns, ', ')})`;
    return crossings(tables, { x: name(point, 'x'), y: name(point, 'y') }, alias);
  },
};

/** The point as JSON; NULL where there is none. */
export function pointJson(field: Field, column: Fragment): Fragment {
  const { x, y } = coordinates(field, column);
  return sql`(case when ${x} is not null and ${y} is not null then json_build_array(${x}, ${y}) end)`;
}
