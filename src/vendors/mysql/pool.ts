/** The pool of a MySQL or MariaDB project: knex's, with every connection set up alike before its first use. */
import knexFactory, { type Knex } from 'knex';
import type { Connection as RawConnection } from 'mysql2';
import { type Lender, type Lending, lend } from '../../dialect/lend.ts';
import { connectTimeout, poolBounds } from '../../dialect/pool-settings.ts';
import type { DatabaseConfig } from '../../dialect/types.ts';
import { isUsable } from '../../dialect/usable-connection.ts';
import { connectionOptions } from './options.ts';
import { sessionTime } from './time-limit.ts';
import { watchWarnings } from './warnings.ts';

export interface Pool extends Lending<RawConnection> {
  readonly knex: Knex;
  /** Connections at most. */
  readonly size: number;
}

/**
 * What a session needs, whatever the server's own settings: text as utf8mb4, times in UTC, writes that fail instead of
 * storing something else, quotes and backslashes as our SQL means them, lists as long as they are, and room for all warnings
 * of a statement, as one of them may say that a list was cut. MariaDB sorts texts by their first bytes only: more of them than by
 * itself, and memory for as many terms as a request may have. It also keeps what a sub-select gave for the values of the row around it,
 * and finds those by their columns' collations: `AB` would get what was right for `ab`. MySQL 9 loses conditions of a sub-select in the ON of an
 * outer join when it makes a semi-join of it, and so would show what is to stay hidden.
 */
const sessionSettings = (config: DatabaseConfig): string => `set names utf8mb4, session time_zone = '+00:00',
  session sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION',
  session group_concat_max_len = 4294967295, session max_error_count = 65535, session sql_notes = 0
  /*M! , session max_sort_length = 4096, session sort_buffer_size = greatest(@@session.sort_buffer_size, 4194304),
    session optimizer_switch = 'subquery_cache=off' */
  /*!80000 , session optimizer_switch = 'semijoin=off' */
  ${sessionTime(config.statementMilliseconds)}`;

const silent = { debug() {}, warn() {}, error() {}, deprecate() {} };

/** Makes the pool; nothing connects before the first statement. */
export function openPool(config: DatabaseConfig): Pool {
  const { min, max: size } = poolBounds(config);
  const knex = knexFactory({
    client: 'mysql2',
    connection: connectionOptions(config.connection),
    pool: {
      min,
      max: size,
      createTimeoutMillis: connectTimeout * 2,
      afterCreate(raw: RawConnection, done: (error: Error | null, raw: RawConnection) => void) {
        watchWarnings(raw);
        raw.query(sessionSettings(config), (error) => {
          // Nobody else knows of it yet.
          if (error) raw.destroy();
          done(error, raw);
        });
      },
    },
    acquireConnectionTimeout: connectTimeout * 2,
    // Its messages are errors we see anyway, with their causes; they would go to the terminal.
    log: silent,
  });
  const client: Lender<RawConnection> = knex.client;
  return { knex, size, ...lend(client, { size, isSound: (raw) => isUsable(knex, raw) }) };
}
