/** Changes tables and the metadata about them as one: both are done, or neither. One change of a project at a time. */
import type { Actor } from '../../access/types.ts';
import type { DdlStep, TableChange, Undisturbed } from '../../dialect/ddl.ts';
import type { Connection, Introspection, Reader, Transaction, Vendor } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Statement } from '../../lib/fragment.ts';
import type { Log } from '../../lib/log.ts';
import { describeForLog } from '../../lib/redact.ts';
import { pause } from '../../lib/slices.ts';
import { isSystemName } from '../../schema/system.ts';
import type { Schema } from '../../schema/types.ts';

/** What a change of the schema runs with. */
export interface EditContext {
  readonly schema: Schema;
  readonly introspection: Introspection;
  readonly connection: Connection;
  readonly vendor: Vendor;
  readonly actor: Actor;
  readonly userAgent: string;
  readonly log: Log;
  /** Leaves no activity. */
  readonly unrecorded: boolean;
  /** Values may be lost. */
  readonly force: boolean;
  /** Called in the transaction of the metadata, last of all, with the name of what was made. */
  readonly done?: (transaction: Transaction, made: string) => Promise<void>;
  /** Of `Ddl.exclusively`. */
  readonly undisturbed?: Undisturbed;
  /** Milliseconds after which, again and again, the log is told that a change still goes on. */
  readonly reportMilliseconds?: number;
}

/** A statement that finds a row where the change is to be refused. */
export interface Check {
  readonly statement: Statement;
  readonly refusal: GatewayError;
}

export interface Edit {
  /** What it does, for the log. */
  readonly what: string;
  readonly checks: readonly Check[];
  readonly changes: readonly TableChange[];
  metadata(transaction: Transaction): Promise<void>;
  /** The name of what it makes, known when the metadata is written. */
  made?(): string;
}

/** Milliseconds from which on a change is logged with its time as a slow one. */
const slow = 1000;
/** Milliseconds between two lines of the log about one that takes long. */
const usualReport = 5000;

const last = new WeakMap<Connection['knex'], Promise<unknown>>();

/** Runs when all that was begun before with this connection has ended. */
export function inTurn<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  const run = (last.get(connection.knex) ?? Promise.resolve()).then(work);
  last.set(
    connection.knex,
    run.catch(() => undefined),
  );
  return run;
}

/**
 * Checks, changes the tables, writes the metadata.
 *
 * @throws GatewayError of a check; what the database says; `schema_refused` where it refuses for a reason that is none of these
 */
export async function runEdit(context: EditContext, edit: Edit): Promise<void> {
  const { vendor, log } = context;
  const began = performance.now();
  const seconds = (): number => Math.round((performance.now() - began) / 1000);
  const report = setInterval(
    () => log.info({ seconds: seconds() }, `the schema is still being changed: ${edit.what}`),
    context.reportMilliseconds ?? usualReport,
  );
  const over = context.connection.changing?.(edit.changes.map(({ table }) => table.name));
  try {
    if (vendor.ddl.transactional) await inOneTransaction(context, edit);
    else await byHand(context, edit);
  } finally {
    over?.();
    clearInterval(report);
  }
  const milliseconds = Math.round(performance.now() - began);
  const said = { milliseconds, statements: edit.changes.length };
  if (milliseconds >= slow) log.warn(said, `the schema was changed, slowly: ${edit.what}`);
  else log.info(said, `the schema was changed: ${edit.what}`);
}

async function check(reader: Reader, checks: readonly Check[]): Promise<void> {
  for (const { statement, refusal } of checks) {
    const [found] = await reader.texts(statement, { timeout: 0 });
    if (found) throw refusal;
  }
}

/** The tables that a change locks: what it changes, and what foreign keys lead to. */
function lockedTables(change: TableChange): string[] {
  const specs = change.is === 'create' ? change.columns : change.is === 'alter' ? [...change.add, ...(change.link ?? [])] : [];
  const unlinked = change.is === 'alter' ? (change.unlink ?? []).map(({ toTable }) => toTable) : [];
  return [change.table.name, ...specs.flatMap(({ references }) => references?.table ?? []), ...unlinked];
}

interface Steps {
  /** Of the changes up to the last one that locks a table of the system: the metadata's own transaction would be in their way for good. */
  readonly ahead: DdlStep[];
  readonly within: DdlStep[];
}

async function planned({ vendor }: EditContext, reader: Reader, changes: readonly TableChange[]): Promise<Steps> {
  const last = changes.findLastIndex((change) => lockedTables(change).some(isSystemName));
  const steps: Steps = { ahead: [], within: [] };
  for (const [i, change] of changes.entries()) steps[i <= last ? 'ahead' : 'within'].push(...(await vendor.ddl.plan(reader, change)));
  return steps;
}

/** Sends the statement, again and again where it says so; others are served in between. */
export async function takeStep(transaction: Transaction, { statement, again }: DdlStep): Promise<void> {
  while ((await transaction.execute(statement)) > 0 && again) await pause();
}

async function inOneTransaction(context: EditContext, edit: Edit): Promise<void> {
  const { connection } = context;
  const begin = edit.changes.length > 0 && connection.rebuilding ? connection.rebuilding : connection.transaction;
  await begin(async (transaction) => {
    await context.undisturbed?.(transaction);
    await check(transaction, edit.checks);
    // Each is planned when the ones before it are made: it may read what they leave.
    for (const change of edit.changes) {
      for (const step of await context.vendor.ddl.plan(transaction, change)) await made(context, edit, () => takeStep(transaction, step));
    }
    await edit.metadata(transaction);
    await context.done?.(transaction, edit.made?.() ?? '');
  });
}

/**
 * Where a change of a table ends the transaction it is made in: the metadata is written first and committed last, and the tables are
 * changed meanwhile on another connection; but for those of the system, which are changed before it is written. What fails rolls the
 * metadata back, and takes back what was done.
 */
async function byHand(context: EditContext, edit: Edit): Promise<void> {
  const { connection } = context;
  await check(connection, edit.checks);
  const { ahead, within } = await planned(context, connection, edit.changes);
  const done: DdlStep[] = [];
  const make = async (steps: readonly DdlStep[]): Promise<void> => {
    for (const step of steps) {
      await made(context, edit, () => connection.execute(step.statement));
      done.push(step);
    }
  };
  try {
    await make(ahead);
    await connection.transaction(async (transaction) => {
      await edit.metadata(transaction);
      await make(within);
      await context.done?.(transaction, edit.made?.() ?? '');
    });
  } catch (error) {
    if (done.length > 0 && done.length === ahead.length + within.length && done.some(({ undo }) => !undo))
      return finish(context, edit, error);
    await takeBack(context, edit, done);
    throw error;
  }
}

/** The tables are changed for good: the metadata has to follow. */
async function finish(context: EditContext, edit: Edit, error: unknown): Promise<void> {
  const { connection, log } = context;
  log.warn({ error: describeForLog(error) }, `the metadata was not kept the first time: ${edit.what}`);
  await connection.transaction(async (transaction) => {
    await edit.metadata(transaction);
    // Whose key it is makes no difference any more.
    await context.done?.(transaction, edit.made?.() ?? '').catch(() => undefined);
  });
}

async function takeBack({ connection, log }: EditContext, edit: Edit, done: readonly DdlStep[]): Promise<void> {
  for (const { undo } of done.toReversed()) {
    try {
      if (undo) await connection.execute(undo);
      else log.error({}, `a part of a change cannot be taken back: ${edit.what}`);
    } catch (error) {
      log.error({ error: describeForLog(error) }, `a part of a change could not be taken back: ${edit.what}`);
    }
  }
}

/** What the database says of a statement of ours that it refuses is for the log; the client gets a sentence. */
async function made({ log, vendor }: EditContext, edit: Edit, run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const known = vendor.translate(error);
    if (known) throw known;
    const code = error instanceof Error && 'code' in error;
    if (!code) throw error;
    log.warn({ error: describeForLog(error) }, `the database refuses a change of the schema: ${edit.what}`);
    throw new GatewayError('schema_refused', {}, error);
  }
}
