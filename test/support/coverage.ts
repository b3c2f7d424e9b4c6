/** Which parts of the source the tests of an entry come through: the figure at the end of `npm test`, made by test/closing-line.mjs. */
import { mkdir, writeFile } from 'node:fs/promises';
import { type Profiler, Session } from 'node:inspector/promises';
import { join, resolve } from 'node:path';
import t from 'tap';

/**
 * To be called before anything of `src` is imported. Entries that are run by themselves note nothing: what they come through is then no
 * figure of the whole.
 */
export async function noteCoverage(entry: string): Promise<void> {
  const { COVERAGE: noted } = process.env;
  if (noted === undefined) return;
  const folder = resolve(noted);
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  t.teardown(async () => {
    const { result }: Profiler.TakePreciseCoverageReturnType = await session.post('Profiler.takePreciseCoverage');
    const own = result.filter(({ url }) => url.includes('/dist/src/'));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `coverage-${entry}.json`), JSON.stringify({ result: own }));
    session.disconnect();
  });
}
