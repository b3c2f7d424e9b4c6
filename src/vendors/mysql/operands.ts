/** Operands as MySQL and MariaDB take them: typed as the column, with all their digits. */
import type { Scalar } from '../../dialect/types.ts';
import { type Fragment, param, sql, trusted } from '../../lib/fragment.ts';
import type { Field } from '../../schema/types.ts';

/** Digits of a decimal in all, and after the point. */
const widest = 65;
const finest = 30;

/** A number of up to 65 digits; one beyond them is beyond every column. */
function decimal(text: string): Fragment {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const minus = text.startsWith('-') ? '-' : '';
  if (whole.length > widest) return sql`cast(${param(`${minus}${'9'.repeat(widest)}`)} as decimal(65))`;
  const scale = fraction === '' ? 0 : Math.min(finest, widest - whole.length);
  // Digits beyond the last that fits would be rounded, and the number could equal one that it does not.
  const fitting = fraction.length <= scale ? fraction : `${fraction.slice(0, Math.max(0, scale - 1))}5`.slice(0, scale);
  const number = fitting === '' ? minus + whole : `${minus}${whole}.${fitting}`;
  return sql`cast(${param(number)} as ${trusted(`decimal(65, ${scale})`)})`;
}

/** MySQL itself takes a parameter in a cast to a number for one with a sign, and cuts it to that; a text it reads to its last digit. */
export const unsigned = (bound: Fragment): Fragment => sql`cast(cast(${bound} as char) as unsigned)`;

function whole(text: string): Fragment {
  if (!/^-?\d{1,20}$/.test(text)) return decimal(text);
  const value = BigInt(text);
  if (BigInt.asIntN(64, value) === value) return sql`cast(${param(text)} as signed)`;
  return BigInt.asUintN(64, value) === value ? unsigned(param(text)) : decimal(text);
}

/** A single as the double it widens to: that is what it is compared as, and no other is within its range at the end of it. */
export function float(field: Field, text: string): string {
  const single = Math.fround(Number(text));
  return field.column.type === 'float' && Number.isFinite(single) && (single !== 0 || text === '0') ? String(single) : text;
}

/** A bound operand of the column. */
export function operand(field: Field, value: Scalar): Fragment {
  const truth = typeof value === 'boolean' || field.storage === 'boolean';
  const text = truth ? (String(value) === 'true' || value === '1' ? '1' : '0') : value;
  switch (field.storage) {
    case 'integer':
    case 'year':
    case 'boolean':
    case 'bit':
      return whole(text);
    case 'decimal':
      return decimal(text);
    case 'float':
      return sql`(${param(float(field, text))} + 0e0)`;
    case 'binary':
      return param(Buffer.from(text, 'base64'));
    default:
      return param(text);
  }
}
