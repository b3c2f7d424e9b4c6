/** Values in the forms that surfaces ask for (dialect/forms.ts), as JSON and as cells. */
import { largestSafe, safeDigits, type ValueForm } from '../../dialect/forms.ts';
import type { Cell } from '../../dialect/types.ts';
import { type Fragment, sql, trusted } from '../../lib/fragment.ts';
import { asItIs, enclosed, oneLine, quoted, storedJson } from '../../lib/json-text.ts';
import { pointForm } from '../../schema/points.ts';
import type { Field } from '../../schema/types.ts';
import { pointJson } from './points.ts';

type Form = Exclude<ValueForm, 'plain'>;

/** Types of whole numbers that a double always holds. */
const small = new Set(['int2', 'int4', 'smallint', 'integer']);
const digits = trusted(String(safeDigits));
const largest = trusted(largestSafe);

function isSafe({ column, storage }: Field): boolean {
  if (storage === 'integer') return small.has(column.type);
  return storage !== 'decimal' || (column.precision !== undefined && column.precision <= safeDigits);
}

/** Infinity, which has no year, is written as it is. */
const spelled = (moment: Fragment): Fragment =>
  sql`(case when isfinite(${moment}) then to_char(${moment}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') else ${moment}::text end)`;

/** The value as an expression of SQL; undefined where the form does not concern it. */
function expression(field: Field, column: Fragment, form: Form): Fragment | undefined {
  switch (form) {
    case 'text':
      return sql`${column}::text`;
    case 'instant':
      if (field.storage === 'instant') return spelled(sql`(${column} at time zone 'UTC')`);
      return field.storage === 'datetime' ? spelled(column) : undefined;
    case 'clock':
      return field.storage === 'time' ? sql`to_char(${column}::time, 'HH24:MI:SS.MS')` : undefined;
    case 'point':
    case 'safe number':
      return undefined;
  }
}

/** What stands in an object that the server makes. */
export function formed(field: Field, column: Fragment, form: Form, plain: (field: Field, column: Fragment) => Fragment): Fragment {
  if (form === 'point')
    return pointForm(field) ? sql`coalesce(${pointJson(field, column)}, to_json(${plain(field, column)}))` : plain(field, column);
  if (form !== 'safe number') return expression(field, column, form) ?? plain(field, column);
  if (isSafe(field)) return plain(field, column);
  const holds =
    field.storage === 'integer'
      ? sql`${column} between -${largest} and ${largest}`
      : sql`length(translate(${column}::text, '-.', '')) <= ${digits}`;
  return sql`(case when ${column} is null then null when ${holds} then to_json(${column}) else to_json(${column}::text) end)`;
}

/** A number's text as JSON: a number where a double holds it. */
function safeNumber(text: string): string {
  if (text.length <= safeDigits) return text.startsWith('N') || text.includes('I') ? `"${text}"` : text;
  if (!/^-?\d+(\.\d+)?$/.test(text)) return `"${text}"`;
  const whole = !text.includes('.') && Number.isSafeInteger(Number(text));
  return whole || text.replace(/[-.]/g, '').length <= safeDigits ? text : `"${text}"`;
}

const moment = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:\+00)?$/;

/** The server's text of a moment, whose sessions are in UTC, as ISO 8601; infinity and years before the first stay as they are. */
function instant(text: string): string {
  // Almost all of them: whole seconds of years in four digits.
  const usual = (text.length === 19 || (text.length === 22 && text.charCodeAt(19) === 43)) && text.charCodeAt(10) === 32;
  if (usual) return `"${text.slice(0, 10)}T${text.slice(11, 19)}.000Z"`;
  const [, date, time, fraction = ''] = moment.exec(text) ?? [];
  return date === undefined ? `"${text}"` : `"${date}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z"`;
}

/** The same as a cell; undefined where the form does not concern the value. */
export function formedCell(field: Field, column: Fragment, form: Form): Cell | undefined {
  if (form === 'safe number') return isSafe(field) ? undefined : { value: column, write: safeNumber };
  if (form === 'point') return pointCell(field, column);
  // Columns as they are stored need no select of their own for the page.
  if (form === 'instant')
    return field.storage === 'instant' || field.storage === 'datetime' ? { value: column, write: instant } : undefined;
  const value = expression(field, column, form);
  if (!value) return undefined;
  if (form !== 'text') return { value, write: enclosed };
  // Whole numbers leave the server as text anyway.
  return field.storage === 'integer' ? { value: column, write: enclosed } : { value, write: quoted };
}

function pointCell(field: Field, column: Fragment): Cell | undefined {
  const form = pointForm(field);
  if (!form) return undefined;
  const point = pointJson(field, column);
  if (form === 'own') return { value: point, write: asItIs };
  return { value: sql`coalesce(${point}::text, ${column}::text)`, write: field.storage === 'json' ? oneLine : storedJson };
}

/** A value as JSON by itself; the `null` of JSON is none. */
export function jsonScalar(value: Fragment): Fragment {
  return sql`to_json(${value})`;
}
