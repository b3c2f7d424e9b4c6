/** Makes a project: its system tables, then its file. What fails leaves nothing behind. */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { projectFiles, writeProjectFile } from '../../config/project-file.ts';
import type { Connection, Introspection, Vendor } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Registry } from '../../projects/registry.ts';
import { install } from '../../system/install.ts';
import { dropSystemTables, presentTables } from '../../system/uninstall.ts';
import { vendorOf } from '../../vendors/index.ts';
import { contentOf, type NewProject } from './new-project.ts';

/** Keys of projects that are being made. */
const making = new Set<string>();

const exists = (key: string): GatewayError => new GatewayError('project_exists', { project: key });

/**
 * Makes the project of a folder.
 *
 * @throws GatewayError project_exists, install_database for a database that cannot be used, and what an installation throws
 */
export async function createProject(folder: string, registry: Registry, project: NewProject): Promise<void> {
  const { key } = project;
  const taken = registry.list().some((one) => one.key === key) || (await projectFiles(folder, key)).length > 0;
  if (taken || making.has(key)) throw exists(key);
  making.add(key);
  try {
    await madeInDatabase(folder, project);
  } finally {
    making.delete(key);
  }
}

async function madeInDatabase(folder: string, project: NewProject): Promise<void> {
  const { filename } = project;
  const fresh = filename !== undefined && !existsSync(filename);
  try {
    if (filename !== undefined) await mkdir(dirname(filename), { recursive: true });
    await onConnection(folder, project);
  } catch (error) {
    if (fresh) for (const end of ['', '-wal', '-shm', '-journal']) await rm(`${filename}${end}`, { force: true });
    throw error;
  }
}

async function connected(vendor: Vendor, { database, filename }: NewProject): Promise<Connection> {
  const connection = filename === undefined ? database.connection : { filename: resolve(filename), create: true };
  try {
    return await vendor.connect({ ...database, connection });
  } catch (error) {
    const said = error instanceof GatewayError ? error.details['message'] : undefined;
    const message = said ?? 'The database does not answer, or does not let this user in';
    throw new GatewayError('install_database', { message }, error);
  }
}

async function onConnection(folder: string, project: NewProject): Promise<void> {
  const vendor = vendorOf(project.database.client);
  const connection = await connected(vendor, project);
  const look = (): Promise<Introspection> => vendor.introspect(connection, project.database.schemas);
  try {
    const found = await look();
    let present = presentTables(found);
    if (present.length > 0 && project.present === 'refuse') {
      const message = 'This database has system tables: existing=true serves it with them, force=true drops them and makes new ones';
      throw new GatewayError('install_database', { message });
    }
    if (project.present === 'drop') {
      await dropSystemTables(connection, found, present);
      present = [];
    }
    try {
      await install(connection, { ...project.administrator, projectName: project.projectName, appUrl: project.appUrl });
      const written = await writeProjectFile(folder, { key: project.key, private: project.private, content: contentOf(project) });
      if (written === undefined) throw exists(project.key);
    } catch (error) {
      const left = await look();
      await dropSystemTables(
        connection,
        left,
        presentTables(left).filter((table) => !present.includes(table)),
      );
      throw error;
    }
  } finally {
    await connection.close();
  }
}
