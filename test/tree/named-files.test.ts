/** Files that the pages name are there: those of the map in docs/architecture.md, and those in the running text of every page. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { root } from '../support/entry.ts';

const folders = ['src', 'migrations', 'test', 'bench', 'explorer', 'extensions'];
const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `/${folder}/${file}`),
);
const pages = ['README.md', 'bench/README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

/** Whether a file has that name, or that end of a path; `*` stands for some of a name. */
function isThere(name: string): boolean {
  const pattern = new RegExp(`/${name.replace(/[.]/g, '\\.').replace(/\*/g, '[^/]*')}$`);
  return files.some((file) => pattern.test(file));
}

t.test('files of the map', async (t) => {
  const map = read('docs/architecture.md').split('\n## 2. Tree\n')[1]?.split('\nRules: ')[0] ?? '';
  const names = [...map.matchAll(/(?<![\w.$/-])[\w*/-]+\.ts\b/g)].map(([name]) => name);
  t.ok(names.length > 300, 'names were found');
  t.strictSame(
    names.filter((name) => !isThere(name)),
    [],
  );
});

t.test('files of the running text', async (t) => {
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/`([\w*/-]+\.(?:test\.ts|ts|mjs|sh))`/g)].map(([, name = '']) => ({ page, name })),
  );
  t.ok(named.length > 50, 'names were found');
  t.strictSame(
    named.filter(({ name }) => !isThere(name)),
    [],
  );
});
