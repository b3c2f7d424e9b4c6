/** The pool of a MySQL or MariaDB project: knex's, with every connection set up alike before its first use. */
import knexFactory, { type Knex } from 'knex';
import type { Connection as RawConnection } from 'mysql2';
import type { DatabaseConfig } from '../../dialect/types.ts';
import { connectionOptions, connectTimeout } from './options.ts';
import { watchWarnings } from './warnings.ts';

/** The part of knex that hands out raw connections. */
interface Client {
  acquireConnection(): Promise<RawConnection>;
  releaseConnection(raw: RawConnection): Promise<void>;
}

export interface Pool {
  readonly knex: Knex;
  acquire(): Promise<RawConnection>;
  release(raw: RawConnection): Promise<void>;
}

/**
 * What a session needs, whatever the server's own settings: text as utf8mb4, times in UTC, writes that fail instead of
 * storing something else, quotes and backslashes as our SQL means them, lists as long as they are, and room for all warnings
 * of a statement, as one of them may say that a list was cut.
 */
const sessionSettings = `set names utf8mb4, session time_zone = '+00:00',
  session sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION',
  session group_concat_max_len = 4294967295, session max_error_count = 65535, session sql_notes = 0`;

const silent = { debug() {}, warn() {}, error() {}, deprecate() {} };

/** Makes the pool; nothing connects before the first statement. */
export function openPool(config: DatabaseConfig): Pool {
  const knex = knexFactory({
    client: 'mysql2',
    connection: connectionOptions(config.connection),
    pool: {
      min: config.pool?.min ?? 0,
      max: config.pool?.max ?? 10,
      createTimeoutMillis: connectTimeout * 2,
      afterCreate(raw: RawConnection, done: (error: Error | null, raw: RawConnection) => void) {
        watchWarnings(raw);
        raw.query(sessionSettings, (error) => done(error, raw));
      },
    },
    acquireConnectionTimeout: connectTimeout * 2,
    // Its messages are errors we see anyway, with their causes; they would go to the terminal.
    log: silent,
  });
  const client: Client = knex.client;
  return { knex, acquire: () => client.acquireConnection(), release: (raw) => client.releaseConnection(raw) };
}
