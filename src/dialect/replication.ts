/** How far a server that copies another one has come, told by positions in that one's log. */
import type { Queryable } from './types.ts';

/** A position in a log, in words of the vendor's own. */
export type LogPosition = readonly string[];

/** What is needed of a connection for that. */
type Asked = Pick<Queryable, 'rows'>;

export interface Replication {
  /**
   * The end of the primary's log: whatever was committed before it is asked lies before it.
   *
   * @throws GatewayError database_unavailable where the primary keeps no log by which that can be told
   */
  end(primary: Asked): Promise<LogPosition>;
  /**
   * Whether what lies before the position is there to be read.
   *
   * @throws GatewayError database_unavailable where the server is no copy of that primary
   */
  reached(replica: Asked, position: LogPosition): Promise<boolean>;
}

/** The sentence about a server of something else. */
export const noCopy = "This server is no replica of the project's database";
