/** Talks to identity providers: OpenID Connect, and OAuth 2 with user information (RFC 6749, RFC 7636). */
import * as client from 'openid-client';
import type { SsoProvider } from '../config/sso-schema.ts';
import { GatewayError } from '../lib/errors.ts';

/** What must be remembered between the way out and the way back. */
export interface SsoChecks {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Who the provider says it is. */
export interface SsoIdentity {
  readonly subject: string;
  /** Only one that the provider has verified, or is trusted with. */
  readonly email?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  /** Values of the claim that roles go by. */
  readonly roles: readonly string[];
}

/** Seconds that an answer of a provider may take. */
const patience = 10;

const configurations = new WeakMap<SsoProvider, Promise<client.Configuration>>();

/** Discovered once for each provider of a configuration, and again after a failure. */
function configurationOf(provider: SsoProvider): Promise<client.Configuration> {
  let made = configurations.get(provider);
  if (!made) {
    made = configure(provider);
    configurations.set(provider, made);
    made.catch(() => configurations.delete(provider));
  }
  return made;
}

async function configure(provider: SsoProvider): Promise<client.Configuration> {
  const { issuer, clientId, clientSecret, authorizationUrl, tokenUrl, userInfoUrl } = provider;
  const authentication = clientSecret === undefined ? client.None() : client.ClientSecretPost(clientSecret);
  if (issuer !== undefined) {
    // An ID token counts by its signature, and not because of the connection it came through.
    const execute = [client.enableNonRepudiationChecks, ...(provider.insecure ? [client.allowInsecureRequests] : [])];
    return client.discovery(new URL(issuer), clientId, clientSecret, authentication, { execute, timeout: patience });
  }
  if (authorizationUrl === undefined || tokenUrl === undefined || userInfoUrl === undefined) {
    throw new TypeError(`The provider ${provider.name} has neither an issuer nor authorizationUrl, tokenUrl and userInfoUrl`);
  }
  const server = {
    issuer: new URL(authorizationUrl).origin,
    authorization_endpoint: authorizationUrl,
    token_endpoint: tokenUrl,
    userinfo_endpoint: userInfoUrl,
  };
  const made = new client.Configuration(server, clientId, clientSecret, authentication);
  made.timeout = patience;
  if (provider.insecure) client.allowInsecureRequests(made);
  return made;
}

/** What the provider's being away or wrongly configured looks like to a client. */
function unavailable(error: unknown): GatewayError {
  return new GatewayError('sso_unavailable', {}, error);
}

/** Where the browser goes to sign in, and what to remember meanwhile. */
export async function authorization(
  provider: SsoProvider,
  callback: string,
): Promise<{ readonly url: string; readonly checks: SsoChecks }> {
  const config = await configurationOf(provider).catch((error: unknown) => {
    throw unavailable(error);
  });
  const checks = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: (provider.scopes ?? ['openid', 'email', 'profile']).join(' '),
    state: checks.state,
    code_challenge: await client.calculatePKCECodeChallenge(checks.verifier),
    code_challenge_method: 'S256',
    ...(provider.issuer === undefined ? {} : { nonce: checks.nonce }),
  });
  return { url: url.href, checks };
}

/**
 * Exchanges the code of a callback for the identity.
 *
 * @throws GatewayError `sso_failed` where anything about the answer is not as it should be, `sso_unavailable` where there is none
 */
export async function identityOf(provider: SsoProvider, callback: URL, checks: SsoChecks): Promise<SsoIdentity> {
  const config = await configurationOf(provider).catch((error: unknown) => {
    throw unavailable(error);
  });
  try {
    return identity(provider, await claimsOf(provider, config, callback, checks));
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new GatewayError('sso_failed', {}, error);
  }
}

/**
 * The identity of a code that a client has taken from the address of the callback by itself. The address is this provider's alone, so that
 * a client that leaves `iss` out has still said whose code it is (RFC 9207, RFC 9700 §4.4).
 *
 * @throws GatewayError as `identityOf`
 */
export async function identityOfCode(
  provider: SsoProvider,
  callback: string,
  { code, iss }: { readonly code: string; readonly iss?: string | undefined },
  checks: SsoChecks,
): Promise<SsoIdentity> {
  const config = await configurationOf(provider).catch((error: unknown) => {
    throw unavailable(error);
  });
  const answer = new URL(callback);
  answer.search = new URLSearchParams({ code, state: checks.state, iss: iss ?? config.serverMetadata().issuer }).toString();
  return identityOf(provider, answer, checks);
}

type Claims = Readonly<Record<string, unknown>>;

async function claimsOf(provider: SsoProvider, config: client.Configuration, callback: URL, checks: SsoChecks): Promise<Claims> {
  const { state: expectedState, nonce: expectedNonce, verifier: pkceCodeVerifier } = checks;
  if (provider.issuer === undefined) {
    const tokens = await client.authorizationCodeGrant(config, callback, { expectedState, pkceCodeVerifier });
    const answer = await client.fetchProtectedResource(config, tokens.access_token, new URL(provider.userInfoUrl ?? ''), 'GET');
    const told: unknown = await answer.json();
    if (answer.status === 200 && told !== null && typeof told === 'object') return told as Claims;
    throw new TypeError('The user information is no object');
  }
  const tokens = await client.authorizationCodeGrant(config, callback, {
    expectedState,
    expectedNonce,
    pkceCodeVerifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (!claims) throw new TypeError('There is no ID token');
  if (config.serverMetadata().userinfo_endpoint === undefined) return claims;
  return { ...(await client.fetchUserInfo(config, tokens.access_token, claims.sub)), ...claims };
}

function identity({ claims = {}, trustEmail }: SsoProvider, told: Claims): SsoIdentity {
  const at = (name: string): string | undefined => {
    const value = Object.hasOwn(told, name) ? told[name] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const subject = at(claims.subject ?? 'sub');
  if (subject === undefined || subject === '') throw new TypeError('The provider names no subject');
  const email = at(claims.email ?? 'email');
  const verified = trustEmail === true || told[claims.verified ?? 'email_verified'] === true;
  const [firstName, lastName] = [at(claims.firstName ?? 'given_name'), at(claims.lastName ?? 'family_name')];
  const roles = claims.roles === undefined ? undefined : told[claims.roles];
  return {
    subject,
    ...(email !== undefined && verified ? { email } : {}),
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
    roles: (Array.isArray(roles) ? roles : [roles]).filter((one) => typeof one === 'string'),
  };
}
