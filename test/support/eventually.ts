/** Waits for what comes about by itself, for longer than it ever takes on a busy machine. */
import { setTimeout as pause } from 'node:timers/promises';

/** Whether it holds now or within so many milliseconds. */
export async function eventually(holds: () => boolean | Promise<boolean>, patience = 15_000): Promise<boolean> {
  for (const until = Date.now() + patience; Date.now() < until; await pause(20)) if (await holds()) return true;
  return false;
}
