/**
 * How long statements may take: what holds for a session, and what holds for one statement alone. The latter travels with its
 * statement, ahead of it in the same write and in the same transaction of the server's own, with which it ends: no further round trip,
 * nothing to take back, and no cancelling from outside, which might come late and hit the next statement.
 */
import pg from 'pg';
import type { DatabaseConfig } from '../../dialect/types.ts';
import { connectionOptions } from './options.ts';

/** Whether the project's own connection data say how long a statement may take. */
function isOwn(connection: DatabaseConfig['connection']): boolean {
  const { statement_timeout: own, options } = connectionOptions(connection);
  return own !== undefined || (typeof options === 'string' && options.includes('statement_timeout'));
}

/**
 * The statement that gives a session its limit; undefined where there is none, or where the connection data have one. What the server,
 * the database or the user is set to stands where it is less. A lock is waited for a little less long, so that waiting is told apart from working.
 */
export function sessionTime(config: DatabaseConfig): string | undefined {
  const limit = config.statementMilliseconds ?? 0;
  if (limit <= 0 || isOwn(config.connection)) return undefined;
  const least = (name: string, milliseconds: number): string => `when '${name}' then
    case when setting::int8 between 1 and ${milliseconds} then setting else '${milliseconds}' end`;
  return `select set_config(name, case name ${least('statement_timeout', limit)} ${least('lock_timeout', Math.ceil(limit * 0.9))} end, false)
    from pg_settings where name in ('statement_timeout', 'lock_timeout')`;
}

type Wire = pg.Connection;

/** What the driver runs: its own queries, and those made like them. */
export interface Submittable {
  readonly name?: string | undefined;
  readonly text: string;
  submit(wire: Wire): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, wire: Wire): void;
  handleEmptyQuery(wire: Wire): void;
  handlePortalSuspended(wire: Wire): void;
  handleReadyForQuery(wire: Wire): void;
  handleError(error: unknown, wire: Wire): void;
}

/** The query with a limit of its own. */
export function within(query: Submittable, milliseconds: number): Submittable {
  let begun = false;
  return {
    // Before its own answers come, the driver would take it for parsed under its name.
    get name() {
      return begun ? query.name : undefined;
    },
    text: query.text,
    submit(wire) {
      wire.stream.cork();
      try {
        wire.parse({ name: '', text: "select set_config('statement_timeout', $1, true)", types: [] }, true);
        wire.bind({ portal: '', statement: '', values: [String(milliseconds)] }, true);
        wire.execute({ portal: '' }, true);
        const fault = query.submit(wire);
        // Half a message cannot be taken back.
        if (fault) wire.stream.destroy(fault);
        return fault;
      } finally {
        wire.stream.uncork();
      }
    },
    handleRowDescription: (message) => query.handleRowDescription(message),
    handleDataRow(message) {
      if (begun) query.handleDataRow(message);
    },
    handleCommandComplete(message, wire) {
      if (begun) query.handleCommandComplete(message, wire);
      begun = true;
    },
    handleEmptyQuery: (wire) => query.handleEmptyQuery(wire),
    handlePortalSuspended: (wire) => query.handlePortalSuspended(wire),
    handleReadyForQuery: (wire) => query.handleReadyForQuery(wire),
    handleError: (error, wire) => query.handleError(error, wire),
  };
}

type Query = pg.QueryArrayConfig & { readonly types: unknown };

/** Runs a query of the driver's own with a limit of its own. */
export function queryWithin(raw: pg.Client, query: Query, milliseconds: number): Promise<pg.QueryArrayResult<(string | null)[]>> {
  return new Promise((resolve, reject) => {
    const done = (error: unknown, result: unknown): void => {
      if (error) reject(error);
      else resolve(result as pg.QueryArrayResult<(string | null)[]>);
    };
    raw.query(within(new pg.Query(query, done) as pg.Query & Submittable, milliseconds));
  });
}
