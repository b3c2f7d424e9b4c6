/**
 * The promises to users, on MySQL itself: `test/mysql-proper.sh` starts such a server where the distribution has none. Those that have least
 * to do with the database, and cost most, are kept on the others alone; `test/mysql-proper.sh run` keeps them all.
 */
import t from 'tap';

const url = process.env['TEST_MYSQL_PROPER_URL'];
const elsewhere =
  /password|second factor|sessions|sign-on|SCIM|official|Directus 8|^files|field of a file|webhooks|extensions|administrator|tools for|WebSocket|feed|instances|stay open|credential|addresses|accounts|takes? an Idempotency|cannot be tried|^asking first|provider|remembered|^clients|^documents|^Payload (?!finds|writes)|^Strapi: (?!filters|lists)/;

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
    features.filter(({ promise }) => !elsewhere.test(promise)),
  );
  // What is its own affair: the catalogue, texts, values to the last digit, groups, answers that were cut, connections, limits of time.
  const own = ['aggregates', 'connection', 'introspect', 'stream', 'text', 'text-indexes', 'time-limit'].map((file) => `mysql/${file}`);
  for (const file of ['ddl-lock', 'reads-inside', 'stored', ...own]) await import(`./vendors/${file}.test.js`);
}
