/** Gardens as copies of one that is made once, where the vendor can copy a database: that takes a tenth of the time. */
import { copyFile } from 'node:fs/promises';
import type { DatabaseConfig } from '../../src/dialect/types.ts';
import { createDatabase, type TestDatabase, type TestVendor } from './vendors.ts';

const templates = new Map<TestVendor, TestDatabase>();

function fileOf({ connection }: DatabaseConfig): string {
  return typeof connection === 'string' ? connection : String(connection['filename']);
}

/** Fills a database that is copied from then on, until what is returned is called. */
export async function keepTemplate(vendor: TestVendor, fill: (config: DatabaseConfig) => Promise<void>): Promise<() => Promise<void>> {
  if (vendor === 'mysql') return async () => undefined;
  const template = await createDatabase(vendor);
  await fill(template.config);
  templates.set(vendor, template);
  return async () => {
    templates.delete(vendor);
    await template.drop();
  };
}

async function copyOf(vendor: TestVendor, { config }: TestDatabase): Promise<TestDatabase> {
  if (vendor === 'postgres') return createDatabase(vendor, `template ${new URL(String(config.connection)).pathname.slice(1)}`);
  const database = await createDatabase(vendor);
  await copyFile(fileOf(config), fileOf(database.config));
  return database;
}

/** A database that is filled: a copy where there is a template, and one of its own else. */
export async function filledDatabase(vendor: TestVendor, fill: (config: DatabaseConfig) => Promise<void>): Promise<TestDatabase> {
  const template = templates.get(vendor);
  // A pooler keeps connections to the template, which cannot be copied then.
  const copy = template && (await copyOf(vendor, template).catch(() => void templates.delete(vendor)));
  if (copy) return copy;
  const database = await createDatabase(vendor);
  try {
    await fill(database.config);
    return database;
  } catch (error) {
    await database.drop();
    throw error;
  }
}
