/** The garden in a database of a vendor, and the gateway in front of it. */
import type { DatabaseConfig } from '../../src/dialect/types.ts';
import { install } from '../../src/system/install.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { foreignTables, views } from '../fixtures/garden-foreign.ts';
import { gardenMetadata, type MetadataRows } from '../fixtures/garden-metadata.ts';
import { adminToken, gardenPeople, tokens, type Who } from '../fixtures/garden-people.ts';
import { managedTables } from '../fixtures/garden-tables.ts';
import { textIndexes } from '../fixtures/garden-text-indexes.ts';
import { filledDatabase } from './garden-template.ts';
import { type Gateway, type GatewaySettings, project, startGateway } from './gateway.ts';
import { type Answer, type Ask, ask, hangUp } from './http.ts';
import { insertText, schemaText, sequenceText, type TableDef } from './schema-text.ts';
import { loadSql } from './sql-text.ts';
import type { TestVendor } from './vendors.ts';

/** Installs the system tables and an administrator whose token is `token`. */
export async function installSystem(config: DatabaseConfig, token: string): Promise<void> {
  const connection = await vendorOf(config.client).connect(config);
  try {
    await install(connection, { email: 'admin@example.com', password: 'password', token });
  } finally {
    await connection.close();
  }
}

export interface GardenContent {
  readonly tables: readonly TableDef[];
  readonly people: readonly MetadataRows[];
}

const wholeGarden: GardenContent = { tables: [...managedTables, ...foreignTables], people: gardenPeople };

/** Tables, rows, metadata, people: all of it in an empty database. */
export async function loadGarden(vendor: TestVendor, config: DatabaseConfig, content: GardenContent = wholeGarden): Promise<void> {
  await loadSql(config, `${schemaText(vendor, content.tables, views)}\n${textIndexes[vendor]}`);
  await installSystem(config, adminToken);
  const described = [...gardenMetadata, ...content.people];
  const parts = described.map(({ table, columns, rows }) => insertText(vendor, table, columns, rows));
  for (const { table, columns } of described) if (columns.includes('id')) parts.push(sequenceText(vendor, table, 'id'));
  await loadSql(config, parts.filter((part) => part !== '').join('\n'));
}

export interface World {
  readonly vendor: TestVendor;
  readonly config: DatabaseConfig;
  readonly gateway: Gateway;
  /** A path below the project, as somebody; without `who` as the public. */
  get(path: string, who?: Who, options?: Omit<Ask, 'token'>): Promise<Answer>;
  /** Any path of the server. */
  raw(path: string, options?: Ask): Promise<Answer>;
}

export function worldOf(vendor: TestVendor, config: DatabaseConfig, gateway: Gateway): World {
  return {
    vendor,
    config,
    gateway,
    get: (path, who, options) => ask(gateway.url, `/${project}/${path}`, { ...options, ...(who ? { token: tokens[who] } : {}) }),
    raw: (path, options) => ask(gateway.url, path, options),
  };
}

/** The garden on a vendor, and what takes it down again. */
export async function startGarden(vendor: TestVendor, settings: GatewaySettings = {}): Promise<{ world: World; stop(): Promise<void> }> {
  const database = await filledDatabase(vendor, (config) => loadGarden(vendor, config));
  try {
    const gateway = await startGateway({ [project]: database.config }, {}, undefined, settings);
    return {
      world: worldOf(vendor, database.config, gateway),
      async stop() {
        hangUp();
        await gateway.close();
        await database.drop();
      },
    };
  } catch (error) {
    await database.drop();
    throw error;
  }
}
