/** What an attacker sends to single sign-on, and gets for it. */
import { refused, type Tester, told } from './expect.ts';
import type { ForgingProvider } from './forging-provider.ts';
import { type Answer, at } from './http.ts';
import type { IdentityProvider } from './identity-provider.ts';
import type { OwnGarden } from './own-garden.ts';
import { back, begin, callbackOf } from './sso-way.ts';

const victim = { email: 'edda@garden.test', email_verified: true };

async function states(t: Tester, garden: OwnGarden, idp: IdentityProvider): Promise<void> {
  idp.account = { sub: 'a', ...victim };
  const [one, two] = [await begin(garden, 'directory'), await begin(garden, 'directory')];
  const url = await idp.visit(one.url, callbackOf(garden, 'directory'));
  refused(t, await back(garden, url, two.cookie), 401, 3, 'the state of another sign-in');
  refused(t, await back(garden, url, ''), 401, 3, 'no cookie');
  refused(t, await back(garden, url, `${one.cookie.slice(0, -3)}AAA`), 401, 3, 'a cookie that was changed');
  refused(t, await back(garden, url.replace('/sso/directory/', '/sso/forging/'), one.cookie), 401, 3, 'the cookie of another provider');
  refused(t, await back(garden, url.replace(/state=[^&]+/, 'state=x'), one.cookie), 401, 3, 'a wrong state');
  refused(t, await back(garden, url.replace(/state=[^&]+&?/, ''), one.cookie), 401, 3, 'no state');
  refused(t, await back(garden, `${callbackOf(garden, 'directory')}?error=access_denied`, one.cookie), 401, 3, 'the provider refuses');
}

async function forged(t: Tester, garden: OwnGarden, forging: ForgingProvider): Promise<void> {
  const attempt = async (claims: object, isForged: boolean, nonce?: string): Promise<Answer> => {
    const way = await begin(garden, 'forging');
    const asked = new URL(way.url).searchParams;
    forging.next = { claims: { ...victim, nonce: nonce ?? asked.get('nonce'), ...claims }, forged: isForged };
    const url = `${callbackOf(garden, 'forging')}?code=any&state=${asked.get('state')}`;
    return back(garden, url, way.cookie);
  };
  const genuine = await attempt({}, false);
  t.equal(genuine.status, 200, `a genuine token passes: ${told(genuine)}`);
  refused(t, await attempt({}, true), 401, 3, 'a forged ID token');
  refused(t, await attempt({}, false, 'of another sign-in'), 401, 3, 'the nonce of another sign-in');
  refused(t, await attempt({ aud: 'somebody else' }, false), 401, 3, 'a token for somebody else');
  refused(t, await attempt({ iss: 'http://127.0.0.1:1' }, false), 401, 3, 'a token of another issuer');
  refused(t, await attempt({ exp: 1 }, false), 401, 3, 'a token that has expired');
  refused(t, await attempt({ email_verified: 'true' }, false), 404, 107, 'a text is no verification');
  refused(t, await attempt({ email: 'edda@garden.tes_' }, false), 404, 107, 'an address is no pattern');
}

async function redirects(t: Tester, garden: OwnGarden): Promise<void> {
  const foreign = [
    'http://evil.example/',
    'http://app.example.evil.example/admin/',
    'http://app.example/other',
    'http://app.example/admin/../other',
    'http://app.example/admin/%2e%2e/other',
    'http://user@app.example/admin/',
    'https://app.example/admin/',
    '//evil.example/admin/',
    'javascript:alert(1)',
    'http:\\\\evil.example/admin/',
  ];
  for (const url of foreign) {
    const { answer } = await begin(garden, 'directory', `?redirect_url=${encodeURIComponent(url)}`);
    refused(t, answer, 422, 4, url);
  }
  refused(t, (await begin(garden, 'directory', '?mode=basic')).answer, 422, 4, 'a mode that is not served');
  refused(t, (await begin(garden, 'nobody')).answer, 404, 1, 'an unknown provider');
}

export async function ssoAttacks(t: Tester, garden: OwnGarden, idp: IdentityProvider, forging: ForgingProvider): Promise<void> {
  await states(t, garden, idp);
  await forged(t, garden, forging);
  await redirects(t, garden);
  const token = (request_token: unknown): Promise<Answer> => garden.send('POST', 'auth/sso/access_token', { request_token }, null);
  refused(t, await token('eyJ0eXAiOiJKV1QifQ.e30.x'), 401, 109, 'a request token of somebody else');
  refused(t, await token({ id: 1 }), 401, 109, 'no text');
  const way = await begin(garden, 'directory');
  refused(t, await token(way.cookie.split('=')[1]), 401, 109, 'the cookie is no request token');
  t.equal(at((await garden.get('auth/sso')).json, 'public'), true);
}
