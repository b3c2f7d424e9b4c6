/** What directus_folders demands: a folder is in one that is there, not inside itself, and what it held goes to the folder above (directus8-system §13). */
import { GatewayError } from '../lib/errors.ts';
import { allOf, always, compare } from '../query/filters.ts';
import type { Filter } from '../query/types.ts';
import { keyText } from '../schema/keys.ts';
import type { Collection } from '../schema/types.ts';
import { compileSnapshot, compileUpdate } from '../sql/write.ts';
import { templateOf, valueIn } from './row-text.ts';
import { lockMatching, type SystemRules, type SystemWrite } from './system-write.ts';
import type { WriteState } from './write-state.ts';

/** Rows that one statement moves. */
const atOnce = 500;

export const folderRules: SystemRules = {
  knows: ['parent_folder'],
  check({ action, node, state, before, sent }) {
    const id = keyText(node.key ?? []);
    if (action === 'delete') {
      state.duties.set(`folder ${id} goes`, () => emptyInto(state, id, before('parent_folder') ?? null));
      return;
    }
    const parent = sent('parent_folder') ?? null;
    if (parent === null || String(parent) === before('parent_folder')) return;
    demandFolder(state, 'parent_folder', String(parent));
    if (action === 'update') state.duties.set(`folder ${id}`, () => demandNoCycle(state, node));
  },
};

/** A folder that the caller may not read is told as one that is not there. */
export function demandFolder(state: WriteState, column: string, id: string): void {
  const folders = state.schema.collections.get('directus_folders');
  if (!folders) return;
  const where = (fields: Collection['fields']): Filter | undefined => {
    const own = fields.get('id');
    return own && allOf([compare(own, 'eq', id), state.readable(folders)]);
  };
  state.duties.set(`folder ${id} is there`, async () => {
    if ((await lockMatching(state, folders.name, where, 1)).length > 0) return;
    throw new GatewayError('validation', { message: `${column}: There is no folder ${id}.` });
  });
}

async function demandNoCycle({ connection }: WriteState, { collection, key }: SystemWrite['node']): Promise<void> {
  const parent = collection.fields.get('parent_folder');
  const seen = new Set<string>();
  let at = key;
  while (at && parent) {
    const text = keyText(at);
    if (seen.has(text)) throw new GatewayError('validation', { message: 'parent_folder: A folder cannot be inside itself.' });
    seen.add(text);
    const { statement, write } = compileSnapshot(collection, [at], templateOf([parent]), connection.dialect);
    const [cells] = await connection.texts(statement);
    const above = cells && valueIn(write(cells), parent);
    at = above === undefined ? undefined : [above];
  }
}

/** Files and folders do not vanish with the folder that held them. */
async function emptyInto(state: WriteState, id: string, above: string | null): Promise<void> {
  // The one above may go by the same request.
  const parent = above !== null && (await isThere(state, above)) ? above : null;
  for (const [name, column] of [
    ['directus_files', 'folder'],
    ['directus_folders', 'parent_folder'],
  ] as const) {
    const collection = state.schema.collections.get(name);
    const field = collection?.fields.get(column);
    if (!collection || !field) continue;
    for (;;) {
      const keys = await lockMatching(state, name, () => compare(field, 'eq', id), atOnce);
      if (keys.length === 0) break;
      const values = new Map([[field, parent]]);
      const { statement } = compileUpdate(
        collection,
        keys.map((key) => ({ key, values })),
        always,
        state.connection.dialect,
      );
      await state.connection.execute(statement);
    }
  }
}

async function isThere(state: WriteState, id: string): Promise<boolean> {
  const own = (fields: Collection['fields']): Filter | undefined => {
    const field = fields.get('id');
    return field && compare(field, 'eq', id);
  };
  return (await lockMatching(state, 'directus_folders', own, 1)).length > 0;
}
