/** Points on Earth in SQL. How far they are from each other and what they lie within is worked out of two numbers (sql/geo-condition.ts). */
import { type Fragment, name, sql, trusted } from '../lib/fragment.ts';
import type { Field } from '../schema/types.ts';

/** A side of a polygon, its lower end first, and how much counts as nothing beside it. */
export interface Side {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly near: number;
}

export const sideNames = ['x1', 'y1', 'x2', 'y2', 'near'] as const;

export interface Coordinates {
  readonly x: Fragment;
  readonly y: Fragment;
}

/** Whether a point lies within the sides: 0 outside, 1 inside, 2 on one of them. */
export type Containment = 0 | 1 | 2;

export interface PointSql {
  /** Longitude and latitude of a column of points (schema/points.ts) as doubles; NULL where the value is no point. */
  coordinates(field: Field, column: Fragment): Coordinates;
  /** The `Containment` of a point near the sides, by the same arithmetic everywhere. Their numbers are bound; `alias` is free for the tables it takes. */
  containment(point: Coordinates, sides: readonly Side[], alias: string): Fragment;
}

/** How far beyond its ends a side still counts. */
export const tolerance = 1e-9;
const beside = trusted(String(tolerance));

/**
 * The same as a sub-select over `tables`, where `alias` has a row for each side: a line eastwards crosses sides an odd number of times from
 * within. Sides that lie above or below are left out at once.
 */
export function crossings(tables: Fragment, { x, y }: Coordinates, alias: string): Fragment {
  const at = (of: keyof Side): Fragment => name(alias, of);
  const turn = sql`(${at('x2')} - ${at('x1')}) * (${y} - ${at('y1')}) - (${x} - ${at('x1')}) * (${at('y2')} - ${at('y1')})`;
  const along = sql`(${x} - ${at('x1')}) * (${x} - ${at('x2')}) + (${y} - ${at('y1')}) * (${y} - ${at('y2')})`;
  const onSide = sql`case when abs(${turn}) <= ${at('near')} and ${along} <= ${at('near')} then 1 else 0 end`;
  const crossed = sql`case when ${y} >= ${at('y1')} and ${y} < ${at('y2')} and ${turn} > 0 then 1 else 0 end`;
  const level = sql`${y} between ${at('y1')} - ${beside} and ${at('y2')} + ${beside}`;
  return sql`(select case when max(${onSide}) = 1 then 2 else sum(${crossed}) % 2 end from ${tables} where ${level})`;
}

/** The same of numbers. */
export function containmentOf(x: number, y: number, sides: readonly Side[]): Containment {
  let odd = false;
  for (const { x1, y1, x2, y2, near } of sides) {
    if (y < y1 - tolerance || y > y2 + tolerance) continue;
    const turn = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1);
    if (Math.abs(turn) <= near && (x - x1) * (x - x2) + (y - y1) * (y - y2) <= near) return 2;
    if (y >= y1 && y < y2 && turn > 0) odd = !odd;
  }
  return odd ? 1 : 0;
}
