/**
 * What of the promises to users depends on how connections are used, kept through PgBouncer in transaction mode. `test/pgbouncer.sh` starts
 * one, and keeps all of them by hand: `test/pgbouncer.sh run all`.
 */
import t from 'tap';

const url = process.env['TEST_PGBOUNCER_URL'];

if (url === undefined) {
  const skip = 'TEST_PGBOUNCER_URL names no PgBouncer; see test/pgbouncer.sh';
  await t.test('the promises through PgBouncer', { skip }, async () => undefined);
} else {
  process.env['TEST_PG_URL'] = url;
  process.env['PREPARED'] = 'false';
  // These read the variables when they are loaded.
  const { pooledFeatures } = await import('./support/pooled-features.ts');
  const { vendorSuite } = await import('./support/vendor-suite.ts');
  await vendorSuite('postgres', pooledFeatures);
}
