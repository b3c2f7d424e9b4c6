/** The links in mails: to the page where a password is chosen. */
import { GatewayError } from '../lib/errors.ts';
import type { MailConfig } from '../mail/mailer.ts';

/** The address with one more parameter, behind those that it has; an app may have them behind its `#`. */
function withToken(address: string, token: string): string {
  const last = address.slice(address.indexOf('#') + 1);
  return `${address}${last.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}`;
}

/** Throws `validation` for a page that the project file does not name: it would be handed the token. */
export function checkPage({ resetUrls }: MailConfig, asked: unknown, name: string): string | undefined {
  if (asked === undefined || asked === null) return undefined;
  if (typeof asked === 'string' && resetUrls?.includes(asked)) return asked;
  throw new GatewayError('validation', { message: `${name}: This address is not one of mail.resetUrls in the project file.` });
}

/** The page where the holder of the token chooses a password: the one that was asked for, or the admin app's. */
export function linkTo({ publicUrl }: MailConfig, project: string, token: string, page: string | undefined): string {
  if (page !== undefined) return withToken(page, token);
  return `${withToken(`${publicUrl.replace(/\/+$/, '')}/admin/#/reset-password`, token)}&project=${encodeURIComponent(project)}`;
}
