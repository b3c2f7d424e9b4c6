/**
 * Ends statements that run too long. The driver blocks the whole process while it works and cannot be interrupted from outside, so
 * selects call a function of ours for the rows they visit, which looks at the clock now and then.
 */
import type { Database } from 'better-sqlite3';
import { GatewayError } from '../../lib/errors.ts';

/** Rows between two looks at the clock. */
const interval = 256;

const ends = new WeakMap<Database, number>();

/** The clock starts anew for a statement that may take so many milliseconds; 0 is as long as it needs. To be called before every statement. */
export function startPulse(raw: Database, milliseconds: number): void {
  ends.set(raw, milliseconds > 0 ? performance.now() + milliseconds : Number.POSITIVE_INFINITY);
}

/**
 * Gives a connection `sallyport_pulse()`, for every row, also with an argument that makes it wait for one, and `sallyport_tick()`, for
 * some rows only. Both are always 1, and throw GatewayError `statement_timeout` when time is up.
 */
export function addPulse(raw: Database): void {
  let rows = 0;
  const tick = (): number => {
    if (performance.now() > (ends.get(raw) ?? Number.POSITIVE_INFINITY)) throw new GatewayError('statement_timeout');
    return 1;
  };
  const pulse = (): number => {
    rows += 1;
    return rows % interval === 0 ? tick() : 1;
  };
  raw.function('sallyport_tick', tick);
  raw.function('sallyport_pulse', pulse);
  raw.function('sallyport_pulse', (_: unknown) => pulse());
}
