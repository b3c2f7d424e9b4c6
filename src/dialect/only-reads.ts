/** Which statements may be sent again after a connection was lost, on every vendor. */

/** `with` may stand before a write; one that merely names such a word is not repeated, which is no harm. */
export function onlyReads(text: string): boolean {
  return /^\s*(?:select|show)\b/i.test(text) || (/^\s*with\b/i.test(text) && !/\b(?:insert|update|delete|merge|replace)\b/i.test(text));
}
