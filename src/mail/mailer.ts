/** Mail by the SMTP server of a project. The library is loaded with the first mail, not with the server. */
import type { ProjectConfig } from '../config/types.ts';
import { GatewayError } from '../lib/errors.ts';

export type MailConfig = NonNullable<ProjectConfig['mail']>;

export interface Address {
  readonly name: string;
  readonly address: string;
}

export interface Mail {
  readonly to: readonly (string | Address)[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Who is answered, where that is not the sender. */
  readonly replyTo?: string | Address;
}

/** Milliseconds of each step with a server that does not answer. */
const patience = 15_000;

/** How a project sends mail. Throws `mail_unavailable` where it sends none. */
export function demandMail({ mail }: Pick<ProjectConfig, 'mail'>): MailConfig {
  if (mail) return mail;
  throw new GatewayError('mail_unavailable', { message: 'This project sends no mail: its project file has no "mail"' });
}

/**
 * Hands a mail to the server.
 *
 * @throws GatewayError `mail_unavailable` when the server does not answer or does not take it
 */
export async function sendMail({ url, from }: MailConfig, { to, ...mail }: Mail): Promise<void> {
  try {
    const transport = await transportTo(url, patience);
    await transport.sendMail({ ...mail, from, to: [...to] });
  } catch (error) {
    throw new GatewayError('mail_unavailable', {}, error);
  }
}

async function transportTo(url: string, milliseconds: number) {
  const { createTransport } = await import('nodemailer');
  const limits = { connectionTimeout: milliseconds, greetingTimeout: milliseconds, socketTimeout: milliseconds };
  return createTransport({ url, ...limits, disableFileAccess: true, disableUrlAccess: true });
}

/** Whether the server answers and lets the project in; throws where it does not. No mail is sent. */
export async function checkMail({ url }: MailConfig, milliseconds: number): Promise<void> {
  const transport = await transportTo(url, milliseconds);
  try {
    await transport.verify();
  } finally {
    transport.close();
  }
}
