/** One running promise at a time, for work that several callers ask for at once. */

/**
 * Wraps `work` so that it never runs twice at the same time.
 * A call during a run shares one further run, because the running one may have read too early to see what the caller knows of.
 */
export function singleFlight<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;

  const start = (): Promise<T> => {
    const run = work().finally(() => {
      running = undefined;
    });
    running = run;
    return run;
  };

  return () => {
    if (next) return next;
    if (!running) return start();
    next = running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return start();
      });
    return next;
  };
}
