/**
 * Points on Earth: one expression for how far apart they are and one for what lies within an area, made of the two numbers that a vendor
 * reads out of a point, so that every database finds the same rows.
 */
import { type Coordinates, type Side, tolerance } from '../dialect/points.ts';
import { type Fragment, join, sql, trusted } from '../lib/fragment.ts';
import { earthRadius, type GeoCondition, type Polygon } from '../query/geo-condition.ts';
import type { Position } from '../schema/points.ts';
import type { Field } from '../schema/types.ts';
import { numberField } from './number-field.ts';
import { column, type Scope } from './scope.ts';

const double = numberField('double precision', 'float');
const number = (value: number, { dialect }: Scope): Fragment => dialect.operand(double, String(value));

const radians = trusted(String(Math.PI / 180));
const halfRadians = trusted(String(Math.PI / 360));
const cosine = (degrees: number): number => Math.cos((degrees * Math.PI) / 180);

function coordinatesOf(field: Field, alias: string, { dialect }: Scope): Coordinates {
  return dialect.points.coordinates(field, column(alias, field));
}

/**
 * Grows with the distance: the haversine of its angle, from 0 to 1. NULL for what is no point on Earth; longitudes may go round once, as
 * those of maps do that were pushed on.
 */
export function haversine(field: Field, [lng, lat]: Position, alias: string, scope: Scope): Fragment {
  const { x, y } = coordinatesOf(field, alias, scope);
  const up = sql`power(sin((${y} - ${number(lat, scope)}) * ${halfRadians}), 2)`;
  const along = sql`power(sin((${x} - ${number(lng, scope)}) * ${halfRadians}), 2)`;
  const value = sql`${up} + ${number(cosine(lat), scope)} * cos(${y} * ${radians}) * ${along}`;
  return sql`(case when ${x} between -360 and 360 and ${y} between -90 and 90 then ${value} end)`;
}

/** Half way round the Earth there is nothing farther. */
function haversineOf(metres: number): number {
  const angle = metres / earthRadius;
  return angle >= Math.PI ? 2 : Math.sin(angle / 2) ** 2;
}

/** The condition on the point of the row under `alias`. */
export function geoCondition(field: Field, condition: GeoCondition, alias: string, scope: Scope): Fragment {
  if (condition.is === 'inside') {
    const parts = condition.area.map((polygon) => inside(field, polygon, condition.border, alias, scope));
    return sql`(${join(parts, ' or ')})`;
  }
  const { from, atMost, atLeast } = condition;
  const how = haversine(field, from, alias, scope);
  const [most, least] = [atMost, atLeast].map((metres) => (metres === undefined ? undefined : number(haversineOf(metres), scope)));
  if (most && least) return sql`${how} between ${least} and ${most}`;
  return most ? sql`${how} <= ${most}` : least ? sql`${how} >= ${least}` : sql`${how} is not null`;
}

function sidesOf(polygon: Polygon): Side[] {
  return polygon.flatMap((ring) =>
    ring.slice(1).map((end, i): Side => {
      const start = ring[i] ?? end;
      const [[x1, y1], [x2, y2]] = start[1] <= end[1] ? [start, end] : [end, start];
      return { x1, y1, x2, y2, near: tolerance * Math.hypot(x2 - x1, y2 - y1) };
    }),
  );
}

/**
 * Within one polygon on the map where a degree is a degree everywhere. Rows outside of the smallest rectangle around it are told without a
 * look at its sides.
 */
function inside(field: Field, polygon: Polygon, border: boolean, alias: string, scope: Scope): Fragment {
  const point = coordinatesOf(field, alias, scope);
  const sides = sidesOf(polygon);
  const [xs, ys] = [sides.flatMap(({ x1, x2 }) => [x1, x2]), sides.flatMap(({ y1, y2 }) => [y1, y2])];
  const between = (value: Fragment, of: readonly number[]): Fragment =>
    sql`${value} between ${number(Math.min(...of) - tolerance, scope)} and ${number(Math.max(...of) + tolerance, scope)}`;
  const lie = scope.dialect.points.containment(point, sides, scope.alias());
  const found = sql`(case when ${between(point.x, xs)} and ${between(point.y, ys)} then ${lie} else 0 end)`;
  return border ? sql`${found} > 0` : sql`${found} = 1`;
}
