/** A real OpenID Connect provider in this process, at which everybody is signed in already. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { browse } from './browser.ts';

export interface IdentityProvider {
  readonly issuer: string;
  /** Who signs in next: the claims, `sub` among them. */
  account: Readonly<Record<string, unknown>> & { readonly sub: string };
  /** Makes the client known, once its callback is. */
  register(callback: string): void;
  /** Signs in at that address, as a browser would; where the provider sends it in the end. */
  visit(url: string, callback: string): Promise<string>;
  close(): Promise<void>;
}

export const client = { id: 'sallyport', secret: 'a secret of the client' };

export async function startIdentityProvider(): Promise<IdentityProvider> {
  let provider: Provider | undefined;
  const server = createServer((request, response) => {
    if (!provider) return void response.writeHead(503).end();
    if (!request.url?.startsWith('/interaction/')) return void provider.callback()(request, response);
    void provider.interactionFinished(request, response, { login: { accountId: idp.account.sub } });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const idp: IdentityProvider = {
    issuer,
    account: { sub: 'nobody' },
    register(callback) {
      provider = new Provider(issuer, {
        clients: [
          {
            client_id: client.id,
            client_secret: client.secret,
            redirect_uris: [callback],
            token_endpoint_auth_method: 'client_secret_post',
          },
        ],
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name', 'groups'] },
        findAccount: (_, accountId) => ({ accountId, claims: async () => ({ ...idp.account, sub: accountId }) }),
        interactions: { url: (_, { uid }) => `/interaction/${uid}` },
        async loadExistingGrant({ oidc }) {
          const { accountId } = oidc.session ?? {};
          const grant = new oidc.provider.Grant({
            ...(oidc.client ? { clientId: oidc.client.clientId } : {}),
            ...(accountId === undefined ? {} : { accountId }),
          });
          grant.addOIDCScope('openid email profile');
          await grant.save();
          return grant;
        },
        features: { devInteractions: { enabled: false } },
        pkce: { required: () => true },
        cookies: { keys: ['a key of the test'] },
      });
    },
    visit: (url, callback) => browse(url, callback),
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return idp;
}
