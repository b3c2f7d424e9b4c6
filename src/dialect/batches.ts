/** How streams are cut into batches: by size, so that neither narrow rows cost a round trip each nor wide ones fill the memory. */

/** Characters that a batch should hold. */
export const batchSize = 262_144;
/** Rows asked for before anything is known of their width, and at most. */
export const firstRows = 32;
export const mostRows = 500;

/** Rows to look at when guessing the width of the next ones. */
const sample = 16;

/** Characters of a row. */
export function sizeOf(row: readonly (string | null)[]): number {
  let size = 0;
  for (const cell of row) if (cell !== null) size += cell.length;
  return size;
}

/** How many rows to ask for next, going by those of the last batch. */
export function rowsAfter(last: readonly (readonly (string | null)[])[]): number {
  const step = Math.max(1, Math.floor(last.length / sample));
  let [rows, size] = [0, 0];
  for (let i = 0; i < last.length; i += step) {
    size += sizeOf(last[i] ?? []);
    rows += 1;
  }
  return Math.min(mostRows, Math.max(1, Math.floor((batchSize * rows) / Math.max(1, size))));
}
