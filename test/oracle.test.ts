/** Recorded answers of a real Directus 8, replayed against this gateway where the recording stands beside the project. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import type { DatabaseConfig } from '../src/dialect/types.ts';
import { vendorOf } from '../src/vendors/index.ts';
import { root, shared } from './support/entry.ts';
import type { Tester } from './support/expect.ts';
import { installSystem } from './support/garden.ts';
import { startGateway } from './support/gateway.ts';
import { hangUp } from './support/http.ts';
import { type RecordedDifference, recordedDifferences } from './support/recorded-differences.ts';
import { fileOf } from './support/sql-text.ts';
import { type TestVendor, testVendors, whyNot, withDatabase } from './support/vendors.ts';

const oracle = join(shared, 'oracle');
const run = promisify(execFile);

/** Of all lines that are counted; the rest are differences with a reason. */
const share = 0.97;

const recordedAs: Readonly<Record<TestVendor, string>> = { sqlite: 'sqlite', postgres: 'pg', mysql: 'mysql' };

interface Line {
  readonly n: number;
  readonly group: string;
  readonly request: string;
  readonly status: number;
  readonly ok: boolean;
  readonly diffs?: readonly { readonly at: string; readonly want: unknown; readonly got: unknown }[];
}

async function load(config: DatabaseConfig, metadata: boolean): Promise<void> {
  const connection = config.client === 'better-sqlite3' ? fileOf(config) : String(config.connection);
  const options = ['--client', config.client, '--connection', connection, '--modules', root];
  await run(process.execPath, [join(oracle, 'load.mjs'), ...options, ...(metadata ? ['--metadata'] : [])]);
}

/** The recorded database was made by Directus 8, whose ledger of migrations stays in it. */
async function markAsTheirs(config: DatabaseConfig): Promise<void> {
  const connection = await vendorOf(config.client).connect(config);
  await connection.knex('directus_migrations').insert({ version: '20180220023138', migration_name: 'CreateActivityTable' });
  await connection.close();
}

function differenceOf(vendor: TestVendor, line: Line): RecordedDifference | undefined {
  return recordedDifferences.find(
    ({ request, line: n, vendors }) =>
      request === line.request && (n === undefined || n === line.n) && (!vendors || vendors.includes(vendor)),
  );
}

/** The replay's own verdict is its exit code; what counts here are its lines. */
async function replay(vendor: TestVendor, url: string): Promise<Line[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-oracle-'));
  const file = join(folder, 'lines.json');
  try {
    const options = ['--url', url, '--project', 'd', '--vendor', recordedAs[vendor], '--json', file];
    await run(process.execPath, [join(oracle, 'replay.mjs'), ...options], { maxBuffer: 2 ** 26 }).catch((error: unknown) => {
      if (!existsSync(file)) throw error;
    });
    const { results } = JSON.parse(await readFile(file, 'utf8')) as { results: Line[] };
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function report(t: Tester, line: Line): void {
  const differences = (line.diffs ?? [])
    .slice(0, 3)
    .map(({ at, want, got }) => `${at}: want ${JSON.stringify(want)}, got ${JSON.stringify(got)}`);
  t.comment(`line ${line.n} (${line.group}) ${line.request}: ${differences.join('; ').slice(0, 500)}`);
}

async function compared(t: Tester, vendor: TestVendor, config: DatabaseConfig): Promise<void> {
  await installSystem(config, 'admintoken');
  await load(config, false);
  await load(config, true);
  if (vendor === 'mysql') await markAsTheirs(config);
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-oracle-files-'));
  const storage = { driver: 'local', root: folder } as const;
  const gateway = await startGateway({ d: config }, {}, undefined, { storage });
  try {
    const lines = await replay(vendor, gateway.url);
    const passed = lines.filter((line) => line.ok).length;
    t.ok(passed >= lines.length * share, `${passed} of ${lines.length} answers are as recorded`);
    for (const line of lines) {
      const difference = differenceOf(vendor, line);
      if (line.ok === (difference === undefined) || (line.ok && difference?.raced)) continue;
      t.fail(line.ok ? `line ${line.n} is as recorded: it is no difference any more` : `line ${line.n} differs for no known reason`);
      report(t, line);
    }
    const page = await readFile(join(root, 'docs', 'directus-8.md'), 'utf8');
    const untold = recordedDifferences.filter(({ request, why }) => !page.includes(request) || !page.includes(why));
    t.strictSame(untold, [], 'docs/directus-8.md tells all differences');
  } finally {
    hangUp();
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  }
}

t.setTimeout(700_000);
for (const vendor of testVendors) {
  const missing = existsSync(oracle) ? await whyNot(vendor) : 'The recording is not beside this project.';
  t.test(`recorded answers of Directus 8, on ${vendor}`, missing === undefined ? {} : { skip: missing }, (t) =>
    withDatabase(vendor, (config) => compared(t, vendor, config)),
  );
}
