/** `npm run endpoints`: writes the tables of docs/directus-8.md anew: which endpoints answer, and which recorded answers differ. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tableHead, tableOf, tickedEndpoints } from './endpoint-table.ts';
import { root } from './entry.ts';
import { startGarden } from './garden.ts';
import { recordedDifferences } from './recorded-differences.ts';

const names = { sqlite: 'SQLite', postgres: 'PostgreSQL', mysql: 'MySQL, MariaDB' } as const;

/** The text with other rows below the head. */
function withRows(text: string, head: string, rows: readonly string[]): string {
  const lines = text.split('\n');
  const from = lines.indexOf(head) + 2;
  let to = from;
  while (lines[to]?.startsWith('|')) to += 1;
  return [...lines.slice(0, from), ...rows, ...lines.slice(to)].join('\n');
}

const { world, stop } = await startGarden('sqlite');
const ticks = await tickedEndpoints(world).finally(stop);
const file = join(root, 'docs', 'directus-8.md');
const differences = recordedDifferences.map(({ request, vendors = [], why }) => {
  return `| \`${request}\` | ${vendors.map((vendor) => names[vendor]).join(', ')} | ${why} |`;
});
const text = withRows(await readFile(file, 'utf8'), tableHead, tableOf(ticks));
await writeFile(file, withRows(text, '| request | on | why |', differences));
process.stdout.write(`${[...ticks.values()].filter(Boolean).length} of ${ticks.size} endpoints answer\n`);
