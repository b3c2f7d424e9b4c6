/** What a snapshot is taken of and applied to: a database with its schema and its rows. */
import type { ProjectConfig } from '../../config/types.ts';
import type { Connection, Introspection, Vendor } from '../../dialect/types.ts';
import type { ReadContext } from '../../engine/read.ts';
import { systemRows } from '../../engine/system-read.ts';
import { GatewayError } from '../../lib/errors.ts';
import { type Json, numberText } from '../../lib/json-body.ts';
import { silentLog } from '../../lib/log.ts';
import { createSealer } from '../../lib/sealed-text.ts';
import { loadMetadata } from '../../projects/metadata.ts';
import { openRulesStore } from '../../projects/rules-store.ts';
import { isInstalled } from '../../projects/schema-store.ts';
import { limitsOf } from '../../query/limits.ts';
import { buildSchema } from '../../schema/build.ts';
import type { Metadata, Schema } from '../../schema/types.ts';
import { type RowKind, rowKinds } from './row-kinds.ts';
import type { RowSection, Values } from './types.ts';

/** A row that is there. */
export interface StoredRow {
  readonly id: string;
  readonly values: Values;
}

export interface State {
  readonly connection: Connection;
  readonly vendor: Vendor;
  readonly introspection: Introspection;
  readonly metadata: Metadata;
  readonly schema: Schema;
  readonly rows: Readonly<Record<RowSection, readonly StoredRow[]>>;
}

const fixedRoles = new Map([
  ['1', 'administrators'],
  ['2', 'public'],
]);

const idOf = (value: Json | undefined): string => (typeof value === 'string' ? value : (numberText(value) ?? ''));

/** Whether there is such a collection, with such a field. */
type Has = (collection: Json, field?: Json) => boolean;

/** Fields with a column and without. */
export function hasIn({ collections }: Schema, { fields }: Metadata): Has {
  return (collection, field = null) => {
    const found = collections.get(String(collection));
    if (!found || field === null) return found !== undefined;
    return found.fields.has(String(field)) || fields.some((one) => one.collection === collection && one.field === field);
  };
}

/** The rows of a kind in the order of their ids, with the names of roles for their ids. */
async function rowsOf(context: ReadContext, kind: RowKind, roles: ReadonlyMap<string, string>, has: Has): Promise<StoredRow[]> {
  const order = [{ path: [kind.table === 'directus_settings' ? 'key' : 'id'], descending: false }];
  const found = await systemRows(context, kind.table, { order, statuses: 'any' });
  const made: StoredRow[] = [];
  for (const row of found) {
    if (kind.leavesOut?.(row) || !(kind.speaksOf?.(row) ?? []).every(([collection, field]) => has(collection, field))) continue;
    const id = idOf(row['id']);
    const role = (row['role'] ?? null) === null ? null : roles.get(idOf(row['role']));
    // A role that is gone.
    if (role === undefined) continue;
    const all: Values = {
      ...row,
      ...(kind.attributes.includes('role') ? { role } : {}),
      ...(kind.section === 'roles' ? { fixed: fixedRoles.get(id) ?? null } : {}),
    };
    const values = Object.fromEntries(kind.attributes.map((name) => [name, all[name] ?? null]));
    made.push({ id, values: kind.shown?.(values) ?? values });
  }
  return made;
}

/**
 * Reads the database anew.
 *
 * @throws GatewayError not_installed
 */
export async function readState(connection: Connection, vendor: Vendor, config: ProjectConfig): Promise<State> {
  const introspection = await vendor.introspect(connection, config.database.schemas);
  if (!isInstalled(introspection))
    throw new GatewayError('not_installed', { message: 'This project has no system tables yet; install them first' });
  const metadata = await loadMetadata(connection, connection.dialect, introspection);
  const schema = buildSchema(introspection, metadata, 1);
  const rules = await openRulesStore(connection, () => introspection, silentLog);
  const context: ReadContext = {
    actor: { is: 'system', reason: 'a snapshot' },
    schema,
    rules: rules.current,
    connection,
    limits: { ...limitsOf(config.limits), pageRows: Number.POSITIVE_INFINITY },
    sealer: createSealer(config.secret, 'sallyport snapshot'),
  };
  const named = await systemRows(context, 'directus_roles', { fields: ['id', 'name'] });
  const roles = new Map(named.map((row) => [idOf(row['id']), String(row['name'])]));
  const rows: Partial<Record<RowSection, StoredRow[]>> = {};
  for (const kind of rowKinds) rows[kind.section] = await rowsOf(context, kind, roles, hasIn(schema, metadata));
  return { connection, vendor, introspection, metadata, schema, rows: rows as State['rows'] };
}
