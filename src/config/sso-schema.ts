/** The part of a project file about single sign-on: identity providers, and where a sign-in may lead. */
import { type Fault, list, object, optional, type Right, text, truth, whole, word } from './shape.ts';

const providerSchema = object({
  name: text(1),
  /** OpenID Connect: all else is discovered there. */
  issuer: optional(text(1)),
  /** OAuth 2 without discovery. */
  authorizationUrl: optional(text(1)),
  tokenUrl: optional(text(1)),
  userInfoUrl: optional(text(1)),
  clientId: text(1),
  clientSecret: optional(text(1)),
  scopes: optional(list(text(1), 'leave it out to ask for openid, email and profile')),
  icon: optional(text(1)),
  match: optional(word('email', 'external_id')),
  trustEmail: optional(truth),
  claims: optional(
    object({
      subject: optional(text(1)),
      email: optional(text(1)),
      verified: optional(text(1)),
      firstName: optional(text(1)),
      lastName: optional(text(1)),
      roles: optional(text(1)),
    }),
  ),
  roles: optional(list(object({ value: text(1), role: whole(1) }), 'leave it out to keep roles as they are')),
  create: optional(object({ role: whole(1) })),
  insecure: optional(truth),
});

export const ssoSchema = object({
  providers: list(providerSchema, 'leave it out to have no single sign-on'),
  redirects: optional(list(text(1), 'leave it out to allow none')),
  publicUrl: optional(text(1)),
});

export type SsoSettings = Right<typeof ssoSchema>;
export type SsoProvider = Right<typeof providerSchema>;

/** Rules that hang on several keys: a provider's addresses are there, and every address is one; names are told apart. */
export function ssoFaults({ providers, redirects = [], publicUrl }: SsoSettings): Fault[] {
  const faults: Fault[] = [];
  const check = (path: string, address: string | undefined): void => {
    if (address === undefined) return;
    if (!URL.canParse(address) || !/^https?:/.test(address)) faults.push({ path, message: 'must be an http: or https: address' });
  };
  for (const [i, provider] of providers.entries()) {
    const path = `/sso/providers/${i}`;
    const { name, issuer, authorizationUrl, tokenUrl, userInfoUrl } = provider;
    if (name === 'access_token') faults.push({ path: `${path}/name`, message: 'is a path of its own; choose another name' });
    if (providers.findIndex((one) => one.name === name) < i) faults.push({ path: `${path}/name`, message: 'is the name of another one' });
    if (issuer === undefined && [authorizationUrl, tokenUrl, userInfoUrl].includes(undefined)) {
      faults.push({ path, message: 'needs an issuer, or authorizationUrl, tokenUrl and userInfoUrl' });
    }
    for (const [key, address] of Object.entries({ issuer, authorizationUrl, tokenUrl, userInfoUrl })) check(`${path}/${key}`, address);
  }
  for (const [i, address] of redirects.entries()) check(`/sso/redirects/${i}`, address);
  check('/sso/publicUrl', publicUrl);
  return faults;
}
