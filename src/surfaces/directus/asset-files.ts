/** Finds the file that an address names, and whether the caller may have it. */
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { read } from '../../engine/read.ts';
import { systemRows } from '../../engine/system-read.ts';
import type { StoredFile } from '../../files/content.ts';
import { describeError, GatewayError } from '../../lib/errors.ts';
import { isJsonObject, type Json, numberText, parseJsonBody } from '../../lib/json-body.ts';
import type { Project } from '../../projects/project.ts';
import type { RequestedItem } from '../../query/mutation.ts';
import type { RequestedFilter } from '../../query/types.ts';
import { retryOnSchemaChange, retryRequestOnSchemaChange } from '../schema-retry.ts';
import { contextOf, type DirectusContext } from './context.ts';

const files = 'directus_files';
const fields = ['id', 'filename_disk', 'filename_download', 'type', 'charset', 'checksum', 'private_hash'];

/** What an address names a file by. */
export type NamedBy = 'private_hash' | 'filename_download' | 'filename_disk';

/** A file, and whether anybody may have it. */
export interface Found {
  readonly file: StoredFile;
  readonly open: boolean;
}

/** Milliseconds after which a row is read again: another instance may have written it. */
const lifetime = 2_000;
const most = 5_000;

interface Kept {
  readonly at: number;
  readonly version: number;
  readonly row: Promise<StoredFile | undefined>;
}

const memories = new WeakMap<Project, LRUCache<string, Kept>>();

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : (numberText(value ?? null) ?? ''));

function storedFile(row: RequestedItem): StoredFile {
  return {
    id: textOf(row['id']),
    filenameDisk: textOf(row['filename_disk']),
    filenameDownload: textOf(row['filename_download']),
    type: textOf(row['type']),
    charset: textOf(row['charset']),
    checksum: textOf(row['checksum']),
  };
}

async function lookUp(project: Project, by: string, value: string): Promise<StoredFile | undefined> {
  const where: RequestedFilter = { is: 'compare', path: [by], operator: 'eq', value };
  const rows = await retryOnSchemaChange(project, project.schemas.current, () => {
    const { connection, limits, sealer, schemas, rules } = project;
    return systemRows({ connection, limits, sealer, schema: schemas.current, rules: rules.current }, files, { where, fields });
  });
  const [row] = rows;
  return row && storedFile(row);
}

/** The row with that value, as it was at most two seconds ago; as it is, where it was written here. */
function fileBy(project: Project, by: string, value: string): Promise<StoredFile | undefined> {
  let memory = memories.get(project);
  if (!memory) {
    memory = new LRUCache({ max: most });
    memories.set(project, memory);
  }
  const name = `${by} ${value}`;
  const { version } = project.files;
  const known = memory.get(name);
  if (known && known.version === version && performance.now() - known.at < lifetime) return known.row;
  const row = lookUp(project, by, value);
  memory.set(name, { at: performance.now(), version, row });
  row.catch(() => memory.delete(name));
  return row;
}

/** The id of the first file that the caller may read and that goes by that value. */
async function readableId(context: DirectusContext, by: string, value: string): Promise<string | undefined> {
  try {
    const { texts } = await retryRequestOnSchemaChange(context, (state) =>
      read(state, {
        collection: files,
        selection: { all: false, named: new Map([['id', null]]), without: new Set() },
        where: { is: 'compare', path: [by], operator: 'eq', value },
        order: [{ path: ['id'], descending: false }],
        limit: 1,
        offset: 0,
        counts: { filtered: false, total: false, byStatus: false },
        stubs: false,
      }),
    );
    const rows = parseJsonBody(String(texts.between('[', ']')));
    const [row] = Array.isArray(rows) ? rows.filter(isJsonObject) : [];
    return row && textOf(row['id']);
  } catch (error) {
    // What may not be asked for is not there.
    if (error instanceof GatewayError && describeError(error).status < 500) return undefined;
    throw error;
  }
}

const random = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(\.\w+)?$/i;

/** Whether to know the name is to have the right. What people have chosen can be guessed. */
function opens({ files: { settings } }: Project, by: NamedBy, value: string): boolean {
  return settings.access === 'hash' && (by === 'private_hash' || (by === 'filename_disk' && random.test(value)));
}

/** @throws GatewayError `item_not_found` for what is not there and for what the caller may not read: nobody learns which */
export async function findAsset(request: FastifyRequest, by: NamedBy, value: string): Promise<Found> {
  const { project } = request;
  if (opens(project, by, value)) {
    const file = await fileBy(project, by, value);
    if (!file) throw new GatewayError('item_not_found');
    return { file, open: true };
  }
  const context = await contextOf(request);
  const file = await permitted(project, context, by, value);
  if (!file) throw new GatewayError('item_not_found');
  return { file, open: context.actor.is !== 'user' };
}

async function permitted(project: Project, context: DirectusContext, by: NamedBy, value: string): Promise<StoredFile | undefined> {
  // A hash may be hidden from those who may have the file: it is known by who was given it.
  const known = by === 'private_hash' ? await fileBy(project, by, value) : undefined;
  const id = by === 'private_hash' ? await readableId(context, 'id', known?.id ?? '0') : await readableId(context, by, value);
  return id === undefined ? undefined : fileBy(project, 'id', id);
}
