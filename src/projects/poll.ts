/** Background looks at the database that requests set off but never wait for. */
import type { Log } from '../lib/log.ts';
import { reason } from '../lib/redact.ts';

export interface Poll {
  /** Starts a look unless one is running or the last one is too young. Returns at once. */
  kick(): void;
  /** Starts a look however young the last one is, behind one that is running. Returns at once. */
  soon(): void;
  /** Waits for a running look and starts no other. */
  stop(): Promise<void>;
}

/**
 * A look that happens at most every `every()` milliseconds.
 * One that takes long is made rarer, so that looking never takes more than a twentieth of the time. A look that gives true has found
 * something and spent its time on that, which says nothing about the next one.
 */
export function createPoll(options: { what: string; every: () => number; look: () => Promise<unknown>; log: Log }): Poll {
  let running: Promise<void> | undefined;
  let notBefore = Date.now() + options.every();
  let failing = false;
  let stopped = false;
  let again = false;

  const look = async (): Promise<void> => {
    const started = Date.now();
    let found: unknown;
    try {
      found = await options.look();
      failing = false;
    } catch (error) {
      // A database that is away is told once, not every two seconds.
      if (!failing) options.log.warn({ reason: reason(error) }, `could not check ${options.what}`);
      failing = true;
    }
    const ended = Date.now();
    notBefore = ended + (found === true ? options.every() : Math.max(options.every(), 20 * (ended - started)));
    running = undefined;
    if (again) soon();
  };

  function soon(): void {
    again = running !== undefined && !stopped;
    if (!running && !stopped) running = look();
  }

  return {
    kick() {
      if (running || stopped || Date.now() < notBefore) return;
      running = look();
    },
    soon,
    async stop() {
      stopped = true;
      await running;
    },
  };
}
