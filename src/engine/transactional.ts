/** Runs what changes rows in a transaction, and once more where another one was in the way. */
import { isConflict } from '../dialect/outcomes.ts';
import type { Connection, Transaction } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { type ConflictThrottle, createConflictThrottle } from './conflict-throttle.ts';
import { createPlaces, type Places } from './transaction-places.ts';

/** How often it is tried at most, and how many milliseconds after it was begun at the latest it is begun again. */
const attempts = 6;
const patience = 10_000;
/** Milliseconds of the first pause at most; each is twice as long as the one before. */
const firstPause = 15;

/**
 * Transactions for each connection in good times: one that has it, and those that stand in line for it among the reads, which would
 * otherwise wait twice.
 */
const line = 4;

/** Gives a connection back that came while transactions go one by one. */
const notNow = new GatewayError('write_conflict');

/** Gives the last connection back: see transaction-places.ts. */
const noPlace = new GatewayError('write_conflict');

interface Order {
  readonly throttle: ConflictThrottle;
  readonly places: Places;
}

const orders = new WeakMap<Connection['knex'], Order>();

function orderOf({ knex, streams }: Connection): Order {
  const size = streams + 1;
  const known = orders.get(knex) ?? { throttle: createConflictThrottle(size * line), places: createPlaces(size) };
  orders.set(knex, known);
  return known;
}

/**
 * Runs `run` in a transaction and commits. Deadlocks, serialisation failures and locks that did not come are tried again, a bounded number
 * of times: then `run` is called anew, with another transaction. It must do nothing but send statements and work out values: what leaves
 * the process (answers, events, mail) comes after this has resolved. What may have been committed is never repeated.
 *
 * @throws what `run` throws; write_conflict when it was in vain; database_unavailable, also when the connection was lost during the commit:
 * the sentence says then that the outcome is not known
 */
export async function transactional<T>(connection: Connection, run: (transaction: Transaction) => Promise<T>): Promise<T> {
  const { throttle, places } = orderOf(connection);
  const place = places.one();
  let started: number | undefined;
  const begin = (mayBegin: () => boolean) => async (transaction: Transaction) => {
    if (!place.take()) throw noPlace;
    if (!mayBegin()) throw notNow;
    started ??= performance.now();
    return run(transaction);
  };
  try {
    if (places.isCrowded()) await place.wait();
    for (let attempt = 1, waited = false; ; attempt += 1) {
      try {
        return await throttle.run((mayBegin) => connection.transaction(begin(mayBegin)), attempt > 1 || waited);
      } catch (error) {
        if (error === notNow || error === noPlace) {
          waited = true;
          attempt -= 1;
          await place.wait();
          continue;
        }
        if (!isConflict(error) || attempt === attempts || performance.now() - (started ?? Number.NEGATIVE_INFINITY) > patience) throw error;
      }
      throttle.conflicted();
      // Of random length, so that those that met do not meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * firstPause * 2 ** (attempt - 1)));
    }
  } finally {
    place.leave();
  }
}
