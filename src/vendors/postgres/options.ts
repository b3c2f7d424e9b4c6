/** What the driver is told when it connects: the project's own connection data, and what keeps a dead server from hanging a request. */
import { readFileSync } from 'node:fs';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { connectTimeout } from '../../dialect/pool-settings.ts';
import type { DatabaseConfig } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';

/** What a project may set; all else is ours. */
const allowed = [
  'host',
  'port',
  'user',
  'password',
  'database',
  'ssl',
  'options',
  'keepAlive',
  'connectionTimeoutMillis',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'application_name',
] as const;

const numbers = ['port', 'connectionTimeoutMillis', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'] as const;

/**
 * The driver's options for a project's `connection`, a URL or an object.
 *
 * @throws GatewayError database_unavailable when the text is no URL, or names a certificate that cannot be read; the former without a
 *   cause, which would repeat the URL and its password
 */
export function connectionOptions(connection: DatabaseConfig['connection']): Record<string, unknown> {
  const given = typeof connection === 'string' ? readUrl(connection) : connection;
  const options: Record<string, unknown> = { connectionTimeoutMillis: connectTimeout, keepAlive: true, application_name: 'sallyport' };
  for (const key of allowed) if (given[key] !== undefined) options[key] = given[key];
  return options;
}

function readUrl(text: string): Record<string, unknown> {
  try {
    return fromUrl(text);
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new GatewayError('database_unavailable', { message: 'The connection of this project is not a valid URL' });
  }
}

/** Stands where a URL has none, as in `postgres://me@/shop?host=/var/run/postgresql`, which `URL` refuses. */
const noHost = 'no-host.invalid';

function fromUrl(text: string): Record<string, unknown> {
  const url = new URL(text.replace(/^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)(?=[:/?#]|$)/i, `$1${noHost}`));
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw new TypeError('another protocol');
  const given: Record<string, unknown> = Object.fromEntries(url.searchParams);
  const host = decodeURIComponent(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  // As with the server's own clients, parameters stand above the parts of the URL.
  const parts = {
    ...(host === noHost || host === '' ? {} : { host }),
    ...(url.port === '' ? {} : { port: url.port }),
    ...(url.username === '' ? {} : { user: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.pathname.length > 1 ? { database: decodeURIComponent(url.pathname.slice(1)) } : {}),
  };
  const options: Record<string, unknown> = { ...parts, ...given, ssl: tlsOf(given) };
  for (const key of numbers) if (options[key] !== undefined) options[key] = Number(options[key]);
  return options;
}

/**
 * The modes of libpq: `require` encrypts without looking at the certificate unless one is given, and the two modes that leave the
 * choice to the server do without. Undefined where the URL says nothing: the driver then asks PGSSLMODE.
 */
function tlsOf(given: Readonly<Record<string, unknown>>): TlsOptions | boolean | undefined {
  const mode = given['sslmode'] ?? (given['sslrootcert'] === undefined ? undefined : 'require');
  if (mode === undefined) return given['ssl'] === undefined ? undefined : tlsFlag(given['ssl']);
  if (mode === 'disable' || mode === 'allow' || mode === 'prefer') return false;
  const ca = fileOf(given, 'sslrootcert');
  const cert = fileOf(given, 'sslcert');
  const key = fileOf(given, 'sslkey');
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  if (mode === 'no-verify' || (mode === 'require' && ca === undefined)) return { ...files, rejectUnauthorized: false };
  // Both look at who signed the certificate; only verify-full looks at the name on it.
  if (mode === 'require' || mode === 'verify-ca') return { ...files, checkServerIdentity: () => undefined };
  if (mode === 'verify-full') return files;
  throw new GatewayError('database_unavailable', { message: 'The connection of this project has an unknown sslmode' });
}

function tlsFlag(flag: unknown): TlsOptions | boolean {
  if (flag === 'no-verify') return { rejectUnauthorized: false };
  return flag !== 'false' && flag !== '0';
}

function fileOf(given: Readonly<Record<string, unknown>>, parameter: string): string | undefined {
  const path = given[parameter];
  if (typeof path !== 'string') return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new GatewayError('database_unavailable', { message: `The file that ${parameter} names cannot be read` }, error);
  }
}
