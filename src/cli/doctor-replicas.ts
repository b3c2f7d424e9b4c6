/** What `doctor` finds out about the copies of a database that reads are spread over. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, DatabaseConfig, Vendor } from '../dialect/types.ts';
import { reason } from '../lib/redact.ts';
import { createReplica, type Mark, type Replica, usualReplicas } from '../projects/replica.ts';

export interface ReplicaReport {
  /** Its number in the project file, by which metrics and the log call it. */
  readonly number: number;
  /** Server and database, without who connects. */
  readonly name: string;
  readonly state: 'near' | 'behind' | 'away';
  /** At most so many where it is near; more than so many where it is behind. */
  readonly secondsBehind?: number;
  /** Why it is away. */
  readonly reason?: string;
}

/** Seconds that one which is behind is waited for at most, and milliseconds between looks. */
const patience = 10;
const between = 100;

/** Where a connection leads to. It never tells a user or a password. */
export function addressOf(connection: DatabaseConfig['connection']): string {
  if (typeof connection === 'string') {
    const { host = '', pathname = '@' } = URL.canParse(connection) ? new URL(connection) : {};
    // A password with a slash that is not encoded would be read as the path.
    return pathname.includes('@') ? 'an unreadable address' : `${host}${pathname}`;
  }
  const { host = connection['socketPath'] ?? 'localhost', port, database } = connection;
  return [host, ...(port === undefined ? [] : [':', port]), ...(database === undefined ? [] : ['/', database])].join('');
}

const seconds = (from: number): number => Math.round((performance.now() - from) / 100) / 10;

/** Looks until it has what was there at the mark, or its time is over. */
async function seen(replica: Replica, mark: Mark, longest: number): Promise<Omit<ReplicaReport, 'number' | 'name'>> {
  for (;;) {
    await replica.look(mark);
    if (!replica.connection) return { state: 'away', reason: replica.fault ?? 'It does not answer' };
    const secondsBehind = seconds(mark.at);
    if (replica.upTo >= mark.at) return { state: 'near', secondsBehind };
    if (secondsBehind >= longest) return { state: 'behind', secondsBehind: longest };
    await pause(between);
  }
}

/** Looks at each of them; nothing where there is none. One that does not answer is told of and keeps nobody waiting for the others. */
export async function examineReplicas(database: DatabaseConfig, vendor: Vendor, primary: Connection): Promise<ReplicaReport[]> {
  const { replicas, ...own } = database;
  const { replication } = vendor;
  if (!replicas || !replication) return [];
  const longest = Math.min(replicas.lagSeconds ?? usualReplicas.lagSeconds, patience);
  const at = performance.now();
  const position = await replication.end(primary).catch((error: unknown) => ({ fault: reason(error) }));
  return Promise.all(
    replicas.connections.map(async (connection, i) => {
      const known = { number: i + 1, name: addressOf(connection) };
      if ('fault' in position) return { ...known, state: 'away' as const, reason: position.fault };
      const replica = createReplica(i + 1, () => vendor.connect({ ...own, connection }), replication);
      try {
        return { ...known, ...(await seen(replica, { at, position }, longest)) };
      } finally {
        await replica.close();
      }
    }),
  );
}
