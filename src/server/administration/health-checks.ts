/** What is looked at to tell whether a project works. None of what they say names a host, a file or a user. */
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

/** How the place of a project's files is looked at; what was found is remembered for ten seconds. */
export function checkStorage({ files }: Pick<Project, 'files'>): Promise<Checked> {
  return seldom(files, storageInterval, () => timed(() => files.storage.check(), 'error', 'Files cannot be written to the storage'));
}

/** How the database is looked at: by a statement of its own. */
export function checkDatabase({ connection }: Pick<Project, 'connection'>): Promise<Checked> {
  const statement = print(trusted('select 1'), connection.dialect);
  return timed(() => connection.texts(statement, { timeout: patience }), 'error', 'The database does not answer');
}

/** How the copies of the database are looked at: one that is left out is no fault of the project, which reads from the database itself. */
export async function checkReplicas({ replicas }: Pick<Project, 'replicas'>): Promise<Checked> {
  if (!replicas) return { status: 'off' };
  await within(patience, replicas.look());
  const out = replicas.states().filter(({ used }) => !used);
  if (out.length === 0) return { status: 'ok' };
  return { status: 'warn', message: out.map(({ number, message }) => `Replica ${number} is not read from: ${message}`).join('; ') };
}

/** Milliseconds between two looks at what minds being looked at: a mail server counts who comes and sends nothing, and buckets cost. */
const mailInterval = 60_000;
const storageInterval = 10_000;
const looks = new WeakMap<object, { readonly at: number; readonly look: Promise<Checked> }>();

function seldom(of: object, interval: number, look: () => Promise<Checked>): Promise<Checked> {
  const known = looks.get(of);
  if (known && performance.now() - known.at < interval) return known.look;
  const made = look();
  looks.set(of, { at: performance.now(), look: made });
  return made;
}

/** How the mail server is looked at; what it said is remembered for a minute. */
export function checkMailServer({ mail }: Pick<ProjectConfig, 'mail'>): Promise<Checked> {
  if (!mail) return Promise.resolve({ status: 'off' });
  const message = 'The mail server does not answer, or does not let the project in';
  return seldom(mail, mailInterval, () => timed(() => checkMail(mail, patience), 'warn', message));
}
