/** What directus_files demands: rows come with content that is stored, names on disk are one row's alone, facts are the content's (directus8-system §12). */
import { GatewayError } from '../lib/errors.ts';
import { fileNameFault } from '../lib/file-name.ts';
import { compare } from '../query/filters.ts';
import type { Filter } from '../query/types.ts';
import { keyText } from '../schema/keys.ts';
import type { Collection } from '../schema/types.ts';
import { compileLookup } from '../sql/lookup.ts';
import { filesName } from './file-writes.ts';
import { templateOf, valueIn } from './row-text.ts';
import { demandFolder } from './system-folders.ts';
import { isLimited, lockMatching, type SystemRules, type SystemWrite } from './system-write.ts';
import type { WriteState } from './write-state.ts';

/** Columns that say what the content is. */
const facts = ['storage', 'type', 'filesize', 'width', 'height', 'charset', 'checksum', 'embed'];

export const fileRules: SystemRules = {
  knows: ['filename_disk', 'filename_download', 'uploaded_by', 'folder', ...facts],
  check(write) {
    const { action, state, before, sent } = write;
    if (action === 'delete') return release(write);
    const disk = sent('filename_disk');
    const stored = typeof disk === 'string' && state.files?.stored.has(disk) === true;
    if (action === 'create' && !stored) {
      throw new GatewayError('validation', { message: 'data: A file is made of its content, which is sent to /files.' });
    }
    if (!stored) refuseFacts(write);
    if (action === 'update' && isLimited(state) && isChanged(write, 'uploaded_by')) {
      throw new GatewayError('field_write_denied', { field: 'uploaded_by', collection: filesName });
    }
    if (action === 'update' && stored) release(write);
    else if (action === 'update' && isChanged(write, 'filename_disk')) rename(write, String(disk ?? ''));
    if (action === 'update' && isChanged(write, 'filename_download')) checkName(String(sent('filename_download') ?? ''));
    const hash = sent('private_hash');
    if (typeof hash === 'string' && !stored) checkHash(hash);
    const folder = sent('folder') ?? null;
    if (folder !== null && String(folder) !== before('folder')) demandFolder(state, 'folder', String(folder));
  },
};

function isChanged({ before, sent }: SystemWrite, name: string): boolean {
  const value = sent(name);
  return value !== undefined && (value === null ? undefined : String(value)) !== before(name);
}

function refuseFacts(write: SystemWrite): void {
  const changed = facts.filter((name) => isChanged(write, name));
  if (changed.length === 0) return;
  throw new GatewayError('validation', {
    message: changed.map((name) => `${name}: This is told from the content; leave it out.`).join(' '),
  });
}

/** Once the rows are written, content that no row names may go; databases of the original may hold names that stand twice. */
function release({ state, before, node }: SystemWrite): void {
  const [disk, storage] = [before('filename_disk'), before('storage')];
  if (disk === undefined) return;
  state.released.set(disk, { id: keyText(node.key ?? []), disk, storage: storage ?? '' });
  state.duties.set('released content', () => keepNamed(state, node.collection));
}

async function keepNamed({ connection, released }: WriteState, collection: Collection): Promise<void> {
  const field = collection.fields.get('filename_disk');
  if (!field) return;
  const wanted = [...released.keys()].map((disk) => [disk]);
  const { statement, write } = compileLookup(collection, [field], wanted, templateOf([field]), connection.dialect, { lock: false });
  for (const cells of await connection.texts(statement)) released.delete(String(valueIn(write(cells), field)));
}

/** Names are given one after the other, so that of two who want the same one is refused. */
function rename(write: SystemWrite, to: string): void {
  const { state, before } = write;
  const from = before('filename_disk');
  const copy = state.files?.copy;
  if (!copy || from === undefined) throw new GatewayError('validation', { message: 'filename_disk: A file is renamed at /files.' });
  state.duties.set(`name ${to}`, async () => {
    await lockMatching(state, 'directus_settings', named('key', 'file_naming'), 1);
    if ((await lockMatching(state, filesName, named('filename_disk', to), 2)).length > 1) {
      throw new GatewayError('duplicate', { value: to, collection: filesName });
    }
    await copy(from, to);
  });
  release(write);
}

/** As of a file that is uploaded. */
function checkName(name: string): void {
  const fault = fileNameFault(name);
  if (fault !== undefined) throw new GatewayError('validation', { message: `filename_download: ${fault}` });
}

/** Whoever knows the hash may see the file; that it is one file's alone is the database's affair. */
function checkHash(hash: string): void {
  if (/^[0-9a-z]{16}$/.test(hash)) return;
  throw new GatewayError('validation', { message: 'private_hash: This value should be 16 lower-case letters and digits.' });
}

function named(column: string, value: string): (fields: Collection['fields']) => Filter | undefined {
  return (fields) => {
    const field = fields.get(column);
    return field && compare(field, 'eq', value);
  };
}
