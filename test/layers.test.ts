/** The layers of docs/architecture.md hold: biome.json says what the document says, and no import goes upwards. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import t from 'tap';

const root = process.cwd();
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Layers {
  /** Folder to row. */
  readonly rows: ReadonlyMap<string, number>;
  /** Package to the folders that may import it. */
  readonly packages: ReadonlyMap<string, readonly string[]>;
}

/** The two tables of the section about layers. */
function readTables(): Layers {
  const section = read('docs/architecture.md').split('\n## 3. Layers\n')[1]?.split('\n## ')[0] ?? '';
  const rows = new Map<string, number>();
  const packages = new Map<string, string[]>();
  for (const [, first = '', second = ''] of section.matchAll(/^\| ([\w-]+) \| ([^|]+) \|$/gm)) {
    const folders = second.split(',').map((folder) => folder.trim());
    if (/^\d+$/.test(first)) for (const folder of folders) rows.set(folder, Number(first));
    else if (first !== 'row' && first !== 'package') packages.set(first, folders);
  }
  return { rows, packages };
}

const layers = readTables();
const vendor = (folder: string): boolean => folder.startsWith('vendors/') && folder !== 'vendors/index';

/** Folders that `folder` must not import. */
function forbidden(folder: string): string[] {
  const own = layers.rows.get(folder) ?? 0;
  return [...layers.rows]
    .filter(([other]) => other !== folder && other !== 'index')
    .filter(([other, row]) => (vendor(other) ? folder !== 'vendors/index' : row >= own))
    .map(([other]) => other);
}

function patternOf(other: string): string {
  if (other === 'vendors/index') return '**/vendors/index.ts';
  return `**/${vendor(other) ? other.slice('vendors/'.length) : other}/**`;
}

/** The override of one folder, as biome.json must have it. */
function override(folder: string): unknown {
  const others = forbidden(folder).map(patternOf);
  const packages = [...layers.packages].filter(([, allowed]) => !allowed.includes(folder)).flatMap(([name]) => [name, `${name}/**`]);
  const exceptions = folder === 'config' || folder === 'schema' ? ['!**/dialect/types.ts'] : [];
  const place = folder === 'migrations' ? 'migrations/**' : folder === 'vendors/index' ? 'src/vendors/index.ts' : `src/${folder}/**`;
  const patterns = [{ group: [...others, ...packages, ...exceptions], message: 'see docs/architecture.md: layers' }];
  return { includes: [place], linter: { rules: { style: { noRestrictedImports: { level: 'error', options: { patterns } } } } } };
}

/** What the table must have a row for: the folders of `src`, each vendor by itself, the one file of `vendors`, and the migrations. */
function foldersOfTheTree(): string[] {
  const below = (folder: string): string[] =>
    readdirSync(join(root, 'src', folder), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  const vendors = below('vendors').map((name) => `vendors/${name}`);
  return ['migrations', 'index', 'vendors/index', ...vendors, ...below('').filter((name) => name !== 'vendors')];
}

t.test('the table has the folders that are there, and no others', async (t) => {
  t.equal(layers.rows.get('lib'), 1, 'the tables were found');
  t.strictSame([...layers.rows.keys()].sort(), foldersOfTheTree().sort());
  const importing = [...layers.packages.values()].flat();
  t.strictSame(
    importing.filter((folder) => !layers.rows.has(folder)),
    [],
    'those that may import a package',
  );
});

t.test('biome.json says what the tables say', async (t) => {
  const wanted = [...layers.rows.keys()].filter((folder) => folder !== 'index').map(override);
  const found: { overrides?: unknown[] } = JSON.parse(read('biome.json'));
  t.same(found.overrides, wanted);
});

/** The folder of the tables that a file belongs to. */
function folderOf(file: string): string {
  const [first = '', second = '', third] = file.split('/');
  if (first !== 'src') return first;
  if (third === undefined && second.endsWith('.ts')) return second.slice(0, -'.ts'.length);
  return second === 'vendors' ? `vendors/${third?.replace(/\.ts$/, '')}` : second;
}

t.test('every import keeps to the tables', async (t) => {
  const files = ['src', 'migrations'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
  );
  const wrong: string[] = [];
  for (const file of files) {
    const folder = folderOf(file);
    if (!layers.rows.has(folder)) wrong.push(`${file}: the folder ${folder} has no row`);
    for (const [, from = ''] of read(file).matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)) {
      const target = from.startsWith('.') ? normalize(join(dirname(file), from)) : from;
      if (from.startsWith('.')) {
        const typesOnly = target === join('src', 'dialect', 'types.ts') && (folder === 'config' || folder === 'schema');
        if (!typesOnly && forbidden(folder).includes(folderOf(target))) wrong.push(`${file} imports ${relative('', target)}`);
      }
      const [name = ''] = from.split('/');
      const allowed = layers.packages.get(name);
      if (allowed && !allowed.includes(folder)) wrong.push(`${file} imports ${from}`);
    }
  }
  t.same(wrong, []);
});
