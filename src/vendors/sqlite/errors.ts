/** SQLite's errors as ours. */
import { conflict } from '../../dialect/outcomes.ts';
import { GatewayError } from '../../lib/errors.ts';

const constraintSentences: Readonly<Record<string, string>> = {
  SQLITE_CONSTRAINT_NOTNULL: 'A required value is missing',
  SQLITE_CONSTRAINT_FOREIGNKEY: 'This value names a row that does not exist, or other rows still refer to this one',
  SQLITE_CONSTRAINT_CHECK: 'A check of the database refuses this value',
  SQLITE_CONSTRAINT_TRIGGER: 'A rule of the database refuses this change',
  SQLITE_CONSTRAINT_DATATYPE: "A value does not fit its column's type",
};

const duplicates = new Set(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_ROWID']);

/** Plain SQLITE_ERROR, told apart by the few messages that speak of a query's size. */
const tooMuch =
  /too many (?:SQL variables|terms|columns|FROM clause terms)|at most \d+ tables in a join|Expression tree is too large|parser stack overflow/;

/** No connection became free, or none could be made, in time. */
const poolTimeouts = new Set(['KnexTimeoutError', 'TimeoutError']);

function property(error: unknown, name: string): string {
  return typeof error === 'object' && error !== null ? String(Reflect.get(error, name)) : '';
}

/** Whether the connection that raised this should be opened anew: its file is gone, broken, or not what it was. */
export function isLost(error: unknown): boolean {
  return /^SQLITE_(?:CANTOPEN|NOTADB|IOERR|CORRUPT)/.test(property(error, 'code'));
}

/** Whether another process has the lock that was needed; nothing was done. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(?:BUSY|LOCKED)/.test(property(error, 'code'));
}

/**
 * A driver's error as one of ours; the sentences name no SQL and no hidden column. Undefined for what is nobody's fault but
 * ours, such as a syntax error. An error that is one of ours already is returned as it is.
 */
export function translate(error: unknown): GatewayError | undefined {
  if (error instanceof GatewayError) return error;
  const code = property(error, 'code');
  if (duplicates.has(code)) return new GatewayError('duplicate', named(error), error);
  if (code.startsWith('SQLITE_CONSTRAINT')) {
    const { value: field } = named(error);
    return new GatewayError('constraint', { message: constraintSentences[code], field }, error);
  }
  if (isBusy(error)) return conflict(error);
  if (code === 'SQLITE_NOTADB') {
    return new GatewayError('database_unavailable', { message: 'The file of this project is not a SQLite database' }, error);
  }
  if (isLost(error) || /^SQLITE_(?:FULL|NOMEM)/.test(code) || poolTimeouts.has(property(error, 'name'))) {
    return new GatewayError('database_unavailable', {}, error);
  }
  if (code.startsWith('SQLITE_READONLY')) return new GatewayError('unprocessable', { message: 'This database takes no changes' }, error);
  if (code === 'SQLITE_INTERRUPT') return new GatewayError('statement_timeout', {}, error);
  if (code === 'SQLITE_MISMATCH') return new GatewayError('validation', { message: "A value does not fit its column's type" }, error);
  if (code === 'SQLITE_TOOBIG')
    return new GatewayError('limit_exceeded', { message: 'A value is larger than the database can take' }, error);
  if (code === 'SQLITE_ERROR' && tooMuch.test(property(error, 'message'))) {
    return new GatewayError('limit_exceeded', { message: 'The query is larger than the database can take; ask for less at once' }, error);
  }
  return undefined;
}

/** `UNIQUE constraint failed: table.a, table.b`: SQLite tells no value, so the columns stand for it. */
function named(error: unknown): { collection?: string; value?: string } {
  const list = /constraint failed: (.+)$/.exec(property(error, 'message'))?.[1];
  if (list === undefined || !list.includes('.')) return {};
  const pairs = list.split(', ').map((pair) => pair.split('.'));
  const collection = pairs[0]?.[0];
  const value = pairs.map(([, column]) => column ?? '').join(', ');
  return { ...(collection === undefined ? {} : { collection }), value };
}

/** SQLite has one code for all faults of a statement; its message tells which. See `Vendor.isStale`. */
export function isStale(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'SQLITE_ERROR' && /no such (table|column)/.test(error.message);
}
