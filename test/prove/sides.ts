/** The two databases of a pair, each behind a server of its own; requests reach them without a socket. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseConfig } from '../../src/dialect/types.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createRegistry } from '../../src/projects/registry.ts';
import { buildServer, type Server } from '../../src/server/app.ts';
import { usualOperations } from '../../src/server/operations/settings.ts';
import { installSystem } from '../support/garden.ts';
import { loadSql } from '../support/sql-text.ts';
import { createDatabase, type TestDatabase, type TestVendor } from '../support/vendors.ts';
import { otherWorld } from './pair.ts';
import { adminToken } from './people.ts';
import { worldText } from './store.ts';
import type { World } from './world.ts';

export const project = 'prove';

/** Databases that hold the system tables and nothing else. */
export interface Supply {
  make(): Promise<TestDatabase>;
  close(): Promise<void>;
}

/** On SQLite copies of one file, elsewhere new ones each time. */
export async function supplyOf(vendor: TestVendor): Promise<Supply> {
  if (vendor !== 'sqlite') {
    const make = async (): Promise<TestDatabase> => {
      const database = await createDatabase(vendor);
      await installSystem(database.config, adminToken);
      return database;
    };
    return { make, close: async () => undefined };
  }
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-prove-'));
  const template = join(folder, 'template.db');
  await writeFile(template, '');
  await installSystem({ client: 'better-sqlite3', connection: { filename: template } }, adminToken);
  let count = 0;
  return {
    async make() {
      const filename = join(folder, `${count++}.db`);
      await copyFile(template, filename);
      return { config: { client: 'better-sqlite3', connection: { filename } }, drop: () => rm(filename, { force: true }) };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

export interface Side {
  readonly server: Server;
  /** Reads schema and rules anew, and forgets what was prepared. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

async function startSide(database: DatabaseConfig, limits: World['limits']): Promise<Omit<Side, 'close'> & { stop(): Promise<void> }> {
  const registry = createRegistry({ log: silentLog });
  await registry.set({
    key: project,
    database,
    secret: 'the secret of both sides, long enough',
    storage: { driver: 'local', root: join(tmpdir(), 'sallyport-test-storage') },
    private: false,
    surfaces: { strapi: true, payload: true },
    limits,
  });
  // A slow machine is no fault of the program's.
  const pressure = { eventLoopMilliseconds: 0, requests: 0, heapBytes: 0, rssBytes: 0 };
  const server = await buildServer({ registry, operations: { ...usualOperations, pressure } });
  return {
    server,
    reload: () => registry.reload(),
    async stop() {
      await server.close();
      await registry.close();
    },
  };
}

async function openSide(supply: Supply, vendor: TestVendor, world: World, of: World, side: 'here' | 'there'): Promise<Side> {
  const database = await supply.make();
  try {
    await loadSql(database.config, worldText(vendor, world, of, side));
    const { stop, ...started } = await startSide(database.config, world.limits);
    return {
      ...started,
      async close() {
        await stop();
        await database.drop();
      },
    };
  } catch (error) {
    await database.drop();
    throw error;
  }
}

export interface Pair {
  readonly world: World;
  readonly other: World;
  readonly here: Side;
  readonly there: Side;
  /** In how many cells and rows they differ. */
  readonly differences: number;
  close(): Promise<void>;
}

export async function openPair(supply: Supply, vendor: TestVendor, world: World): Promise<Pair> {
  const { other, differences } = otherWorld(world);
  const here = await openSide(supply, vendor, world, world, 'here');
  const there = await openSide(supply, vendor, other, world, 'there');
  return {
    world,
    other,
    here,
    there,
    differences,
    async close() {
      await here.close();
      await there.close();
    },
  };
}
