/** Promise: aggregate functions say what a list of the same rows adds up to, in any order and page asked for (docs/query.md). */
import type { Feature, Tester } from '../support/expect.ts';
import { refuses, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { gives } from '../support/groups.ts';
import { at, rows } from '../support/http.ts';

async function functions(t: Tester, world: World): Promise<void> {
  await gives(t, world, 'plants?aggregate[count]=*', [{ count: '#9' }]);
  await gives(t, world, 'plants?aggregate[count]=heads', [{ count: { heads: '#8' } }]);
  await gives(t, world, 'plants?aggregate[count]=*,heads,title', [{ count: { '*': '#9', heads: '#8', title: '#9' } }]);
  await gives(t, world, 'plants?aggregate[count][]=*&aggregate[count][]=heads', [{ count: { '*': '#9', heads: '#8' } }]);
  await gives(t, world, 'plants?aggregate[countDistinct]=family,zone,kind,hardy,height,planted', [
    { countDistinct: { family: '#2', zone: '#6', kind: '#2', hardy: '#2', height: '#6', planted: '#8' } },
  ]);
  await gives(t, world, 'plants?aggregate[sum]=heads,height,price', [
    { sum: { heads: '#74', height: '#20.95', price: '#123458816.68679' } },
  ]);
  const decimals = await world.get('items/plants?aggregate[sum]=height,price&aggregate[min]=height,price', 'admin');
  t.match(decimals.text, /"sum":\{"height":20\.95,"price":123458816\.686790\},"min":\{"height":1\.00,"price":-5\.250000\}/, 'all digits');
  await gives(t, world, 'plants?aggregate[avg]=heads,height', [{ avg: { heads: '#9.25', height: `#${20.95 / 7}` } }]);
  await gives(
    t,
    world,
    'plants?aggregate[min]=heads,title,planted,watered,created_on&aggregate[max]=heads,title,planted,watered,modified_on',
    [
      {
        min: { heads: '#0', title: 'Apple', planted: '1850-12-31', watered: '00:00:00', created_on: '2020-01-02T03:04:05+00:00' },
        max: {
          heads: '#40',
          title: 'Ångström rose',
          planted: '2022-01-01',
          watered: '23:59:59',
          modified_on: '2021-02-03T04:05:06.7+00:00',
        },
      },
    ],
  );
  await gives(t, world, 'measures?aggregate[sum]=big,ratio&aggregate[min]=big,ratio,at&aggregate[max]=big,exact', [
    {
      sum: { big: '#9007199254740992', ratio: '#12345679' },
      min: { big: '#-9223372036854775808', ratio: '#-0.00000000025', at: '1969-12-31 23:59:59.000001' },
      max: { big: '#9223372036854775807', exact: '#123456789.123456' },
    },
  ]);
  // Nothing to work on: NULL everywhere, but counts.
  const none = {
    count: '#0',
    countDistinct: { title: '#0' },
    sum: { heads: null },
    avg: { height: null },
    min: { title: null },
    max: { sort: null },
  };
  const all =
    'aggregate[count]=*&aggregate[countDistinct]=title&aggregate[sum]=heads&aggregate[avg]=height&aggregate[min]=title&aggregate[max]=sort';
  await gives(t, world, `plants?${all}&filter[id]=99`, [none]);
  await gives(t, world, `plants?${all}&filter[id]=99&groupBy=status`, []);
  await gives(t, world, `plants?${all}&filter[id]=7`, [{ ...none, count: '#1', countDistinct: { title: '#1' }, min: { title: 'Ginkgo' } }]);
}

async function jsonForm(t: Tester, world: World): Promise<void> {
  const json = (value: unknown): string => encodeURIComponent(JSON.stringify(value));
  await gives(t, world, `plants?aggregate=${json({ sum: ['heads'], count: '*' })}`, [{ sum: { heads: '#74' }, count: '#9' }]);
  await gives(t, world, `plants?aggregate=${json({ max: 'heads,height' })}&groupBy=hardy&sort=-max.heads`, [
    { hardy: true, max: { heads: '#40', height: '#5' } },
    { hardy: false, max: { heads: '#11', height: '#3.5' } },
    { hardy: null, max: { heads: '#2', height: '#4' } },
  ]);
}

async function order(t: Tester, world: World): Promise<void> {
  const byFamily = 'plants?aggregate[count]=*&aggregate[sum]=heads,price&aggregate[avg]=height&aggregate[min]=title&groupBy=family';
  const orders: readonly (readonly [string, readonly unknown[]])[] = [
    ['-count', ['ROS', null, 'PIN']],
    ['count', ['PIN', null, 'ROS']],
    ['count.*', ['PIN', null, 'ROS']],
    ['sum.heads', ['PIN', null, 'ROS']],
    ['-sum.price', ['ROS', 'PIN', null]],
    ['avg.height', [null, 'ROS', 'PIN']],
    ['-min.title', [null, 'PIN', 'ROS']],
    ['-family', ['ROS', 'PIN', null]],
  ];
  for (const [sort, families] of orders) {
    const answer = await world.get(`items/${byFamily}&sort=${sort}`, 'admin');
    t.strictSame(
      rows(answer).map((row) => row['family']),
      families,
      `sort=${sort} (${told(answer)})`,
    );
  }
  // Ties are broken by the groups, so that pages fit together.
  const ids = async (query: string): Promise<unknown[]> => {
    const answer = await world.get(`items/plants?aggregate[count]=*&groupBy=id&sort=-count&${query}`, 'admin');
    return rows(answer).map((row) => row['id']);
  };
  t.strictSame(await ids('limit=4'), [1, 2, 3, 5]);
  t.strictSame(await ids('limit=4&offset=3'), [5, 6, 7, 8]);
  t.strictSame(await ids('limit=4&page=3'), [12]);
  t.strictSame(await ids('limit=0'), []);
  t.strictSame(await ids('limit=-1&offset=7'), [11, 12]);
}

async function meta(t: Tester, world: World): Promise<void> {
  const answer = await world.get('items/plants?aggregate[count]=*&groupBy=kind&meta=*', 'admin');
  t.strictSame(at(answer.json, 'meta'), { collection: 'plants', type: 'collection', result_count: 3 }, told(answer));
  const people = await world.get('users?aggregate[count]=*&groupBy=role.name&filter[id][gt]=1', 'admin');
  t.strictSame(
    rows(people).map((row) => [row['role.name'], row['count']]),
    [
      ['Crew', 2],
      ['Editor', 2],
      ['Fenced', 1],
      ['Nobody', 1],
      ['Sleuth', 1],
      ['Warden', 1],
      ['Writer', 2],
    ],
    told(people),
  );
  await refuses(t, world, 'items/plants?aggregate[count]=*&meta=filter_count', 422, 12);
}

export const aggregate: Feature = {
  promise: 'functions over rows',
  async run(t, world) {
    await t.test('functions', (t) => functions(t, world));
    await t.test('as JSON', (t) => jsonForm(t, world));
    await t.test('order and pages', (t) => order(t, world));
    await t.test('meta and system collections', (t) => meta(t, world));
  },
};
