/** Files that come as part of items: stored before the transaction that makes their rows, and taken away where it does not (directus8-data §9.1). */
import type { ItemFile, StoredFiles, StoreFiles } from '../engine/file-writes.ts';
import { notProven } from '../engine/write.ts';
import { GatewayError } from '../lib/errors.ts';
import { refuse } from '../query/limits.ts';
import type { CallerContext } from './caller.ts';
import { fileWritesOf, type Making, madeOfJson } from './json-file.ts';
import { dropUnnamed, type Uploads, uploadsOf } from './uploads.ts';

/** The files of one request. */
export interface ItemFiles {
  readonly store: StoreFiles;
  /** Takes away what no row names by now. */
  settle(): Promise<void>;
}

/** Nothing is stored for a caller who is not proven: `notProven` is thrown instead. */
export function itemFiles(context: CallerContext): ItemFiles {
  let uploads: Uploads | undefined;
  return {
    async store(brought) {
      if (context.proof) throw notProven;
      uploads ??= uploadsOf(context, 'create');
      return stored(uploads, brought);
    },
    async settle() {
      if (uploads) await dropUnnamed(uploads);
      uploads = undefined;
    },
  };
}

async function stored(uploads: Uploads, brought: readonly ItemFile[]): Promise<StoredFiles> {
  const most = uploads.settings.files;
  if (brought.length > most) refuse('files in one request (uploads.files)', most);
  const made: Making[] = [];
  for (const { field, item } of brought) made.push(await madeOfJson(uploads, item, ['filename_download']).catch(naming(field)));
  return { items: made.map(({ item }) => item), files: fileWritesOf(uploads, made) };
}

/** A request may bring several files: what is wrong with one tells in which field it stands. */
function naming(field: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof GatewayError) || error.kind !== 'validation') throw error;
    throw new GatewayError('validation', { ...error.details, message: `${field}: ${error.message}` }, error.cause);
  };
}
