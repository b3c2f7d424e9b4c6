/** `sallyport sweep <project>`: what storage and rows of files do not agree on. */

import type { ProjectConfig } from '../config/types.ts';
import type { Connection } from '../dialect/types.ts';
import type { ReadContext } from '../engine/read.ts';
import { systemRows } from '../engine/system-read.ts';
import { openStorage } from '../files/open-storage.ts';
import { type FileRow, findStrays } from '../files/sweep.ts';
import { numberText } from '../lib/json-body.ts';
import { silentLog } from '../lib/log.ts';
import { createSealer } from '../lib/sealed-text.ts';
import { loadMetadata } from '../projects/metadata.ts';
import { openRulesStore } from '../projects/rules-store.ts';
import { isInstalled } from '../projects/schema-store.ts';
import { limitsOf } from '../query/limits.ts';
import { buildSchema } from '../schema/build.ts';
import { vendorOf } from '../vendors/index.ts';
import { findProject } from './projects.ts';
import { CommandError, type Terminal } from './terminal.ts';

export interface SweepFlags {
  readonly projects: string;
  readonly remove?: boolean;
  readonly hours: number;
}

/** Rows that are read at once. */
const page = 1000;
/** Keys that are removed at once. */
const portion = 500;

async function readContext(connection: Connection, { key, secret, database }: ProjectConfig): Promise<Omit<ReadContext, 'actor'>> {
  const introspection = await vendorOf(database.client).introspect(connection, database.schemas);
  if (!isInstalled(introspection)) throw new CommandError(`project ${key} has no system tables; run: sallyport install ${key}`);
  const schema = buildSchema(introspection, await loadMetadata(connection, connection.dialect, introspection), 1);
  const { current: rules } = await openRulesStore(connection, () => introspection, silentLog);
  return { schema, rules, connection, limits: limitsOf(undefined), sealer: createSealer(secret, `sallyport sweep ${key}`) };
}

async function* fileRows(context: Omit<ReadContext, 'actor'>): AsyncGenerator<FileRow> {
  for (let last = '0'; ; ) {
    const rows = await systemRows(context, 'directus_files', {
      fields: ['id', 'filename_disk', 'type'],
      where: { is: 'compare', path: ['id'], operator: 'gt', value: last },
      order: [{ path: ['id'], descending: false }],
      limit: page,
    });
    for (const { id, filename_disk, type } of rows) {
      last = numberText(id ?? null) ?? String(id);
      yield { id: last, filenameDisk: String(filename_disk), stored: !String(type).startsWith('embed/') };
    }
    if (rows.length < page) return;
  }
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** Says what was found, and takes away the objects with `--remove`. Rows are left to people: they may be all that is known of a file. */
export async function sweepCommand(terminal: Terminal, key: string, flags: SweepFlags): Promise<void> {
  const config = await findProject(flags.projects, key);
  const before = new Date(Date.now() - flags.hours * 3_600_000);
  const storage = await openStorage(config.storage);
  const connection = await vendorOf(config.database.client).connect(config.database);
  try {
    const context = await readContext(connection, config);
    const { objects, rows } = await findStrays(storage, () => fileRows(context), before);
    for (const object of objects) terminal.say(`object without a row: ${object.key} (${counted(object.size, 'byte', 'bytes')})`);
    for (const row of rows) terminal.say(`row without an object: ${row.id} (${row.filenameDisk})`);
    if (!flags.remove) {
      terminal.say(
        `${counted(objects.length, 'object', 'objects')} without a row, ${counted(rows.length, 'row', 'rows')} without an object`,
      );
      if (objects.length > 0) terminal.say('Take the objects away with: --remove');
      return;
    }
    const keys = objects.map((object) => object.key);
    for (let from = 0; from < keys.length; from += portion) await storage.remove(keys.slice(from, from + portion));
    const unfinished = await storage.removeUnfinished(before);
    terminal.say(
      `${counted(objects.length, 'object', 'objects')} and ${counted(unfinished, 'unfinished upload', 'unfinished uploads')} removed`,
    );
  } finally {
    await connection.close();
    await storage.close();
  }
}
