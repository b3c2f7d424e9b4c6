/** Which of the two servers answers, in which version, and whether that is served. */
import type { Flavor } from './dialect.ts';

export interface Server {
  readonly flavor: Flavor;
  /** Major, minor and patch; empty when the server prints something else. */
  readonly version: readonly number[];
}

const products: Readonly<Record<Flavor, string>> = { mysql: 'MySQL', mariadb: 'MariaDB' };

/**
 * MySQL's derived tables see outer columns from 8.0.14 on, and 8.0.17 has a collation by code point that counts blanks; MariaDB's JSON_ARRAYAGG takes an order and a limit from 10.5 on.
 */
const oldest: Readonly<Record<Flavor, readonly number[]>> = { mysql: [8, 0, 17], mariadb: [10, 5, 0] };

/** Reads `version()` and `@@version_comment`. */
export function serverOf(version: string, comment: string): Server {
  // Some proxies put MariaDB's old disguise in front: 5.5.5-10.11.2-MariaDB.
  const match = /^(?:5\.5\.5-)?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  const numbers = match === null ? [] : match.slice(1).map((part) => Number(part ?? 0));
  return { flavor: /mariadb/i.test(`${version} ${comment}`) ? 'mariadb' : 'mysql', version: numbers };
}

/** `MariaDB 10.11.19`. */
export function serverName(server: Server): string {
  return `${products[server.flavor]} ${server.version.join('.')}`.trim();
}

/** The sentence that refuses a server, undefined for one that is served. A version that cannot be read is not refused. */
export function tooOld(server: Server): string | undefined {
  const least = oldest[server.flavor];
  for (const [i, part] of least.entries()) {
    const difference = (server.version[i] ?? part) - part;
    if (difference > 0) return undefined;
    if (difference < 0) return `${serverName(server)} is too old: ${products[server.flavor]} ${least.join('.')} or later is needed`;
  }
  return undefined;
}
