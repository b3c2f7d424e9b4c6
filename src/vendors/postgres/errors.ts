/** PostgreSQL's errors as ours. */
import { conflict, isConflict } from '../../dialect/outcomes.ts';
import { GatewayError } from '../../lib/errors.ts';

function property(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

function codeOf(error: unknown): string {
  const code = property(error, 'code');
  return typeof code === 'string' ? code : '';
}

/** Faults of the network, of name lookup and of TLS, by Node's codes. */
const network = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|ENOENT$|EACCES$|ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;
/** What the driver says without any code when a connection is gone or never came. */
const lostMessages =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired|The server does not support SSL)/;
const poolTimeouts = new Set(['KnexTimeoutError', 'TimeoutError']);

/** Whether a server behind a foreign table failed: our own connection lives on. */
export function isElsewhere(error: unknown): boolean {
  const routine = String(property(error, 'routine') ?? '');
  return /^HV/.test(codeOf(error)) || /^(connect_pg_server|pgfdw_|GetFdwRoutine|GetUserMapping)/.test(routine);
}

/** Whether the connection that raised this can no longer be used. */
export function isLost(error: unknown): boolean {
  const code = codeOf(error);
  return (
    (/^(08|57P0[1-5])/.test(code) && !isElsewhere(error)) ||
    network.test(code) ||
    lostMessages.test(String(property(error, 'message') ?? ''))
  );
}

/** Whether the server refuses the name of a prepared statement: it lost it, or its result changed shape. */
export function isForgotten(error: unknown): boolean {
  const code = codeOf(error);
  // The message "cached plan must not change result type" may come in any language; the place it comes from has one name.
  return code === '26000' || (code === '0A000' && property(error, 'routine') === 'RevalidateCachedQuery');
}

/** An unknown table (42P01) or column (42703): see `Vendor.isStale`. */
export function isStale(error: unknown): boolean {
  // A transaction that met this fails as one that may be tried again.
  return (
    ['42P01', '42703', '3F000'].includes(codeOf(error)) ||
    isForgotten(error) ||
    (isConflict(error) && isForgotten(property(error, 'cause')))
  );
}

const constraints: ReadonlyMap<string, string> = new Map([
  ['23502', 'A required value is missing'],
  ['23503', 'This value names a row that does not exist, or other rows still refer to this one'],
  ['23514', 'A check of the database refuses this value'],
  ['23P01', 'This value conflicts with another row'],
  ['44000', 'The view does not show such a row'],
  ['P0001', 'A rule of the database refuses this change'],
]);

const unfilled = 'A materialised view has not been filled yet; refresh it in the database';
const elsewhere = 'Another database, in which these rows lie, does not answer';

/** The values named by `Key (a, b)=(1, 2) already exists.`, in whatever language the server says so. */
function duplicated(error: unknown): string | undefined {
  return /\)=\((.*)\)/s.exec(String(property(error, 'detail') ?? ''))?.[1];
}

/** Whether somebody ended the statement: by hand, or by the time limit of the one before, which fired as that one was over. */
export function isCancelled(error: unknown): boolean {
  return codeOf(error) === '57014' && /user request/.test(String(property(error, 'message')));
}

/** Codes of values that break the syntax of their type, or name what is not there; errors in our SQL have the same. */
const misspelled = /^(42601|42602|42622|42704|42725|42883|42P01|3F000|XX000)$/;
/** Where those of values come from: types of texts with operators, `hstore`, `ltree` and `seg`, and names of things in the database. */
const readers = new RegExp(
  `^(?:${[
    'prssyntaxerror|gettoken_.*|makepol|parse_tsquery|pushOpStack|jsonpath_yyerror',
    'parse_hstore|get_val|parse_ltree|parse_lquery|finish_nodeitem|seg_yyerror',
    'stringToQualifiedNameList|makeRangeVarFromNameList|parseTypeString|reg[a-z]+in|get_(?:role|namespace|ts_config|ts_dict|collation)_oid',
  ].join('|')})$`,
);

/** PostGIS gives most errors of its readers the code of a fault of the server. */
const shapeReaders = new Set(['lwgeom_pg.c', 'geography_inout.c', 'lwgeom_transform.c', 'lwgeom_inout.c']);

/** Whether a value of a type with a syntax of its own breaks that. */
function isMisspelled(error: unknown): boolean {
  if (codeOf(error) === 'XX000' && shapeReaders.has(String(property(error, 'file') ?? ''))) return true;
  return misspelled.test(codeOf(error)) && readers.test(String(property(error, 'routine') ?? ''));
}

/** Whether a rule of the database (`create rule`) turns the statement into one that gives no rows back. */
function isRewritten(error: unknown): boolean {
  return codeOf(error) === '0A000' && property(error, 'routine') === 'RewriteQuery';
}

/**
 * A driver's error as one of ours; the sentences name no SQL. Undefined for what is nobody's fault but ours, such as a syntax error.
 * An error that is one of ours already is returned as it is.
 */
export function translate(error: unknown): GatewayError | undefined {
  if (error instanceof GatewayError) return error;
  const code = codeOf(error);
  if (code === '57014') {
    // In another language it passes for a statement out of time.
    if (isCancelled(error))
      return new GatewayError('database_unavailable', { message: 'The statement was ended in the database; try again shortly' }, error);
    return new GatewayError('statement_timeout', {}, error);
  }
  if (code === '23505')
    return new GatewayError('duplicate', { value: duplicated(error), collection: String(property(error, 'table') ?? '') }, error);
  const constraint = constraints.get(code);
  if (constraint !== undefined) return new GatewayError('constraint', { message: constraint, field: columnOf(error) }, error);
  if (code === '40001' || code === '40P01' || code === '55P03') return conflict(error);
  // Asked of the database itself when a connection is made: see below.
  if (code === '42501' && property(error, 'routine') !== 'CheckMyDatabase') {
    return new GatewayError('forbidden', { message: 'The database does not allow this to the user that the project connects as' }, error);
  }
  if (code === '55000' && property(error, 'routine') === 'ExecOpenScanRelation') {
    return new GatewayError('unprocessable', { message: unfilled }, error);
  }
  if (isElsewhere(error)) return new GatewayError('database_unavailable', { message: elsewhere }, error);
  if (code === '25006' || code === '55000' || isRewritten(error))
    return new GatewayError('unprocessable', { message: 'This database takes no such change' }, error);
  if (code === '54000' || code === '54001' || code === '54011' || code === '54023') {
    return new GatewayError('limit_exceeded', { message: 'The query is larger than the database can take; ask for less at once' }, error);
  }
  if (/^22/.test(code) || isMisspelled(error))
    return new GatewayError('validation', { message: "A value does not fit its column's type", field: columnOf(error) }, error);
  // 28 and 42501: not let in; 3D: no such database; 53: out of connections, memory or disk.
  const refused = /^(28|3D|53|42501)/.test(code) || poolTimeouts.has(String(property(error, 'name')));
  return refused || isLost(error) ? new GatewayError('database_unavailable', {}, error) : undefined;
}

function columnOf(error: unknown): string | undefined {
  const column = property(error, 'column');
  return typeof column === 'string' ? column : undefined;
}
