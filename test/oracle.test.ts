/** Recorded answers of a real Directus 8, replayed against this gateway where the recording stands beside the project. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import type { DatabaseConfig } from '../src/dialect/types.ts';
import { root, shared } from './support/entry.ts';
import type { Tester } from './support/expect.ts';
import { installSystem } from './support/garden.ts';
import { startGateway } from './support/gateway.ts';
import { hangUp } from './support/http.ts';
import { fileOf } from './support/sql-text.ts';
import { type TestVendor, testVendors, whyNot, withDatabase } from './support/vendors.ts';

const oracle = join(shared, 'oracle');
const run = promisify(execFile);

const reading = ['items.list', 'items.item', 'fields', 'sort', 'paging', 'meta', 'status', 'q', 'querystring', 'filter', 'perm.read'];
const writing = ['items.create', 'types', 'nested', 'items.update', 'items.delete', 'revisions', 'comments', 'scim', 'ddl'];
const system = ['users', 'roles', 'permissions', 'presets', 'relations', 'settings', 'webhooks', 'perm.write'];
const files = ['folders', 'files'];
const access = ['auth'];
const groups = [...access, ...reading, ...writing, ...system, ...files];
/** Of each group; the rest are lines whose recorded answer is argued about. */
const share = 0.9;
/** Of files, no argument is left. */
const filesShare = 0.97;

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

/** Some lines of the reading groups write to system collections; they are sent, and counted where those are served. */
function isCounted({ group, request }: Line): boolean {
  // Its recorded members are those of a defect, and their names and the tag cannot be equal (directus8-system §17).
  if (/ GET \/d\/scim\/v2\/Groups/.test(request)) return false;
  return !reading.includes(group) || / (GET|HEAD) /.test(request);
}

/** The replay's own verdict is its exit code; what counts here are its lines. */
async function replay(vendor: TestVendor, url: string): Promise<Line[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-oracle-'));
  const file = join(folder, 'lines.json');
  try {
    const options = ['--url', url, '--project', 'd', '--vendor', recordedAs[vendor], '--only', groups.join(','), '--json', file];
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
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-oracle-files-'));
  const storage = { driver: 'local', root: folder } as const;
  const gateway = await startGateway({ d: config }, {}, undefined, { storage });
  try {
    const lines = (await replay(vendor, gateway.url)).filter(isCounted);
    for (const group of groups) {
      const own = lines.filter((line) => line.group === group);
      const passed = own.filter((line) => line.ok).length;
      t.ok(own.length > 0 && passed >= own.length * (files.includes(group) ? filesShare : share), `${group}: ${passed} of ${own.length}`);
    }
    for (const line of lines) if (!line.ok) report(t, line);
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
