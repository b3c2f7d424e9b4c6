/** How a server is called. What it can do is not told by that (capabilities.ts). */
import type { Flavor } from './dialect.ts';

const products: Readonly<Record<Flavor, string>> = { mysql: 'MySQL', mariadb: 'MariaDB' };

/** `MariaDB 10.11.19`, out of `version()`. */
export function serverName(flavor: Flavor, version: string): string {
  // Some proxies put MariaDB's old disguise in front: 5.5.5-10.11.2-MariaDB.
  const numbers = /^(?:5\.5\.5-)?(\d+\.\d+(?:\.\d+)?)/.exec(version)?.[1] ?? '';
  return `${products[flavor]} ${numbers}`.trim();
}
