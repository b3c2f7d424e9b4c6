/** Cursors: the position of a row in the order of one read (keyset pagination), sealed, and good for that read alone. */
import { createHash } from 'node:crypto';
import { GatewayError } from '../lib/errors.ts';
import type { Sealer } from '../lib/sealed-text.ts';
import type { Order, RequestedRead } from './types.ts';

/** The values of the order's terms in a row, as exact texts. */
export type CursorPosition = readonly (string | null)[];

/** What a cursor is good for, by what an error calls it. */
export type Binding = Readonly<Record<Bound, unknown>>;

const bounds = ['collection', 'role', 'user', 'sort', 'filter', 'text to look for', 'status'] as const;
type Bound = (typeof bounds)[number];

const version = 1;
/** Characters of a digest: enough to tell queries apart, and no more is needed behind a seal. */
const digestLength = 12;
/** A position fills blocks of so many bytes: the length of a cursor would tell that of a hidden key. */
const block = 64;
/** Characters of a cursor; what is longer does not fit in the URLs of many programs. */
const longest = 8_000;

/** The read that a cursor belongs to. `user` is empty where everybody of the role would see the same rows. */
export function bindingOf(request: RequestedRead, order: readonly Order[], nullsLast: boolean, role: string, user: string): Binding {
  const terms = order.map((term) => [
    ...(term.lists ?? term.via ?? []).map((step) => step.relation.name),
    term.field.name,
    term.descending,
  ]);
  return {
    collection: request.within ? [request.collection, request.within] : request.collection,
    role,
    user,
    sort: [terms, nullsLast],
    filter: request.where ?? null,
    'text to look for': [request.search ?? null, request.fullText ?? null],
    status: request.statuses ?? null,
  };
}

/** Lists and objects as text; a Map, which a filter's operand may hold, by its entries. */
function digestOf(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => (part instanceof Map ? { entries: [...part] } : part));
  return createHash('sha256').update(text).digest('base64url').slice(0, digestLength);
}

/**
 * The cursor of a row.
 *
 * @throws GatewayError unprocessable where its values are too long to travel
 */
export function cursorOf(position: CursorPosition, binding: Binding, sealer: Sealer): string {
  const text = JSON.stringify([version, bounds.map((bound) => digestOf(binding[bound])), position]);
  const cursor = sealer.seal(text + ' '.repeat(block - (Buffer.byteLength(JSON.stringify(position)) % block)));
  if (cursor.length > longest) {
    throw new GatewayError('unprocessable', { message: 'cursor: a row has too long a value to be sorted by; sort by shorter ones' });
  }
  return cursor;
}

/**
 * The position that a cursor tells.
 *
 * @throws GatewayError validation for what is no cursor, unprocessable for one of another read: it names what differs
 */
export function positionOf(cursor: string, binding: Binding, sealer: Sealer): CursorPosition {
  const text = sealer.open(cursor);
  const content: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!Array.isArray(content) || content[0] !== version) {
    throw new GatewayError('validation', { message: 'cursor: this is no cursor of this project, or it was changed or cut' });
  }
  const [, digests, position] = content as [number, string[], CursorPosition];
  const other = bounds.find((bound, i) => digests[i] !== digestOf(binding[bound]));
  if (other) throw new GatewayError('unprocessable', { message: `cursor: made for another ${other}; ask for the first page again` });
  return position;
}
