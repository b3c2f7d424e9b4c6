/** Columns that hold points on Earth: a point of the database's own type, or what a map of Directus keeps as JSON (payload-rest P-72). */
import type { Field } from './types.ts';

/** Longitude and latitude in degrees. */
export type Position = readonly [lng: number, lat: number];

/** `own`: the database's type for points. `map`: JSON as `{lat, lng}`, as GeoJSON, or as `[lng, lat]`. Undefined for columns without points. */
export function pointForm({ column, storage, type, meta }: Field): 'own' | 'map' | undefined {
  if (column.points) return 'own';
  const isJson = storage === 'json' || (storage === 'text' && type === 'json');
  return isJson && meta?.interface === 'map' ? 'map' : undefined;
}

/** The point as a value that is written to the column. */
export function storedPoint(field: Field, [lng, lat]: Position): string | { readonly lat: number; readonly lng: number } {
  if (pointForm(field) === 'map') return { lat, lng };
  if (field.storage !== 'geometry') return `(${lng},${lat})`;
  // A column of PostGIS that names its system takes no point of another one.
  const system = /,(\d+)\)$/.exec(field.column.nativeType)?.[1];
  return `${system === undefined ? '' : `SRID=${system};`}POINT(${lng} ${lat})`;
}
