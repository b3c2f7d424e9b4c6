/** Sort keys: any column of SQLite holds values of any type, so each says which it is. */
import type { SortKey } from '../../dialect/types.ts';
import { type Fragment, param, sql } from '../../lib/fragment.ts';
import type { Field } from '../../schema/types.ts';

/** One letter for the type, then the value: seventeen digits tell every double apart. */
export function sortKey(_: Field, ordered: Fragment): SortKey {
  const kinds = sql`when 'integer' then 'i' || ${ordered} when 'real' then 'r' || printf('%!.17g', ${ordered}) when 'blob' then 'b' || hex(${ordered})`;
  return {
    cell: sql`case typeof(${ordered}) when 'null' then null ${kinds} else 't' || ${ordered} end`,
    compared: ordered,
    operand: (text) => param(bound(text)),
  };
}

function bound(text: string): unknown {
  const value = text.slice(1);
  switch (text[0]) {
    case 'i':
      return BigInt(value);
    case 'r':
      return numberOf(value);
    case 'b':
      return Buffer.from(value, 'hex');
    default:
      return value;
  }
}

function numberOf(text: string): number {
  const infinite = /^([+-]?)inf/i.exec(text);
  if (!infinite) return Number(text);
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
