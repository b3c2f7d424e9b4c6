/** Points in SQLite, which has no type for them: a column declared `point` holds texts, as do those of maps. The functions are ours. */
import { type Coordinates, containmentOf, type PointSql, type Side, sideNames } from '../../dialect/points.ts';
import { type Fragment, param, sql } from '../../lib/fragment.ts';

const number = String.raw`([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`;
const written = new RegExp(String.raw`^\s*(?:POINT\s*)?\(\s*${number}(?:\s*,\s*|\s+)${number}\s*\)\s*$`, 'i');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const numberOr = (value: unknown, other: unknown): unknown => (typeof value === 'number' ? value : other);

/** Of an object of any of the forms, or a list. */
function pairOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return [];
  const members = new Map<string, unknown>(Object.entries(value));
  const coordinates: unknown = members.get('coordinates');
  const [lng, lat] = Array.isArray(coordinates) ? coordinates : [];
  return [numberOr(members.get('lng'), lng), numberOr(members.get('lat'), lat)];
}

/** One of the two numbers of a point: `{"lat":2,"lng":1}`, `{"type":"Point","coordinates":[1,2]}`, `[1,2]`, `POINT(1 2)` or `(1,2)`. */
export function coordinate(value: unknown, at: unknown): number | null {
  if (typeof value !== 'string') return null;
  const [, ...texts] = written.exec(value) ?? [];
  const pair = texts.length > 0 ? texts.map(Number) : pairOf(parsed(value));
  const found = pair[Number(at)];
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}

const isSide = (one: unknown): one is Side =>
  typeof one === 'object' && one !== null && sideNames.every((of) => typeof Reflect.get(one, of) === 'number');

let known: { readonly text: string; readonly sides: readonly Side[] } = { text: '[]', sides: [] };

/** Where a point lies of sides that came as JSON; those of one statement are read once. */
export function containmentText(x: unknown, y: unknown, text: unknown): bigint | null {
  if (typeof x !== 'number' || typeof y !== 'number' || typeof text !== 'string') return null;
  if (text !== known.text) {
    const list: unknown = JSON.parse(text);
    known = { text, sides: Array.isArray(list) ? list.filter(isSide) : [] };
  }
  return BigInt(containmentOf(x, y, known.sides));
}

export const sqlitePoints: PointSql = {
  coordinates: (_, column) => ({ x: sql`sallyport_coordinate(${column}, 0)`, y: sql`sallyport_coordinate(${column}, 1)` }),
  containment: ({ x, y }, sides) => sql`sallyport_lies(${x}, ${y}, ${param(JSON.stringify(sides))})`,
};

/** The point as JSON; NULL where there is none. */
export function pointJson({ x, y }: Coordinates): Fragment {
  return sql`json('[' || sallyport_float(${x}) || ',' || sallyport_float(${y}) || ']')`;
}
