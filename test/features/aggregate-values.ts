/** Promise: aggregates are exact, in whatever order rows come and whatever a column's collation takes for equal (docs/query.md). */

import { adminToken } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import { installSystem, type World } from '../support/garden.ts';
import { project, startGateway } from '../support/gateway.ts';
import { ask, at, exact, type Json } from '../support/http.ts';
import { schemaText, type TableDef } from '../support/schema-text.ts';
import { loadSql } from '../support/sql-text.ts';
import { withDatabase } from '../support/vendors.ts';

/** Alike for longer than some databases look when they sort. */
const long = 'x'.repeat(2000);

const scales: TableDef = {
  name: 'scales',
  columns: [
    { kind: 'serial', name: 'id' },
    { kind: 'string', name: 'word', length: 20 },
    { kind: 'text', name: 'story' },
    { kind: 'bigint', name: 'big' },
    { kind: 'decimal', name: 'price', precision: 12, scale: 4 },
    { kind: 'double', name: 'factor' },
    { kind: 'string', name: 'side', length: 1 },
    { kind: 'datetime', name: 'at' },
  ],
  rows: [
    [1, 'b', `${long}1`, '9223372036854775807', '0.1', '0.1', 'l', '2024-12-31 23:59:59.999999'],
    [2, 'a', `${long}2`, '9223372036854775807', '0.2', '0.2', 'r', '2024-12-31 23:59:59.5'],
    [3, 'A', `${long}1`, '9223372036854775807', '99999999.9999', '1e16', 'l', '2024-12-31 23:59:59'],
    [4, 'a ', `${long}2`, '-1', '-99999999.9999', '0.3', null, '2024-06-30 12:00:00'],
    [5, 'á', `${long}1`, '0', '0.0003', '-1e16', 'l', null],
    [6, 'a', null, null, null, null, 'r', '1969-07-20 20:17:40'],
    [7, null, null, null, null, null, null, null],
  ],
};

const requests: readonly (readonly [query: string, data: Json])[] = [
  ['aggregate[sum]=big', [{ sum: { big: '#27670116110564327420' } }]],
  ['aggregate[avg]=big', [{ avg: { big: `#${Number(27670116110564327420n) / 5}` } }]],
  ['aggregate[sum]=price&aggregate[avg]=price', [{ sum: { price: '#0.3003' }, avg: { price: '#0.06006' } }]],
  // As doubles, added one by one, it would be 0, 0.3 or 0.4: 10^16 has no neighbour nearer than 2.
  ['aggregate[sum]=factor&aggregate[avg]=factor', [{ sum: { factor: '#0.6' }, avg: { factor: '#0.12' } }]],
  ['aggregate[countDistinct]=word,story,side,price', [{ countDistinct: { word: '#5', story: '#2', side: '#2', price: '#5' } }]],
  ['aggregate[min]=word&aggregate[max]=word', [{ min: { word: 'A' }, max: { word: 'á' } }]],
  [
    'groupBy=word&aggregate[count]=*',
    [
      { word: 'A', count: '#1' },
      { word: 'a', count: '#2' },
      { word: 'a ', count: '#1' },
      { word: 'b', count: '#1' },
      { word: 'á', count: '#1' },
      { word: null, count: '#1' },
    ],
  ],
  // With a count of different values beside it, databases group by sorting.
  [
    'groupBy=story&aggregate[count]=*&aggregate[countDistinct]=id&filter[story][nnull]&sort=-count',
    [
      { story: `${long}1`, count: '#3', countDistinct: { id: '#3' } },
      { story: `${long}2`, count: '#2', countDistinct: { id: '#2' } },
    ],
  ],
  [
    'groupBy=side&aggregate[sum]=price,big&sort=-sum.price',
    [
      { side: 'l', sum: { price: '#100000000.1002', big: '#18446744073709551614' } },
      { side: 'r', sum: { price: '#0.2', big: '#9223372036854775807' } },
      { side: null, sum: { price: '#-99999999.9999', big: '#-1' } },
    ],
  ],
  [
    'groupBy=id&aggregate[avg]=price&sort=avg.price&limit=3',
    [
      { id: '#4', avg: { price: '#-99999999.9999' } },
      { id: '#5', avg: { price: '#0.0003' } },
      { id: '#1', avg: { price: '#0.1' } },
    ],
  ],
  [
    'groupBy=id&aggregate[sum]=big&sort=-sum.big,-id&limit=4',
    [
      { id: '#3', sum: { big: '#9223372036854775807' } },
      { id: '#2', sum: { big: '#9223372036854775807' } },
      { id: '#1', sum: { big: '#9223372036854775807' } },
      { id: '#5', sum: { big: '#0' } },
    ],
  ],
  [
    'groupBy=year(at),second(at)&aggregate[count]=*',
    [
      { at_year: '#1969', at_second: '#40', count: '#1' },
      { at_year: '#2024', at_second: '#0', count: '#1' },
      { at_year: '#2024', at_second: '#59', count: '#3' },
      { at_year: null, at_second: null, count: '#2' },
    ],
  ],
];

async function exactness(t: Tester, world: World): Promise<void> {
  await withDatabase(world.vendor, async (config) => {
    await loadSql(config, schemaText(world.vendor, [scales], []));
    await installSystem(config, adminToken);
    const gateway = await startGateway({ [project]: config });
    try {
      for (const [query, data] of requests) {
        const answer = await ask(gateway.url, `/${project}/items/scales?${query}`, { token: adminToken });
        t.strictSame(answer.status === 200 ? at(exact(answer), 'data') : told(answer), data, query);
      }
    } finally {
      await gateway.close();
    }
  });
}

export const aggregateValues: Feature = {
  promise: 'aggregates are exact',
  run: exactness,
};
