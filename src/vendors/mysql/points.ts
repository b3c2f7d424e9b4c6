/** Points in MySQL and MariaDB: their own types, and what maps keep as JSON. */
import { type Coordinates, crossings, type PointSql, sideNames } from '../../dialect/points.ts';
import { type Fragment, join, name, param, sql, trusted } from '../../lib/fragment.ts';
import { pointForm } from '../../schema/points.ts';
import type { Field } from '../../schema/types.ts';

const numbers = trusted("('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL')");

/** What is declared JSON is; of other texts it is asked. */
function numberAt({ storage }: Field, column: Fragment, paths: readonly string[]): Fragment {
  const found = paths.map((path) => {
    const at = sql`json_extract(${column}, ${trusted(`'${path}'`)})`;
    return sql`case when json_type(${at}) in ${numbers} then ${at} + 0e0 end`;
  });
  const value = sql`coalesce(${join(found, ', ')})`;
  return storage === 'json' ? value : sql`case when json_valid(${column}) then ${value} end`;
}

/** Of a point in the world's usual system MySQL takes the first number for the latitude, and has names for both. */
function ofShape(column: Fragment, plain: Fragment, named: Fragment, mariadb: boolean): Fragment {
  const value = sql`${plain}(${column})`;
  const read = mariadb ? value : sql`case st_srid(${column}) when 4326 then ${named}(${column}) else ${value} end`;
  return sql`case when st_geometrytype(${column}) = 'POINT' then ${read} end`;
}

/** Points in the SQL of MySQL or MariaDB. */
export function mysqlPoints(mariadb: boolean): PointSql {
  return {
    coordinates(field: Field, column: Fragment): Coordinates {
      if (pointForm(field) !== 'own') {
        return {
          x: numberAt(field, column, ['$.lng', '$.coordinates[0]', '$[0]']),
          y: numberAt(field, column, ['$.lat', '$.coordinates[1]', '$[1]']),
        };
      }
      return {
        x: ofShape(column, trusted('st_x'), trusted('st_longitude'), mariadb),
        y: ofShape(column, trusted('st_y'), trusted('st_latitude'), mariadb),
      };
    },
    containment(at, sides, alias) {
      const rows = sides.map((side) =>
        join(
          sideNames.map((of) => sql`(${param(String(side[of]))} + 0e0) as ${name(of)}`),
          ', ',
        ),
      );
      // MariaDB's derived tables cannot see outer columns.
      return crossings(sql`(select ${join(rows, ' union all select ')}) ${name(alias)}`, at, alias);
    },
  };
}

/** The point as a JSON value; NULL where there is none. */
export function pointJson({ x, y }: Coordinates): Fragment {
  return sql`(case when ${x} is not null and ${y} is not null then json_array(${x}, ${y}) end)`;
}
