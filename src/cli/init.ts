/** `sallyport init <database-url>`: looks at a database and writes the project file for it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { clientOfUrl, connectionOfUrl } from '../config/database-url.ts';
import { faultOfKey } from '../config/load.ts';
import { newSecret, shortPath } from '../config/project-file.ts';
import type { DatabaseConfig, Introspection } from '../dialect/types.ts';
import { isInstalled } from '../projects/schema-store.ts';
import { vendorOf } from '../vendors/index.ts';
import { saveProjectFile } from './projects.ts';
import { CommandError, type Terminal } from './terminal.ts';

export interface InitFlags {
  readonly projects: string;
  readonly project?: string;
  readonly schemas?: string;
  readonly force?: boolean;
}

function databaseOf(url: string, schemas: readonly string[]): DatabaseConfig {
  const client = clientOfUrl(url);
  if (client === undefined) {
    throw new CommandError('the database URL must start with postgres://, mysql://, mariadb:// or sqlite:, or name a SQLite file');
  }
  const made = connectionOfUrl(client, url);
  if ('fault' in made) throw new CommandError(`the database URL ${made.fault}`);
  return { client, connection: made.connection, ...(schemas.length === 0 ? {} : { schemas }) };
}

/** A key made of the database's name, when nobody says another one. */
function defaultKey({ client, connection }: DatabaseConfig): string {
  const name =
    client === 'better-sqlite3' && typeof connection === 'object'
      ? String(connection['filename'])
          .replace(/^.*[\\/]/, '')
          .replace(/\.[^.]*$/, '')
      : String(connection)
          .replace(/[?#].*$/, '')
          .replace(/^.*\//, '');
  const key = name
    .toLowerCase()
    .replace(/[^0-9a-z_-]+/g, '-')
    .replace(/^[-_]+|-+$/g, '');
  return key === '' || faultOfKey(key) !== undefined ? 'main' : key;
}

/** What was found, in sentences. */
function tellFindings(found: Introspection): string[] {
  const tables = found.tables.filter((table) => table.kind === 'table' && !table.name.startsWith('directus_'));
  const views = found.tables.filter((table) => table.kind === 'view');
  const keyless = tables.filter((table) => table.primaryKey.length === 0);
  const composite = tables.filter((table) => table.primaryKey.length > 1).length;
  const foreign = tables.reduce((sum, table) => sum + table.foreignKeys.length, 0);
  const shown = keyless.slice(0, 10).map((table) => table.name);
  return [
    `database       ${found.version}`,
    `tables         ${tables.length}, of which ${tables.length - keyless.length - composite} have a key of one column, ${composite} of several`,
    `without a key  ${keyless.length}${shown.length === 0 ? '' : `: ${shown.join(', ')}${keyless.length > shown.length ? ', ...' : ''} (read and inserted into, no single rows)`}`,
    `views          ${views.length}`,
    `foreign keys   ${foreign}, each a relation`,
    `system tables  ${isInstalled(found) ? 'there' : 'not there yet'}`,
  ];
}

/** Tests the connection, says what it found and writes the file. Nothing is written into the database. */
export async function initCommand(terminal: Terminal, url: string, flags: InitFlags): Promise<void> {
  const schemas = (flags.schemas ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const database = databaseOf(url, schemas);
  const key = flags.project ?? defaultKey(database);
  const fault = faultOfKey(key);
  if (fault !== undefined) throw new CommandError(fault);
  const path = join(flags.projects, `${key}.json`);
  if (existsSync(path) && !flags.force) throw new CommandError(`${shortPath(path)} exists already; --force overwrites it`);

  const vendor = vendorOf(database.client);
  const connection = await vendor.connect(database);
  let found: Introspection;
  try {
    found = await terminal.step(
      'Looking at the database',
      () => vendor.introspect(connection, database.schemas),
      () => 'The connection works',
    );
  } finally {
    await connection.close();
  }
  for (const line of tellFindings(found)) terminal.say(`  ${line}`);

  const storage = { driver: 'local', root: join('data', `${key}-files`) };
  const written = await saveProjectFile(flags.projects, { key, content: { database, secret: newSecret(), storage }, force: flags.force });
  terminal.say(`Wrote ${shortPath(written)}`);
  const folder = flags.projects === 'projects' ? '' : ` --projects ${flags.projects}`;
  if (!isInstalled(found)) terminal.say(`Next: sallyport install ${key}${folder}`);
  terminal.say(`Then: sallyport start${folder}`);
}
