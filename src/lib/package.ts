/** This package itself, found by its name: its code runs as compiled modules and as a bundle, which lie at different depths. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const load = createRequire(import.meta.url);
const description = 'sallyport/package.json';

/** The version of this package. */
export function ownVersion(): string {
  const own: { version: string } = load(description);
  return own.version;
}

/** The absolute path of a file or folder of this package, from its path there. */
export function pathInPackage(path: string): string {
  return join(dirname(load.resolve(description)), path);
}
