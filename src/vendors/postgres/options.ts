/** What the driver is told when it connects: the project's own connection data, and what keeps a dead server from hanging a request. */
import type { DatabaseConfig } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';

/** Milliseconds; a server that does not answer by then counts as down. */
export const connectTimeout = 5000;

/** What a project may set; all else is ours. */
const allowed = ['host', 'port', 'user', 'password', 'database', 'ssl', 'options', 'keepAlive', 'connectionTimeoutMillis'] as const;

/**
 * The driver's options for a project's `connection`, a URL or an object.
 *
 * @throws GatewayError database_unavailable when the text is no URL; without a cause, which would repeat the URL and its password
 */
export function connectionOptions(connection: DatabaseConfig['connection']): Record<string, unknown> {
  const options: Record<string, unknown> = { connectionTimeoutMillis: connectTimeout, keepAlive: true };
  if (typeof connection === 'string') {
    if (!/^postgres(ql)?:\/\//i.test(connection) || !URL.canParse(connection)) {
      throw new GatewayError('database_unavailable', { message: 'The connection of this project is not a valid URL' });
    }
    options['connectionString'] = connection;
  } else for (const key of allowed) if (connection[key] !== undefined) options[key] = connection[key];
  return { ...options, application_name: 'sallyport' };
}
