/** What others are told of a write: webhooks by rows in its transaction, actions of extensions after its commit. */

import type { WriteEvent } from './hooks.ts';
import type { JournalEntry } from './journal.ts';
import type { OutboxRow, WrittenItems } from './outbox.ts';

/** Who wants to be told. */
export interface WriteWatch {
  /** Whether anybody does, so that nothing is gathered for nobody. */
  wants(collection: string, action: WriteEvent['action']): boolean;
  /** The calls that are to be made. */
  calls(event: WrittenItems, now: Date): readonly OutboxRow[];
  /** After the commit. Never throws. */
  committed(events: readonly WrittenItems[]): void;
}

/** A row that was written, with what is told of it. */
export interface WriteNote {
  readonly entry: JournalEntry;
  /** JSON text: the stored row of what was made, the columns written and the key of what was changed, the row that was of what was deleted. */
  readonly item: string;
}

const actions: Readonly<Record<JournalEntry['action'], WriteEvent['action']>> = {
  create: 'create',
  upload: 'create',
  update: 'update',
  'soft-delete': 'update',
  revert: 'update',
  delete: 'delete',
};

/** What those who watch know the action as. */
export function eventAction(action: JournalEntry['action']): WriteEvent['action'] {
  return actions[action];
}

/** The notes by collection and action, in the order in which the first of each came. */
export function eventsOf(notes: readonly WriteNote[]): WrittenItems[] {
  const groups = new Map<string, { collection: string; action: WriteEvent['action']; keys: string[]; items: string[] }>();
  for (const { entry, item } of notes) {
    const action = eventAction(entry.action);
    const name = `${action} ${entry.collection}`;
    const group = groups.get(name) ?? { collection: entry.collection, action, keys: [], items: [] };
    groups.set(name, group);
    group.keys.push(entry.item);
    group.items.push(item);
  }
  return [...groups.values()];
}
