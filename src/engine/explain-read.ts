/** How a read would be answered: its statement, the plan that the database has for it, and the rules that were written into it. */
import { type Explanation, explain } from '../access/explain.ts';
import { readAccess } from '../access/read.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Statement } from '../lib/fragment.ts';
import { bindRead, collectionOf } from '../query/bind.ts';
import { collectionsOfAggregate, collectionsOfRead } from '../query/collections-of.ts';
import type { RequestedAggregate, RequestedRead } from '../query/types.ts';
import type { Collection } from '../schema/types.ts';
import { prepareAggregate } from './aggregate.ts';
import { prepareRead, type ReadContext } from './read.ts';

export interface ExplainedRead {
  /** Absent where nothing of any row may be read, so that nothing is asked. */
  readonly statement?: Statement;
  /** JSON text. */
  readonly plan?: string;
  /** By the collections that the read speaks of, the one that is read first. */
  readonly rules: readonly ExplainedRules[];
}

interface ExplainedRules extends Explanation {
  readonly collection: string;
}

/** What decides on reading the collection, for the context's actor. */
function rulesOf({ schema, rules, actor }: ReadContext, collection: Collection): ExplainedRules {
  // The system itself asks for nobody.
  if (actor.is === 'system') throw new GatewayError('forbidden');
  return { collection: collection.name, ...explain({ schema, rules, actor, collection, action: 'read' }) };
}

/** Explains a list, or items by their keys. Throws what `prepareRead` throws, and `unprocessable` for what the database does not measure. */
export async function explainRead(context: ReadContext, request: RequestedRead, measured: boolean): Promise<ExplainedRead> {
  const { schema, rules, actor, limits } = context;
  const { compiled } = prepareRead(context, request);
  const { visible } = readAccess(schema, rules, actor);
  const asked = bindRead(request, schema, visible, limits, () => new Date());
  const explained = collectionsOfRead(asked, schema).map((one) => rulesOf(context, one));
  return { ...(compiled ? await planned(context, compiled.statement, measured) : {}), rules: explained };
}

/** The same of groups and aggregates. */
export async function explainAggregate(context: ReadContext, request: RequestedAggregate, measured: boolean): Promise<ExplainedRead> {
  const { query, compiled } = prepareAggregate(context, request);
  const explained = collectionsOfAggregate(query).map((one) => rulesOf(context, one));
  return { ...(await planned(context, compiled.statement, measured)), rules: explained };
}

/** What there is to say where the read itself is refused. */
export function explainRefused(context: ReadContext, name: string): ExplainedRead {
  return { rules: [rulesOf(context, collectionOf(context.schema, name))] };
}

async function planned(
  { connection }: ReadContext,
  statement: Statement,
  measured: boolean,
): Promise<Pick<ExplainedRead, 'statement' | 'plan'>> {
  const { plan } = connection.dialect;
  const asking = plan.statement(statement, measured);
  if (!asking) throw new GatewayError('unprocessable', { message: 'explain: this database measures nothing; ask for explain=1' });
  return { statement, plan: plan.json(await connection.rows(asking)) };
}
