/** Gauges of open projects, read when somebody asks for the metrics: pools, queues, the outbox of webhooks. */
import { Counter, Gauge, type Registry as Register } from 'prom-client';
import { outboxOf } from '../../engine/outbox.ts';
import { singleFlight } from '../../lib/single-flight.ts';
import type { Project } from '../../projects/project.ts';
import type { Registry } from '../../projects/registry.ts';
import { holdsOutbox } from '../../projects/schema-store.ts';

/** Milliseconds for which the counts of the outbox hold, and after which the database is not waited for. */
const kept = 10_000;
const patience = 2_000;

interface Calls {
  readonly pending: number;
  readonly dead: number;
}

/** Counts the calls of a project now and then; undefined as long as they are not known. */
function countCalls(): (project: Project) => Promise<Calls | undefined> {
  const known = new WeakMap<Project, { at: number; calls: Calls | undefined; look: () => Promise<void> }>();
  return async (project) => {
    if (!holdsOutbox(project.schemas.introspection)) return undefined;
    let found = known.get(project);
    if (!found) {
      const made = {
        at: Number.NEGATIVE_INFINITY,
        calls: undefined as Calls | undefined,
        look: singleFlight(async () => {
          const { connection } = project;
          made.calls = await outboxOf(connection, connection.dialect)
            .unsettled()
            .catch(() => undefined);
          made.at = performance.now();
        }),
      };
      found = made;
      known.set(project, made);
    }
    if (performance.now() - found.at > kept) {
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([found.look(), new Promise((done) => (timer = setTimeout(done, patience)))]);
      clearTimeout(timer);
    }
    return found.calls;
  };
}

/** Adds the gauges to a register. */
export function projectGauges(register: Register, registry: Registry): void {
  const registers = [register];
  const callsOf = countCalls();

  async function eachOpen(look: (project: Project) => Promise<void> | void): Promise<void> {
    const leases = registry.list().flatMap(({ key }) => registry.leaseOpen(key) ?? []);
    await Promise.all(
      leases.map(async ({ project, release }) => {
        try {
          await look(project);
        } finally {
          release();
        }
      }),
    );
  }

  const gauge = (
    name: string,
    help: string,
    labels: readonly string[],
    look: (set: Set, project: Project) => Promise<void> | void,
  ): void => {
    const made: Gauge<string> = new Gauge({
      name,
      help,
      labelNames: ['project', ...labels],
      registers,
      async collect() {
        made.reset();
        await eachOpen((project) => look((more, value) => made.set({ project: project.key, ...more }, value), project));
      },
    });
  };

  const states = new Gauge({
    name: 'sallyport_projects',
    help: 'Projects by state',
    labelNames: ['state'],
    registers,
    collect() {
      const all = registry.list();
      for (const state of ['open', 'opening', 'faulty'] as const) states.set({ state }, all.filter((one) => one.state === state).length);
    },
  });
  gauge(
    'sallyport_pool_connections',
    'Connections to the database: lent out, and the most there may be',
    ['state'],
    (set, { connection }) => {
      const { most, busy } = connection.use();
      set({ state: 'busy' }, busy);
      set({ state: 'most' }, most);
    },
  );
  gauge('sallyport_queue_length', 'Those who wait: for a connection, for an image to be made', ['queue'], (set, { connection, files }) => {
    set({ queue: 'connections' }, connection.use().waiting);
    set({ queue: 'images' }, files.thumbnails.usage().waiting);
  });
  gauge('sallyport_under_way', 'What is being made now: images, exports', ['what'], (set, { streams, files }) => {
    set({ what: 'images' }, files.thumbnails.usage().taken);
    set({ what: 'exports' }, streams.taken());
  });
  gauge('sallyport_replica_used', 'Whether a copy of the database is read from', ['replica'], (set, { replicas }) => {
    for (const { number, used } of replicas?.states() ?? []) set({ replica: String(number) }, used ? 1 : 0);
  });
  gauge('sallyport_replica_lag_seconds', 'How far a copy of the database is behind at most', ['replica'], (set, { replicas }) => {
    for (const { number, lagSeconds } of replicas?.states() ?? [])
      if (lagSeconds !== undefined) set({ replica: String(number) }, lagSeconds);
  });
  const reads: Counter<string> = new Counter({
    name: 'sallyport_replica_reads_total',
    help: 'Reads asked of a copy of the database; of these, those that were asked again of the database itself',
    labelNames: ['project', 'replica', 'outcome'],
    registers,
    async collect() {
      reads.reset();
      await eachOpen(({ key, replicas }) => {
        for (const { number, reads: all, failed } of replicas?.states() ?? []) {
          reads.inc({ project: key, replica: String(number), outcome: 'ok' }, all - failed);
          reads.inc({ project: key, replica: String(number), outcome: 'failed' }, failed);
        }
      });
    },
  });
  gauge('sallyport_webhook_calls', 'Calls of webhooks in the outbox: waiting, given up', ['state'], async (set, project) => {
    const calls = await callsOf(project);
    if (!calls) return;
    set({ state: 'waiting' }, calls.pending);
    set({ state: 'given_up' }, calls.dead);
  });
}

type Set = (labels: Readonly<Record<string, string>>, value: number) => void;
