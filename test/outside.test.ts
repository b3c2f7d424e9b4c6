/** The tests of the parts that open databases, servers or processes. */
import { loadTests, outsideFolders, testFolders } from './support/entry.ts';

await loadTests(testFolders().filter((folder) => outsideFolders.includes(folder)));
