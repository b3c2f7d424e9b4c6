/** What the entry files share: loading the test files of a folder into this process, which is far faster than a process each. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import t from 'tap';

/** The compiled `test` folder. */
const compiled = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The root of the project. */
export const root = join(compiled, '..', '..');

/** What stands beside the project for its developers only; tests that need it skip without it. */
export const shared = join(root, '..', 'shared');

/** Folders whose tests start processes, and those whose tests open databases and servers: entries of their own, so that they run side by side. */
export const processFolders: readonly string[] = ['cli', 'demo'];
export const outsideFolders: readonly string[] = ['changes', 'extensions', 'files', 'projects', 'server', 'system', 'vendors'];

/** Folders of `test` with tests of their own. */
export function testFolders(): string[] {
  return readdirSync(compiled, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['features', 'fixtures', 'support'].includes(entry.name))
    .map((entry) => entry.name);
}

/**
 * Imports every `*.test.ts` below those folders. A compiled file whose source is gone is left alone.
 * The import is a test itself: the run would end where the tests of one file are over before the next file is there.
 */
export function loadTests(folders: readonly string[]): void {
  t.setTimeout(700_000);
  t.test(`the tests of ${folders.join(', ')}`, async (t) => {
    let count = 0;
    for (const folder of folders) {
      const names = readdirSync(join(compiled, folder), { recursive: true, encoding: 'utf8' });
      for (const name of names.filter((one) => one.endsWith('.test.js')).sort()) {
        const file = join(compiled, folder, name);
        const source = join(root, 'test', relative(compiled, file)).replace(/\.js$/, '.ts');
        if (!existsSync(source)) continue;
        await import(pathToFileURL(file).href);
        count++;
      }
    }
    t.ok(count > 0, `${count} files are loaded`);
  });
}
