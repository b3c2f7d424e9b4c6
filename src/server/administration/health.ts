/** Whether this server and its projects work: for load balancers in one word, for the super admin in full. */
import { singleFlight } from '../../lib/single-flight.ts';
import type { ProjectState, Registry } from '../../projects/registry.ts';
import { type Checked, checkDatabase, checkMailServer, checkReplicas, checkStorage, type Health } from './health-checks.ts';

interface ProjectHealth {
  readonly status: Health;
  readonly database: Checked;
  readonly replicas: Checked;
  readonly storage: Checked;
  readonly mail: Checked;
  readonly cache: Checked;
}

export interface ServerHealth {
  readonly status: Health;
  readonly projects: Readonly<Record<string, ProjectHealth>>;
}

function worst(all: readonly Checked['status'][]): Health {
  return all.includes('error') ? 'error' : all.includes('warn') ? 'warn' : 'ok';
}

const unopened: Readonly<Record<'opening' | 'faulty', Checked>> = {
  opening: { status: 'error', message: 'The database could not be opened yet; it is tried again' },
  faulty: { status: 'error', message: 'The configuration of the project has faults; see the log' },
};

async function checkProject(registry: Registry, { key, state }: ProjectState): Promise<ProjectHealth> {
  const lease = registry.leaseOpen(key);
  if (!lease || state !== 'open') {
    const off: Checked = { status: 'off' };
    const database = unopened[state === 'faulty' ? 'faulty' : 'opening'];
    return { status: 'error', database, replicas: off, storage: off, mail: off, cache: off };
  }
  const { project, release } = lease;
  try {
    const [database, replicas, storage, mail] = await Promise.all([
      checkDatabase(project),
      checkReplicas(project),
      checkStorage(project),
      checkMailServer(project.config),
    ]);
    // Answers are not kept anywhere yet.
    const cache: Checked = { status: 'off' };
    const status = worst([database.status, replicas.status, storage.status, mail.status]);
    return { status, database, replicas, storage, mail, cache };
  } finally {
    release();
  }
}

/** Milliseconds for which an answer is given again: whoever asks often costs nothing. */
const kept = 1_000;

/** Looks at all projects, not more often than once a second however many ask. */
export function healthOf(registry: Registry): () => Promise<ServerHealth> {
  let last: { readonly at: number; readonly health: ServerHealth } | undefined;
  const look = singleFlight(async () => {
    if (last && performance.now() - last.at < kept) return last.health;
    const states = registry.list();
    const all = await Promise.all(states.map(async (state) => [state.key, await checkProject(registry, state)] as const));
    const health = { status: worst(all.map(([, { status }]) => status)), projects: Object.fromEntries(all) };
    last = { at: performance.now(), health };
    return health;
  });
  return look;
}
