/** Who counts as one caller of feeds. */
import t from 'tap';
import { callerOf } from '../../src/changes/feeds.ts';

t.test('callers', async (t) => {
  const from = (ip: string): string => callerOf({ is: 'public', role: '2', ip });
  t.equal(from('2001:db8:1:2::1'), from('2001:db8:1:2:ffff::9'), 'addresses of one network are one caller');
  t.not(from('2001:db8:1:2::1'), from('2001:db8:1:3::1'));
  t.not(from('192.0.2.1'), from('192.0.2.2'));
  t.not(
    callerOf({ is: 'user', id: '1', role: '3', admin: false, ip: '192.0.2.1' }),
    callerOf({ is: 'user', id: '2', role: '3', admin: false, ip: '192.0.2.1' }),
  );
});
