/** The time of day stands still, so that what two databases note of a request is the same. */
import { mock } from 'node:test';

/** Stops the clock; timers run on. The function returned lets it go again. */
export function stopClock(): () => void {
  mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 2, 4, 5, 6, 7) });
  return () => mock.timers.reset();
}
