/** The text of a key, worked out by the database: as `keyText` of schema/keys.ts makes it. */
import { type Fragment, sql, trusted } from '../lib/fragment.ts';

/** The characters that parts of a key of several columns are escaped for; the one that escapes comes first. */
const escapes = ['~', ';', ',', '/'] as const;

/** A part of a key of several columns. */
export function escapedPart(text: Fragment): Fragment {
  return escapes.reduce((made, character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, '0');
    return sql`replace(${made}, ${trusted(`'${character}'`)}, ${trusted(`'~${code}'`)})`;
  }, text);
}
