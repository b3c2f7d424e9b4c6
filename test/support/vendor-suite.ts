/** Runs every feature against one vendor, on one database and one server. */
import t from 'tap';
import { features } from '../features/index.ts';
import { startGarden } from './garden.ts';
import { type TestVendor, whyNot } from './vendors.ts';

export async function vendorSuite(vendor: TestVendor): Promise<void> {
  t.setTimeout(700_000);
  const reason = await whyNot(vendor);
  await t.test(`the promises on ${vendor}`, reason === undefined ? {} : { skip: reason }, async (t) => {
    const { world, stop } = await startGarden(vendor);
    t.teardown(stop);
    for (const feature of features) await t.test(feature.promise, (t) => feature.run(t, world));
  });
}
