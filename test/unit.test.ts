/** The tests of the parts, in one process: everything except those that open databases and servers or start processes. */
import { noteCoverage } from './support/coverage.ts';
import { loadTests, outsideFolders, processFolders, testFolders } from './support/entry.ts';

await noteCoverage('unit');
loadTests(testFolders().filter((folder) => ![...outsideFolders, ...processFolders].includes(folder)));
