/**
 * Ends statements that run too long. The driver blocks the whole process while it works and cannot be interrupted from outside, so
 * nested selects call a function of ours for every row, which looks at the clock now and then.
 */
import type { Database } from 'better-sqlite3';
import { GatewayError } from '../../lib/errors.ts';

/** Milliseconds a statement may take; nothing else of the process is served meanwhile. */
const longest = 5_000;
/** Rows between two looks at the clock. */
const interval = 256;

const ends = new WeakMap<Database, number>();

/** The clock starts anew. To be called before every statement. */
export function startPulse(raw: Database): void {
  ends.set(raw, performance.now() + longest);
}

/** Gives a connection the function `sallyport_pulse()`, always 1; it throws GatewayError `statement_timeout` when time is up. */
export function addPulse(raw: Database): void {
  let rows = 0;
  raw.function('sallyport_pulse', () => {
    rows += 1;
    if (rows % interval === 0 && performance.now() > (ends.get(raw) ?? Number.POSITIVE_INFINITY))
      throw new GatewayError('statement_timeout');
    return 1;
  });
}
