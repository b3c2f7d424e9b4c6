/**
 * Columns of PostGIS that hold points on Earth: in degrees, as system 4326 has them or no system is named. The extension may lie in any
 * schema; the catalogue names it before the type where a statement has to.
 */
import type { Storage } from '../../dialect/types.ts';
import { type Fragment, sql, trusted } from '../../lib/fragment.ts';

interface Shape {
  /** What stands before names of the extension. */
  readonly prefix: string;
  readonly type: 'geometry' | 'geography';
  /** Of the column; 0 where each value has its own. */
  readonly system: number;
}

const declared = /^((?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)\.)?(geometry|geography)(?:\((?:Point|Geometry)Z?M?(?:,(\d+))?\))?$/;

/** What the catalogue's name of a type says; undefined for types without points, and for those in another system. */
export function shapeOf(nativeType: string): Shape | undefined {
  const [, prefix = '', type, number = '0'] = declared.exec(nativeType) ?? [];
  const system = Number(number);
  if ((type !== 'geometry' && type !== 'geography') || (system !== 0 && system !== 4326)) return undefined;
  return { prefix, type, system };
}

/** Whether a column holds points, by what the catalogue says of its type. */
export function holdsPoints(storage: Storage, type: string, nativeType: string): boolean {
  return storage === 'geometry' ? shapeOf(nativeType) !== undefined : storage === 'unknown' && type === 'point';
}

/** Longitude and latitude of the column; NULL for what is no point in degrees. */
export function shapeCoordinates({ prefix, type, system }: Shape, column: Fragment): { x: Fragment; y: Fragment } {
  const of = (name: string): Fragment => trusted(`${prefix}${name}`);
  const value = type === 'geography' ? sql`(${column})::${of('geometry')}` : column;
  const point = sql`${of('st_geometrytype')}(${value}) = 'ST_Point'`;
  const holds = system === 0 ? sql`${point} and ${of('st_srid')}(${value}) in (0, 4326)` : point;
  const read = (name: string): Fragment => sql`(case when ${holds} then ${of(name)}(${value}) end)`;
  return { x: read('st_x'), y: read('st_y') };
}
