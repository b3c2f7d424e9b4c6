/** A garden of one's own to change: rights to be given, rows to be sent, and everything in it to be compared before and after. */
import type { Knex } from 'knex';
import type { LimitSettings } from '../../src/config/schema.ts';
import type { DatabaseConfig } from '../../src/dialect/types.ts';
import type { Who } from '../fixtures/garden-people.ts';
import { workshopMetadata, workshopText } from '../fixtures/workshop-tables.ts';
import { type Tester, told } from './expect.ts';
import { loadGarden, type World, worldOf } from './garden.ts';
import { project, startGateway } from './gateway.ts';
import { type Answer, at, type Json } from './http.ts';
import { insertText, quoted } from './schema-text.ts';
import { loadSql } from './sql-text.ts';
import { createDatabase, type TestVendor } from './vendors.ts';

export type Method = 'POST' | 'PATCH' | 'DELETE' | 'GET';

export interface WritingWorld extends World {
  readonly knex: Knex;
  /** A request below `items/`, as the administrator or somebody; `null` is the public. */
  send(method: Method, path: string, body?: unknown, who?: Who | null): Promise<Answer>;
}

/** The garden and the workshop in a database of their own, while `run` runs. */
export async function withWriting(vendor: TestVendor, run: (world: WritingWorld) => Promise<void>, limits?: LimitSettings): Promise<void> {
  const database = await createDatabase(vendor);
  try {
    await loadWriting(vendor, database.config);
    await served(vendor, database.config, run, limits);
  } finally {
    await database.drop();
  }
}

export async function loadWriting(vendor: TestVendor, config: DatabaseConfig): Promise<void> {
  await loadGarden(vendor, config);
  await loadSql(config, workshopText(vendor));
  await loadSql(config, workshopMetadata.map(({ table, columns, rows }) => insertText(vendor, table, columns, rows)).join('\n'));
}

/** A gateway over a database that is loaded already. */
export async function served(
  vendor: TestVendor,
  config: DatabaseConfig,
  run: (world: WritingWorld) => Promise<void>,
  limits?: LimitSettings,
): Promise<void> {
  const gateway = await startGateway({ [project]: config }, limits);
  const world = worldOf(vendor, config, gateway);
  if (!gateway.connection) throw new Error('The garden did not open');
  try {
    await run({
      ...world,
      knex: gateway.connection.knex,
      send: (method, path, body, who = 'admin') =>
        world.get(`items/${path}`, who ?? undefined, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
    });
  } finally {
    await gateway.close();
  }
}

/** Columns of directus_permissions. */
export type Grant = Readonly<Record<string, string | number | null>>;

/** Gives a role these permissions on the collection and no others. */
export async function grant(world: WritingWorld, role: number, collection: string, ...rows: readonly Grant[]): Promise<void> {
  await world.knex('directus_permissions').where({ role, collection }).delete();
  if (rows.length > 0) {
    const none = { create: 'none', read: 'none', update: 'none', delete: 'none', explain: 'none', status: null };
    await world.knex('directus_permissions').insert(rows.map((row) => ({ role, collection, ...none, ...row })));
  }
  const lease = await world.gateway.registry.lease(project);
  try {
    await lease.project.rules.reload();
  } finally {
    lease.release();
  }
}

/** Every table with a select of all its columns, under names of ours: some drivers take no rows that have a column `__proto__`. */
async function selects(world: WritingWorld): Promise<(readonly [table: string, text: string])[]> {
  const lease = await world.gateway.registry.lease(project);
  try {
    const tables = [...lease.project.schemas.current.collections.values()].filter(({ kind }) => kind === 'table');
    return tables.map(({ table, fields }) => {
      const columns = [...fields.values()].map(({ column }, i) => `${quoted(world.vendor, column.name)} as c${i}`);
      return [table.name, `select ${columns.join(', ')} from ${quoted(world.vendor, table.name)}`];
    });
  } finally {
    lease.release();
  }
}

/** Every row of every table, as text. */
export async function dump(world: WritingWorld): Promise<Map<string, readonly string[]>> {
  const { connection } = world.gateway;
  const found = new Map<string, readonly string[]>();
  for (const [table, text] of await selects(world)) {
    if (table === 'directus_user_sessions') continue;
    const rows = (await connection?.texts({ text, values: [] })) ?? [];
    found.set(table, rows.map((row) => JSON.stringify(row)).sort());
  }
  return found;
}

/** What `run` does changes no row of any table. */
export async function leavesAll(t: Tester, world: WritingWorld, what: string, run: () => Promise<unknown>): Promise<void> {
  const before = await dump(world);
  await run();
  const after = await dump(world);
  t.strictSame(Object.fromEntries(after), Object.fromEntries(before), `${what}: nothing has changed`);
}

export interface Entry {
  readonly action: string;
  readonly collection: string;
  readonly item: string;
  readonly by: number;
  readonly comment: string | null;
  readonly revision?: { data: Json; delta: Json; parent: readonly [string, string | null] | null };
}

const json = (value: unknown): Json => JSON.parse(String(value)) as Json;

/** Activity with its revisions, from after that id on. */
export async function historySince(world: WritingWorld, last: number): Promise<Entry[]> {
  const { knex } = world;
  const activity: Record<string, unknown>[] = await knex.select('*').from('directus_activity').where('id', '>', last).orderBy('id');
  const revisions: Record<string, unknown>[] = await knex.select('*').from('directus_revisions').where('activity', '>', last);
  return activity.map((row) => {
    const own = revisions.filter(({ activity: id }) => Number(id) === Number(row['id']));
    if (own.length > 1) throw new Error('An activity with two revisions');
    const [revision] = own;
    if (revision && (revision['collection'] !== row['collection'] || revision['item'] !== row['item'])) {
      throw new Error('A revision of another item than its activity');
    }
    const parent = revision?.['parent_collection'];
    return {
      action: String(row['action']),
      collection: String(row['collection']),
      item: String(row['item']),
      by: Number(row['action_by']),
      comment: row['comment'] === null ? null : String(row['comment']),
      ...(revision
        ? {
            revision: {
              data: json(revision['data']),
              delta: json(revision['delta']),
              parent:
                typeof parent === 'string'
                  ? ([parent, revision['parent_item'] === null ? null : String(revision['parent_item'])] as const)
                  : null,
            },
          }
        : {}),
    };
  });
}

export async function lastActivity(world: WritingWorld): Promise<number> {
  const [row] = await world.knex('directus_activity').max({ last: 'id' });
  return Number(row?.['last'] ?? 0);
}

/** What a request leaves behind in the history. */
export async function historyOf(world: WritingWorld, run: () => Promise<unknown>): Promise<Entry[]> {
  const last = await lastActivity(world);
  await run();
  return historySince(world, last);
}

/** `action collection item` of each entry, with its parent. */
export function outline(entries: readonly Entry[]): string[] {
  return entries.map(({ action, collection, item, revision }) => {
    const parent = revision?.parent ? ` of ${revision.parent[0]} ${revision.parent[1] ?? 'new'}` : '';
    return `${action} ${collection} ${item}${parent}${revision ? '' : ' (no revision)'}`;
  });
}

/** The answer's data equals. */
export function gives(t: Tester, answer: Answer, data: unknown, what: string): void {
  t.strictSame(answer.status === 200 ? at(answer.json, 'data') : told(answer), data, what);
}

/** 204 and nothing else. */
export function isSilent(t: Tester, answer: Answer, what: string): void {
  t.strictSame([answer.status, answer.text, answer.headers['content-type']], [204, '', undefined], `${what}: 204 (${told(answer)})`);
}
