/** MySQL's and MariaDB's errors as ours. */
import { conflict } from '../../dialect/outcomes.ts';
import { GatewayError } from '../../lib/errors.ts';

/** A connection that died: killed, closed for idling, or its server going down. */
const lostNumbers = new Set([1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013, 4031]);

/** A server that does not let us in: too many connections, wrong user or password, no such database, host not welcome. */
const refusedNumbers = new Set([1040, 1044, 1045, 1049, 1129, 1130, 1131, 1133, 1203, 1226, 1698, 3118, 3159]);

/** No connection became free, or none could be made, in time. */
const poolTimeouts = new Set(['KnexTimeoutError', 'TimeoutError']);

const timeoutNumbers = new Set([1969, 3024]);
/** A statement that somebody ended by hand. */
const killed = 1317;
const duplicateNumbers = new Set([1022, 1062, 1169, 1557, 1586, 1761, 1762]);
const conflictNumbers = new Set([1205, 1213, 3572, 1020]);
/** A view over something that went away, or that its owner may no longer read. */
const brokenView = 1356;
const readOnlyNumbers = new Set([1036, 1290, 1792, 1836]);

const constraintSentences: ReadonlyMap<number, string> = new Map([
  [1048, 'A required value is missing'],
  [1263, 'A required value is missing'],
  [1364, 'A required value is missing'],
  [1423, 'A required value is missing'],
  [1216, 'This value names a row that does not exist'],
  [1452, 'This value names a row that does not exist'],
  [1217, 'Other rows still refer to this one'],
  [1451, 'Other rows still refer to this one'],
  [1834, 'Other rows still refer to this one'],
  [3819, 'A check of the database refuses this value'],
  [4025, 'A check of the database refuses this value'],
  [1644, 'A rule of the database refuses this change'],
  [1369, 'The view does not show such a row'],
  [1526, 'The table has no partition for such a row'],
  [167, 'The table has no number left for another row'],
  [1467, 'The table has no number left for another row'],
  [1288, 'This view takes no changes'],
  [1348, 'This view takes no changes'],
  [1393, 'This view takes no changes of several tables at once'],
  [1394, 'This view takes no new rows'],
  [1395, 'Nothing can be deleted from this view'],
  [1471, 'This view takes no new rows'],
]);

const validationSentences: ReadonlyMap<number, string> = new Map([
  [1264, "A number is outside its column's range"],
  [1690, 'A number is outside the range the database can calculate with'],
  [1265, "A value does not fit its column's type"],
  [1292, "A value does not fit its column's type"],
  [1366, "A value does not fit its column's type"],
  [1367, "A value does not fit its column's type"],
  [1411, "A value does not fit its column's type"],
  [1416, "A value does not fit its column's type"],
  [1525, "A value does not fit its column's type"],
  [3037, "A value does not fit its column's type"],
  [3140, 'A value is not valid JSON'],
  [3141, 'A value is not valid JSON'],
  [3854, 'A value has letters that its column cannot hold'],
  [3988, 'A value has letters that its column cannot hold'],
  [4038, 'A value is not valid JSON'],
  [1406, 'A value is too long for its column'],
  [1139, 'The pattern is not valid'],
  [3685, 'The pattern is not valid'],
]);

const limitSentences: ReadonlyMap<number, string> = new Map([
  [1071, 'This column is too long to be unique; give it fewer characters'],
  [1117, 'A table of this database takes fewer columns'],
  [1118, 'The rows of this table would be longer than the database takes; long texts are of the type TEXT'],
  [1170, 'This database keeps no column of that type unique; give it the type VARCHAR'],
  [1116, 'The query joins more tables than the database can take; ask for fewer relations at once'],
  [1153, 'The request is larger than the database takes in one statement'],
  [1301, 'The answer is larger than the database can give in one value; ask for fewer nested rows'],
  [1390, 'The query holds more values than the database can take'],
  [1436, 'The query is nested more deeply than the database can take'],
  [3150, 'The answer is larger than the database can give in one value; ask for fewer nested rows'],
  [3157, 'The answer is nested more deeply than the database can give'],
]);

function property(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

function numberOf(error: unknown): number {
  const number = property(error, 'errno');
  return typeof number === 'number' ? number : 0;
}

/** Whether the connection that raised this can no longer be used. */
export function isLost(error: unknown): boolean {
  // The driver marks every fault of the network or of the protocol as fatal.
  return property(error, 'fatal') === true || property(error, 'code') === 'PROTOCOL_CONNECTION_LOST' || lostNumbers.has(numberOf(error));
}

/** Unknown table (1146), unknown column (1054), a view over something that went away (1356): see `Vendor.isStale`. */
export function isStale(error: unknown): boolean {
  return [1054, 1146, brokenView].includes(numberOf(error instanceof GatewayError ? error.cause : error));
}

/** Whether the server cannot run the statement prepared but might as plain text: nothing of it was executed. */
export function isPrepareRefused(error: unknown): boolean {
  return [1210, 1243, 1295, 1461, 1615].includes(numberOf(error));
}

/** Removes the statement's text, which the driver attaches and which holds the values where statements are not prepared. */
export function withoutSql(error: unknown): unknown {
  if (error instanceof Error && 'sql' in error) Reflect.deleteProperty(error, 'sql');
  return error;
}

/**
 * A driver's error as one of ours; the sentences name no SQL and no hidden column. Undefined for what is nobody's fault but
 * ours, such as a syntax error. An error that is one of ours already is returned as it is.
 */
export function translate(error: unknown): GatewayError | undefined {
  if (error instanceof GatewayError) return error;
  const number = numberOf(error);
  if (timeoutNumbers.has(number)) return new GatewayError('statement_timeout', {}, error);
  if (number === killed) {
    return new GatewayError('database_unavailable', { message: 'The statement was ended in the database; try again shortly' }, error);
  }
  if (duplicateNumbers.has(number)) return duplicate(error);
  if (conflictNumbers.has(number)) return conflict(error);
  if (number === brokenView) {
    return new GatewayError('unprocessable', { message: 'This view is broken: what it is made of has changed or is gone' }, error);
  }
  if (readOnlyNumbers.has(number)) return new GatewayError('unprocessable', { message: 'This database takes no changes' }, error);
  const constraint = constraintSentences.get(number);
  if (constraint !== undefined) return new GatewayError('constraint', { message: constraint, field: columnOf(error) }, error);
  const validation = validationSentences.get(number);
  if (validation !== undefined) return new GatewayError('validation', { message: validation, field: columnOf(error) }, error);
  const limit = limitSentences.get(number);
  if (limit !== undefined) return new GatewayError('limit_exceeded', { message: limit }, error);
  const waited = poolTimeouts.has(String(property(error, 'name')));
  if (waited || refusedNumbers.has(number) || isLost(error)) {
    return new GatewayError('database_unavailable', {}, error);
  }
  return undefined;
}

/** `Duplicate entry 'x' for key 'name'`; from MySQL 8.0.19 on the key is `table.name`. */
function duplicate(error: unknown): GatewayError {
  const match = /^Duplicate entry '(.*)' for key '(?:([^.']*)\.)?[^']*'$/s.exec(String(property(error, 'message')));
  return new GatewayError('duplicate', { value: match?.[1], collection: match?.[2] }, error);
}

/** The column a message names, for an engine that knows whether the caller may hear of it. */
function columnOf(error: unknown): string | undefined {
  const match = /(?:[Cc]olumn|Field) '([^']+)'/.exec(String(property(error, 'message')));
  return match?.[1];
}
