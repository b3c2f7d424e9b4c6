/** How a project connects: to its database and to the copies of it, with the limits of time that hold for both. */
import type { ProjectConfig } from '../config/types.ts';
import { keptApart } from '../dialect/kept-apart.ts';
import type { Connection, Vendor } from '../dialect/types.ts';
import { type StatementWatch, watched } from '../dialect/watched.ts';
import { type Limits, limitsOf } from '../query/limits.ts';

/** Milliseconds that a statement may take where no setting says so. On SQLite nothing else of the process is served meanwhile. */
const usualTime = { pg: 15_000, mysql2: 15_000, 'better-sqlite3': 5_000 };

function statementTime({ limits, database }: ProjectConfig): number {
  return limits?.statementMilliseconds ?? usualTime[database.client];
}

/** What one request of the project may ask for. Counts get no more time than any statement. */
export function limitsFor(config: ProjectConfig): Limits {
  const limits = limitsOf(config.limits);
  const longest = statementTime(config);
  const { countMilliseconds } = limits;
  return longest > 0 && countMilliseconds > longest ? { ...limits, countMilliseconds: longest } : limits;
}

/** Connects to the project's database; `watch` is told of every statement. Throws what `Vendor.connect` throws. */
export async function connectPrimary(config: ProjectConfig, vendor: Vendor, watch: StatementWatch | undefined): Promise<Connection> {
  const connection = keptApart(await vendor.connect({ ...config.database, statementMilliseconds: statementTime(config) }));
  return watch ? watched(connection, watch) : connection;
}

export type ReplicaOpener = (connection: ProjectConfig['database']['connection']) => Promise<Connection>;

/** What connects to a copy of the project's database, given its address, in the way of the project. */
export function replicaOpener(config: ProjectConfig, vendor: Vendor, watch: StatementWatch | undefined): ReplicaOpener {
  const { replicas, ...database } = config.database;
  const pool = replicas?.pool ?? database.pool;
  return async (connection) => {
    const own = { ...database, connection, ...(pool ? { pool } : {}), statementMilliseconds: statementTime(config) };
    const replica = await vendor.connect(own);
    return watch ? watched(replica, watch) : replica;
  };
}
