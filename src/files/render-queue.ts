/** Images are made a few at a time; some more wait, and the rest is sent away at once. */
import { GatewayError } from '../lib/errors.ts';
import { createSemaphore } from '../lib/semaphore.ts';

export interface RenderQueue {
  run<T>(work: () => Promise<T>): Promise<T>;
  /** How many are being made now, and how many wait. */
  usage(): { readonly taken: number; readonly waiting: number };
}

/** Milliseconds that anybody waits at most. */
const longest = 60_000;

/** `concurrency` at once, `queue` waiting. */
export function createRenderQueue({ concurrency, queue }: { readonly concurrency: number; readonly queue: number }): RenderQueue {
  const refusal = (): GatewayError => new GatewayError('busy');
  const turns = createSemaphore({ count: concurrency, patience: longest, longest, refusal });
  let inside = 0;
  const run: RenderQueue['run'] = async (work) => {
    if (inside >= concurrency + queue) throw refusal();
    inside += 1;
    try {
      await turns.acquire();
      try {
        return await work();
      } finally {
        turns.release();
      }
    } finally {
      inside -= 1;
    }
  };
  return { run, usage: turns.usage };
}
