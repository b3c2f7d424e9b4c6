/** Parts of the admin app that stand in the extensions folder: each a folder with a `meta.json` (directus8-system §20). */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const appKinds = ['interfaces', 'layouts', 'modules'] as const;

export type AppKind = (typeof appKinds)[number];

/** What there is of that kind, in order; nothing without a folder. What cannot be read is left out. */
export async function appExtensions(folder: string | undefined, kind: AppKind): Promise<object[]> {
  if (folder === undefined) return [];
  const names = await readdir(join(folder, kind)).catch((): string[] => []);
  const found: object[] = [];
  for (const id of names.filter((name) => !/^[._]/.test(name)).sort()) {
    const meta = await readFile(join(folder, kind, id, 'meta.json'), 'utf8').then(decoded, () => undefined);
    if (meta) found.push({ ...meta, id, path: `extensions/custom/${kind}/${id}/meta.json` });
  }
  return found;
}

function decoded(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
