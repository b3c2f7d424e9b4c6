/**
 * The copies of a project's database that reads are spread over. One that fails or is too far behind is left out, and who wrote just now
 * reads from one that has it, or from the primary.
 */
import type { Actor } from '../access/types.ts';
import type { ProjectConfig } from '../config/types.ts';
import type { Replication } from '../dialect/replication.ts';
import type { Connection } from '../dialect/types.ts';
import type { Log } from '../lib/log.ts';
import { reason } from '../lib/redact.ts';
import { singleFlight } from '../lib/single-flight.ts';
import { createOwnWrites } from './own-writes.ts';
import { readingReplica } from './reading-replica.ts';
import type { RedisLink } from './redis.ts';
import { createReplica, type Mark, type Replica, usualReplicas } from './replica.ts';

/** What tells callers apart. */
type Caller = Actor | { readonly is: 'user'; readonly id: string };

interface ReplicaState {
  readonly number: number;
  readonly used: boolean;
  /** Seconds that it is behind at most; undefined before it was ever heard of. */
  readonly lagSeconds: number | undefined;
  /** Why it is left out. */
  readonly message?: string;
  readonly reads: number;
  readonly failed: number;
}

export interface Replicas {
  /** Whether the caller might read from one of them now, as far as this instance knows. Has them looked at when it is time. */
  mayServe(caller: Caller): boolean;
  /** The connection for a request of the caller that only reads. */
  reading(caller: Caller): Promise<Connection>;
  /** The connection for any other of his requests: the primary, which notes when he has written. */
  writing(caller: Caller): Connection;
  /** Notes that the caller has written by another way. To be awaited before he is answered. */
  wrote(caller: Caller): Promise<void>;
  states(): readonly ReplicaState[];
  /** Looks at all of them; resolves when that is over. */
  look(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds beyond the longest lag for which it is kept who wrote. */
const slack = 1_000;

export interface ReplicasOptions {
  readonly config: Pick<ProjectConfig, 'key' | 'secret' | 'database'>;
  readonly primary: Connection;
  readonly replication: Replication;
  /** Connects to one of them. */
  readonly open: (connection: ProjectConfig['database']['connection']) => Promise<Connection>;
  readonly redis: RedisLink | undefined;
  readonly log: Log;
}

function nameOf(caller: Caller): string | undefined {
  if (caller.is === 'user') return `user ${caller.id}`;
  return caller.is === 'public' ? `address ${caller.ip}` : undefined;
}

/** The replicas of a project. */
export function openReplicas({ config, primary, replication, open, redis, log }: ReplicasOptions): Replicas {
  const { connections = [], lagSeconds, lookMilliseconds } = { ...usualReplicas, ...config.database.replicas };
  const longest = lagSeconds * 1000;
  const ownWrites = createOwnWrites({ project: config, redis, matters: longest + slack });
  const replicas = connections.map((connection, i) => createReplica(i + 1, () => open(connection), replication));
  const logged = new Map<Replica, boolean>();
  let lastLook = Number.NEGATIVE_INFINITY;
  let failing = false;
  let closed = false;
  let turn = 0;
  let last: Promise<unknown> = Promise.resolve();

  const isUsed = ({ connection, upTo }: Replica): boolean => connection !== undefined && performance.now() - upTo <= longest;
  const behind = ({ upTo }: Replica): number | undefined =>
    Number.isFinite(upTo) ? Math.max(0, Math.round(performance.now() - upTo) / 1000) : undefined;

  function why(replica: Replica): string {
    if (!replica.connection) return replica.fault ?? 'It does not answer';
    return `It is more than ${lagSeconds} seconds behind`;
  }

  function tell(replica: Replica): void {
    const used = isUsed(replica);
    if (logged.get(replica) === used || closed) return;
    logged.set(replica, used);
    if (used) log.info({ replica: replica.number }, `project ${config.key} reads from replica ${replica.number}`);
    else log.warn({ replica: replica.number, reason: why(replica) }, `project ${config.key} does not read from replica ${replica.number}`);
  }

  async function markOf(): Promise<Mark | undefined> {
    const at = performance.now();
    try {
      const mark = { at, position: await replication.end(primary) };
      failing = false;
      return mark;
    } catch (error) {
      if (!failing && !closed) log.warn({ reason: reason(error) }, `project ${config.key} cannot tell how far its replicas are`);
      failing = true;
      return undefined;
    }
  }

  const look = singleFlight(async () => {
    lastLook = performance.now();
    const mark = await markOf();
    if (!mark || closed) return;
    // One that does not answer keeps nobody waiting for the others.
    const looks = replicas.map((replica) => replica.look(mark).then(() => tell(replica)));
    last = Promise.all(looks);
  });

  function lookSometimes(): void {
    if (closed || performance.now() - lastLook < lookMilliseconds) return;
    void look();
  }

  const fit = (since: number): Replica[] => replicas.filter((replica) => replica.upTo > since && isUsed(replica));

  const writing = (caller: Caller): Connection => {
    const name = nameOf(caller);
    if (name === undefined) return primary;
    const noted = async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work();
      } finally {
        await ownWrites.note(name);
      }
    };
    const { rebuilding } = primary;
    return {
      ...primary,
      execute: (statement) => noted(() => primary.execute(statement)),
      transaction: (run) => noted(() => primary.transaction(run)),
      ...(rebuilding ? { rebuilding: (run) => noted(() => rebuilding(run)) } : {}),
    };
  };

  void look();
  return {
    mayServe(caller) {
      lookSometimes();
      const name = nameOf(caller);
      return name !== undefined && fit(ownWrites.here(name)).length > 0;
    },
    async reading(caller) {
      lookSometimes();
      const name = nameOf(caller);
      const connection = writing(caller);
      if (name === undefined || fit(ownWrites.here(name)).length === 0) return connection;
      const found = fit(await ownWrites.anywhere(name));
      turn += 1;
      const replica = found[turn % found.length];
      return replica ? readingReplica(connection, replica) : connection;
    },
    writing,
    async wrote(caller) {
      const name = nameOf(caller);
      if (name !== undefined) await ownWrites.note(name);
    },
    states: () =>
      replicas.map((replica) => ({
        number: replica.number,
        used: isUsed(replica),
        lagSeconds: behind(replica),
        ...(isUsed(replica) ? {} : { message: why(replica) }),
        ...replica.asked,
      })),
    async look() {
      await look();
      await last;
    },
    async close() {
      closed = true;
      await Promise.all(replicas.map((replica) => replica.close()));
    },
  };
}
