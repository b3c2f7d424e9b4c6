/** CSV read back by the letter of RFC 4180. */

/** Fields by row; null is a field without anything, not even quotes. Throws where the text breaks the rules. */
export function readCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  let at = 0;
  while (at < text.length) {
    let field: string | null;
    if (text[at] === '"') {
      let value = '';
      for (at += 1; ; at += 1) {
        if (at >= text.length) throw new Error('A quoted field has no end');
        if (text[at] !== '"') value += text[at];
        else if (text[at + 1] === '"') {
          value += '"';
          at += 1;
        } else break;
      }
      at += 1;
      field = value;
    } else {
      const from = at;
      while (at < text.length && text[at] !== ',' && text[at] !== '\r' && text[at] !== '\n' && text[at] !== '"') at += 1;
      field = at === from ? null : text.slice(from, at);
    }
    row.push(field);
    if (text[at] === ',') {
      at += 1;
      // A line may end in an empty field.
      if (text.startsWith('\r\n', at)) row.push(null);
      else continue;
    }
    if (!text.startsWith('\r\n', at)) throw new Error(`Neither a comma nor the end of a line at ${at}`);
    at += 2;
    rows.push(row);
    row = [];
  }
  return rows;
}
