/** Promise: the endpoints that docs/directus-8.md ticks answer, and no others do. */
import { endpoints, tableHead, tableOf, tickedEndpoints } from '../support/endpoint-table.ts';
import type { Feature } from '../support/expect.ts';
import { page, rowsOf } from '../support/pages.ts';

export const endpointTable: Feature = {
  promise: 'what is told of the endpoints of Directus 8 is so',
  databaseIndependent: 'what clients make of answers that other promises look at',
  async run(t, world) {
    t.equal(new Set(endpoints).size, 107, 'all endpoints of the reference');
    const ticks = await tickedEndpoints(world);
    t.strictSame(
      [...ticks.keys()].filter((one) => !endpoints.includes(one)),
      [],
      'no others are called',
    );
    t.strictSame(
      endpoints.filter((one) => !ticks.has(one)),
      [],
      'all of them are called',
    );
    const told = rowsOf(await page('directus-8'), tableHead).map((cells) => `| ${cells.join(' | ')} |`);
    t.strictSame(told, tableOf(ticks), 'the page says what is so; npm run endpoints writes it anew');
  },
};
