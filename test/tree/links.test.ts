/** Every page is found from the README, and every link of a page leads somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import t from 'tap';
import { root } from '../support/entry.ts';

const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const pages = ['README.md', 'SECURITY.md', 'CHANGELOG.md', 'bench/README.md', ...docs.map((name) => `docs/${name}`)];

/** The text without its blocks of code, in which brackets are no links. */
const prose = (page: string): string => readFileSync(join(root, page), 'utf8').replace(/^```[^\n]*\n[\s\S]*?^```$/gm, '');

interface Link {
  /** From the root. */
  readonly file: string;
  readonly anchor: string | undefined;
}

function linksOf(page: string): Link[] {
  const targets = [...prose(page).matchAll(/\]\((?![a-z]+:)([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.map((target) => {
    const [file = '', anchor] = target.split('#');
    return { file: file === '' ? page : normalize(join(dirname(page), file)), anchor };
  });
}

/** The anchors of its headings, as GitHub makes them. */
function anchorsOf(page: string): Set<string> {
  const headings = [...prose(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replace(/&[a-z]+;/g, '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  );
}

t.test('links lead somewhere', async (t) => {
  const dead = pages.flatMap((page) =>
    linksOf(page).flatMap(({ file, anchor }) => {
      if (!existsSync(join(root, file))) return [`${page}: ${file}`];
      return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor) ? [`${page}: ${file}#${anchor}`] : [];
    }),
  );
  t.ok(pages.flatMap(linksOf).length > 100, 'links were found');
  t.strictSame(dead, []);
});

t.test('the README leads to every page', async (t) => {
  const linked = new Set(linksOf('README.md').map(({ file }) => file));
  t.strictSame(
    pages.filter((page) => page !== 'README.md' && !linked.has(page)),
    [],
  );
});
