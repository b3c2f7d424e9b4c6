/** What a name is under which a file is offered for download. */

/** Characters of a name as its column takes it, an ending left room for. */
const longest = 255;

/** What no name shows or what changes how the rest of it is read: controls, marks of direction, what has no width. */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What is wrong with it: it is a path, or not what it looks like. */
export function fileNameFault(name: string): string | undefined {
  if (name.trim() === '') return 'This value should not be blank.';
  if (/[/\\]/.test(name)) return 'A name holds no slashes.';
  if (unseen.test(name)) return 'A name holds no characters that cannot be seen.';
  if (/^\.+$/.test(name)) return 'A name is more than dots.';
  if (Array.from(name).length > longest) return `A name has at most ${longest} characters.`;
  return undefined;
}
