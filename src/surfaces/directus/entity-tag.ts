/** Entity tags: a hash of the value of `data`, and the query by which an item was read, so that it can be read again to compare. */
import { createHash, hash as hashOf } from 'node:crypto';
import type { Warning } from '../../access/types.ts';
import type { JoinedTexts } from '../../lib/joined-texts.ts';
import { listedTags } from '../entity-tags.ts';

/** Parameters on which the value of an item depends. */
const deciding = new Set(['fields', 'deep', 'lang', 'status', 'sort', 'limit', 'offset', 'page']);

/** Characters that a query may take in a tag; clients send it back in a header. */
const longest = 1500;

/** The base name of a parameter, `deep` of `deep[a][b]`. */
function baseName(pair: string): string {
  const encoded = /^[^=[]*/.exec(pair)?.[0] ?? '';
  try {
    return decodeURIComponent(encoded.replace(/\+/g, ' ')).replace(/\[.*/s, '');
  } catch {
    return encoded;
  }
}

/** Those parameters of a query that decide what an item's value is. */
export function tagQuery(raw: string): string {
  if (raw === '') return '';
  return raw
    .split('&')
    .filter((pair) => deciding.has(baseName(pair)))
    .join('&');
}

/** What an answer tells beside `data`. */
export interface Beside {
  readonly meta: string | undefined;
  readonly warnings: readonly Warning[];
  readonly public: boolean;
}

const shortHash = (text: string): string => hashOf('sha1', text, 'base64url').slice(0, 8);

/** Tells apart answers of the same data. It is not looked at when an item is about to be changed. */
function besideHash({ meta, warnings, public: isPublic }: Beside): string {
  if (meta === undefined && warnings.length === 0) return isPublic ? 'p' : '';
  return shortHash(JSON.stringify([meta, warnings, isPublic]));
}

/** A hash of the rows. */
export function dataHash(texts: JoinedTexts): string {
  const pieces: (string | Buffer)[] = [];
  texts.each((piece) => void pieces.push(piece));
  const [first = '', ...others] = pieces;
  if (others.length === 0) return hashOf('sha1', first, 'base64url');
  const hash = createHash('sha1').update(first);
  for (const piece of others) hash.update(piece);
  return hash.digest('base64url');
}

/** The strong tag of an answer; undefined where its query would make it too long. */
export function tagOf(texts: JoinedTexts, query: string, beside: Beside): string | undefined {
  const encoded = query === '' ? '' : Buffer.from(query).toString('base64url');
  if (encoded.length > longest) return undefined;
  const extra = besideHash(beside);
  return `"${dataHash(texts)}${encoded === '' && extra === '' ? '' : `.${encoded}`}${extra === '' ? '' : `.${extra}`}"`;
}

/** A tag of ours, as `If-Match` names it. */
export interface NamedTag {
  readonly hash: string;
  readonly query: string;
}

const ours = /^"([\w-]{27})(?:\.([\w-]*))?(?:\.[\w-]+)?"$/;

/** The tags of `If-Match`; `*` asks only that the item is there. Weak and foreign ones are left out: they never match. */
export function matchable(header: string): '*' | readonly NamedTag[] {
  const found = listedTags(header);
  if (found.includes('*')) return '*';
  return found.flatMap((member) => {
    const parts = ours.exec(member);
    if (!parts || (parts[2]?.length ?? 0) > longest) return [];
    return [{ hash: parts[1] ?? '', query: Buffer.from(parts[2] ?? '', 'base64url').toString() }];
  });
}
