/** Positions in a relation whose rows have a column for their order: `position` of what is connected, and the order of what is set (strapi-rest S-157). */
import { writerOf } from '../../access/write.ts';
import type { ReadContext } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { keySpelled } from './keys.ts';
import { arranged, type Coming, numbered } from './relation-order.ts';
import type { RelationWrite } from './relation-values.ts';
import type { Lead, Sight } from './sight.ts';

/** A row that ties both sides, or is the entry itself, and the number of its position where rows have one. */
export interface TiedRow {
  readonly row: string;
  readonly position: number | null;
}

/** The column by whose numbers the rows are in order, where the caller may read it. */
export function positionField(sight: Sight, { sort }: Collection): Field | undefined {
  return sort && sort.storage === 'integer' && sight.visible.field(sort) === 'yes' ? sort : undefined;
}

/** Whether rows of a junction hold the numbers. */
const isTied = ({ far, relation }: Lead): boolean => far !== undefined || relation.kind === 'm2m';

/** Whether the caller may change the numbers of all rows. */
function mayWritePositions({ schema, rules, actor }: ReadContext, rows: Collection, column: Field): boolean {
  const grant = writerOf(schema, rules, actor).find(rows);
  return grant !== undefined && grant.rows('update').is === 'always' && grant.forbidden([column.name], undefined) === undefined;
}

/** What the relation leads to, what leaves it, and what is asked of it. */
export interface Meeting {
  readonly current: ReadonlyMap<string, TiedRow>;
  readonly gone: ReadonlySet<string>;
  readonly wanted: readonly string[];
}

/** The numbers of positions to write. Who may not write them, and asks for no position, leaves them alone. */
export function positionsOf(
  within: ReadContext,
  { name, lead, value }: RelationWrite,
  rows: Collection,
  column: Field,
  { current, gone, wanted }: Meeting,
): ReadonlyMap<string, number> {
  const spelled = (text: string): string => keySpelled(lead.end, text) ?? text;
  const positions = new Map(value.is === 'set' ? [] : [...value.positions].map(([one, position]) => [spelled(one), position] as const));
  // Where entries themselves hold the number it is not this relation's alone.
  if (positions.size === 0 && !(isTied(lead) && mayWritePositions(within, rows, column))) return new Map();
  const coming = wanted.flatMap((entry): Coming[] => {
    const position = positions.get(entry);
    if (value.is !== 'set' && !position && current.has(entry)) return [];
    return [{ entry, position: position && 'key' in position ? { ...position, key: spelled(position.key) } : position }];
  });
  const kept = [...current.keys()].filter((one) => !gone.has(one));
  const order = arranged(kept, coming);
  if (!order) {
    throw new GatewayError('validation', { message: `${name}: a position names an entry that is not connected`, field: name });
  }
  if (coming.length === 0) return new Map();
  return numbered(
    order,
    kept.map((entry) => ({ entry, position: current.get(entry)?.position ?? null })),
  );
}
