/** One statement on one raw connection of the driver: binding, sending, and what came back, undecoded as far as possible. */
import type { FieldPacket, Query, Connection as RawConnection, ResultSetHeader, RowDataPacket } from 'mysql2';
import mysql2 from 'mysql2';
import { GatewayError } from '../../lib/errors.ts';
import type { Statement } from '../../lib/fragment.ts';
import { isPrepareRefused, withoutSql } from './errors.ts';
import { readAsBytes } from './values.ts';
import { forgetWarnings, warningCount } from './warnings.ts';

export interface Answer {
  readonly rows: readonly (readonly unknown[])[];
  readonly fields: readonly FieldPacket[];
  /** Rows an INSERT, UPDATE or DELETE touched; one that an UPDATE found as it should be counts. */
  readonly touched: number;
  /** The first key that an INSERT generated; absent where it generated none. */
  readonly firstId?: string;
}

type Bound = Parameters<RawConnection['execute']>[1];
type Reply = RowDataPacket[][] | ResultSetHeader;
type Done = (error: unknown, reply: Reply | undefined, fields: FieldPacket[] | undefined) => void;

/** "... was cut by group_concat()", and "larger than max_allowed_packet; truncated". */
const cutWarnings = new Set([1260, 1301]);

/**
 * Runs a statement. With `prepared` it goes the binary way, which the driver keeps prepared by text; what the server cannot
 * prepare goes as text.
 *
 * @throws the driver's error, without the statement's text
 */
export async function send(raw: RawConnection, statement: Statement, prepared: boolean): Promise<Answer> {
  if (!prepared) return once(raw, statement, false);
  try {
    return await once(raw, statement, true);
  } catch (error) {
    if (!isPrepareRefused(error)) throw error;
    raw.unprepare(statement.text);
    return once(raw, statement, false);
  }
}

function once(raw: RawConnection, statement: Statement, prepared: boolean): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const done: Done = (error, reply, fields) => {
      if (error) reject(withoutSql(error));
      else if (Array.isArray(reply)) resolve({ rows: reply, fields: fields ?? [], touched: 0 });
      else resolve({ rows: [], fields: [], touched: reply?.affectedRows ?? 0, ...firstIdOf(reply?.insertId) });
    };
    start(raw, statement, prepared, done);
  });
}

/** Exact, though the driver has texts for large numbers where its types say otherwise, and signs them: no key that is generated is less than one. */
function firstIdOf(id: number | undefined): { firstId?: string } {
  const key = BigInt.asUintN(64, BigInt(id ?? 0));
  return key === 0n ? {} : { firstId: String(key) };
}

/** Sends a statement; without `done` its rows are the command's `result` events. */
export function start(raw: RawConnection, statement: Statement, prepared: boolean, done?: Done): Query {
  forgetWarnings(raw);
  const options = { sql: statement.text, rowsAsArray: true };
  const command = prepared
    ? raw.execute<Reply>(options, statement.values.map(bound), done)
    : raw.query<Reply>(options, [...statement.values], done);
  return command.on('fields', (fields: FieldPacket[] | undefined) => readAsBytes(fields ?? []));
}

/** A whole number goes as an integer: the driver would send a double, which MariaDB refuses as the limit of an aggregate. */
function bound(value: unknown): Exclude<Bound, undefined> {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return mysql2.TypedParameter.LONGLONG(value);
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? mysql2.TypedParameter.LONGLONG(value) : value.toString();
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
  if (Buffer.isBuffer(value)) return value;
  throw new TypeError(`A value of type ${typeof value} cannot be bound`);
}

/**
 * Refuses an answer in which an aggregate was cut. The list of warnings is asked for only when the answer carried some, or
 * when the driver does not tell.
 *
 * @throws GatewayError limit_exceeded
 */
export async function refuseCut(raw: RawConnection): Promise<void> {
  if (warningCount(raw) === 0) return;
  const { rows } = await once(raw, { text: 'show warnings', values: [] }, false);
  if (rows.some(([, code]) => cutWarnings.has(Number(code)))) {
    throw new GatewayError('limit_exceeded', {
      message: 'A nested list is too long for this database to give in one piece; ask for fewer nested rows',
    });
  }
}
