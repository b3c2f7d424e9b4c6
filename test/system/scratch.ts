/** A connection to a database of its own for one test, both gone when the test ends. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import type { Connection, DatabaseConfig } from '../../src/dialect/types.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { createDatabase, type TestVendor, whyNot } from '../support/vendors.ts';

export interface Scratch {
  readonly config: DatabaseConfig;
  readonly connection: Connection;
  /** Another pool on the same database. */
  another(): Promise<Connection>;
}

/** Undefined, after skipping the test with a sentence, where the vendor's server does not answer. */
export async function scratch(t: Test, vendor: TestVendor): Promise<Scratch | undefined> {
  const missing = await whyNot(vendor);
  if (missing !== undefined) {
    t.plan(0, missing);
    return undefined;
  }
  const database = await createDatabase(vendor);
  const config =
    vendor === 'sqlite' ? { ...database.config, connection: { filename: addressOf(database.config), create: true } } : database.config;
  const open: Connection[] = [];
  t.teardown(async () => {
    for (const connection of open) await connection.close();
    await database.drop();
  });
  const another = async () => {
    const connection = await vendorOf(config.client).connect(config);
    open.push(connection);
    return connection;
  };
  return { config, connection: await another(), another };
}

/** What `--connection` of a command line takes: a URL, or a file's name. */
export function addressOf({ connection }: DatabaseConfig): string {
  return typeof connection === 'string' ? connection : String(connection['filename']);
}

/** The folder that holds package.json, from compiled and uncompiled tests alike. */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
