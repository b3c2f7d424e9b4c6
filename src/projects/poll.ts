/** Background looks at the database that requests set off but never wait for. */
import type { Log } from '../lib/log.ts';
import { reason } from '../lib/redact.ts';

export interface Poll {
  /** Starts a look unless one is running or the last one is too young. Returns at once. */
  kick(): void;
  /** Waits for a running look and starts no other. */
  stop(): Promise<void>;
}

/**
 * A look that happens at most every `every()` milliseconds.
 * One that takes long is made rarer, so that looking never takes more than a twentieth of the time.
 */
export function createPoll(options: { what: string; every: () => number; look: () => Promise<void>; log: Log }): Poll {
  let running: Promise<void> | undefined;
  let notBefore = Date.now() + options.every();
  let failing = false;
  let stopped = false;

  const look = async (): Promise<void> => {
    const started = Date.now();
    try {
      await options.look();
      failing = false;
    } catch (error) {
      // A database that is away is told once, not every two seconds.
      if (!failing) options.log.warn({ reason: reason(error) }, `could not check ${options.what}`);
      failing = true;
    }
    const ended = Date.now();
    notBefore = ended + Math.max(options.every(), 20 * (ended - started));
    running = undefined;
  };

  return {
    kick() {
      if (running || stopped || Date.now() < notBefore) return;
      running = look();
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}
