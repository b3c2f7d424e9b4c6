/** Pieces of an answer: texts and bytes as the database made them, put together without being read. */

export type Text = string | Buffer;

/** The pieces as one. */
export function joined(pieces: readonly Text[]): Text {
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('');
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}

/** An object of members that are JSON already. */
export function objectOf(members: readonly (readonly [key: string, value: Text])[]): Text {
  const pieces: Text[] = ['{'];
  for (const [key, value] of members) pieces.push(`${pieces.length === 1 ? '' : ','}${JSON.stringify(key)}:`, value);
  pieces.push('}');
  return joined(pieces);
}

/** The same as a text. */
export function textOf(text: Text): string {
  return typeof text === 'string' ? text : text.toString();
}
