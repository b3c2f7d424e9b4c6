/** What every source file keeps to: its length, types that are not got round, imports that lead to no circle, and exports that somebody imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import t from 'tap';
import { root } from '../support/entry.ts';

/** Paths of source files below the folders, from the root. */
function filesIn(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(?:ts|js|mjs)$/.test(file) && !file.includes('node_modules'))
      .map((file) => join(folder, file)),
  );
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

t.test('no file is longer than 300 lines, or 400 for tests, without saying why in its head', async (t) => {
  const files = filesIn(['src', 'migrations', 'test', 'bench', 'explorer', 'extensions']);
  t.ok(files.length > 500, 'files were found');
  const most = (file: string): number => (file.startsWith('test') ? 400 : 300);
  const lines = (file: string): number => read(file).split('\n').length - 1;
  const long = files.filter((file) => lines(file) > most(file) && !/long because/.test(read(file).slice(0, 600)));
  t.strictSame(long, []);
});

t.test('no type is got round', async (t) => {
  const escapes = /\bas any\b|[:<,|] ?any\b(?=[\s,;>)[\]|])|\bas unknown as\b|@ts-(?:ignore|nocheck|expect-error)|biome-ignore lint/;
  const found = filesIn(['src', 'migrations', 'bench']).flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, i) =>
        escapes.test(line.replace(/^\s*(?:\*|\/\*\*|\/\/).*|\s\/\/ .*$/, '')) ? [`${file}:${i + 1} ${line.trim()}`] : [],
      ),
  );
  t.strictSame(found, []);
});

/** What each file imports for more than its types. */
function importsOf(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    files.map((file) => {
      const statements = read(file).matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from\s+'(\.[^']+)';/gm);
      return [file, [...statements].map(([, from = '']) => normalize(join(dirname(file), from)))];
    }),
  );
}

/** Files that lead back to themselves, each with the way. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file);
    if (at !== -1) return void found.push([...way.slice(at), file].join(' -> '));
    if (done.has(file)) return;
    for (const next of imports.get(file) ?? []) walk(next, [...way, file]);
    done.add(file);
  };
  for (const file of imports.keys()) walk(file, []);
  return found;
}

t.test('imports lead to no circle', async (t) => {
  const imports = importsOf(filesIn(['src', 'migrations']));
  t.ok([...imports.values()].flat().length > 1000, 'imports were found');
  t.strictSame(circles(imports), []);
});

/** What the files import of each other by its name, as `file name`; `file *` where all of it is meant. */
function namesImported(files: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const file of files) {
    const target = (from: string): string => normalize(join(dirname(file), from)).replace(/\.js$/, '.ts');
    const text = read(file);
    for (const [, list = '', from = ''] of text.matchAll(/^(?:import|export)\s(?:type\s)?[^;'{]*\{([^}]*)\}\s+from\s+'(\.[^']+)'/gm)) {
      for (const part of list.split(','))
        names.add(
          `${target(from)} ${
            part
              .trim()
              .replace(/^type /, '')
              .split(' as ')[0]
          }`,
        );
    }
    for (const [, from = ''] of text.matchAll(/(?:\* as \w+ from\s+|\bimport\()'(\.[^']+)'/g)) names.add(`${target(from)} *`);
  }
  return names;
}

t.test('what is exported is imported', async (t) => {
  const names = namesImported(filesIn(['src', 'migrations', 'test', 'bench', 'extensions']));
  t.ok(names.size > 1000, 'imports were found');
  const unused = filesIn(['src']).flatMap((file) => {
    const text = read(file);
    const exports = text.matchAll(/^export\s(?:async\s)?(function\*?|const|let|class|interface|type)\s+(\w+)/gm);
    return [...exports].flatMap(([, kind = '', name = '']) => {
      // What a function of the file takes or gives may be named by whoever calls it.
      const told = ['interface', 'type'].includes(kind) && text.split(new RegExp(`\\b${name}\\b`)).length > 2;
      return told || file === join('src', 'index.ts') || names.has(`${file} ${name}`) || names.has(`${file} *`) ? [] : [`${file}: ${name}`];
    });
  });
  t.strictSame(unused, []);
});
