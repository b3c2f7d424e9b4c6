/** Every promise to users, on postgres. */
import { vendorSuite } from './support/vendor-suite.ts';

await vendorSuite('postgres');
