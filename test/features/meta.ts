/** Promise: `meta` counts what the caller may read, and its links lead through the pages (directus8-data §5.7). */

import { tokens, type Who } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { project } from '../support/gateway.ts';
import { at, type Json, rows } from '../support/http.ts';

async function metaOf(t: Tester, world: World, path: string, who: Who | null = 'admin'): Promise<Json> {
  const answer = await world.get(path, who ?? undefined);
  t.equal(answer.status, 200, `${path} (${told(answer)})`);
  return at(answer.json, 'meta');
}

async function counters(t: Tester, world: World): Promise<void> {
  const all = await metaOf(t, world, 'items/plants?meta=*&limit=2');
  t.strictSame(all !== null && typeof all === 'object' ? Object.keys(all) : [], [
    'collection',
    'type',
    'result_count',
    'total_count',
    'status_count',
    'filter_count',
    'limit',
    'offset',
    'page',
    'page_count',
    'links',
  ]);
  t.strictSame(
    ['collection', 'type', 'result_count', 'total_count', 'filter_count'].map((name) => at(all, name)),
    ['plants', 'collection', 2, 9, 9],
  );
  t.match(at(all, 'status_count'), { draft: 2, review: 2, published: 5, archived: 1 });
  const cases: readonly (readonly [string, unknown])[] = [
    ['meta=result_count', { result_count: 9 }],
    ['meta=result_count,type', { type: 'collection', result_count: 9 }],
    ['meta=total_count&limit=0', { total_count: 9 }],
    ['meta=total_count&filter[heads]=5', { total_count: 9 }],
    ['meta=filter_count&filter[kind]=tree&limit=1', { filter_count: 4 }],
    ['meta=filter_count,total_count&q=apple&limit=1&offset=1', { total_count: 9, filter_count: 2 }],
    ['meta=filter_count&filter[heads]=5&status=*', { filter_count: 1 }],
    ['meta=filter_count&filter[id]=99', { filter_count: 0 }],
    ['meta=filter_count&status=draft&filter[heads]=40', { filter_count: 1 }],
    ['meta[]=type&meta[]=collection', { collection: 'plants', type: 'collection' }],
    ['meta=nonsense,type', { type: 'collection' }],
    ['meta=type, result_count ,%20total_count, filter_count, page', { type: 'collection', result_count: 9, total_count: 9 }],
  ];
  for (const [query, meta] of cases) t.strictSame(await metaOf(t, world, `items/plants?fields=id&${query}`), meta, query);
  for (const none of ['meta=0', 'meta=', ''])
    t.equal(await metaOf(t, world, `items/plants?fields=id&${none}`), undefined, `${none}: no meta`);
  t.match(await metaOf(t, world, 'items/tasks?meta=status_count'), { status_count: { 1: 3, 2: 2, 3: 1 } });
  t.strictSame(await metaOf(t, world, 'items/families?meta=status,total_count'), { total_count: 5 }, 'no status field, no status count');
  t.strictSame(await metaOf(t, world, 'items/log_entries?meta=total_count&limit=1'), { total_count: 230 }, 'without a key');
  t.strictSame(await metaOf(t, world, 'items/plant_overview?meta=total_count&limit=1'), { total_count: 5 }, 'a view');
}

async function objects(t: Tester, world: World): Promise<void> {
  const item = { collection: 'plants', type: 'item' };
  t.strictSame(await metaOf(t, world, 'items/plants/1?meta=*'), item);
  t.strictSame(await metaOf(t, world, 'items/plants?single=1&meta=*'), item);
  t.strictSame(await metaOf(t, world, 'items/plants/1,2?meta=collection,type,result_count'), {
    collection: 'plants',
    type: 'collection',
    result_count: 2,
  });
}

/** Numbers tell as much as rows do. */
async function readable(t: Tester, world: World): Promise<void> {
  const cases: readonly (readonly [Who | null, string, unknown])[] = [
    ['writer', 'sightings?meta=total_count', { total_count: 3 }],
    ['crew', 'sightings?meta=total_count', { total_count: 2 }],
    ['writer', 'sightings?meta=filter_count&filter[tally][gt]=1', { filter_count: 2 }],
    ['editor', 'plants?meta=total_count', { total_count: 8 }],
    ['writer', 'plants?meta=total_count', { total_count: 9 }],
    [null, 'plants?meta=total_count,filter_count', { total_count: 5, filter_count: 5 }],
    ['crew', 'plants?meta=total_count', { total_count: 0 }],
    ['otherCrew', 'plants?meta=total_count', { total_count: 1 }],
    ['crew', 'tasks?meta=total_count', { total_count: 3 }],
  ];
  for (const [who, path, meta] of cases) t.strictSame(await metaOf(t, world, `items/${path}`, who), meta, `${who ?? 'public'}: ${path}`);
  const counted = await metaOf(t, world, 'items/plants?meta=status', 'editor');
  t.match(at(counted, 'status_count'), { draft: 2, review: 1, published: 5 }, 'by status');
  t.notOk(Number(at(counted, 'status_count', 'archived') ?? 0) > 0, 'nothing of statuses that may not be read');
  const crew = await metaOf(t, world, 'items/tasks?meta=status', 'crew');
  t.match(at(crew, 'status_count'), { 1: 2, 2: 1 });
}

function decoded(link: Json): Json {
  return typeof link === 'string' ? decodeURIComponent(link) : link;
}

async function links(t: Tester, world: World): Promise<void> {
  const self = `${world.gateway.url}/${project}/items/plants`;
  const second = await metaOf(t, world, 'items/plants?meta=page&limit=2&page=2&filter[id][gt]=0');
  t.strictSame([at(second, 'limit'), at(second, 'offset'), at(second, 'page'), at(second, 'page_count')], [2, 2, 2, 5]);
  const query = (page: number, offset: number): RegExp =>
    new RegExp(
      `filter\\[id\\]\\[gt\\]=0.*page=${page}.*offset=${offset}(&|$)|page=${page}&filter\\[id\\]\\[gt\\]=0.*offset=${offset}(&|$)`,
    );
  t.equal(at(second, 'links', 'self'), self);
  t.match(decoded(at(second, 'links', 'current')), `${self}?meta=page&limit=2&page=2`);
  for (const [name, page, offset] of [
    ['next', 3, 4],
    ['previous', 1, 0],
    ['first', 1, 0],
    ['last', 5, 8],
  ] as const) {
    const link = decoded(at(second, 'links', name));
    t.match(link, query(page, offset), name);
    t.ok(typeof link === 'string' && link.startsWith(`${self}?`), `${name} is an address`);
  }
  const last = await metaOf(t, world, 'items/plants?meta=page&limit=2&page=5');
  t.strictSame([at(last, 'links', 'next'), at(last, 'page')], [null, 5], 'nothing after the last page');
  const first = await metaOf(t, world, 'items/plants?meta=page&limit=2');
  t.strictSame([at(first, 'links', 'previous'), at(first, 'offset')], [null, 0], 'nothing before the first');
  const only = await metaOf(t, world, 'items/plants?meta=page');
  t.strictSame([at(only, 'limit'), at(only, 'page_count'), at(only, 'page')], [9, 1, 1]);
  for (const name of ['next', 'previous', 'first', 'last']) t.equal(at(only, 'links', name), null, `${name} of a single page`);
  const beyond = await metaOf(t, world, 'items/plants?meta=page&limit=2&page=77');
  t.equal(at(beyond, 'page'), 5, 'a page that is not there');
  const byOffset = await metaOf(t, world, 'items/plants?meta=page&limit=2&offset=5');
  t.strictSame([at(byOffset, 'offset'), at(byOffset, 'page')], [5, 3]);
  const token = await world.raw(`/garden/items/plants?access_token=${tokens.admin}&meta=page&limit=2&fields=id`);
  t.equal(rows(token).length, 2);
  t.notOk(token.text.includes(tokens.admin), 'links never hold the token');
}

export const meta: Feature = {
  promise: 'meta counts what the caller may read',
  async run(t, world) {
    await t.test('every counter', (t) => counters(t, world));
    await t.test('of one object', (t) => objects(t, world));
    await t.test('counts of rows that may be read', (t) => readable(t, world));
    await t.test('pages and links', (t) => links(t, world));
  },
};
