/** Reads run inside a transaction, on its one connection, whatever they need: nested rows, counts, estimates of counts that take too long. */
import t from 'tap';
import { compileRules } from '../../src/access/compile-rules.ts';
import { type ReadResult, read } from '../../src/engine/read.ts';
import { createSealer } from '../../src/lib/sealed-text.ts';
import { limitsOf } from '../../src/query/limits.ts';
import { buildSchema } from '../../src/schema/build.ts';
import { parsePhpQuery, parseRead } from '../../src/surfaces/directus/parse.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { testVendors, whyNot } from '../support/vendors.ts';
import { counts, increment, opened } from './opened.ts';

/** Five to the power of seven rows, which nobody counts in a millisecond. */
const crowd = `create view crowd as select a.id, a.n from counters a, counters b, counters c, counters d, counters e, counters f, counters g
  where a.n + b.n + c.n + d.n + e.n + f.n + g.n >= 0`;

for (const vendor of testVendors) {
  t.test(`reads inside a transaction, on ${vendor}`, { skip: (await whyNot(vendor)) ?? false }, async (t) => {
    const { config } = await opened(t, vendor, [
      crowd,
      'create table notes (id integer primary key, counter integer references counters (id))',
    ]);
    // With one connection, whatever asked for another would wait for it in vain.
    const connection = await vendorOf(config.client).connect({ ...config, pool: { max: 1 } });
    t.teardown(() => connection.close());
    const schema = buildSchema(await vendorOf(config.client).introspect(connection), { collections: [], fields: [], relations: [] }, 1);
    const rules = compileRules({ permissions: [], roles: [], settings: [] }, 1);
    const limits = { ...limitsOf(), countMilliseconds: 1 };
    const context = { actor: { is: 'system', reason: 'test' } as const, schema, rules, limits, sealer: createSealer('secret', 'test') };
    await connection.transaction(async (transaction) => {
      const asked = (collection: string, query: string): Promise<ReadResult> =>
        read({ ...context, connection: transaction }, parseRead(collection, parsePhpQuery(query), 100).read);
      await transaction.execute(increment(connection, 1));
      const rows = await asked('counters', 'fields=*&sort=id&limit=2');
      t.strictSame(
        JSON.parse(String(rows.texts.between('[', ']'))),
        [
          { id: 1, n: 1 },
          { id: 2, n: 0 },
        ],
        'what it changed',
      );
      const found = await asked('crowd', 'limit=1&meta=total_count');
      t.type(found.counts.total, 'number');
      t.equal(found.counts.estimated?.has('total') ?? false, vendor !== 'sqlite', 'estimated, where there is a planner to ask');
      await transaction.execute(increment(connection, 1));
    });
    t.strictSame(await counts(connection), [2, 0, 0, 0, 0], 'counts that took too long end nothing');
  });
}
