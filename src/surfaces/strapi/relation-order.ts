/** The order of a relation whose rows have a column for it: where entries that come are put, and which rows get another number (strapi-rest S-157). */
import type { Position } from './relation-values.ts';

/** An entry that the relation leads to, and the number of its position; null where it has none yet. */
export interface Positioned {
  readonly entry: string;
  readonly position: number | null;
}

/** An entry that comes, or changes its position. */
export interface Coming {
  readonly entry: string;
  readonly position?: Position | undefined;
}

const end: Position = { is: 'end' };

/** The entries in the order they are to have; undefined where one is to stand beside an entry that is not among them. */
export function arranged(kept: readonly string[], coming: readonly Coming[]): readonly string[] | undefined {
  const order = kept.filter((entry) => !coming.some((one) => one.entry === entry));
  for (const { entry, position = end } of coming) {
    const beside = 'key' in position ? order.indexOf(position.key) : 0;
    if (beside === -1) return undefined;
    const at = position.is === 'end' ? order.length : position.is === 'after' ? beside + 1 : position.is === 'start' ? 0 : beside;
    order.splice(at, 0, entry);
  }
  return order;
}

/** The numbers that put entries in that order, of those that have another one: what comes behind all others leaves them as they are. */
export function numbered(order: readonly string[], positioned: readonly Positioned[]): ReadonlyMap<string, number> {
  const known = new Map(positioned.map(({ entry, position }) => [entry, position]));
  const head: number[] = [];
  for (const entry of order) {
    const position = known.get(entry) ?? null;
    if (position === null || position <= (head.at(-1) ?? Number.NEGATIVE_INFINITY)) break;
    head.push(position);
  }
  const appended = order.slice(head.length).every((entry) => (known.get(entry) ?? null) === null);
  const last = appended ? (head.at(-1) ?? 0) : 0;
  const changed = new Map<string, number>();
  order.forEach((entry, i) => {
    if (appended && i < head.length) return;
    const position = appended ? last + i - head.length + 1 : i + 1;
    if (known.get(entry) !== position) changed.set(entry, position);
  });
  return changed;
}
