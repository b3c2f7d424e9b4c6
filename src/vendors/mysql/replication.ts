/** Replication of MySQL and MariaDB: positions are sets of global transaction identifiers, which each has in a form of its own. */
import { noCopy, type Replication } from '../../dialect/replication.ts';
import type { Row } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';

/** One statement for both, as each passes over the comments of the other. */
const kind = `/*M! 'mariadb' as kind, */ /*!80000 'mysql' as kind, */ concat(@@hostname, ':', @@port, ' ', @@datadir) as server, database() as base`;
const end = `select ${kind}, /*M! @@gtid_current_pos */ /*!80000 @@global.gtid_executed */ as position`;
const reached = {
  /** A server that was started for itself and copies nothing has replayed nothing. */
  mariadb: `select ${kind}, @@gtid_current_pos as position, @@gtid_slave_pos as replayed`,
  mysql: `select ${kind}, gtid_subset(?, @@global.gtid_executed) as reached`,
};

const unlogged =
  'The primary has no global transaction identifiers by which the position of a replica could be told (log_bin, on MySQL gtid_mode too)';

/** MariaDB's `0-1-42,1-7-3`: of each domain the server and the number of its last transaction. */
function domains(position: string): ReadonlyMap<string, bigint> {
  const found = [...position.matchAll(/(\d+)-\d+-(\d+)/g)].map(([, domain = '', number = '0']): [string, bigint] => [
    domain,
    BigInt(number),
  ]);
  return new Map(found);
}

/** Whether one position lies at or behind another. */
function isPast(replayed: string, position: string): boolean {
  const there = domains(replayed);
  return [...domains(position)].every(([domain, number]) => (there.get(domain) ?? -1n) >= number);
}

const text = (row: Row | undefined, column: string): string => String(row?.[column] ?? '');

export const replication: Replication = {
  async end(primary) {
    const [row] = await primary.rows({ text: end, values: [] });
    const position = text(row, 'position');
    if (position === '') throw new GatewayError('database_unavailable', { message: unlogged });
    return [text(row, 'kind'), text(row, 'server'), text(row, 'base'), position];
  },
  async reached(replica, [server = '', host = '', base = '', position = '']) {
    const statement = server === 'mysql' ? { text: reached.mysql, values: [position] } : { text: reached.mariadb, values: [] };
    const [row] = await replica.rows(statement);
    if (text(row, 'kind') !== server || text(row, 'base') !== base) throw new GatewayError('database_unavailable', { message: noCopy });
    if (server === 'mysql') return text(row, 'reached') === '1';
    return isPast(text(row, text(row, 'server') === host ? 'position' : 'replayed'), position);
  },
};
