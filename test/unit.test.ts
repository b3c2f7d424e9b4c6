/** The tests of the parts, in one process: everything except those that open servers or start processes. */
import { loadTests, outsideFolders, testFolders } from './support/entry.ts';

await loadTests(testFolders().filter((folder) => !outsideFolders.includes(folder)));
