/** How a database is reached and used: a project's settings of it, as a vendor takes them. */

export type VendorName = 'pg' | 'mysql2' | 'better-sqlite3';

export interface DatabaseConfig {
  client: VendorName;
  /** A URL, the driver's own connection object, or `{ filename }` for SQLite. */
  connection: string | Readonly<Record<string, unknown>>;
  /** Schemas (PostgreSQL) to serve, the first being the default one. Unset: the connection's own. */
  schemas?: readonly string[];
  pool?: { readonly min?: number; readonly max?: number };
  textOrder?: TextOrder;
  /** False behind a proxy that lends connections for one transaction; without a word as the process says (PREPARED). */
  preparedStatements?: boolean;
  /** False where PostgreSQL alone is to say how repeated statements are planned. */
  genericPlans?: boolean;
  /** Copies of the database that reads are spread over. */
  replicas?: ReplicaConfig;
  /** Milliseconds after which the database itself ends a statement; without them, or with 0, it is left to the server's settings. */
  statementMilliseconds?: number;
}

/** Servers that copy the database, each with a connection in the form of its own, and how they are used. */
interface ReplicaConfig {
  readonly connections: readonly DatabaseConfig['connection'][];
  /** Connections to each of them; as many as to the database itself where nothing is said. */
  readonly pool?: NonNullable<DatabaseConfig['pool']>;
  /** Seconds that one may be behind before nobody reads from it. */
  readonly lagSeconds?: number;
  /** Milliseconds between two looks at how far they are. */
  readonly lookMilliseconds?: number;
}

/**
 * By which rule texts are equal and sorted: the same on every database, or the collations' own. `auto`, the default, is the collations' own
 * in a database that Directus 8 made, which is one of MySQL or MariaDB, else the same on every database.
 */
export type TextOrder = 'auto' | 'portable' | 'native';
