/** The tests that start the command line as processes. */
import { loadTests, processFolders, testFolders } from './support/entry.ts';

loadTests(testFolders().filter((folder) => processFolders.includes(folder)));
