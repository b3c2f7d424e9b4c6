/** How long each stage of a request took, for the Server-Timing header (architecture §1). */

export interface Timings {
  /** Ends the stage that began where the last one ended, or at the start. */
  mark(stage: string): void;
  /** The header's value: milliseconds by stage. */
  header(): string;
}

/** Starts the clock. */
export function startTimings(): Timings {
  let last = performance.now();
  const stages: string[] = [];
  return {
    mark(stage) {
      const now = performance.now();
      stages.push(`${stage};dur=${(now - last).toFixed(3)}`);
      last = now;
    },
    header: () => stages.join(', '),
  };
}
