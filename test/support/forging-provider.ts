/** A provider of an attacker's making: it answers any code with an ID token as the test wants it. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ForgingProvider {
  readonly issuer: string;
  /** Claims of the next ID token, and whether another key than the published one signs it; or none, as OAuth 2 has it. */
  next: { claims: Readonly<Record<string, unknown>>; forged: boolean; bare?: boolean };
  close(): Promise<void>;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export async function startForgingProvider(): Promise<ForgingProvider> {
  const published = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = createServer((request, response) => {
    const send = (body: object): void => void response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (request.url === '/jwks')
      return send({ keys: [{ ...published.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }] });
    if (request.url === '/me') return send(provider.next.claims);
    if (request.url !== '/token') {
      return send({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        id_token_signing_alg_values_supported: ['RS256'],
      });
    }
    const now = Math.floor(Date.now() / 1000);
    const { claims, forged, bare } = provider.next;
    const body = { iss: issuer, aud: 'sallyport', sub: 's', iat: now, exp: now + 60, ...claims };
    const text = `${part({ alg: 'RS256', typ: 'JWT', kid: 'k' })}.${part(body)}`;
    const { privateKey } = forged ? other : published;
    const id_token = `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey).toString('base64url')}`;
    request.resume();
    return send({ access_token: 'access', token_type: 'bearer', expires_in: 60, ...(bare ? {} : { id_token }) });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: ForgingProvider = {
    issuer,
    next: { claims: {}, forged: false },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return provider;
}
