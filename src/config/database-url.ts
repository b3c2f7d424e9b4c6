/** Reads a database's URL: DATABASE_URL, the argument of `init`, and the text form of `database.connection`. */
import { resolve } from 'node:path';
import type { DatabaseConfig, VendorName } from '../dialect/types.ts';

const schemes: Readonly<Record<string, VendorName>> = {
  postgres: 'pg',
  postgresql: 'pg',
  mysql: 'mysql2',
  mariadb: 'mysql2',
  sqlite: 'better-sqlite3',
  sqlite3: 'better-sqlite3',
  file: 'better-sqlite3',
};

const expected: Readonly<Record<VendorName, string>> = {
  pg: 'must start with postgres:// or postgresql://',
  mysql2: 'must start with mysql:// or mariadb://',
  'better-sqlite3': 'must be the name of a file, optionally after sqlite: or file:',
};

/** The client a URL is for. A name without a scheme is a SQLite file; an unknown scheme is nobody's. */
export function clientOfUrl(url: string): VendorName | undefined {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase();
  return scheme === undefined ? 'better-sqlite3' : schemes[scheme];
}

/**
 * The connection a URL stands for.
 * A relative SQLite name is taken from the current directory of the process.
 *
 * @returns the connection, or the sentence that says what is wrong; it never repeats the URL, which may hold a password
 */
export function connectionOfUrl(client: VendorName, url: string): { connection: DatabaseConfig['connection'] } | { fault: string } {
  if (clientOfUrl(url) !== client) return { fault: `${expected[client]} for the client "${client}"` };
  if (client === 'better-sqlite3') {
    const filename = url.replace(/^(?:sqlite3?|file):(?:\/\/)?/i, '');
    if (filename === '') return { fault: 'names no file' };
    return { connection: { filename: filename === ':memory:' ? filename : resolve(filename) } };
  }
  if (!/^[a-z]+:\/\//i.test(url)) return { fault: expected[client] };
  // The driver knows the scheme mysql only.
  return { connection: client === 'mysql2' ? url.replace(/^mariadb:/i, 'mysql:') : url };
}
