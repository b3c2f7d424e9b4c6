/**
 * Promise: a role learns nothing it may not read, by whatever door. Answers from two databases that differ in nothing else are the same
 * to the byte; and a leak that is planted is found. PROVE_SEED and PROVE_PAIRS prove others, and more of them.
 */
import t from 'tap';
import { leaks } from './prove/leaks.ts';
import { planted } from './prove/plant.ts';
import { prove } from './prove/prove.ts';
import { type TestVendor, whyNot } from './support/vendors.ts';

const seed = process.env['PROVE_SEED'] ?? '1';
const usual: Readonly<Record<TestVendor, number>> = { sqlite: 2000, postgres: 120, mysql: 120 };

t.setTimeout(600_000);

for (const [vendor, pairs] of Object.entries(usual) as [TestVendor, number][]) {
  const reason = await whyNot(vendor);
  await t.test(`what may not be read makes no difference on ${vendor}`, reason === undefined ? {} : { skip: reason }, async (t) => {
    const proof = await prove({ vendor, seed, pairs: Number(process.env['PROVE_PAIRS'] ?? pairs) });
    t.equal(proof.difference, undefined, `${proof.pairs} pairs in ${proof.worlds} worlds`);
    const served = proof.statuses.get(200) ?? 0;
    t.ok(served > proof.pairs / 4, `most are served: ${JSON.stringify([...proof.statuses])}`);
  });
}

t.test('leaks that are planted are found', async (t) => {
  for (const { name, world } of leaks) {
    const { difference = 'no answer differs' } = await (await planted(name))({ vendor: 'sqlite', seed: '1', pairs: 1500, from: world });
    t.match(difference, /^world (?!.*a fault of the server)/s, name);
  }
});
