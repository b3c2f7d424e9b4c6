/** Streaming replication of PostgreSQL: positions are those of the write-ahead log. */
import { noCopy, type Replication } from '../../dialect/replication.ts';
import { GatewayError } from '../../lib/errors.ts';

/**
 * Of a primary the end of what was inserted, as a commit may be answered before it is written; of a replica the end of what was replayed. The
 * same server under two addresses may be both. A copy has the system's identifier of what it copies.
 */
const looked = `select (select system_identifier::text from pg_catalog.pg_control_system()) as system, current_database()::text as base,
  (case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn() else pg_catalog.pg_current_wal_insert_lsn() end)`;

export const replication: Replication = {
  async end(primary) {
    const [row] = await primary.rows({ text: `${looked}::text as position`, values: [] });
    return [String(row?.['system']), String(row?.['base']), String(row?.['position'])];
  },
  async reached(replica, [system = '', base = '', position = '0/0']) {
    const [row] = await replica.rows({ text: `${looked} >= $1::pg_catalog.pg_lsn as reached`, values: [position] });
    if (row?.['system'] !== system || row['base'] !== base) throw new GatewayError('database_unavailable', { message: noCopy });
    return row['reached'] === true;
  },
};
