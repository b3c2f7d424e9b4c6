/** What is asked of documents beside which they are: what they show, and how what they lead to is shown (payload-rest §7). */
import type { FileData } from '../../engine/file-data.ts';
import type { Seeing } from './names.ts';
import { type Asked, membersOf, type Parameters, truthOf } from './parameters.ts';

/** What of a document is shown. */
export interface Selection {
  readonly mode: 'all' | 'only' | 'without';
  readonly names: ReadonlySet<string>;
}

/** The arguments of one join; false where it is not shown. */
type JoinAsked = Parameters | false;

/** How many outputs a document may still have. */
export interface Room {
  left: number;
}

/** Thrown where there is no more room. */
export const tooLarge = new Error('The shape of the documents is too large');

export const endless: Room = Object.freeze({ left: Number.POSITIVE_INFINITY });

/** Takes so many outputs. Throws `tooLarge`. */
export function spend({ room }: Pick<Shape, 'room'>, outputs: number): void {
  if (room === endless) return;
  room.left -= outputs;
  if (room.left < 0) throw tooLarge;
}

export interface Shape extends Seeing {
  readonly room: Room;
  /** The languages that stand in where the wanted one has no value. */
  readonly fallbacks: readonly string[];
  /** By slug of the populated documents' collection. */
  readonly populate: ReadonlyMap<string, Selection>;
  /** By field; false where no join is shown at all. */
  readonly joins: ReadonlyMap<string, JoinAsked> | false;
  /** How addresses of files are made; without it they are not told. */
  readonly files?: { readonly project: string; readonly data: FileData };
  /** Every language that there is a text in, instead of one. */
  readonly every?: true;
}

export const everything: Selection = { mode: 'all', names: new Set() };

/** One `false` leaves out what is named so; else what is named is all that is shown (P-101). */
export function selectionOf(value: Asked | undefined): Selection {
  const members = membersOf(value);
  if (!members || members.size === 0) return everything;
  const without = [...members].flatMap(([name, one]) => (truthOf(one) === false ? [name] : []));
  if (without.length > 0) return { mode: 'without', names: new Set(without) };
  return { mode: 'only', names: new Set(members.keys()) };
}

/** `populate`: a selection by slug (P-102). */
export function populateOf(parameters: Parameters): ReadonlyMap<string, Selection> {
  const members = membersOf(parameters.get('populate')) ?? new Map<string, Asked>();
  return new Map([...members].map(([slug, value]) => [slug, selectionOf(value)]));
}

/** `joins`: arguments by field; `joins=false` shows none (P-104). */
export function joinsOf(parameters: Parameters): Shape['joins'] {
  const value = parameters.get('joins');
  if (truthOf(value) === false) return false;
  const members = membersOf(value) ?? new Map<string, Asked>();
  return new Map([...members].map(([name, one]) => [name, truthOf(one) === false ? false : new Map(membersOf(one) ?? [])]));
}
