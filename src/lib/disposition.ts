/** The header that tells a browser what to call a file, and whether to show or to save it. */

/** What no file system takes in a name, and what would end the header. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const unusable = /[\u0000-\u001f\u007f/\\]/g;

/** `attachment; filename="plants.csv"`; a name that is more than letters, digits and blanks is told in full beside its plain form. */
export function dispositionOf(kind: 'attachment' | 'inline', given: string): string {
  // Through bytes, as half a character cannot be encoded.
  const name = Buffer.from(given.replace(unusable, '_')).toString();
  const plain = name.replace(/[^\w .-]/g, '_');
  if (plain === name) return `${kind}; filename="${name}"`;
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
