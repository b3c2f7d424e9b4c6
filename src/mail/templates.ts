/** The texts of mails: built in, or files of a project's folder. `{{name}}` stands for a value. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { GatewayError } from '../lib/errors.ts';
import { isExactNumber } from '../lib/json-body.ts';
import type { Mail } from './mailer.ts';

interface Template {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type TemplateName = 'reset-password' | 'user-invitation' | 'confirm-address';

function page(...lines: readonly string[]): string {
  const body = lines.map((line) => `    <p>${line}</p>\n`).join('');
  return `<!doctype html>\n<html lang="en">\n  <body style="font-family: sans-serif; line-height: 1.5">\n${body}  </body>\n</html>\n`;
}

const builtIn: Readonly<Record<TemplateName, Template>> = {
  'reset-password': {
    subject: 'Password Reset Request: {{project_name}}',
    text: `Hello {{user_full_name}},

somebody, hopefully you, asked for a new password for {{project_name}}. Choose one here within {{minutes}} minutes:

{{reset_url}}

If it was not you, do nothing: your password stays as it is.
`,
    html: page(
      'Hello {{user_full_name}},',
      'somebody, hopefully you, asked for a new password for {{project_name}}. Choose one within {{minutes}} minutes:',
      '<a href="{{reset_url}}">{{reset_url}}</a>',
      'If it was not you, do nothing: your password stays as it is.',
    ),
  },
  'user-invitation': {
    subject: 'Invitation to Instance: {{project_name}}',
    text: `Hello,

you are invited to {{project_name}}. Choose a password here within 30 days:

{{invite_url}}
`,
    html: page(
      'Hello,',
      'you are invited to {{project_name}}. Choose a password within 30 days:',
      '<a href="{{invite_url}}">{{invite_url}}</a>',
    ),
  },
  'confirm-address': {
    subject: 'Confirm your address: {{project_name}}',
    text: `Hello,

somebody, hopefully you, registered this address at {{project_name}}. Confirm it here within a day:

{{confirm_url}}

If it was not you, do nothing.
`,
    html: page(
      'Hello,',
      'somebody, hopefully you, registered this address at {{project_name}}. Confirm it within a day:',
      '<a href="{{confirm_url}}">{{confirm_url}}</a>',
      'If it was not you, do nothing.',
    ),
  },
};

export type Values = Readonly<Record<string, unknown>>;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (found) => escapes[found] ?? found);

function textAt(values: Values, path: string): string {
  let here: unknown = values;
  for (const step of path.split('.')) {
    here = typeof here === 'object' && here !== null && Object.hasOwn(here, step) ? (here as Values)[step] : undefined;
  }
  if (isExactNumber(here)) return here.digits;
  return here === undefined || here === null || typeof here === 'object' ? '' : String(here);
}

/** The text with its values; in HTML they are text and nothing else. Throws where it gets longer than `most` characters. */
export function filled(text: string, values: Values, form: 'text' | 'html', most = Number.POSITIVE_INFINITY): string {
  let length = 0;
  const grows = (by: number): void => {
    length += by;
    if (length > most) throw new GatewayError('limit_exceeded', { message: `A mail has at most ${most} characters, its values included` });
  };
  let from = 0;
  const filled = text.replace(/\{\{\s*([\w.-]{1,200})\s*\}\}/g, (place: string, path: string, at: number) => {
    const value = textAt(values, path);
    const shown = form === 'html' ? escapeHtml(value) : value;
    grows(at - from + shown.length);
    from = at + place.length;
    return shown;
  });
  grows(text.length - from);
  return filled;
}

async function overridden(folder: string | undefined, file: string, otherwise: string): Promise<string> {
  if (folder === undefined) return otherwise;
  try {
    return await readFile(join(resolve(folder), file), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return otherwise;
    throw error;
  }
}

/** A mail of that name: `<name>.subject.txt`, `<name>.txt` and `<name>.html` of the folder stand in for what is built in. */
export async function rendered(name: TemplateName, values: Values, folder: string | undefined): Promise<Omit<Mail, 'to'>> {
  const { subject, text, html } = builtIn[name];
  const [ownSubject, ownText, ownHtml] = await Promise.all([
    overridden(folder, `${name}.subject.txt`, subject),
    overridden(folder, `${name}.txt`, text),
    overridden(folder, `${name}.html`, html),
  ]);
  return {
    subject: filled(ownSubject, values, 'text').replace(/\s+/g, ' ').trim(),
    text: filled(ownText, values, 'text'),
    html: filled(ownHtml, values, 'html'),
  };
}
