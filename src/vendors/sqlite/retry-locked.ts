/**
 * Waits for the lock that another process has, by asking again: the driver's own way would hold up the whole process. Whatever is done
 * here has the lock at once or does nothing, so that asking again is safe.
 */
import type { Database } from 'better-sqlite3';
import { isBusy, isLost } from './errors.ts';
import type { Pool } from './pool.ts';

/** Milliseconds to wait for a lock, where statements have no limit or a longer one. */
const patience = 10_000;
/** Milliseconds between two questions, at first and at most. */
const firstPause = 2;
const longestPause = 25;

/** How long a lock is waited for where a statement may take so many milliseconds; 0 is as long as it needs. */
export function lockPatience(longest: number): number {
  return longest > 0 ? Math.min(patience, 2 * longest) : patience;
}

function pause(question: number): Promise<void> {
  const most = Math.min(longestPause, firstPause * 2 ** Math.min(question, 8));
  return new Promise((resolve) => setTimeout(resolve, most * (0.5 + Math.random() / 2)));
}

/**
 * Work on the raw connection, and again while it is refused a lock, up to so many milliseconds after `since`. Between two questions the
 * connection serves others. The one on which it was done is the caller's to give back.
 */
export async function retryWhileLocked<T>(
  pool: Pool,
  milliseconds: number,
  work: (raw: Database) => T,
  since = () => 0,
): Promise<{ readonly raw: Database; readonly value: T }> {
  const started = performance.now();
  for (let question = 0; ; question += 1) {
    const raw = await pool.acquire();
    try {
      return { raw, value: work(raw) };
    } catch (error) {
      if (isLost(error)) raw.close();
      await pool.release(raw);
      if (!isBusy(error) || performance.now() > Math.max(started, since()) + milliseconds) throw error;
    }
    await pause(question);
  }
}

/** Work on a connection that is held, as its transaction is not over. */
export async function retryHeldWhileLocked(milliseconds: number, work: () => void): Promise<void> {
  const started = performance.now();
  for (let question = 0; ; question += 1) {
    try {
      work();
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > started + milliseconds) throw error;
    }
    await pause(question);
  }
}
