/** `sallyport install <project>`: system tables and the first administrator. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ProjectConfig } from '../config/types.ts';
import type { DatabaseConfig } from '../dialect/types.ts';
import { install } from '../system/install.ts';
import { vendorOf } from '../vendors/index.ts';
import { findProject } from './projects.ts';
import type { Terminal } from './terminal.ts';

export interface InstallFlags {
  readonly projects: string;
  readonly email?: string;
  readonly password?: string;
  readonly token?: string;
}

/** The database of a project, made when it is a SQLite file that is not there yet: an installation starts from nothing. */
async function creatable({ database }: ProjectConfig): Promise<DatabaseConfig> {
  if (database.client !== 'better-sqlite3' || typeof database.connection === 'string') return database;
  const { filename } = database.connection;
  if (typeof filename === 'string' && filename !== ':memory:') await mkdir(dirname(filename), { recursive: true });
  return { ...database, connection: { ...database.connection, create: true } };
}

/** Creates or upgrades the directus_* tables; may be run again. Asks for what no flag says. */
export async function installCommand(terminal: Terminal, key: string, flags: InstallFlags): Promise<void> {
  const config = await findProject(flags.projects, key);
  const email = flags.email ?? (await terminal.ask({ message: 'E-mail address of the administrator', flag: '--email' }));
  const password = flags.password ?? (await terminal.ask({ message: 'Password', flag: '--password', secret: true }));
  const credentials = { email, password, ...(flags.token === undefined ? {} : { token: flags.token }) };

  const connection = await vendorOf(config.database.client).connect(await creatable(config));
  try {
    await terminal.step(
      `Installing the system tables of ${key}`,
      (progress) => install(connection, { ...credentials, onProgress: (step, done, total) => progress(`${step} (${done} of ${total})`) }),
      ({ created, upgraded, adminCreated }) =>
        [
          created.length === 0 ? 'all tables were there' : `${created.length} tables made`,
          ...(upgraded.length === 0 ? [] : [`${upgraded.length} columns or indexes added`]),
          `administrator ${email} ${adminCreated ? 'made' : 'is there'}`,
        ].join(', '),
    );
  } finally {
    await connection.close();
  }
}
