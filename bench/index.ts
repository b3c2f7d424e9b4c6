/** `npm run bench`: Sallyport beside two hand-written servers, in one run on one machine. See README.md. */
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { measureAssets } from './assets.ts';
import { measureBoot, measureTableCost } from './boot.ts';
import { allCases, commentLimit, project } from './cases.ts';
import { databases, ensureArticles, ensureLarge, ensureTables, urlOf } from './data/databases.ts';
import { benchToken } from './data/rights.ts';
import { answerOf, checkEqual } from './equal.ts';
import { knowsExport, measureExport } from './export.ts';
import { measureLarge } from './large.ts';
import { type Bench, contestants, measure } from './measure.ts';
import { type Options, readOptions } from './options.ts';
import { type RunningServer, startLoad, startServer } from './processes.ts';
import { circumstances, type Measured, type Results, report, writeReadme } from './report.ts';
import { strapiList, strapiNested } from './strapi-cases.ts';
import { measureSurfaces } from './surfaces.ts';
import { measureWrites } from './writes.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const profiles = fileURLToPath(new URL('../../bench/profiles', import.meta.url));

const profilesOf = (options: Options): string | undefined => (options.profile === undefined ? undefined : profiles);

/** Whether lists inside a row can be limited: the article of key 10 has twelve comments. */
async function limitsLists(server: RunningServer): Promise<boolean> {
  const text = await answerOf(server, `/${project}/items/articles/10?fields=comments.id&deep[comments][_limit]=2`).catch(() => '{}');
  const { data }: { data?: { comments: unknown[] } } = JSON.parse(text);
  return data?.comments.length === 2;
}

interface Servers {
  readonly all: readonly [RunningServer, RunningServer, RunningServer];
  readonly limited: boolean;
}

async function startServers(options: Options): Promise<Servers> {
  const database = databases.articles;
  const own = await startServer('sallyport', { database, profiles: profilesOf(options) });
  const limited = await limitsLists(own);
  const rest = [String(limited ? commentLimit : 0)];
  const jsonInSql = await startServer('json-in-sql', { database, arguments: rest });
  const rowsAsText = await startServer('rows-as-text', { database, arguments: rest });
  return { all: [own, jsonInSql, rowsAsText], limited };
}

async function measureCases(bench: Bench, options: Options, { all, limited }: Servers): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const one of [...allCases(limited), ...(limited ? [strapiList, strapiNested] : [])].filter(({ name }) =>
    (options.only as ReadonlySet<string>).has(name),
  )) {
    const [own, ...others] = all;
    const rows = await checkEqual(one, own, others);
    say(`${one.name}: equal answers, ${rows.toFixed(1)} rows each; measuring ...`);
    const [sallyport, jsonInSql, rowsAsText] = await measure(bench, contestants(one, all));
    if (sallyport && jsonInSql && rowsAsText) {
      const { name, title } = one;
      measured.push({ name, title, rows, sallyport, jsonInSql, rowsAsText });
      say(report({ cases: measured.slice(-1), remarks: [] }));
    }
  }
  return measured;
}

async function overArticles(bench: Bench, options: Options): Promise<Results> {
  const servers = await startServers(options);
  try {
    const unlimited = options.only.has('nested') && !servers.limited;
    const remarks = unlimited ? ['Nested lists are not limited: this Sallyport does not know deep[comments][_limit].'] : [];
    const cases = await measureCases(bench, options, servers);
    if (options.only.has('surfaces')) say('surfaces: measuring ...');
    const surfaces = options.only.has('surfaces') && servers.limited ? { surfaces: await measureSurfaces(bench, servers.all[0]) } : {};
    if (!options.only.has('export')) return { cases, ...surfaces, remarks };
    if (!(await knowsExport(servers.all[0])))
      return { cases, ...surfaces, remarks: [...remarks, 'No export is measured: this Sallyport does not know export=ndjson.'] };
    say('export: comparing and measuring ...');
    return { cases, ...surfaces, exports: await measureExport(bench, servers.all), remarks };
  } finally {
    await Promise.all(servers.all.map((server) => server.stop()));
  }
}

async function overTables(bench: Bench, { only }: Options): Promise<Partial<Results>> {
  if (!only.has('boot') && !only.has('tables')) return {};
  await ensureTables('many', say);
  await ensureTables('few', say);
  if (only.has('boot')) say('boot: measuring ...');
  const boot = only.has('boot') ? { boot: await measureBoot(7) } : {};
  if (only.has('tables')) say('tables: measuring ...');
  return { ...boot, ...(only.has('tables') ? { tables: await measureTableCost(bench) } : {}) };
}

async function overLarge({ only }: Options): Promise<Partial<Results>> {
  if (!only.has('large')) return {};
  await ensureLarge(say);
  say('large: measuring ...');
  return { large: await measureLarge() };
}

async function run(options: Options): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(databases.articles, 'bench') });
  await client.connect();
  const load = startLoad();
  try {
    const bench: Bench = { load, client, pace: { rounds: options.rounds, seconds: options.seconds } };
    const wantsArticles = [...options.only].some((name) => !['boot', 'tables', 'large', 'writes', 'assets'].includes(name));
    const articles = wantsArticles ? await overArticles(bench, options) : { cases: [], remarks: [] };
    const writes = options.only.has('writes') ? { writes: await measureWrites(bench, profilesOf(options), say) } : {};
    const assets = options.only.has('assets') ? { assets: await measureAssets(bench, profilesOf(options), say) } : {};
    const results: Results = { ...articles, ...writes, ...assets, ...(await overTables(bench, options)), ...(await overLarge(options)) };
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    const text = `${circumstances(rows[0]?.server_version ?? '?', bench.pace)}\n\n${report(results)}`;
    process.stdout.write(`\n${text}\n`);
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
    if (options.write) writeReadme(text);
    if (options.profile !== undefined) say(`The CPU profile is in ${profiles}`);
  } finally {
    load.stop();
    await client.end();
  }
}

/** Keeps the servers for measuring by hand. */
async function serve(options: Options): Promise<void> {
  const { all, limited } = await startServers(options);
  for (const one of allCases(limited)) {
    say(`${one.name}: ${one.title}`);
    for (const { name, port } of all) {
      const { asked, handwritten } = one.paths(0);
      const header = name === 'sallyport' ? `-H 'Authorization: Bearer ${benchToken}' ` : '';
      say(`  curl -g ${header}'http://127.0.0.1:${port}${name === 'sallyport' ? asked : handwritten}'`);
    }
  }
  let interrupted = false;
  process.once('SIGINT', () => {
    interrupted = true;
  });
  say('Ctrl-C ends it.');
  while (!interrupted) await pause(200);
  await Promise.all(all.map((server) => server.stop()));
}

try {
  const given = process.argv.slice(2);
  if (given[0] === 'soak') await import('./soak.ts');
  else {
    const options = readOptions(given);
    await ensureArticles(say);
    await (options.serve ? serve(options) : run(options));
  }
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  // The processes that were started end when this one does.
  process.exit(1);
}
