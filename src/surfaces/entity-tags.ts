/** Entity tags that a request names (RFC 9110). */

/** The members of a header that lists tags. */
export function listedTags(header: string): string[] {
  return header.match(/(?:W\/)?"[^"]*"|[^,\s]+/g) ?? [];
}

/** Whether `If-None-Match` names the tag. A proxy may have made it a weak one. */
export function namesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return listedTags(header).some((member) => member === '*' || member === tag || member === `W/${tag}`);
}
