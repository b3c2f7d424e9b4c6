/** Takes away content that no row names: of files that are gone or have other content, and of uploads that came to nothing. */
import type { ReleasedFile } from '../engine/file-writes.ts';
import type { Log } from '../lib/log.ts';
import { reason } from '../lib/redact.ts';
import { originalKey, removeDerived } from './keys.ts';
import type { Storage } from './types.ts';

/** Removes originals and what was made of them. Never throws: what is left is found by the sweep. */
export async function releaseFiles(storage: Storage, files: readonly ReleasedFile[], log: Log): Promise<void> {
  const own = files.filter((file) => file.storage === storage.name);
  const keys = own.flatMap(({ disk }) => originalKey(disk) ?? []);
  const work = [...(keys.length > 0 ? [storage.remove(keys)] : []), ...own.map((file) => removeDerived(storage, file))];
  for (const done of await Promise.allSettled(work)) {
    if (done.status === 'rejected') log.warn({ reason: reason(done.reason) }, 'could not remove the content of a file that is gone');
  }
}
