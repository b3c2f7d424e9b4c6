/** A garden whose project file says more about sign-in and mail. */
import type { ProjectConfig } from '../../src/config/types.ts';
import type { World } from './garden.ts';
import { project } from './gateway.ts';
import { type OwnGarden, ownGarden } from './own-garden.ts';

/** Runs with a garden of its own, served with these settings. */
export function settledGarden(
  world: World,
  settings: Pick<ProjectConfig, 'auth' | 'mail'>,
  run: (garden: OwnGarden) => Promise<void>,
): Promise<void> {
  return ownGarden(world, async (garden) => {
    const { registry } = garden.gateway;
    const lease = await registry.lease(project);
    const { config } = lease.project;
    lease.release();
    await registry.set({ ...config, ...settings });
    const knex = async () => {
      const now = await registry.lease(project);
      now.release();
      return now.project.connection.knex;
    };
    await run({ ...garden, rows: async (table, where = {}) => (await knex())(table).where(where).select('*') });
  });
}

/** Changes rows of a table, behind the gateway's back. */
export async function change({ gateway }: OwnGarden, table: string, where: object, values: object): Promise<void> {
  const lease = await gateway.registry.lease(project);
  await lease.project.connection.knex(table).where(where).update(values);
  await lease.project.rules.reload();
  lease.release();
}
