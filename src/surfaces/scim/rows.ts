/** Reads users and roles through the engine, as the caller may. */
import { type ReadContext, read } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import { parsePlainJson } from '../../lib/plain-json.ts';
import type { RequestedFilter } from '../../query/types.ts';

export type ScimRow = Readonly<Record<string, unknown>>;

export interface ScimListing {
  readonly rows: readonly ScimRow[];
  readonly total: number;
}

const userColumns = ['id', 'status', 'role', 'first_name', 'last_name', 'email', 'timezone', 'locale', 'external_id'];
const roleColumns = ['id', 'name', 'external_id'];

export interface Listed {
  readonly collection: 'directus_users' | 'directus_roles';
  readonly where?: RequestedFilter | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number;
}

const columns = { directus_users: userColumns, directus_roles: roleColumns };

/** The condition of one column. */
export function compares(column: string, operator: string, value: unknown): RequestedFilter {
  return { is: 'compare', path: [column], operator, value };
}

/** Rows in the order of their keys, and how many there are. Users that were deleted are in no list. */
export async function listRows(context: ReadContext, { collection, where, limit, offset = 0 }: Listed): Promise<ScimListing> {
  const reading = read(context, {
    collection,
    selection: { all: false, named: new Map(columns[collection].map((name) => [name, null])), without: new Set() },
    ...(where ? { where } : {}),
    ...(limit === undefined ? {} : { limit }),
    order: [{ path: ['id'], descending: false }],
    offset,
    counts: { filtered: true, total: false, byStatus: false },
    stubs: false,
  });
  const { texts, counts } = await reading.catch((error: unknown) => {
    // As everywhere, the public is asked to sign in.
    const denied = error instanceof GatewayError && error.kind === 'read_denied' && context.actor.is === 'public';
    throw denied ? new GatewayError('unauthorized') : error;
  });
  const rows = parsePlainJson(String(texts.between('[', ']'))) as ScimRow[];
  return { rows, total: counts.filtered ?? rows.length };
}

/** Whether a text may be the numeric key of a row. */
const isNumeric = (id: string): boolean => /^[1-9]\d{0,8}$/.test(id);

/** The condition of a member that a client names: by its external id, or by its number where it has none. */
export function named(id: string): RequestedFilter {
  const external = compares('external_id', 'eq', id);
  if (!isNumeric(id)) return external;
  return { is: 'any', of: [external, { is: 'all', of: [compares('external_id', 'null', 1), compares('id', 'eq', id)] }] };
}

/** The row that the path names by its external id. Throws `item_not_found` where there is none that the caller may read. */
export async function rowOf(context: ReadContext, collection: Listed['collection'], id: string): Promise<ScimRow> {
  const { rows } = await listRows(context, { collection, where: compares('external_id', 'eq', id) });
  // A database may compare without regard to case; an external id is exact.
  const row = rows.find((one) => one['external_id'] === id);
  if (!row) throw new GatewayError('item_not_found', { id });
  return row;
}
