/** Runs every feature, or those given, against one vendor, on one database and one server. */
import t from 'tap';
import { features } from '../features/index.ts';
import type { Feature } from './expect.ts';
import { loadGarden, startGarden } from './garden.ts';
import { keepTemplate } from './garden-template.ts';
import { type TestVendor, whyNot } from './vendors.ts';

export async function vendorSuite(vendor: TestVendor, chosen: readonly Feature[] = features): Promise<void> {
  t.setTimeout(700_000);
  const reason = await whyNot(vendor);
  await t.test(`the promises on ${vendor}`, reason === undefined ? {} : { skip: reason }, async (t) => {
    // A few of them make few gardens, and those through a pooler could not be copied.
    const dropTemplate = chosen === features ? await keepTemplate(vendor, (config) => loadGarden(vendor, config)) : undefined;
    const { world, stop } = await startGarden(vendor);
    t.teardown(async () => {
      await stop();
      await dropTemplate?.();
    });
    for (const feature of chosen) await t.test(feature.promise, (t) => feature.run(t, world));
  });
}
