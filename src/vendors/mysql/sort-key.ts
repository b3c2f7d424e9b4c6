/** Sort keys of MySQL and MariaDB: values whose text the server would compare in another way are compared as numbers. */
import type { SortKey } from '../../dialect/types.ts';
import { type Fragment, param, sql, trusted } from '../../lib/fragment.ts';
import type { Field } from '../../schema/types.ts';

const whole = new Set<Field['storage']>(['integer', 'year', 'boolean', 'bit', 'enum']);

/** A text compared with a number would become a double, which has fewer digits than most numbers here. */
export function sortKey(field: Field, ordered: Fragment): SortKey {
  if (whole.has(field.storage)) return { cell: sql`(${ordered} + 0)`, compared: ordered, operand: wholeNumber };
  if (field.storage === 'decimal') {
    const type = trusted(`decimal(65, ${field.column.scale ?? 0})`);
    return { cell: ordered, compared: ordered, operand: (text) => sql`cast(${param(text)} as ${type})` };
  }
  // As a double, a single is the number it stands for, and not the shorter one that is shown for it.
  if (field.storage === 'float')
    return { cell: sql`(${ordered} + 0e0)`, compared: ordered, operand: (text) => sql`(${param(text)} + 0e0)` };
  if (field.storage === 'binary') return { cell: sql`hex(${ordered})`, compared: ordered, operand: (text) => sql`unhex(${param(text)})` };
  return { cell: ordered, compared: ordered, operand: param };
}

function wholeNumber(text: string): Fragment {
  return text.length <= 18 ? sql`cast(${param(text)} as signed)` : sql`cast(${param(text)} as decimal(65, 0))`;
}
