/** Finds what storage and rows do not agree on: objects that no row names, rows whose object is gone. */
import { generated, originalKey, originals } from './keys.ts';
import type { Storage, StoredObject } from './types.ts';

/** A row of directus_files, as far as it matters here. */
export interface FileRow {
  readonly id: string;
  readonly filenameDisk: string;
  /** Whether there must be an object: embeds need none. */
  readonly stored: boolean;
}

export interface Swept {
  /** Uploaded files without a row, and images of files without one. */
  readonly objects: readonly StoredObject[];
  /** Rows without an object. */
  readonly rows: readonly FileRow[];
}

/** The id in the key of something made of a file. */
const ownerOf = (key: string): string => key.slice(generated.length).split('/', 1)[0] ?? '';

/**
 * Compares them. `rows` is called after the storage was listed, so that what is uploaded meanwhile has its row; what is younger than
 * `before` is left out, as its row may not be there yet.
 */
export async function findStrays(storage: Storage, rows: () => AsyncIterable<FileRow>, before: Date): Promise<Swept> {
  const strays = new Map<string, StoredObject>();
  const present = new Set<string>();
  for (const prefix of [originals, generated]) {
    for await (const object of storage.list(prefix)) {
      if (prefix === originals) present.add(object.key);
      if (object.modified < before) strays.set(object.key, object);
    }
  }
  const ids = new Set<string>();
  const missing: FileRow[] = [];
  for await (const row of rows()) {
    ids.add(row.id);
    const key = originalKey(row.filenameDisk);
    if (key !== undefined) strays.delete(key);
    if (!row.stored || (key !== undefined && present.has(key))) continue;
    // It may have come after the storage was listed.
    if (key === undefined || !(await storage.stat(key))) missing.push(row);
  }
  const objects = [...strays.values()].filter(({ key }) => key.startsWith(originals) || !ids.has(ownerOf(key)));
  return { objects, rows: missing };
}
