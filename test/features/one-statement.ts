/** Promise: one statement per read at any depth, which also proves that the caller is still who he was (architecture §5). */
import type { Who } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';

/**
 * Statements of one request. Looks at schema and rules in the background may add to a single try, never to the least of several.
 * SQLite's look at the schema's version is no statement on the data: it reads the file's header (architecture §9).
 */
async function cost(t: Tester, world: World, path: string, who: Who | undefined): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  const { statements } = world.gateway;
  for (let i = 0; i < 8 && least > 1; i++) {
    statements.length = 0;
    const answer = await world.get(path, who);
    if (i === 0) t.equal(answer.status, 200, `${path} (${told(answer)})`);
    least = Math.min(least, statements.filter(({ text }) => !/^pragma /i.test(text)).length);
  }
  return least;
}

async function depth(t: Tester, world: World): Promise<void> {
  const chains = [
    'zone',
    'zone.plants',
    'zone.plants.uses',
    'zone.plants.uses.use_id',
    'zone.plants.uses.use_id.plants',
    'zone.plants.uses.use_id.plants.plant',
  ];
  for (const [i, chain] of chains.entries()) {
    t.equal(await cost(t, world, `items/plants?fields=*,${chain}.*`, 'admin'), 1, `depth ${i + 1}: the read, which proves who asks`);
    t.equal(await cost(t, world, `items/plants?fields=*,${chain}.*`, 'editor'), 1, `depth ${i + 1}, with rules`);
  }
  // Wildcards on every level grow until a limit refuses them; names do not.
  for (let i = 1; i <= 6; i++) {
    if (i < 6) t.equal(await cost(t, world, `items/zones?fields=${'*.'.repeat(i)}*`, 'admin'), 1, `${i} levels of wildcards`);
    t.equal(await cost(t, world, `items/zones?fields=${'parent.'.repeat(i)}name`, 'admin'), 1, `${i} steps`);
  }
}

async function extras(t: Tester, world: World): Promise<void> {
  const paths = [
    'items/plants?meta=*',
    'items/plants?meta=*&filter[uses.use_id.name]=food&q=apple&limit=2&page=2',
    'items/plants?filter[zone.parent.parent.name]=North&sort=-height',
    'items/plants/1',
    'items/plants/1,2,3?fields=*.*.*',
    'items/plants?single=1&fields=labels.*&lang=fr',
    'items/shipments/north;1?fields=shipment_lines.*',
    'items/plants?aggregate[count]=*&groupBy=family.name&filter[uses.use_id.name]=food',
    'items/plants?aggregate[max]=height',
  ];
  for (const path of paths) t.equal(await cost(t, world, path, 'admin'), 1, path);
  t.equal(await cost(t, world, 'items/plants?fields=*,family.*', undefined), 1, 'nobody to look up');
}

export const oneStatement: Feature = {
  promise: 'one statement per read',
  async run(t, world) {
    await t.test('at every depth', (t) => depth(t, world));
    await t.test('with counters, searches and keys', (t) => extras(t, world));
  },
};
