/** Promise: history is read as far as the rows and fields that it speaks of are (directus8-data §12.3). */
import { entries, firstEntry, uuids } from '../fixtures/history-world.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { type AskAs, withHistory } from '../support/history.ts';
import { at, column, rows } from '../support/http.ts';

/** The key of the entry about that row. */
function idOf(collection: string, item: string, nth = 0): number {
  const places = entries.flatMap((entry, i) => (entry.collection === collection && entry.item === item ? [i] : []));
  return firstEntry + (places[nth] ?? -1);
}

const readable = [
  idOf('h_open', '1'),
  idOf('h_open', '1', 1),
  idOf('h_open', '99'),
  idOf('h_owned', '1'),
  idOf('h_words', 'ab'),
  idOf('h_words', 'Åé 1'),
  idOf('h_pairs', 'x~3by~7e~2f~2cz;1'),
  idOf('h_uuids', uuids[0]),
  idOf('h_bigs', '9223372036854775807'),
  idOf('h_bigs', '-9223372036854775808'),
  idOf('h_staged', '1'),
  idOf('h_staged', '2'),
  idOf('directus_users', '41'),
];

/** Texts of entries that `reader` may not see in any answer. */
const hidden = [
  'psst',
  'closed-title',
  'closed-comment',
  'theirs-title',
  'deleted-title',
  'AB-row',
  'x-row',
  'uuid-row',
  'big-row',
  'odd-row',
  'beyond',
  'cost-',
  'soft-deleted',
  'no such table',
  'secret-',
  'SECRETOTP',
  'nested-secret',
];

async function lists(t: Tester, ask: AskAs): Promise<void> {
  const all = await ask('revisions?fields=id&limit=-1&meta=total_count', 'reader');
  t.strictSame(column(all, 'id'), readable, told(all));
  t.equal(at(all.json, 'meta', 'total_count'), readable.length, 'counts are of the same rows');
  const every = entries.filter((entry) => entry.data !== undefined).length;
  t.equal(column(await ask('revisions?fields=id&limit=-1', 'admin'), 'id').length, every, 'the administrator has them all');
  t.strictSame(column(await ask('revisions?fields=id', 'idle'), 'id'), [idOf('h_closed', '1')], 'of what else may be read');
  refused(t, await ask('revisions', 'blind'), 403, 300, 'no right on revisions');
  const other = await ask('revisions?fields=id&filter[collection]=h_words', 'other');
  t.strictSame(column(other, 'id'), [idOf('h_words', 'AB')], told(other));
  for (const collection of ['h_pairs', 'h_bigs', 'h_closed', 'h_vanished', 'H_WORDS', '']) {
    const own = readable.filter((id) => entries[id - firstEntry]?.collection === collection);
    const found = await ask(`revisions?fields=id&filter[collection][eq]=${collection}&meta=filter_count`, 'reader');
    t.strictSame(column(found, 'id'), own, `${collection}: ${told(found)}`);
  }
  const wanted = await ask(`revisions/${idOf('h_closed', '1')}`, 'reader');
  refused(t, wanted, 404, 203, 'by its key');
  const some = await ask(`revisions/${idOf('h_closed', '1')},${idOf('h_open', '1')}?fields=id`, 'reader');
  t.strictSame(column(some, 'id'), [idOf('h_open', '1')], told(some));
}

/** Whatever is asked, in whatever form, nothing hidden is in the answer. */
async function snapshots(t: Tester, ask: AskAs): Promise<void> {
  const [first, second] = rows(await ask('revisions?filter[collection]=h_open&sort=id', 'reader'));
  t.strictSame(
    [first?.['data'], first?.['delta']],
    [
      { id: 1, title: 'zero' },
      { id: 1, title: 'zero' },
    ],
    'hidden and vanished columns are left out',
  );
  t.strictSame([second?.['data'], second?.['delta']], [{ id: 1, title: 'one' }, {}], 'of what was changed too');
  const one = (path: string) => ask(path, 'reader').then((answer) => at(answer.json, 'data'));
  t.strictSame(await one(`revisions/${idOf('h_open', '99')}?fields=delta`), { delta: [] }, 'an empty list stays');
  t.strictSame(await one(`revisions/${idOf('h_owned', '1')}?fields=data,parent_collection,parent_item`), {
    data: { id: 1, owner: 41, title: 'mine' },
    parent_collection: null,
    parent_item: null,
  });
  t.strictSame(
    await one(`revisions/${idOf('h_staged', '2')}?fields=data`),
    { data: { id: 2, status: 'ready', title: 'late' } },
    'hidden in some rows',
  );
  t.strictSame(await one(`revisions/${idOf('directus_users', '41')}?fields=data,parent_collection,parent_item`), {
    data: { id: 41, first_name: 'reader' },
    parent_collection: 'h_owned',
    parent_item: null,
  });
  const paths = [
    'revisions?limit=-1',
    'revisions?fields=*.*&limit=-1',
    'revisions?fields=*.*.*&limit=-1',
    'activity?limit=-1&fields=*.*.*',
    'revisions?export=csv',
    'revisions?export=ndjson',
    'revisions?export=json&fields=data,delta',
    'revisions?fields=data&sort=-id&limit=50&meta=*',
    'revisions?aggregate[count]=*&groupBy=item',
  ];
  for (const path of paths) {
    const answer = await ask(path, 'reader');
    t.equal(answer.status, 200, `${path}: ${told(answer)}`);
    for (const text of hidden) t.notOk(answer.text.includes(text), `${path} tells nothing of ${text}`);
  }
  const admin = await ask(`revisions/${idOf('directus_users', '41')}`, 'admin');
  t.strictSame(at(admin.json, 'data', 'data'), { id: 41, first_name: 'reader' }, 'passwords are nobody’s');
  t.strictSame(at(admin.json, 'data', 'delta'), { title: 'Dr' });
  for (const path of ['revisions?limit=-1&fields=*.*', 'revisions?export=csv']) {
    const answer = await ask(path, 'admin');
    t.ok(answer.text.includes('psst-1') && answer.text.includes('nested-secret'), 'all else is the administrator’s');
    t.notMatch(answer.text, /secret-hash|secret-token|SECRETOTP|secret-reset/, path);
  }
}

/** A question about what is hidden is not answered, by no parameter. */
async function questions(t: Tester, ask: AskAs): Promise<void> {
  for (const field of ['data', 'delta', 'parent_item', 'parent_collection']) {
    const asked = [
      `filter[${field}][contains]=psst`,
      `filter[${field}][nnull]`,
      `sort=${field}`,
      `sort=-${field}`,
      `groupBy=${field}`,
      `aggregate[count]=${field}`,
      `sort=${field}&meta=cursor&limit=1`,
      `filter={"_or":[{"${field}":{"_contains":"psst"}}]}`,
    ];
    for (const query of asked) refused(t, await ask(`revisions?${query}`, 'reader'), 422, 202, query);
    refused(t, await ask(`activity?filter[snapshots.${field}][contains]=psst`, 'reader'), 404, 202, `${field} of a list`);
    for (const asked of [`_sort=${field}`, `_filter[${field}][_contains]=psst`, `_filter[${field}][_nnull]=1`]) {
      const [name = '', value = ''] = asked.split('=');
      const path = `activity?fields=snapshots.id&deep[snapshots][${name.replace('[', '][')}${name.includes('[') ? '' : ']'}=${value}`;
      refused(t, await ask(path, 'reader'), 422, 202, path);
    }
  }
  for (const word of ['psst-1', 'closed-title', 'theirs-title', 'secret-hash']) {
    for (const parameter of ['q', 'search']) {
      t.strictSame(rows(await ask(`revisions?${parameter}=${word}&fields=id`, 'reader')), [], `${parameter}=${word}`);
    }
    t.ok(rows(await ask(`revisions?filter[data][contains]=${word}&fields=id`, 'admin')).length > 0, `the administrator finds ${word}`);
  }
}

/** As lists of something else they are what they are by themselves. */
async function asLists(t: Tester, ask: AskAs): Promise<void> {
  const all = await ask('activity?fields=id,snapshots.id,snapshots.data,snapshots.parent_item&limit=-1&sort=id', 'reader');
  const found = rows(all).flatMap((row) => (Array.isArray(row['snapshots']) ? row['snapshots'] : []));
  t.strictSame(
    found.map((one) => at(one, 'id')),
    readable,
    told(all),
  );
  t.strictSame(at(found[0], 'data'), { id: 1, title: 'zero' });
  for (const text of hidden) t.notOk(all.text.includes(text), `nothing of ${text}`);
  const counted = await ask(`activity?fields=id&filter[snapshots][has]=1&limit=-1&sort=id`, 'reader');
  t.strictSame(column(counted, 'id'), readable, told(counted));
  const nested = await ask(`revisions?fields=id,activity.snapshots.data&filter[id]=${readable[0]}`, 'reader');
  t.strictSame(at(nested.json, 'data', 0, 'activity', 'snapshots', 0, 'data'), { id: 1, title: 'zero' }, told(nested));
  const admin = await ask(`activity?fields=snapshots.data&filter[item]=41`, 'admin');
  t.strictSame(at(admin.json, 'data', 0, 'snapshots', 0, 'data'), { id: 41, first_name: 'reader' }, told(admin));
}

async function ofOneRow(t: Tester, ask: AskAs): Promise<void> {
  const path = 'items/h_open/1/revisions';
  const own = [idOf('h_open', '1'), idOf('h_open', '1', 1)];
  const all = await ask(`${path}?fields=id&meta=total_count,filter_count,result_count&filter[id]=1`, 'reader');
  t.strictSame(column(all, 'id'), own, 'oldest first, and of this row alone');
  t.strictSame(at(all.json, 'meta'), { result_count: 2, total_count: 2, filter_count: 2 }, told(all));
  t.strictSame(column(await ask(`${path}?fields=id&sort=-id&limit=1`, 'reader'), 'id'), [own[1]]);
  t.strictSame(column(await ask('items/h_open/01/revisions?fields=id', 'reader'), 'id'), own, 'another spelling of the key');
  t.strictSame(rows(await ask(`${path}?aggregate[count]=*`, 'reader')), [{ count: 2 }]);
  const page = await ask(`${path}?fields=id&limit=1&meta=cursor`, 'reader');
  const cursor = String(at(page.json, 'meta', 'cursor'));
  t.strictSame(column(await ask(`${path}?fields=id&limit=1&meta=cursor&cursor=${cursor}`, 'reader'), 'id'), [own[1]]);
  refused(
    t,
    await ask(`items/h_open/99/revisions?fields=id&limit=1&meta=cursor&cursor=${cursor}`, 'reader'),
    422,
    12,
    'a cursor of another row',
  );
  for (const [item, count] of [
    ['99', 1],
    ['3', 0],
    ['nonsense', 0],
  ] as const) {
    t.equal(rows(await ask(`items/h_open/${item}/revisions`, 'reader')).length, count, item);
  }
  t.strictSame(rows(await ask('items/h_owned/2/revisions', 'reader')), [], 'of a row that may not be read');
  t.strictSame(rows(await ask('items/h_owned/77/revisions', 'reader')), [], 'of a row that is gone');
  t.equal(rows(await ask('items/h_owned/77/revisions', 'admin')).length, 1);
  t.equal(rows(await ask('items/h_pairs/x~3by~7e~2f~2cz;1/revisions', 'reader')).length, 1, 'a key of two columns');
  refused(t, await ask('items/h_closed/1/revisions', 'reader'), 403, 300, 'a collection that may not be read');
  refused(t, await ask('items/h_closed/1/revisions/0', 'reader'), 404, 203, 'one of it');
  refused(t, await ask('items/h_open/1/revisions', 'blind'), 403, 300, 'without right on revisions');
  refused(t, await ask('items/h_open/1/revisions', 'nobody'), 403, 300, 'without any right');
  refused(t, await ask('items/h_nothing/1/revisions', 'reader'), 404, 200, 'an unknown collection');
  refused(t, await ask('items/directus_users/41/revisions', 'admin'), 401, 201, 'a system collection');
  t.equal(rows(await ask('users/41/revisions', 'admin')).length, 1, 'which has a path of its own');
  t.equal(rows(await ask('users/me/revisions', 'reader')).length, 1);
  const at0 = await ask(`${path}/0?fields=id,data`, 'reader');
  t.strictSame(at(at0.json, 'data'), { id: own[0], data: { id: 1, title: 'zero' } }, told(at0));
  t.equal(at((await ask(`${path}/1?fields=id&sort=id&offset=5&limit=0&filter[id]=3`, 'reader')).json, 'data', 'id'), own[1]);
  for (const [offset, nth] of [
    ['-1', 0],
    ['+1', 1],
    ['1.5', 1],
  ] as const)
    t.equal(at((await ask(`${path}/${offset}?fields=id`, 'reader')).json, 'data', 'id'), own[nth], `place ${offset}`);
  for (const offset of ['2', '99', '99999999999']) refused(t, await ask(`${path}/${offset}`, 'reader'), 404, 203, `place ${offset}`);
  for (const offset of ['x', '1x', '1.5.1']) refused(t, await ask(`${path}/${offset}`, 'reader'), 422, 4, `place ${offset}`);
}

async function activity(t: Tester, ask: AskAs): Promise<void> {
  const shown = [...readable, idOf('h_closed', '3'), idOf('h_owned', '1', 1)].sort((a, b) => a - b);
  const all = await ask('activity?fields=id&sort=id&limit=-1&filter[id][gte]=9001', 'reader');
  t.strictSame(column(all, 'id'), shown, 'what was done to readable rows, and what one did oneself');
  for (const word of ['closed-comment', 'h_vanished']) t.strictSame(rows(await ask(`activity?q=${word}`, 'reader')), [], word);
  t.strictSame(column(await ask('activity?fields=id&filter[collection]=h_closed', 'other'), 'id'), []);
  t.strictSame(column(await ask('activity?fields=id&filter[collection]=h_closed', 'reader'), 'id'), [idOf('h_closed', '3')]);
  const through = await ask(`revisions?fields=id&filter[activity.item]=2&filter[collection]=h_owned`, 'reader');
  t.strictSame(rows(through), [], told(through));
}

export const history: Feature = {
  promise: 'history tells no more than its reader may read of the rows',
  async run(t, world) {
    await withHistory(world, async (ask) => {
      await t.test('which revisions', (t) => lists(t, ask));
      await t.test('what of them', (t) => snapshots(t, ask));
      await t.test('questions about the rest', (t) => questions(t, ask));
      await t.test('as lists', (t) => asLists(t, ask));
      await t.test('of one row', (t) => ofOneRow(t, ask));
      await t.test('activity', (t) => activity(t, ask));
    });
  },
};
