/** Pages of other origins: what they may read is a setting of the project, and cookies are for those that it names (directus8-system §1.7). */
import t from 'tap';
import { tokens } from '../fixtures/garden-people.ts';
import { type Tester, told } from '../support/expect.ts';
import { fromPage, type PageAnswer } from '../support/foreign-page.ts';
import { startGarden, worldOf } from '../support/garden.ts';
import { type GatewaySettings, startGateway } from '../support/gateway.ts';
import { at } from '../support/http.ts';

type Garden = Awaited<ReturnType<typeof startGarden>>['world'];

const app = 'https://app.example';
const evil = 'https://evil.example';
const list = '/garden/items/families?limit=1';
const authorization = `Bearer ${tokens.admin}`;

function garden(name: string, settings: GatewaySettings, run: (t: Tester, world: Garden) => Promise<void>): void {
  t.test(name, async (t) => {
    const { world, stop } = await startGarden('sqlite', settings);
    t.teardown(stop);
    await run(t, world);
  });
}

const outcome = (given: PageAnswer): unknown => ('answer' in given ? given.answer.status : given.blocked);

garden('without a word', {}, async (t, world) => {
  t.equal(outcome(await fromPage(world, evil, list, { headers: { authorization } })), 200, 'any page, with a token of its own');
  const write = { method: 'PATCH', headers: { authorization, 'if-match': '*' }, body: '{}' };
  t.equal(outcome(await fromPage(world, evil, '/garden/items/families/ROS', write)), 200, 'with the headers of writes');
  t.equal(outcome(await fromPage(world, evil, list, { cookie: '' })), 'answer', 'never with cookies');
  t.equal(outcome(await fromPage(world, evil, list, { headers: { 'x-own': '1' } })), 'preflight', 'nor with headers of its own');
});

garden(
  'a list of origins',
  { cors: { origins: [`${app}/`], headers: ['X-Own'], exposedHeaders: ['X-Told'], maxAge: 5 } },
  async (t, world) => {
    const asked = { headers: { authorization, 'x-own': '1' } };
    const got = await fromPage(world, app, list, asked);
    t.equal(outcome(got), 200);
    if ('answer' in got) t.match(String(got.answer.headers['access-control-expose-headers']), /X-Request-Id.*X-Told/);
    t.equal(outcome(await fromPage(world, evil, list, asked)), 'preflight', 'no other page');
    t.equal(outcome(await fromPage(world, evil, list)), 'answer', 'nor does it read what needs no preflight');
    t.equal(outcome(await fromPage(world, 'http://app.example', list)), 'answer', 'nor by another scheme');
    t.equal(outcome(await fromPage(world, `${app}.evil.example`, list)), 'answer', 'nor by a longer name');
    t.equal(outcome(await fromPage(world, 'null', list)), 'answer', 'nor from a sandbox');
    const elsewhere = await world.raw('/server/ping', { headers: { origin: evil } });
    t.equal(elsewhere.headers['access-control-allow-origin'], evil, 'outside of projects all read');
    const preflight = await world.raw(list, { method: 'OPTIONS', headers: { origin: app, 'access-control-request-method': 'GET' } });
    t.strictSame([preflight.status, preflight.text, preflight.headers['access-control-max-age']], [200, '', '5']);
    t.match(String(preflight.headers['vary']), /Origin/, 'no cache hands it to another page');
  },
);

garden('switched off', { cors: { enabled: false }, auth: { origins: [app] } }, async (t, world) => {
  t.equal(outcome(await fromPage(world, app, list)), 'answer');
  t.equal(outcome(await fromPage(world, app, list, { cookie: '' })), 'answer');
  t.equal(outcome(await fromPage(world, app, list, { headers: { authorization } })), 'preflight');
  t.equal((await world.raw(list, { token: tokens.admin })).status, 200, 'what is no page is served');
});

garden('cookies', { cors: { origins: ['*'] }, auth: { origins: [app] } }, async (t, world) => {
  const body = JSON.stringify({ email: 'admin@example.com', password: 'password', mode: 'cookie' });
  const login = { method: 'POST', body, cookie: '' };
  t.equal(outcome(await fromPage(world, evil, '/garden/auth/authenticate', login)), 'preflight', 'a page that is not named');
  const plain = await world.raw('/garden/auth/authenticate', {
    method: 'POST',
    headers: { origin: evil, 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' },
    body,
  });
  t.ok(plain.status >= 400 && plain.headers['set-cookie'] === undefined, `nor without a preflight: ${told(plain)}`);
  const signedIn = await fromPage(world, app, '/garden/auth/authenticate', login);
  t.equal(outcome(signedIn), 200, 'a page that is named signs in');
  const [cookie = ''] = String('answer' in signedIn ? signedIn.answer.headers['set-cookie'] : '').split(';');
  t.match(cookie, /^directus-garden-session=\d/);
  const me = await fromPage(world, app, '/garden/users/me?fields=id', { cookie });
  t.equal('answer' in me ? at(me.answer.json, 'data', 'id') : me.blocked, 1, 'and reads');
  const write = { method: 'PATCH', body: '{"name":"Roses"}', cookie };
  t.equal(outcome(await fromPage(world, app, '/garden/items/families/ROS', write)), 200, 'and writes');
  t.equal(outcome(await fromPage(world, evil, '/garden/items/families/ROS', write)), 'preflight', 'others do not write');
  const read = await fromPage(world, evil, '/garden/users/me?fields=id', { cookie });
  t.equal(outcome(read), 'answer', 'nor read what the browser is answered');
  for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) {
    const sent = await world.raw('/garden/users/me', { method, headers: { cookie, origin: evil }, body: '{"title":"x"}' });
    t.ok([403, 404, 405].includes(sent.status), `a browser that asks nobody: ${method} ${told(sent)}`);
  }
  const overridden = await world.raw('/garden/users/me', {
    method: 'POST',
    headers: { cookie, origin: evil, 'x-http-method-override': 'PATCH' },
    body: '{"title":"x"}',
  });
  t.equal(overridden.status, 403, 'nor by another name of the method');
});

t.test('behind a proxy that ends TLS', async (t) => {
  const { world, stop } = await startGarden('sqlite');
  t.teardown(stop);
  for (const [trusts, secure] of [
    [true, true],
    [undefined, false],
  ] as const) {
    const gateway = await startGateway({ garden: world.config }, {}, undefined, {}, trusts);
    const { raw } = worldOf('sqlite', world.config, gateway);
    const answer = await raw('/garden/auth/authenticate', {
      method: 'POST',
      headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example', origin: trusts ? 'https://shop.example' : gateway.url },
      body: JSON.stringify({ email: 'admin@example.com', password: 'password', mode: 'cookie' }),
    });
    t.equal(answer.status, 200, told(answer));
    const cookie = String(answer.headers['set-cookie']);
    t.match(cookie, /; Path=\/; Expires=[^;]+; HttpOnly; /);
    t.equal(/; Secure(?:;|$)/.test(cookie), secure, `${trusts ? 'a proxy that is trusted' : 'anybody'} says https: ${cookie}`);
    await gateway.close();
  }
});
