/** What a single sign-on leaves with the browser: the sealed cookie of the way out, and the token that is exchanged once on the way back. */
import { randomUUID } from 'node:crypto';
import type { SsoSettings } from '../config/sso-schema.ts';
import { GatewayError } from '../lib/errors.ts';
import { createSealer, type Sealer } from '../lib/sealed-text.ts';
import type { Project } from '../projects/project.ts';
import { usedOnce } from './once.ts';
import type { SsoChecks } from './sso-provider.ts';
import type { SsoMode } from './sso-sign-in.ts';

/** Milliseconds for signing in at the provider, and for exchanging the token. */
const ticketLife = 600_000;
const tokenLife = 60_000;

export interface SsoTicket extends SsoChecks {
  readonly provider: string;
  readonly redirect: string | null;
  readonly mode: SsoMode;
}

const sealerOf = ({ config, key }: Project, purpose: string): Sealer => createSealer(config.secret, `sallyport sso ${purpose} ${key}`);

function opened<T>(sealer: Sealer, text: string): (T & { readonly expires: number }) | undefined {
  const content = sealer.open(text);
  return content === undefined ? undefined : (JSON.parse(content) as T & { readonly expires: number });
}

const ticketCookie = ({ key }: Project): string => `sallyport-${key}-sso`;

/** The `Set-Cookie` header; without a ticket it takes the cookie away. */
export function setTicket(project: Project, path: string, secure: boolean, ticket: SsoTicket | undefined): string {
  const value = ticket && sealerOf(project, 'ticket').seal(JSON.stringify({ ...ticket, expires: Date.now() + ticketLife }));
  const life = ticket ? ticketLife / 1000 : 0;
  return `${ticketCookie(project)}=${value ?? ''}; Path=${path}; Max-Age=${life}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}

/** The ticket of a `Cookie` header; undefined for none of ours, one of another provider, or one that is too old. */
export function ticketOf(project: Project, header: string | undefined, provider: string): SsoTicket | undefined {
  const name = `${ticketCookie(project)}=`;
  const found = (header ?? '').split(/;\s*/).find((one) => one.startsWith(name));
  const ticket = found && opened<SsoTicket>(sealerOf(project, 'ticket'), found.slice(name.length));
  return ticket && ticket.provider === provider && ticket.expires > Date.now() ? ticket : undefined;
}

/** A token that stands for the user, for a minute and one exchange. */
export function requestToken(project: Project, user: string): string {
  const content = { user, id: randomUUID(), expires: Date.now() + tokenLife };
  return sealerOf(project, 'request').seal(JSON.stringify(content));
}

/** The user of a token. Throws `sso_token_invalid` or `sso_token_expired`, the latter for one that was exchanged before as well. */
export async function exchange(project: Project, token: string): Promise<string> {
  const content = opened<{ user: string; id: string }>(sealerOf(project, 'request'), token);
  if (!content) throw new GatewayError('sso_token_invalid');
  const alive = content.expires > Date.now() && (await usedOnce(project, `request token ${content.id}`, tokenLife / 1000));
  if (!alive) throw new GatewayError('sso_token_expired');
  return content.user;
}

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** The address to go to afterwards. Throws `validation` unless one of the settings allows it: the same address, or below one with a slash. */
export function checkedRedirect({ redirects = [] }: SsoSettings, asked: string | undefined): string | null {
  if (asked === undefined || asked === '') return null;
  const url = parsed(asked);
  const allowed = redirects.some((one) => {
    const own = parsed(one);
    if (!own || !url || own.origin !== url.origin || own.origin === 'null' || url.username !== '' || url.password !== '') return false;
    return own.pathname === url.pathname || (own.pathname.endsWith('/') && url.pathname.startsWith(own.pathname));
  });
  if (url && allowed) return url.href;
  throw new GatewayError('validation', { message: 'redirect_url: this address is not among sso.redirects of the project file' });
}
