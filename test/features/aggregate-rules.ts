/** Promise: groups and aggregates tell nothing that the caller may not read, and refuse what they cannot do by its name (docs/query.md). */
import type { Who } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refuses, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { counts, gives } from '../support/groups.ts';
import { at } from '../support/http.ts';

async function refusals(t: Tester, world: World): Promise<void> {
  const cases: readonly (readonly [string, number, number, RegExp])[] = [
    ['aggregate[median]=heads', 422, 12, /"median".*count, countDistinct, sum, avg, min, max/],
    ['aggregate[__proto__]=heads', 422, 12, /"__proto__"/],
    ['aggregate[sum]=nope', 422, 202, /"nope"/],
    ['aggregate[sum]=*', 422, 202, /"\*"/],
    ['aggregate[sum]=title', 422, 12, /numbers.*"title"/],
    ['aggregate[avg]=hardy', 422, 12, /numbers.*"hardy"/],
    ['aggregate[min]=hardy', 422, 12, /"hardy"/],
    ['aggregate[max]=traits', 422, 12, /"traits"/],
    ['aggregate[countDistinct]=tags', 422, 12, /"tags"/],
    ['aggregate[count]=labels', 422, 12, /"labels"/],
    ['aggregate[count]=divider', 422, 12, /"divider"/],
    ['aggregate[count]=ghost', 422, 202, /"ghost"/],
    ['aggregate[count]=', 422, 4, /count names no field/],
    ['aggregate=count', 422, 4, /aggregate: /],
    ['aggregate={"sum":true}', 422, 4, /sum/],
    ['aggregate={"sum":["heads",["x"]]}', 422, 4, /sum/],
    ['aggregate={"sum"', 422, 4, /aggregate: /],
    ['groupBy=nope', 422, 202, /"nope"/],
    ['groupBy=traits', 422, 12, /"traits"/],
    ['groupBy=labels', 422, 12, /"labels"/],
    ['groupBy=labels.name', 422, 12, /"labels"/],
    ['groupBy=nope.name', 404, 202, /"nope"/],
    ['groupBy=family.nope', 422, 202, /"nope"/],
    ['groupBy=century(planted)', 422, 12, /"century"/],
    ['groupBy=hour(planted)', 422, 12, /"planted"/],
    ['groupBy=year(title)', 422, 12, /"title"/],
    ['groupBy=kind&aggregate[count]=*&sort=title', 422, 12, /"title"/],
    ['groupBy=kind&aggregate[count]=*&sort=sum.heads', 422, 12, /"sum.heads"/],
    ['groupBy=kind&sort=?', 422, 12, /sort/],
    ['groupBy=kind&fields=kind', 422, 12, /fields/],
    ['groupBy=kind&single=1', 422, 12, /single/],
    ['groupBy=kind&deep[labels][_limit]=1', 422, 12, /deep/],
    [`aggregate[count]=${'id,'.repeat(1001)}`, 400, 2, /fields/],
    ['groupBy=kind&limit=100000000', 400, 2, /pageRows/],
  ];
  for (const [query, status, code, sentence] of cases) {
    const path = `items/plants?${query}`;
    await refuses(t, world, path, status, code);
    t.match(String(at((await world.get(path, 'admin')).json, 'error', 'message')), sentence, path);
  }
  await refuses(t, world, 'items/plants/1?aggregate[count]=*', 422, 12);
  await refuses(t, world, 'items/nope?aggregate[count]=*', 404, 200);
  await refuses(t, world, 'items/order?groupBy=group&aggregate[count]=*&filter[nope]=1', 422, 202);
  await counts(t, world, 'order?groupBy=group&aggregate[count]=*', 'group', [
    ['autumn', 1],
    ['spring', 1],
  ]);
}

async function rules(t: Tester, world: World): Promise<void> {
  // Rows: what a list would hold.
  await gives(t, world, 'plants?aggregate[count]=*', [{ count: '#8' }], 'editor');
  await gives(t, world, 'plants?aggregate[count]=*', [{ count: '#5' }], null);
  await gives(t, world, 'sightings?aggregate[count]=*&aggregate[sum]=tally', [{ count: '#3', sum: { tally: '#205' } }], 'writer');
  await gives(t, world, 'plants?aggregate[count]=*&aggregate[sum]=price', [{ count: '#0', sum: { price: null } }], 'crew');
  await gives(t, world, 'plants?aggregate[count]=*&status=*&groupBy=status', [{ status: 'published', count: '#5' }], null);
  // Fields that are hidden in some rows are NULL there, for functions and for groups.
  await gives(
    t,
    world,
    'plants?aggregate[sum]=price&aggregate[count]=price&aggregate[max]=price',
    [{ sum: { price: '#123458803.363456' }, count: { price: '#5' }, max: { price: '#123456789.123456' } }],
    'editor',
  );
  await counts(
    t,
    world,
    'plants?aggregate[count]=*&groupBy=notes&sort=-notes',
    'notes',
    [
      ['draft note', 1],
      ['ask wim', 1],
      ['', 1],
      [null, 5],
    ],
    'editor',
  );
  await gives(
    t,
    world,
    'plants?aggregate[countDistinct]=notes&aggregate[min]=notes',
    [{ countDistinct: { notes: '#3' }, min: { notes: '' } }],
    'editor',
  );
  await counts(
    t,
    world,
    'tasks?aggregate[count]=*&groupBy=title',
    'title',
    [
      ['Graft', 1],
      ['Prune', 1],
      [null, 1],
    ],
    'crew',
  );
  await counts(
    t,
    world,
    'plants?aggregate[count]=*&groupBy=status',
    'status',
    [
      ['published', 5],
      [null, 4],
    ],
    'warden',
  );
  await counts(
    t,
    world,
    'plants?aggregate[count]=*&groupBy=zone',
    'zone',
    [
      [5, 1],
      [7, 1],
      [9, 1],
      [null, 6],
    ],
    'warden',
  );
  // Through a relation: the related row's rules hold, and its fields' rules.
  await counts(
    t,
    world,
    'plants?aggregate[count]=*&groupBy=owner.first_name',
    'owner.first_name',
    [
      ['Wim', 3],
      [null, 6],
    ],
    'writer',
  );
  await counts(
    t,
    world,
    'plant_texts?aggregate[count]=*&groupBy=plant.notes',
    'plant.notes',
    [
      ['', 1],
      [null, 4],
    ],
    'editor',
  );
  // A filter sees no more than that of a list.
  await gives(t, world, 'plants?aggregate[count]=*&filter[price][gt]=0', [{ count: '#4' }], 'editor');
}

async function hidden(t: Tester, world: World): Promise<void> {
  const names: readonly (readonly [Who | null, string, string])[] = [
    ['writer', 'plants', 'price'],
    ['writer', 'plants', 'zone'],
    ['writer', 'sightings', 'spot'],
    ['editor', 'uses', 'secret'],
    ['editor', 'plants', 'passcode'],
    [null, 'plants', 'owner'],
    ['sleuth', 'plants', 'status'],
  ];
  for (const [who, collection, field] of names) {
    for (const query of [
      `aggregate[count]=${field}`,
      `aggregate[sum]=${field}`,
      `aggregate[min]=${field}`,
      `aggregate[countDistinct]=${field}`,
      `groupBy=${field}`,
      `groupBy=year(${field})`,
      `aggregate={"max":["${field}"]}`,
    ]) {
      await refuses(t, world, `items/${collection}?${query}`, 422, 202, who);
    }
    await refuses(t, world, `items/${collection}?aggregate[count]=*&sort=${field}`, 422, 12, who);
    await refuses(t, world, `items/${collection}?aggregate[count]=*&filter[${field}][nnull]`, 422, 202, who);
  }
  for (const path of ['zone.name', 'zone.parent.name', 'labels.name']) {
    const answer = await world.get(`items/plants?groupBy=${path}`, 'sleuth');
    t.equal(answer.status, 404, `sleuth: groupBy=${path} (${told(answer)})`);
  }
  await refuses(t, world, 'items/plant_texts?groupBy=plant.price', 422, 202, 'writer');
  await refuses(t, world, 'items/plants?groupBy=zone.name', 404, 202, null);
  for (const field of ['password', 'token', '2fa_secret', 'password_reset_token']) {
    for (const who of ['admin', 'editor', 'writer'] satisfies Who[]) {
      for (const query of [`aggregate[count]=${field}`, `aggregate[min]=${field}`, `groupBy=${field}`]) {
        await refuses(t, world, `users?${query}`, 422, 202, who);
      }
      const answer = await world.get(`items/plants?groupBy=owner.${field}`, who);
      t.ok(answer.status === 422 || answer.status === 404, `${who}: by owner.${field} (${told(answer)})`);
    }
  }
  // Whoever may not read a collection hears what a list says, whatever else is asked.
  for (const query of ['aggregate[count]=*', 'groupBy=nope', 'aggregate[median]=id']) {
    await refuses(t, world, `items/plants?${query}`, 403, 300, 'nobody');
    await refuses(t, world, `items/sightings?${query}`, 401, 3, null);
  }
}

async function oneStatement(t: Tester, world: World): Promise<void> {
  const { statements } = world.gateway;
  const least: number[] = [];
  for (let i = 0; i < 3; i++) {
    statements.length = 0;
    await world.get(
      'items/plants?aggregate[avg]=price&aggregate[count]=*&groupBy=family.name,year(planted)&sort=-avg.price&meta=*',
      'editor',
    );
    least.push(statements.filter(({ text }) => /\bplants\b/.test(text)).length);
  }
  t.equal(Math.min(...least), 1);
}

export const aggregateRules: Feature = {
  promise: 'aggregates tell nothing that may not be read',
  async run(t, world) {
    await t.test('refusals', (t) => refusals(t, world));
    await t.test('rules of rows and fields', (t) => rules(t, world));
    await t.test('what may not be read', (t) => hidden(t, world));
    await t.test('one statement', (t) => oneStatement(t, world));
  },
};
