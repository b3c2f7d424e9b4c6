/** What a request sets off and does not wait for, so that its time tells nothing. */
import { setImmediate as immediate } from 'node:timers/promises';
import { reason } from '../lib/redact.ts';
import type { Project } from '../projects/project.ts';

/** Runs it while the project stays open; a failure is logged under `what`. */
export function inBackground(project: Project, what: string, run: () => Promise<void>): void {
  const done = project.use();
  // Not before the answer has left: a database in this process would hold it up.
  void immediate()
    .then(run)
    .catch((error: unknown) => project.log.warn({ reason: reason(error) }, what))
    .finally(done);
}
