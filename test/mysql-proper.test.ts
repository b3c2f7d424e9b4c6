/** Every promise to users, on MySQL itself: `test/mysql-proper.sh` starts such a server where the distribution has none. */
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
  await vendorSuite('mysql');
}
