/** What a single sign-on leaves with whoever begins it: the sealed ticket of the way out, and the token that is exchanged once on the way back. */
import { randomUUID } from 'node:crypto';
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

/** The ticket as a text that nobody else reads or makes, good for ten minutes. */
export function sealedTicket(project: Project, ticket: SsoTicket): string {
  return sealerOf(project, 'ticket').seal(JSON.stringify({ ...ticket, expires: Date.now() + ticketLife }));
}

/** The `Set-Cookie` header of a sealed ticket; without one it takes the cookie away. */
export function setTicket(project: Project, path: string, secure: boolean, sealed: string | undefined): string {
  const life = sealed === undefined ? 0 : ticketLife / 1000;
  return `${ticketCookie(project)}=${sealed ?? ''}; Path=${path}; Max-Age=${life}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}

/** The sealed ticket of a `Cookie` header. */
export function ticketIn(project: Project, header: string | undefined): string | undefined {
  const name = `${ticketCookie(project)}=`;
  const found = (header ?? '').split(/;\s*/).find((one) => one.startsWith(name));
  return found?.slice(name.length);
}

/** The ticket; undefined for none of ours, one of another provider, or one that is too old. */
export function ticketOf(project: Project, sealed: string | undefined, provider: string): SsoTicket | undefined {
  const ticket = sealed === undefined ? undefined : opened<SsoTicket>(sealerOf(project, 'ticket'), sealed);
  return ticket && ticket.provider === provider && ticket.expires > Date.now() ? ticket : undefined;
}

/** Uses a ticket up, by whichever door it comes back. Throws `sso_failed` for one that was used before. */
export async function useTicket(project: Project, { state }: SsoTicket): Promise<void> {
  if (!(await usedOnce(project, `sso ticket ${state}`, ticketLife / 1000))) throw new GatewayError('sso_failed');
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
