/** Puts the tables with history into a world, and takes them away again. */
import { historySql, historyTokens, withoutHistorySql } from '../fixtures/history-world.ts';
import type { World } from './garden.ts';
import { project } from './gateway.ts';
import type { Answer, Ask } from './http.ts';
import { loadSql } from './sql-text.ts';

type Historian = keyof typeof historyTokens;

/** Runs while the tables are there and known. `ask` asks below the project as one of the roles, or as the administrator. */
export async function withHistory(world: World, run: (ask: AskAs) => Promise<void>): Promise<void> {
  await loadSql(world.config, historySql(world.vendor));
  try {
    await reload(world);
    await run((path, who, options) =>
      who === 'admin' || who === 'nobody'
        ? world.get(path, who, options)
        : world.raw(`/${project}/${path}`, { ...options, token: historyTokens[who] }),
    );
  } finally {
    await loadSql(world.config, withoutHistorySql());
    await reload(world);
  }
}

export type AskAs = (path: string, who: Historian | 'admin' | 'nobody', options?: Omit<Ask, 'token'>) => Promise<Answer>;

/** Has schema and rules read anew. */
async function reload(world: World): Promise<void> {
  const lease = await world.gateway.registry.lease(project);
  try {
    await lease.project.reload();
  } finally {
    lease.release();
  }
}
