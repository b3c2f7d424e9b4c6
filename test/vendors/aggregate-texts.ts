/** Groups and aggregates of a table `x`, asked as over REST. */
import { compileRules } from '../../src/access/compile-rules.ts';
import type { Connection, Vendor } from '../../src/dialect/types.ts';
import { aggregate } from '../../src/engine/aggregate.ts';
import { createSealer } from '../../src/lib/sealed-text.ts';
import { limitsOf } from '../../src/query/limits.ts';
import { buildSchema } from '../../src/schema/build.ts';
import { parsePhpQuery } from '../../src/surfaces/directus/parse.ts';
import { parseAggregate } from '../../src/surfaces/directus/parse-aggregate.ts';

/** The rows of the answer, each as JSON text. */
export async function aggregateTexts(vendor: Vendor, connection: Connection, query: string): Promise<readonly string[]> {
  const schema = buildSchema(await vendor.introspect(connection), { collections: [], fields: [], relations: [] }, 1);
  const rules = compileRules({ permissions: [], roles: [], settings: [] }, 1);
  const { request } = parseAggregate('x', parsePhpQuery(query), 100);
  const actor = { is: 'system', reason: 'test' } as const;
  const { texts } = await aggregate(
    { actor, schema, rules, connection, limits: limitsOf(), sealer: createSealer('secret', 'test') },
    request,
  );
  return texts;
}
