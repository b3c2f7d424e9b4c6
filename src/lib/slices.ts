/** Long work in slices, so that requests are served in between. */

/** Work that may pause wherever it yields. */
export type Sliced<T> = Generator<undefined, T, undefined>;

/** Milliseconds without a pause. A request passes through the event loop several times, and may meet a slice each time. */
const longest = 4;

/** Lets everything else that is ready go first. */
export function pause(): Promise<void> {
  return new Promise((done) => {
    setImmediate(done);
  });
}

/** Does the work without a pause. */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** Does the work with pauses, each after a few milliseconds. */
export async function inSlices<T>(work: Sliced<T>): Promise<T> {
  for (;;) {
    const end = performance.now() + longest;
    do {
      const step = work.next();
      if (step.done) return step.value;
    } while (performance.now() < end);
    await pause();
  }
}
