/** Addresses and networks, of both kinds of IP. */
import t from 'tap';
import { addressList, isNetwork } from '../../src/access/address-list.ts';

t.test('an empty list is open', async (t) => {
  t.ok(addressList([]).open);
  t.notOk(addressList(['nonsense']).open, 'one that holds nothing good is closed');
});

t.test('who is in it', async (t) => {
  const list = addressList([
    '192.0.2.7',
    ' 10.1.0.0/16',
    '2001:db8::/32',
    'fe80::1',
    '203.0.113.9/24',
    'nonsense',
    '300.1.1.1',
    '1.2.3.4/33',
  ]);
  const cases: readonly (readonly [string, boolean])[] = [
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['192.0.2.70', false],
    ['10.1.255.255', true],
    ['10.2.0.0', false],
    ['::ffff:10.1.2.3', true],
    ['::ffff:10.2.2.3', false],
    ['2001:db8:ffff::1', true],
    ['2001:DB8:0:0::5', true],
    ['2001:db9::1', false],
    ['fe80::1%eth0', true],
    ['fe80:0:0:0:0:0:0:1', true],
    ['203.0.113.200', true],
    ['1.2.3.4', false],
    ['nonsense', false],
    ['', false],
  ];
  for (const [address, expected] of cases) t.equal(list.has(address), expected, address);
});

t.test('all of a kind', async (t) => {
  const list = addressList(['0.0.0.0/0']);
  t.ok(list.has('8.8.8.8'));
  t.notOk(list.has('2001:db8::1'));
});

t.test('what is neither', async (t) => {
  for (const text of ['', 'a', '10.0.0', '10.0.0.0/', '10.0.0.0/x', '10.0.0.0/8/8', '::/129', '10.0.0.0/-1', '::ffff:10.0.0.1/8', '*']) {
    t.notOk(isNetwork(text), text);
  }
  for (const text of ['10.0.0.1', '::1', '::/0', '10.0.0.0/8', '::ffff:10.0.0.1']) t.ok(isNetwork(text), text);
});
