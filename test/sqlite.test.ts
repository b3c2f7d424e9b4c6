/** Every promise to users, on sqlite. */
import { noteCoverage } from './support/coverage.ts';

await noteCoverage('sqlite');
const { vendorSuite } = await import('./support/vendor-suite.ts');
await vendorSuite('sqlite');
