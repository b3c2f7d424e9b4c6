/** What the driver is told when it connects: the project's own connection data, and the settings that keep values exact. */
import type { Knex } from 'knex';
import type { ConnectionOptions, SslOptions } from 'mysql2';
import { connectTimeout } from '../../dialect/pool-settings.ts';
import type { DatabaseConfig } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';

/** What a project may set; all else is ours, since values would not travel exactly with other settings. */
const allowed = [
  'host',
  'port',
  'user',
  'password',
  'database',
  'socketPath',
  'localAddress',
  'connectTimeout',
  'compress',
  'ssl',
  'enableCleartextPlugin',
  'enableKeepAlive',
  'keepAliveInitialDelay',
] as const;

/** Nothing is decoded that would lose digits or depend on a time zone. */
const exact = {
  charset: 'utf8mb4',
  timezone: 'Z',
  supportBigNumbers: true,
  bigNumberStrings: true,
  dateStrings: true,
  jsonStrings: true,
  maxPreparedStatements: 200,
  multipleStatements: false,
} satisfies ConnectionOptions;

/**
 * The driver's options for a project's `connection`, a URL or an object.
 *
 * @throws GatewayError database_unavailable when the text is no URL; without a cause, which would repeat the URL and its password
 */
export function connectionOptions(connection: DatabaseConfig['connection']): Knex.MySql2ConnectionConfig {
  const given = typeof connection === 'string' ? readUrl(connection) : connection;
  const options: Record<string, unknown> = { connectTimeout };
  for (const key of allowed) if (given[key] !== undefined) options[key] = given[key];
  // `true` is how URLs ask for TLS; the driver wants an object.
  if (options['ssl'] === true) options['ssl'] = {};
  if (options['ssl'] === false) delete options['ssl'];
  // The server must never be able to ask this machine for a file.
  return { ...options, ...exact, flags: '-LOCAL_FILES' };
}

function readUrl(text: string): Record<string, unknown> {
  try {
    return fromUrl(text);
  } catch {
    throw new GatewayError('database_unavailable', { message: 'The connection of this project is not a valid URL' });
  }
}

function fromUrl(text: string): Record<string, unknown> {
  const url = new URL(text);
  const host = decodeURIComponent(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  const given: Record<string, unknown> = {};
  for (const [key, value] of url.searchParams) {
    if (key === 'ssl-mode' || key === 'sslmode') given['ssl'] = sslOf(value);
    else given[key] = parsed(value);
  }
  if (host !== '') given['host'] = host;
  if (url.port !== '') given['port'] = Number(url.port);
  if (url.username !== '') given['user'] = decodeURIComponent(url.username);
  if (url.password !== '') given['password'] = decodeURIComponent(url.password);
  if (url.pathname.length > 1) given['database'] = decodeURIComponent(url.pathname.slice(1));
  return given;
}

/** The modes of the servers' own clients: REQUIRED encrypts without looking at the certificate. */
function sslOf(mode: string): SslOptions | undefined {
  const name = mode.toLowerCase().replaceAll('-', '_');
  if (name === 'required' || name === 'require') return { rejectUnauthorized: false };
  if (name === 'verify_ca') return { rejectUnauthorized: true };
  if (name === 'verify_identity' || name === 'verify_full') return { rejectUnauthorized: true, verifyIdentity: true };
  return undefined;
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
