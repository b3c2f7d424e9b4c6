/** The tests of the parts that open databases and servers. */
import { loadTests, outsideFolders, testFolders } from './support/entry.ts';

loadTests(testFolders().filter((folder) => outsideFolders.includes(folder)));
