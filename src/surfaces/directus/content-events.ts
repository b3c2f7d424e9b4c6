/** What actions are told of the content of files, by whichever write it came or went (directus8-system §22.2). */
import { filesName } from '../../engine/file-writes.ts';
import type { HookGiven, Hooks, WriteEvent } from '../../engine/hooks.ts';
import type { FileNotice } from '../../engine/notices.ts';
import type { WrittenItems } from '../../engine/outbox.ts';
import { parsePlainJson } from '../../lib/plain-json.ts';

const notices: Readonly<Record<WriteEvent['action'], FileNotice>> = { create: 'file.save', update: 'file.update', delete: 'file.delete' };

/** Whether anybody listens. */
export function wantsContent(hooks: Hooks, collection: string, action: WriteEvent['action']): boolean {
  return collection === filesName && hooks.listens('after', notices[action], collection);
}

/** Tells of rows of files that were written: of each whose content was, too. */
export function tellContent(hooks: Hooks, { collection, action, keys, items }: WrittenItems, given: Omit<HookGiven, 'keys'>): void {
  if (!wantsContent(hooks, collection, action)) return;
  for (const [i, key] of keys.entries()) {
    const row = Object(parsePlainJson(items[i] ?? '{}')) as Readonly<Record<string, unknown>>;
    const { filename_disk: name, filesize: size } = row;
    // Of an update there is what was written: nothing of the content where that stayed.
    if (action !== 'delete' && typeof name !== 'string') continue;
    hooks.tell({ action: notices[action], collection }, action === 'delete' ? row : { name, size: size ?? null }, {
      ...given,
      keys: [key],
    });
  }
}
