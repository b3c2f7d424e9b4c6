/** Deletes a project: its configuration, and where that is asked its system tables. All other tables, the database and files stay. */
import { rm } from 'node:fs/promises';
import { projectFiles } from '../../config/project-file.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Registry } from '../../projects/registry.ts';
import { dropSystemTables, presentTables } from '../../system/uninstall.ts';

async function withoutTables(registry: Registry, key: string): Promise<void> {
  const { project, release } = await registry.lease(key);
  try {
    const { vendor, connection, config } = project;
    const found = await vendor.introspect(connection, config.database.schemas);
    await dropSystemTables(connection, found, presentTables(found));
  } finally {
    release();
  }
}

/**
 * Deletes the project of a folder; `drop` asks for the system tables as well.
 *
 * @throws GatewayError route_not_found without such a project, forbidden for one that is configured elsewhere, and when the tables cannot go
 */
export async function deleteProject(folder: string, registry: Registry, { key, drop }: { key: string; drop: boolean }): Promise<void> {
  const files = await projectFiles(folder, key);
  if (files.length === 0) {
    if (!registry.list().some((one) => one.key === key)) throw new GatewayError('route_not_found');
    throw new GatewayError('forbidden', { message: `The project ${key} has no project file; it is configured elsewhere` });
  }
  if (drop) await withoutTables(registry, key);
  for (const file of files) await rm(file);
}
