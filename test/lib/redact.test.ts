/** Nothing that lets somebody in stands in a text that is logged or shown. */
import t from 'tap';
import { describeForLog, redact } from '../../src/lib/redact.ts';

t.test('secrets are taken out of URLs, however they are spelled', async (t) => {
  for (const [given, shown] of [
    ['/shop/items/a?access_token=abc&limit=1', '/shop/items/a?access_token=***&limit=1'],
    ['/shop/items/a?limit=1&access%5Ftoken=abc', '/shop/items/a?limit=1&access%5Ftoken=***'],
    ['/shop/items/a?ACCESS_TOKEN[]=abc', '/shop/items/a?ACCESS_TOKEN[]=***'],
    ['/server/info?super_admin_token=abc#x', '/server/info?super_admin_token=***#x'],
    ['/shop/auth/sso/x/callback?code=abc&state=def', '/shop/auth/sso/x/callback?code=***&state=***'],
    ['/shop/users/invite/abc.def?x=1', '/shop/users/invite/***?x=1'],
    ['/shop/items/a?filter[token_count]=1&status=draft&%zz=1', '/shop/items/a?filter[token_count]=1&status=draft&%zz=1'],
  ] as const) {
    t.equal(redact(given), shown);
  }
});

t.test('and out of what drivers and parsers say', async (t) => {
  t.equal(redact('cannot reach postgres://shop:pa/ss@wo:rd@db/shop now'), 'cannot reach postgres://shop:***@db/shop now');
  t.equal(redact("bad settings: host=db password='my own' user=a"), 'bad settings: host=db password=*** user=a');
  t.equal(redact('https://user@host/path and mail a@b.c'), 'https://user@host/path and mail a@b.c');
  const cause = new Error('mysql://u:hunter2@h failed');
  const error = Object.assign(new Error('no ?token=abc', { cause }), { sql: 'select 1', parameters: ['hunter2'], code: 'X' });
  const said = JSON.stringify(describeForLog(error));
  t.notMatch(said, /abc|hunter2|select 1/);
  t.match(said, /"code":"X"/);
});

t.test('long texts take no longer than they are long', async (t) => {
  for (const piece of ['a://x:', '?a', '&token', 'password=', 'a:']) t.ok(redact(piece.repeat(20_000)).length > 0, piece);
});
