/**
 * Promise: what was acknowledged is there, exactly once and with its history, and nothing is there by halves, however often and whenever
 * the process is killed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Connection, DatabaseConfig } from '../../src/dialect/types.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { adminToken } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { project } from '../support/gateway.ts';
import { ask, hangUp } from '../support/http.ts';
import { withDatabase } from '../support/vendors.ts';
import { loadWriting } from '../support/writing.ts';
import { columnsOf, copyOf, type Payload, remove, save, type Web, webTables } from '../support/written-web.ts';

/** How often the process is killed on each database: twelve times in all unless it is said. */
const rounds = Number(process.env['STORM_ROUNDS'] ?? 4);
const writers = 6;
/** Milliseconds from the first write of a round until the kill, at most. */
const longest = 400;

/** What hangs on one knot: ids from `base` to `base + 9` in all tables, and what was last known of it. */
interface Bundle {
  readonly base: number;
  web: Web;
  /** What was asked last, without an answer. */
  pending: Web | undefined;
}

const empty = (): Web => ({ tables: Object.fromEntries(webTables.map((table) => [table, new Map()])), told: [] });

/** With everything that was told before. */
function then(before: Web, change: (web: Web) => void): Web {
  const web = copyOf(before);
  web.told.push(...before.told);
  change(web);
  return web;
}

const made = (b: number): Payload => ({
  id: b,
  name: 'made',
  parent: { id: b + 5, name: 'above' },
  children: [{ id: b + 1, name: 'below', remarks: [{ id: b + 3, words: 'deep' }] }],
  remarks: [
    { id: b, words: 'one' },
    { id: b + 1, words: 'two' },
  ],
  marks: [{ id: b, weight: 1, mark: { id: b, name: 'made' } }],
});

const changed = (b: number): Payload => ({
  name: 'changed',
  children: [
    { id: b + 1, name: 'changed' },
    { id: b + 2, name: 'made' },
  ],
  remarks: [
    { id: b, $delete: true },
    { id: b + 2, words: 'three' },
  ],
  marks: [{ id: b, mark: { id: b, name: 'changed' } }],
});

interface Server {
  readonly url: string;
  readonly process: ChildProcess;
}

async function serve(config: DatabaseConfig): Promise<Server> {
  const file = fileURLToPath(new URL('../support/serve.js', import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(config)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { url, process: child };
}

/** Writes bundle after bundle until the server is gone. */
async function writer(url: string, next: () => Bundle, acknowledged: () => void): Promise<string | undefined> {
  const send = (method: string, path: string, body?: Payload): ReturnType<typeof ask> =>
    ask(url, `/${project}/items/${path}`, { method, token: adminToken, ...(body ? { body: JSON.stringify(body) } : {}) });
  for (;;) {
    const bundle = next();
    const { base } = bundle;
    const steps: readonly [change: (web: Web) => void, run: () => ReturnType<typeof send>][] = [
      [(web) => save(web, 'knots', made(base), 'create'), () => send('POST', 'knots', made(base))],
      [(web) => save(web, 'knots', { ...changed(base), id: base }, 'update'), () => send('PATCH', `knots/${base}`, changed(base))],
      [(web) => void [base, base + 1].map((id) => remove(web, 'knots', id)), () => send('DELETE', `knots/${base},${base + 1}`)],
    ];
    for (const [change, run] of base % 20 === 0 ? steps : steps.slice(0, 2)) {
      bundle.pending = then(bundle.web, change);
      try {
        const { status, text } = await run();
        if (status >= 300) return `${status} ${text}`;
      } catch {
        return undefined;
      }
      bundle.web = bundle.pending;
      bundle.pending = undefined;
      acknowledged();
    }
  }
}

/** What the database holds: rows by table and id, and what the history tells. */
interface Found {
  readonly rows: ReadonlyMap<string, string>;
  readonly told: readonly { readonly id: number; readonly text: string }[];
  readonly stray: readonly string[];
}

async function look(connection: Connection): Promise<Found> {
  const select = (text: string) => connection.rows({ text, values: [] });
  const rows = new Map<string, string>();
  for (const table of webTables) {
    for (const row of await select(`select ${columnsOf(table).join(', ')} from ${table}`)) {
      rows.set(`${table} ${row['id']}`, JSON.stringify(columnsOf(table).map((column) => row[column] ?? null)));
    }
  }
  const revisions = new Map<string, Record<string, unknown>[]>();
  for (const one of await select('select activity, collection, item, parent_collection, parent_item from directus_revisions')) {
    const key = `${one['activity']} ${one['collection']} ${one['item']}`;
    revisions.set(key, [...(revisions.get(key) ?? []), one]);
  }
  const told: { id: number; text: string }[] = [];
  const stray: string[] = [];
  for (const one of await select('select id, action, collection, item from directus_activity')) {
    const key = `${one['id']} ${one['collection']} ${one['item']}`;
    const [revision, more] = revisions.get(key) ?? [];
    revisions.delete(key);
    if (more || (one['action'] === 'delete') === (revision !== undefined)) stray.push(`activity ${key} (${one['action']})`);
    const parent = revision?.['parent_collection'] ? ` of ${revision['parent_collection']} ${revision['parent_item'] ?? 'new'}` : '';
    told.push({ id: Number(one['item']), text: `${one['action']} ${one['collection']} ${one['item']}${parent}` });
  }
  stray.push(...[...revisions.keys()].map((key) => `revision ${key}`));
  return { rows, told, stray };
}

function textOf(web: Web): string {
  const rows = webTables.flatMap((table) => {
    const columns = columnsOf(table);
    return [...(web.tables[table] ?? [])].map(
      ([id, row]) => `${table} ${id} ${JSON.stringify(columns.map((column) => row[column] ?? null))}`,
    );
  });
  return JSON.stringify([rows.sort(), [...web.told].sort()]);
}

/** Whether the bundle is as it was last acknowledged, or as it was asked to be since then: all of it. */
function judged(t: Tester, bundles: readonly Bundle[], { rows, told, stray }: Found): void {
  const found = new Map<number, { rows: string[]; told: string[] }>();
  const of = (id: number): { rows: string[]; told: string[] } => {
    const base = id - (id % 10);
    const one = found.get(base) ?? { rows: [], told: [] };
    found.set(base, one);
    return one;
  };
  for (const [key, row] of rows) of(Number(key.split(' ')[1])).rows.push(`${key} ${row}`);
  for (const { id, text } of told) of(id).told.push(text);
  let whole = 0;
  for (const bundle of bundles) {
    const one = found.get(bundle.base) ?? { rows: [], told: [] };
    found.delete(bundle.base);
    const text = JSON.stringify([one.rows.sort(), one.told.sort()]);
    const wanted = [bundle.web, ...(bundle.pending ? [bundle.pending] : [])].map(textOf);
    if (!wanted.includes(text)) t.strictSame(text, wanted, `bundle ${bundle.base}`);
    else whole += 1;
    // What is there now stays.
    if (bundle.pending && text === wanted[1]) bundle.web = bundle.pending;
    bundle.pending = undefined;
  }
  t.equal(whole, bundles.length, `${whole} bundles are whole`);
  t.strictSame([...found.keys()], [], 'nothing else is there');
  t.strictSame(stray, [], 'each change has its activity and each activity its revision');
}

async function storm(t: Tester, config: DatabaseConfig): Promise<void> {
  const bundles: Bundle[] = [];
  const next = (): Bundle => {
    const bundle: Bundle = { base: (bundles.length + 1) * 10, web: empty(), pending: undefined };
    bundles.push(bundle);
    return bundle;
  };
  let acknowledged = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const server = await serve(config);
    try {
      let begun = (): void => undefined;
      const first = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const acknowledge = (): void => {
        acknowledged += 1;
        begun();
      };
      const running = Array.from({ length: writers }, () => writer(server.url, next, acknowledge));
      await Promise.race([first, pause(5000)]);
      await pause(Math.random() * longest);
      server.process.kill('SIGKILL');
      const faults = (await Promise.all(running)).filter((fault) => fault !== undefined);
      t.strictSame(faults, [], `round ${round}: no write was refused`);
    } finally {
      server.process.kill('SIGKILL');
      hangUp();
    }
    // What the server had sent last may still be under way.
    await pause(200);
    const connection = await vendorOf(config.client).connect(config);
    try {
      judged(t, bundles, await look(connection));
    } finally {
      await connection.close();
    }
  }
  t.ok(acknowledged > rounds, `${acknowledged} writes were acknowledged in ${rounds} rounds`);
}

export const writingStorm: Feature = {
  promise: 'what was acknowledged is there once and whole, whenever the process is killed',
  run: (t, { vendor }) =>
    withDatabase(vendor, async (config) => {
      await loadWriting(vendor, config);
      await storm(t, config);
    }),
};
