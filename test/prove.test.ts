/**
 * Promise: a role learns nothing it may not read, by whatever door. Answers from two databases that differ in nothing else are the same
 * to the byte; and a leak that is planted is found. PROVE_SEED and PROVE_PAIRS prove others, and more of them.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { type Leak, leaks } from './prove/leaks.ts';
import { prove } from './prove/prove.ts';
import { root } from './support/entry.ts';
import { type TestVendor, whyNot } from './support/vendors.ts';

const seed = process.env['PROVE_SEED'] ?? '1';
const usual: Readonly<Record<TestVendor, number>> = { sqlite: 2000, postgres: 120, mysql: 120 };

/** What the command says with a leak, and whether it ended as one does that has found something. */
function found({ name, world }: Leak): Promise<{ caught: boolean; said: string }> {
  const command = join(root, 'dist', 'test', 'prove', 'command.js');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [command, '--pairs', '1500', '--seed', '1', '--from', String(world), '--leak', name],
      (error, stdout, stderr) => {
        resolve({
          caught: error?.code === 1 && stdout.includes('the answers differ') && !stdout.includes('a fault of the server'),
          said: stdout + stderr,
        });
      },
    );
  });
}

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
  for (const leak of leaks) {
    const { caught, said } = await found(leak);
    t.ok(caught, leak.name, caught ? {} : { said });
  }
});
