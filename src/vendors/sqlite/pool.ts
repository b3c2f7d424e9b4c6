/**
 * The pool of a SQLite project: knex's, of one connection. The driver is synchronous, so a second one would never work beside
 * the first; but it could wait, blocking the whole process, for a lock that the first holds in a transaction and can then
 * never release.
 */
import Sqlite, { type Database } from 'better-sqlite3';
import knexFactory, { type Knex } from 'knex';
import { busy, type Lender, type Lending, lend } from '../../dialect/lend.ts';
import { createSemaphore, type Semaphore } from '../../lib/semaphore.ts';
import { type DatabaseFile, identityOf, missing } from './file.ts';
import { addOwn } from './functions.ts';
import { addPulse } from './pulse.ts';
import { addSums } from './sums.ts';

export interface Pool extends Lending<Database> {
  readonly knex: Knex;
  /** For those who write: one at a time waits for another process. */
  readonly writers: Semaphore;
}

/**
 * Milliseconds that migrations, and readers on connections of their own, wait for another process that is writing. That holds up the whole
 * process; everything else waits by asking again (retry-locked.ts).
 */
const busyTimeout = 5000;
/** Milliseconds to wait for the connection where migrations have it. */
const acquireTimeout = 10_000;
/** Milliseconds that writers wait for one another while none of them comes to an end, and at most. */
const writersPatience = 15_000;
const writersLongest = 30_000;

const silent = { debug() {}, warn() {}, error() {}, deprecate() {} };

/** Makes the pool; nothing is opened before the first statement. */
export function openPool(file: DatabaseFile): Pool {
  const opened = new WeakMap<Database, string | undefined>();
  let mayCreate = file.create;
  const knex = knexFactory({
    client: 'better-sqlite3',
    connection: { filename: file.path ?? ':memory:', options: { readonly: file.readonly } },
    useNullAsDefault: true,
    pool: {
      // One that stays: a database in memory lives as long as its connection.
      min: 1,
      max: 1,
      afterCreate(raw: Database, done: (error: Error | null, raw: Database) => void) {
        try {
          prepare(raw, file);
          if (file.path !== undefined) opened.set(raw, identityOf(file.path));
          mayCreate = false;
          done(null, raw);
        } catch (error) {
          raw.close();
          done(error instanceof Error ? error : new Error(String(error)), raw);
        }
      },
      // A file that was replaced or removed is opened anew: the old one would be read for ever.
      validate: (raw: Database) => raw.open && (file.path === undefined || opened.get(raw) === identityOf(file.path)),
    },
    acquireConnectionTimeout: acquireTimeout,
    // Its messages are errors we see anyway, with their causes; they would go to the terminal.
    log: silent,
  });
  const client: Lender<Database> = knex.client;
  const { acquire, release, use } = lend(impatient(client), { size: 1 });
  return {
    knex,
    async acquire() {
      // The driver would make an empty database where a file went missing.
      if (file.path !== undefined && !mayCreate && identityOf(file.path) === undefined) throw missing(file.path);
      return acquire();
    },
    release,
    use,
    writers: createSemaphore({ count: 1, patience: writersPatience, longest: writersLongest, refusal: busy }),
  };
}

/** The pool's connection as we use it, which waits for no lock; knex, which shares it, has it wait. */
function impatient(client: Lender<Database>): Lender<Database> {
  const own = { acquireConnection: client.acquireConnection.bind(client), releaseConnection: client.releaseConnection.bind(client) };
  client.acquireConnection = async () => {
    const raw = await own.acquireConnection();
    raw.pragma(`busy_timeout = ${busyTimeout}`);
    return raw;
  };
  client.releaseConnection = async (raw) => {
    if (raw.open) raw.pragma('busy_timeout = 0');
    return own.releaseConnection(raw);
  };
  return own;
}

function prepare(raw: Database, file: DatabaseFile): void {
  raw.pragma(`busy_timeout = ${busyTimeout}`);
  raw.pragma('foreign_keys = on');
  if (file.path !== undefined && !file.readonly) useLog(raw);
  addFunctions(raw);
  raw.pragma('busy_timeout = 0');
}

/**
 * A second connection to the file that only reads, beside the pool's; to be closed by the caller. Undefined where none may stay open
 * for long: a database in memory has one connection, and without a log its reader would keep the pool's own from writing.
 */
export function openReader(file: DatabaseFile): Database | undefined {
  if (file.path === undefined) return undefined;
  const raw = new Sqlite(file.path, { readonly: true, fileMustExist: true });
  try {
    raw.pragma(`busy_timeout = ${busyTimeout}`);
    if (file.readonly || raw.pragma('journal_mode', { simple: true }) === 'wal') {
      addFunctions(raw);
      return raw;
    }
    raw.close();
    return undefined;
  } catch (error) {
    raw.close();
    throw error;
  }
}

function addFunctions(raw: Database): void {
  addPulse(raw);
  addSums(raw);
  addOwn(raw);
}

/** Readers and a writer of other processes then do not wait for each other. What cannot be written to works without. */
function useLog(raw: Database): void {
  // Reading comes first, so that a file that is no database is an error.
  if (raw.pragma('journal_mode', { simple: true }) === 'wal') return;
  try {
    raw.pragma('journal_mode = wal');
  } catch (error) {
    if (!/^SQLITE_(?:READONLY|CANTOPEN|BUSY|LOCKED|IOERR)/.test(String(Reflect.get(Object(error), 'code')))) throw error;
  }
}
