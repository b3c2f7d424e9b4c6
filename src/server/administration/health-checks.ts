/** What is looked at to tell whether a project works. None of what they say names a host, a file or a user. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ProjectConfig } from '../../config/types.ts';
import { within } from '../../lib/abortable.ts';
import { print, trusted } from '../../lib/fragment.ts';
import { checkMail } from '../../mail/mailer.ts';
import type { Project } from '../../projects/project.ts';

export type Health = 'ok' | 'warn' | 'error';

export interface Checked {
  /** `off` of what the project does not use. */
  readonly status: Health | 'off';
  readonly milliseconds?: number;
  readonly message?: string;
}

/** Milliseconds that one look may take. */
const patience = 5_000;

async function timed(work: () => Promise<unknown>, failing: Health, message: string): Promise<Checked> {
  const began = performance.now();
  const fine = await within(patience, work());
  const milliseconds = Math.round((performance.now() - began) * 10) / 10;
  return fine ? { status: 'ok', milliseconds } : { status: failing, milliseconds, message };
}

/** Whether files can be kept: the folder of the project, or the one in which it is going to be made. */
async function writable(root: string): Promise<void> {
  const found = await stat(root).catch(() => undefined);
  if (!found && dirname(root) !== root) return writable(dirname(root));
  if (!found?.isDirectory()) throw new Error('It is no folder');
  await access(root, constants.W_OK);
}

/** How the place of a project's files is looked at. */
export function checkStorage({ storage }: Pick<ProjectConfig, 'storage'>): Promise<Checked> {
  return timed(() => writable(storage.root), 'error', 'Files cannot be written to the storage');
}

/** How the database is looked at: by a statement of its own. */
export function checkDatabase({ connection }: Pick<Project, 'connection'>): Promise<Checked> {
  const statement = print(trusted('select 1'), connection.dialect);
  return timed(() => connection.texts(statement, { timeout: patience }), 'error', 'The database does not answer');
}

/** How often the mail server is asked: it may count those who come and send nothing. */
const mailInterval = 60_000;
const mailLooks = new WeakMap<object, { readonly at: number; readonly look: Promise<Checked> }>();

/** How the mail server is looked at; what it said is remembered for a minute. */
export function checkMailServer({ mail }: Pick<ProjectConfig, 'mail'>): Promise<Checked> {
  if (!mail) return Promise.resolve({ status: 'off' });
  const known = mailLooks.get(mail);
  if (known && performance.now() - known.at < mailInterval) return known.look;
  const look = timed(() => checkMail(mail, patience), 'warn', 'The mail server does not answer, or does not let the project in');
  mailLooks.set(mail, { at: performance.now(), look });
  return look;
}
