/**
 * The promises to users, on MySQL itself: `test/mysql-proper.sh` starts such a server where the distribution has none. Those that say why they
 * do not depend on the database are kept on the others alone; `test/mysql-proper.sh run` keeps them all.
 */
import t from 'tap';

const url = process.env['TEST_MYSQL_PROPER_URL'];

if (url === undefined) {
  await t.test(
    'the promises on MySQL itself',
    { skip: 'TEST_MYSQL_PROPER_URL names no server; see test/mysql-proper.sh' },
    async () => undefined,
  );
} else {
  process.env['TEST_MYSQL_URL'] = url;
  const { vendorSuite } = await import('./support/vendor-suite.ts');
  const { features } = await import('./features/index.ts');
  await vendorSuite(
    'mysql',
    features.filter(({ databaseIndependent }) => databaseIndependent === undefined),
  );
  // What is its own affair: the catalogue, texts, values to the last digit, groups, answers that were cut, connections, limits of time.
  const own = ['aggregates', 'connection', 'introspect', 'stream', 'text', 'text-indexes', 'time-limit'].map((file) => `mysql/${file}`);
  for (const file of ['ddl-lock', 'reads-inside', 'stored', ...own]) await import(`./vendors/${file}.test.js`);
}
