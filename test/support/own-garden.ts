/** A garden for one feature alone, whose rows it may change. */
import type { Who } from '../fixtures/garden-people.ts';
import { startGarden, type World } from './garden.ts';
import { type GatewaySettings, project } from './gateway.ts';
import type { Answer } from './http.ts';

type Level = 'none' | 'mine' | 'role' | 'full';

/** What is granted beside reading. */
interface Grant {
  readonly create?: Level;
  readonly update?: Level;
  readonly delete?: Level;
  readonly read?: Level;
  readonly read_field_blacklist?: string;
  readonly write_field_blacklist?: string;
}

export interface OwnGarden extends World {
  /** Sends a body as JSON; without `who` as the public. */
  send(method: string, path: string, body?: unknown, who?: Who | null, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Changes the permissions of a role on a collection, in all statuses. */
  permit(role: number, collection: string, grant: Grant): Promise<void>;
  /** Rows of a table as the database has them. */
  rows(table: string, where?: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>[]>;
}

async function permit({ gateway }: World, role: number, collection: string, grant: Grant): Promise<void> {
  const { connection, registry } = gateway;
  if (!connection) throw new Error('The garden is not open');
  const changed = await connection.knex('directus_permissions').where({ role, collection }).update(grant);
  if (changed === 0) await connection.knex('directus_permissions').insert({ role, collection, ...grant });
  const lease = await registry.lease(project);
  await lease.project.reload();
  lease.release();
}

/** Runs with a garden of the world's vendor and takes it down. */
export async function ownGarden(world: World, run: (garden: OwnGarden) => Promise<void>, settings: GatewaySettings = {}): Promise<void> {
  const { world: own, stop } = await startGarden(world.vendor, settings);
  try {
    await run({
      ...own,
      send: (method, path, body, who = 'admin', headers = {}) =>
        own.get(path, who ?? undefined, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
      permit: (role, collection, grant) => permit(own, role, collection, grant),
      rows: async (table, where = {}) => (await own.gateway.connection?.knex(table).where(where).select('*')) ?? [],
    });
  } finally {
    await stop();
  }
}
