/** Names as SQLite compares them. */

/** SQLite tells ASCII letters' cases apart only in what it prints. */
export function folded(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
