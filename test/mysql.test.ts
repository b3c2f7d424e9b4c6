/** Every promise to users, on mysql. */
import { vendorSuite } from './support/vendor-suite.ts';

await vendorSuite('mysql');
