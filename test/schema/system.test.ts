/** The data on system collections. */
import t from 'tap';
import { isSystemName, ownership, secrets, systemNames } from '../../src/schema/system.ts';

t.test('names', async (t) => {
  t.equal(systemNames.size, 15);
  t.ok(isSystemName('directus_users'));
  t.ok(isSystemName('directus_later'), 'the whole prefix');
  t.notOk(isSystemName('directus'));
  t.notOk(isSystemName('my_directus_users'));
});

t.test('no name of a table finds a prototype', async (t) => {
  t.equal(ownership['constructor'], undefined);
  t.equal(secrets['toString'], undefined);
  t.equal(secrets['directus_users']?.['constructor'], undefined);
  t.same(ownership['directus_roles'], { field: 'id', is: 'role' });
  t.equal(secrets['directus_users']?.['2fa_secret'], 'masked');
});
