/** Writes rows of undecoded text as JSON: one function for each statement, made of its columns once. */
import type { Cells } from './database.ts';

/**
 * How a column's text becomes JSON: as it is (numbers, JSON); in quotes (texts that hold nothing to escape); in quotes, escaped; `t` and `f`;
 * moments with a zone, which PostgreSQL writes as `2024-01-01 00:00:00+00`.
 */
export type Kind = 'plain' | 'quoted' | 'text' | 'boolean' | 'moment';

/** A column by its kind, `?` behind it where it may be NULL; an object of more of them. Columns count in the order of writing. */
export type Shape = { readonly [key: string]: Kind | `${Kind}?` | Shape };

/** A quote, a backslash, a control character or half of a pair: all but what may stand as it is. */
const special = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** A text as a JSON string. Most hold nothing to escape, and looking is cheaper than building. */
export function quote(text: string): string {
  return special.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** A moment in UTC as ISO 8601. */
export function moment(text: string): string {
  return `"${text.slice(0, 10)}T${text.slice(11)}:00"`;
}

const expressions: Readonly<Record<Kind, (cell: string) => string>> = {
  plain: (cell) => cell,
  quoted: (cell) => `'"' + ${cell} + '"'`,
  text: (cell) => `quote(${cell})`,
  boolean: (cell) => `(${cell} === 't' ? 'true' : 'false')`,
  moment: (cell) => `moment(${cell})`,
};

/** The body of the function, as one sum of texts. */
function source(shape: Shape, next: () => number): string {
  const parts = Object.entries(shape).map(([key, value], i) => {
    const before = JSON.stringify(`${i === 0 ? '{' : ','}${JSON.stringify(key)}:`);
    if (typeof value !== 'string') return `${before} + ${source(value, next)}`;
    const cell = `cells[${next()}]`;
    const nullable = value.endsWith('?');
    const made = expressions[(nullable ? value.slice(0, -1) : value) as Kind](cell);
    return `${before} + ${nullable ? `(${cell} === null ? 'null' : ${made})` : made}`;
  });
  return `${parts.join(' + ')} + '}'`;
}

/** The writer of rows of that shape. */
export function compileWriter(shape: Shape): (cells: Cells) => string {
  let count = 0;
  const body = source(shape, () => count++);
  return new Function('quote', 'moment', `return (cells) => ${body};`)(quote, moment);
}

/** All rows as a JSON list. */
export function writeList(rows: readonly Cells[], write: (cells: Cells) => string): string {
  let text = '[';
  for (let i = 0; i < rows.length; i++) text += (i === 0 ? '' : ',') + write(rows[i] as Cells);
  return `${text}]`;
}
