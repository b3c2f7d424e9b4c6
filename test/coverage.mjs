// What the noted entries came through of `src`, as one line; nothing where none was noted. Run by closing-line.mjs.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Report } from 'c8';

const folder = join('coverage', 'noted');

/** Of an earlier run. */
export const forgetCoverage = () => rm(folder, { recursive: true, force: true });

export async function coverageLine() {
  const files = await readdir(folder).catch(() => []);
  if (files.length === 0) return undefined;
  const entries = files.map((name) => /^coverage-(.*)\.json$/.exec(name)?.[1]).sort();
  const settings = { tempDirectory: folder, src: [process.cwd()], include: ['src/**'], exclude: [], extension: ['.ts', '.js'] };
  const report = Report({ ...settings, excludeAfterRemap: true, omitRelative: true, reporter: [] });
  const map = await report.getCoverageMapFromAllCoverageFiles();
  const { lines, functions, branches } = map.getCoverageSummary().toJSON();
  return `# coverage of src by ${entries.join(' and ')}: ${lines.pct} % of lines, ${functions.pct} % of functions, ${branches.pct} % of branches`;
}
