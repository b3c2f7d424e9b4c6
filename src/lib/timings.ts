/** How long each stage of a request took (architecture §1): for the header Server-Timing, and for metrics. */

export interface Timings {
  /** Ends the stage that began where the last one ended, or at the start. */
  mark(stage: string): void;
  /** The header's value: milliseconds by stage; undefined where it is not told. */
  header(): string | undefined;
}

export interface TimingsOptions {
  /** Whether the caller is told. */
  readonly header: boolean;
  /** Is told of every stage that ended. */
  readonly observe?: ((stage: string, milliseconds: number) => void) | undefined;
}

/** Starts the clock. */
export function startTimings({ header, observe }: TimingsOptions): Timings {
  let last = performance.now();
  const stages: string[] = [];
  return {
    mark(stage) {
      const now = performance.now();
      observe?.(stage, now - last);
      if (header) stages.push(`${stage};dur=${(now - last).toFixed(3)}`);
      last = now;
    },
    header: () => (header ? stages.join(', ') : undefined),
  };
}
