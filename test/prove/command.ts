/** `npm run prove -- --pairs N`: any number of requests, with a seed that is printed; `--leak NAME` plants one of the leaks first. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type TestVendor, testVendors } from '../support/vendors.ts';
import { planted } from './plant.ts';
import { prove } from './prove.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '3000' },
    seed: { type: 'string', default: String(randomInt(1_000_000_000)) },
    vendor: { type: 'string', default: 'sqlite' },
    from: { type: 'string', default: '0' },
    leak: { type: 'string' },
  },
});

const [pairs, from] = [Number(values.pairs), Number(values.from)];
const vendor = testVendors.find((name): name is TestVendor => name === values.vendor);
if (!vendor || !Number.isSafeInteger(pairs) || pairs < 1 || !Number.isSafeInteger(from)) {
  process.stderr.write(`usage: npm run prove -- --pairs N [--seed S] [--vendor ${testVendors.join('|')}] [--from WORLD] [--leak NAME]\n`);
  process.exit(2);
}

process.stdout.write(
  `seed ${values.seed}, ${pairs} pairs on ${vendor}${values.leak === undefined ? '' : `, with the leak ${values.leak}`}\n`,
);
const proof = await (values.leak === undefined ? prove : await planted(values.leak))({ vendor, pairs, from, seed: values.seed });
const statuses = [...proof.statuses].sort(([one], [two]) => one - two).map(([status, count]) => `${status}: ${count}`);
process.stdout.write(`${proof.pairs} pairs in ${proof.worlds} worlds; answers by status: ${statuses.join(', ')}\n`);
if (proof.difference !== undefined) {
  process.stdout.write(`the answers differ\n${proof.difference}\n`);
  process.exitCode = 1;
} else process.stdout.write('no answer differs\n');
