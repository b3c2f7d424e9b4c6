/** Works out groups and aggregates: request to bound, to authorised, to one statement, to the texts of its groups. */
import { aggregateAccess } from '../access/aggregate.ts';
import type { Authorized } from '../access/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { collectionOf } from '../query/bind.ts';
import { bindAggregate } from '../query/bind-aggregate.ts';
import type { AggregateQuery, RequestedAggregate } from '../query/types.ts';
import type { Collection } from '../schema/types.ts';
import { type CompiledAggregate, compileAggregate } from '../sql/aggregate.ts';
import { nullsLast, type ReadContext, tooManyRows } from './read.ts';

export interface AggregateResult {
  readonly collection: Collection;
  /** One JSON object for each group, in order. */
  readonly texts: readonly string[];
  /** False when there is no group because the context's proof failed, or may be. */
  readonly proven: boolean;
}

export interface PreparedAggregate {
  readonly query: Authorized<AggregateQuery>;
  readonly compiled: CompiledAggregate;
}

/**
 * Binds, authorises and compiles. Throws unknown_collection, read_denied (before any name of the request is looked at), and what
 * `bindAggregate` throws.
 */
export function prepareAggregate(context: ReadContext, request: RequestedAggregate): PreparedAggregate {
  const { schema, rules, actor, connection, limits, proof, timings } = context;
  const collection = collectionOf(schema, request.collection);
  const access = aggregateAccess(schema, rules, actor);
  if (!access.visible.collection(collection)) throw new GatewayError('read_denied', { collection: collection.name });
  const at = new Date();
  const bound = bindAggregate(request, schema, access.visible, limits, () => at);
  timings?.mark('bind');
  const query = access.authorise(bound);
  timings?.mark('authorise');
  const compiled = compileAggregate(query, connection.dialect, { nullsLast: nullsLast(rules), proof });
  timings?.mark('compile');
  return { query, compiled };
}

/** Groups the rows that a list of the same request would hold. Throws too_many_rows, and what `prepareAggregate` throws. */
export async function aggregate(context: ReadContext, request: RequestedAggregate): Promise<AggregateResult> {
  const { query, compiled } = prepareAggregate(context, request);
  const { connection, proof, timings } = context;
  const rows = await connection.texts(compiled.statement);
  timings?.mark('run');
  if (query.most !== undefined && rows.length > query.most) throw tooManyRows(query.most);
  return { collection: query.collection, texts: rows.map(compiled.write), proven: proof === undefined || rows.length > 0 };
}
