/** Conditions on points: how far from here, and within which area (payload-rest P-70, P-71; GeoJSON is RFC 7946). */
import { isExactNumber } from '../lib/json-body.ts';
import type { Position } from '../schema/points.ts';

/** Metres of the Earth's mean radius. */
export const earthRadius = 6_371_008.8;

type Ring = readonly Position[];
/** The first ring is its border, the others are holes. */
export type Polygon = readonly Ring[];

/** What is asked of a point on Earth. */
export type GeoCondition =
  | { readonly is: 'near'; readonly from: Position; readonly atMost?: number; readonly atLeast?: number }
  /** `border`: what lies on it counts too. */
  | { readonly is: 'inside'; readonly area: readonly Polygon[]; readonly border: boolean };

/** A sentence about what is wrong with an operand. */
type Fault = string;

const numeral = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function numberOf(value: unknown): number | undefined {
  const text = isExactNumber(value)
    ? value.digits
    : typeof value === 'string' || typeof value === 'number'
      ? String(value).trim()
      : undefined;
  const number = text !== undefined && numeral.test(text) ? Number(text) : undefined;
  return number !== undefined && Number.isFinite(number) ? number : undefined;
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (!(value instanceof Map) || value.size === 0) return undefined;
  return [...value.keys()].every((key) => /^\d+$/.test(String(key))) ? [...value.values()] : undefined;
}

function positionOf(value: unknown): Position | undefined {
  const parts = listOf(value);
  if (!parts || parts.length < 2 || parts.length > 3) return undefined;
  const [lng, lat] = parts.map(numberOf);
  if (lng === undefined || lat === undefined || Math.abs(lng) > 180 || Math.abs(lat) > 90) return undefined;
  return [lng, lat];
}

const nearForm = '"near" takes lng,lat[,maxMetres[,minMetres]], such as 13.4,52.5,1000';

/** `lng,lat[,maxMetres[,minMetres]]` as text or list; a bound that is empty or `null` is none. */
export function readNear(value: unknown): GeoCondition | Fault {
  const parts = listOf(value) ?? (typeof value === 'string' ? value.split(',') : []);
  if (parts.length < 2 || parts.length > 4) return nearForm;
  const from = positionOf(parts.slice(0, 2));
  if (!from) return `${nearForm}: a longitude from -180 to 180 and a latitude from -90 to 90`;
  const bounds = parts.slice(2).map(boundOf);
  if (bounds.includes('fault')) return `${nearForm}: bounds are metres from 0 on, or left empty`;
  const [atMost, atLeast] = bounds;
  return {
    is: 'near',
    from,
    ...(typeof atMost === 'number' ? { atMost } : {}),
    ...(typeof atLeast === 'number' ? { atLeast } : {}),
  };
}

function boundOf(value: unknown): number | 'none' | 'fault' {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'string' && /^\s*(?:null)?\s*$/i.test(value)) return 'none';
  const metres = numberOf(value);
  return metres === undefined || metres < 0 ? 'fault' : metres;
}

const areaForm = 'this operator takes a Polygon or MultiPolygon of GeoJSON';

/** A geometry of GeoJSON as JSON text, or as the object itself. */
export function readArea(value: unknown, border: boolean): GeoCondition | Fault {
  const geometry = typeof value === 'string' ? parsed(value) : value;
  const [type, coordinates] = [memberOf(geometry, 'type'), memberOf(geometry, 'coordinates')];
  const polygons = type === 'Polygon' ? [coordinates] : type === 'MultiPolygon' ? listOf(coordinates) : undefined;
  if (!polygons || polygons.length === 0) return `${areaForm}, such as {"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,0]]]}`;
  const area: Polygon[] = [];
  for (const one of polygons) {
    const polygon = polygonOf(one);
    if (typeof polygon === 'string') return polygon;
    area.push(polygon);
  }
  return { is: 'inside', area, border };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (value instanceof Map) return value.get(name);
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function polygonOf(value: unknown): Polygon | Fault {
  const rings = listOf(value);
  if (!rings || rings.length === 0) return `${areaForm}: a polygon is a list of rings, each a list of [lng,lat]`;
  const polygon: Ring[] = [];
  for (const one of rings) {
    const ring = listOf(one)?.map(positionOf) ?? [];
    if (ring.includes(undefined)) return `${areaForm}: a position is [lng,lat], a longitude from -180 to 180 and a latitude from -90 to 90`;
    const known = ring.flatMap((position) => (position ? [position] : []));
    const [first, last] = [known[0], known[known.length - 1]];
    if (known.length < 4 || !first || !last || first[0] !== last[0] || first[1] !== last[1]) {
      return `${areaForm}: a ring has four positions or more, and its last is its first`;
    }
    polygon.push(known);
  }
  return polygon;
}

/** How many positions the area has. */
export const positionsIn = (area: readonly Polygon[]): number =>
  area.reduce((sum, polygon) => sum + polygon.reduce((inner, ring) => inner + ring.length, 0), 0);
