/** The figures as a table for people, in Markdown, and into README.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { AssetFigures } from './assets.ts';
import type { TableCost } from './boot.ts';
import { wantedBoot, wantedTableCost } from './boot.ts';
import { type ExportFigures, wantedMemory } from './export.ts';
import { type LargeFigures, wantedLarge } from './large.ts';
import { better, coresBusy, type Figures, ratios, totalCpu } from './statistics.ts';
import type { SurfaceFigure } from './surfaces.ts';
import { type WriteFigures, wantedWrites } from './writes.ts';

/** Sallyport and the two yardsticks in one case. */
export interface Measured {
  readonly name: string;
  readonly title: string;
  /** The mean number of rows of an answer. */
  readonly rows: number;
  readonly sallyport: Figures;
  readonly jsonInSql: Figures;
  readonly rowsAsText: Figures;
}

export interface Results {
  readonly cases: readonly Measured[];
  readonly exports?: readonly ExportFigures[];
  readonly boot?: number;
  readonly tables?: TableCost;
  readonly large?: LargeFigures;
  readonly writes?: readonly WriteFigures[];
  readonly assets?: readonly AssetFigures[];
  readonly surfaces?: readonly SurfaceFigure[];
  /** What could not be measured, in sentences. */
  readonly remarks: readonly string[];
}

const fixed = (value: number | undefined, digits: number): string => (value === undefined ? 'n/a' : value.toFixed(digits));
const mark = (met: boolean): string => (met ? 'PASS' : '—');
const count = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1));
const cpu = (figures: Figures): string =>
  `${fixed(figures.serverCpu, 3)} + ${fixed(figures.databaseCpu, 3)} = ${fixed(totalCpu(figures), 3)}`;

type Line = readonly string[];

const heads: Line = [
  'case',
  'server',
  'req/s',
  '±',
  'cores',
  'latency ms',
  'CPU ms: server + PostgreSQL',
  'req/s ratio',
  'CPU ratio',
  'to least CPU',
  '',
];

function caseLines(title: string, own: Figures, first: Figures, second: Figures): Line[] {
  const of = ratios(own, first, second);
  const best = better(first, second);
  const line = (name: string, figures: Figures): string[] => [
    '',
    name,
    count(figures.perSecond),
    `${Math.round(figures.spread * 50)} %`,
    fixed(coresBusy(figures), 1),
    fixed(figures.latency, 2),
    cpu(figures),
  ];
  const [, ...rest] = line('Sallyport', own);
  return [
    [title, ...rest, fixed(of.perSecond, 2), fixed(of.cpu, 2), fixed(of.leastCpu, 2), mark(of.met)],
    [...line('(a) JSON in SQL', first), best === first ? 'better' : '', '', '', ''],
    [...line('(b) rows as text', second), best === second ? 'better' : '', '', '', ''],
  ];
}

function table(lines: readonly Line[]): string {
  const all = [heads, ...lines];
  const widths = heads.map((_, i) => Math.max(...all.map((line) => (line[i] ?? '').length), 1));
  const print = (line: Line): string => `| ${widths.map((width, i) => (line[i] ?? '').padEnd(width)).join(' | ')} |`;
  return [print(heads), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...lines.map(print)].join('\n');
}

function largeSentences({ boot, peakAfterBoot, quiet, everything, changed, onChanged, peak }: LargeFigures): string[] {
  const megabytes = (bytes: number | undefined): string => `${fixed(bytes === undefined ? undefined : bytes / 1048576, 0)} MB`;
  const met = boot < wantedLarge.boot && (peakAfterBoot ?? 0) < wantedLarge.peak;
  const within = (what: string, { longest, most, requests }: LargeFigures['quiet']): string =>
    `${what} ${fixed(most, 1)} and ${fixed(longest, 1)} ms (${requests} requests)`;
  return [
    `- 10,000 tables of 10 columns: boot to first answer ${(boot / 1000).toFixed(2)} s, peak memory ${megabytes(peakAfterBoot)}: ${mark(met)} (wanted: under 15 s and 1 GiB)`,
    `- one row of a table that stays as it is, 99 in 100 and the slowest: ${within('quiet', quiet)}, ${within('while a changed table is read', changed)}, ` +
      `${within('while everything is read anew', everything)}; the request on the changed table ${fixed(onChanged, 0)} ms; peak memory after all ${megabytes(peak)}`,
  ];
}

function beside({ title, sallyport, byHand }: WriteFigures, wanted: number): string {
  const ratio = sallyport.perSecond / byHand.perSecond;
  const [own, other] = [totalCpu(sallyport), totalCpu(byHand)];
  const cost = own === undefined || other === undefined ? 'n/a' : (own / other).toFixed(2);
  return (
    `- ${title}: ${count(sallyport.perSecond)} req/s, CPU ${cpu(sallyport)} ms; by hand: ${count(byHand.perSecond)} req/s, CPU ${cpu(byHand)} ms; ` +
    `req/s ratio ${fixed(ratio, 2)}, CPU ratio ${cost}: ${mark(ratio >= wanted)} (wanted: at least ${wanted} of its req/s)`
  );
}

function sentences({ exports, boot, tables, large, writes, assets, surfaces, remarks }: Results): string[] {
  const said: string[] = (surfaces ?? []).map(
    ({ name, perSecond, beside, ratio, wanted }) =>
      `- \`${name}\` in turns with \`${beside}\`: ${count(perSecond)} req/s, ${fixed(ratio, 2)} of it: ${mark(ratio >= wanted)} (wanted: at least ${wanted})`,
  );
  said.push(...(writes ?? []).map((one) => beside(one, wantedWrites)));
  for (const one of assets ?? []) said.push(beside(one, one.wanted));
  for (const { name, memory, bytes, latency } of exports ?? []) {
    const wanted = name === 'sallyport' && memory !== undefined ? `: ${mark(memory <= wantedMemory)} (wanted: at most 60 MB)` : '';
    said.push(
      `- export by ${name}: ${(bytes / 1e6).toFixed(1)} MB in ${(latency / 1000).toFixed(2)} s, memory ${fixed(memory === undefined ? undefined : memory / 1048576, 1)} MB over idle${wanted}`,
    );
  }
  if (boot !== undefined)
    said.push(`- boot to first answer on 500 tables of 12 columns: ${Math.round(boot)} ms: ${mark(boot < wantedBoot)} (wanted: under 1 s)`);
  if (tables) {
    const [many, few] = [totalCpu(tables.many), totalCpu(tables.few)];
    const ratio = many === undefined || few === undefined ? tables.few.perSecond / tables.many.perSecond : many / few;
    said.push(
      `- one row by key on 500 tables: ${count(tables.many.perSecond)} req/s, CPU ${cpu(tables.many)} ms; on one table: ${count(tables.few.perSecond)} req/s, CPU ${cpu(tables.few)} ms; ` +
        `ratio ${fixed(ratio, 2)}: ${mark(ratio <= wantedTableCost)} (wanted: no more with more tables, here at most ${wantedTableCost})`,
    );
  }
  if (large) said.push(...largeSentences(large));
  return [...said, ...remarks.map((remark) => `- ${remark}`)];
}

/** The whole report; Markdown, and readable as it is. */
export function report(results: Results): string {
  const lines = results.cases.flatMap((one) => caseLines(one.title, one.sallyport, one.jsonInSql, one.rowsAsText));
  const [sallyport, jsonInSql, rowsAsText] = results.exports ?? [];
  if (sallyport && jsonInSql && rowsAsText)
    lines.push(...caseLines('export of 100,000 rows, 1 connection', sallyport, jsonInSql, rowsAsText));
  return [...(lines.length > 0 ? [table(lines), ''] : []), ...sentences(results)].join('\n');
}

/** Where the figures come from. */
export function circumstances(postgres: string, pace: { rounds: number; seconds: number }): string {
  const processors = cpus();
  return (
    `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, PostgreSQL ${postgres}, ${processors[0]?.model.trim() ?? 'unknown CPU'}, ` +
    `${processors.length} cores; medians of ${pace.rounds} rounds of ${pace.seconds} s`
  );
}

const begin = '<!-- figures: written by npm run bench -- --write -->';
const end = '<!-- end of figures -->';

/** Puts the report between the marks of README.md, which lies where the sources are. */
export function writeReadme(text: string): void {
  const file = fileURLToPath(new URL('../../bench/README.md', import.meta.url));
  const whole = readFileSync(file, 'utf8');
  const [from, to] = [whole.indexOf(begin), whole.indexOf(end)];
  if (from === -1 || to === -1) throw new Error('bench/README.md has lost the marks around its figures');
  writeFileSync(file, `${whole.slice(0, from + begin.length)}\n\n${text}\n\n${whole.slice(to)}`);
}
