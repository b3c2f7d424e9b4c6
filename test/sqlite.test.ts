/** Every promise to users, on sqlite. */
import { vendorSuite } from './support/vendor-suite.ts';

await vendorSuite('sqlite');
