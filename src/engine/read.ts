/** Runs reads: request to bound, to authorised, to one statement, to the texts of its rows. */
import type { ReadAccess } from '../access/read.ts';
import { readAccess } from '../access/read.ts';
import type { Actor, Rules, Warning } from '../access/types.ts';
import type { Connection } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Timings } from '../lib/timings.ts';
import { bindRead, collectionOf } from '../query/bind.ts';
import { defaultLimits, type Limits } from '../query/limits.ts';
import type { RequestedRead } from '../query/types.ts';
import type { Collection, Schema } from '../schema/types.ts';
import { compileRead } from '../sql/read.ts';

/** What a read runs with. A request keeps the schema and rules it started with. */
export interface ReadContext {
  readonly actor: Actor;
  readonly schema: Schema;
  readonly rules: Rules;
  readonly connection: Connection;
  readonly limits?: Limits;
  /** Told how long each stage took, when somebody wants to know. */
  readonly timings?: Timings;
}

export interface ReadCounts {
  filtered?: number;
  total?: number;
  /** Rows by status, for those statuses that have any. */
  byStatus?: Record<string, number>;
}

export interface ReadResult {
  readonly collection: Collection;
  /** One JSON object each, in order. A row of which nothing may be read is left out. */
  readonly texts: readonly string[];
  readonly counts: ReadCounts;
  readonly warnings: readonly Warning[];
}

/** The access of the context's actor; a surface asks it what may be named. */
export function accessOf(context: ReadContext): ReadAccess {
  return readAccess(context.schema, context.rules, context.actor);
}

/** The setting's text; null when it is not set. */
function nullsLast(rules: Rules): boolean {
  const setting = rules.settings.get('sort_null_last');
  return setting === undefined || setting === null || (setting !== '0' && setting !== 'false' && setting !== '');
}

/**
 * Reads in one statement, whatever the depth. Throws unknown_collection, read_denied (before any name of the request is looked at, so
 * that the answer says nothing about them), and what `bindRead` throws.
 */
export async function read(context: ReadContext, request: RequestedRead): Promise<ReadResult> {
  const { schema, rules, connection } = context;
  const collection = collectionOf(schema, request.collection);
  const access = accessOf(context);
  if (!access.visible.collection(collection)) throw new GatewayError('read_denied', { collection: collection.name });
  const bound = bindRead(request, schema, access.visible, context.limits ?? defaultLimits);
  context.timings?.mark('bind');
  const { query, warnings } = access.authorise(bound);
  context.timings?.mark('authorise');
  const counting = request.counts.filtered || request.counts.total || request.counts.byStatus;
  // Nothing is left of any row: no row is worth asking for.
  if (query.template.size === 0 && !counting) return { collection, texts: [], counts: {}, warnings };
  const compiled = compileRead(query, connection.dialect, { nullsLast: nullsLast(rules) });
  context.timings?.mark('compile');
  const rows = await connection.texts(compiled.statement);
  context.timings?.mark('run');
  const finish = connection.dialect.finish ?? ((text: string) => text);
  const texts: string[] = [];
  const at = compiled.counted ? 1 : 0;
  for (const cells of rows) {
    const text = cells[at];
    if (text !== null && text !== undefined && text !== '{}') texts.push(finish(text));
  }
  return { collection, texts, counts: compiled.counted ? countsOf(rows[0]?.[0]) : {}, warnings };
}

function countsOf(text: string | null | undefined): ReadCounts {
  return text ? (JSON.parse(text) as ReadCounts) : {};
}
