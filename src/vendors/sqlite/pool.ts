/**
 * The pool of a SQLite project: knex's, of one connection. The driver is synchronous, so a second one would never work beside
 * the first; but it could wait, blocking the whole process, for a lock that the first holds in a transaction and can then
 * never release.
 */
import type { Database } from 'better-sqlite3';
import knexFactory, { type Knex } from 'knex';
import { identityOf, missing, type Place } from './file.ts';
import { addPulse } from './pulse.ts';

/** The part of knex that hands out raw connections. */
interface Client {
  acquireConnection(): Promise<Database>;
  releaseConnection(raw: Database): Promise<void>;
}

export interface Pool {
  readonly knex: Knex;
  acquire(): Promise<Database>;
  release(raw: Database): Promise<void>;
}

/** Milliseconds a statement waits for another process that is writing. */
const busyTimeout = 5000;
/** Milliseconds to wait for the connection while a transaction has it. */
const acquireTimeout = 10_000;

const silent = { debug() {}, warn() {}, error() {}, deprecate() {} };

/** Makes the pool; nothing is opened before the first statement. */
export function openPool(place: Place): Pool {
  const opened = new WeakMap<Database, string | undefined>();
  let mayCreate = place.create;
  const knex = knexFactory({
    client: 'better-sqlite3',
    connection: { filename: place.path ?? ':memory:', options: { readonly: place.readonly } },
    useNullAsDefault: true,
    pool: {
      // One that stays: a database in memory lives as long as its connection.
      min: 1,
      max: 1,
      afterCreate(raw: Database, done: (error: Error | null, raw: Database) => void) {
        try {
          prepare(raw, place);
          if (place.path !== undefined) opened.set(raw, identityOf(place.path));
          mayCreate = false;
          done(null, raw);
        } catch (error) {
          raw.close();
          done(error instanceof Error ? error : new Error(String(error)), raw);
        }
      },
      // A file that was replaced or removed is opened anew: the old one would be read for ever.
      validate: (raw: Database) => raw.open && (place.path === undefined || opened.get(raw) === identityOf(place.path)),
    },
    acquireConnectionTimeout: acquireTimeout,
    // Its messages are errors we see anyway, with their causes; they would go to the terminal.
    log: silent,
  });
  const client: Client = knex.client;
  return {
    knex,
    async acquire() {
      // The driver would make an empty database where a file went missing.
      if (place.path !== undefined && !mayCreate && identityOf(place.path) === undefined) throw missing(place.path);
      return client.acquireConnection();
    },
    release: (raw) => client.releaseConnection(raw),
  };
}

function prepare(raw: Database, place: Place): void {
  raw.pragma(`busy_timeout = ${busyTimeout}`);
  raw.pragma('foreign_keys = on');
  if (place.path !== undefined && !place.readonly) useLog(raw);
  addPulse(raw);
  raw.function('sallyport_base64', { deterministic: true, safeIntegers: true }, base64);
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

function base64(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return (Buffer.isBuffer(value) ? value : Buffer.from(String(value))).toString('base64');
}
