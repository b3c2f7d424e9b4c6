/** Rows of JSON as lines of CSV (RFC 4180). */
import { eachMember } from './json-members.ts';

const lineEnd = '\r\n';
const needsQuotes = /[",\r\n]/;

/** A text as a field: an empty one is quoted, since a field without anything is NULL. */
function field(text: string): string {
  return text === '' || needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A JSON value as a field: texts as they are, lists and objects as JSON, numbers with the digits they have. */
function fieldOf(json: string): string {
  const first = json.charCodeAt(0);
  if (first === 34) return field(json.includes('\\') ? String(JSON.parse(json)) : json.slice(1, -1));
  if (json === 'null') return '';
  return first === 123 || first === 91 ? field(json) : json;
}

export interface Csv {
  /** The first line. */
  readonly header: string;
  /** The line of a JSON object; a column that it lacks is empty. */
  line(json: string): string;
}

/** Lines with these columns, ended as the standard wants it. */
export function csvOf(columns: readonly string[]): Csv {
  // Keys are compared as they are written; one that is escaped in another way is found by its meaning.
  const written = columns.map((column) => JSON.stringify(column).slice(1, -1));
  const places = new Map(columns.map((column, i) => [column, i]));
  const placeOf = (key: string): number => {
    const at = places.get(String(JSON.parse(`"${key}"`)));
    if (at === undefined) throw new Error(`A row holds "${key}", which is no column of the export`);
    return at;
  };
  const reordered = (json: string): string => {
    const fields: string[] = columns.map(() => '');
    eachMember(json, (key, value) => {
      fields[placeOf(key)] = fieldOf(value);
    });
    return `${fields.join(',')}${lineEnd}`;
  };
  return {
    header: `${columns.map(field).join(',')}${lineEnd}`,
    line(json) {
      let line = '';
      let next = 0;
      let inOrder = true;
      eachMember(json, (key, value) => {
        const at = key === written[next] ? next : placeOf(key);
        if (at < next) inOrder = false;
        if (!inOrder) return;
        for (; next < at; next += 1) line += next === 0 ? '' : ',';
        line += at === 0 ? fieldOf(value) : `,${fieldOf(value)}`;
        next = at + 1;
      });
      if (!inOrder) return reordered(json);
      for (; next < columns.length; next += 1) line += next === 0 ? '' : ',';
      return line + lineEnd;
    },
  };
}
