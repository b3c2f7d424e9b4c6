/** Promise: what is changed is valid as a whole: what is stored counts beside what is sent (directus8-data §4.3, §7). */
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { gives, grant, leavesAll, type Method, type WritingWorld, withWriting } from '../support/writing.ts';

const blank = 'name: This value should not be blank.';

type Change = readonly [what: string, method: Method, path: string, body: unknown];

/** Maker 1 came without a name from before there were rules; `name` is to begin with a capital letter. */
const changes: readonly Change[] = [
  ['by its key', 'PATCH', 'items/makers/1', { mail: 'ada@example.com' }],
  ['of several keys', 'PATCH', 'items/makers/2,1', { mail: 'ada@example.com' }],
  [
    'in a list',
    'PATCH',
    'items/makers',
    [
      { id: 2, mail: 'b@example.com' },
      { id: 1, mail: 'ada@example.com' },
    ],
  ],
  ['by a filter', 'PATCH', 'items/makers?filter[id][in]=1,2&limit=5', { mail: 'ada@example.com' }],
  ['by its columns', 'POST', 'items/makers?upsert=id', { id: 1, mail: 'ada@example.com' }],
  ['without a trace', 'PATCH', 'items/makers/1?activity_skip=1', { mail: 'ada@example.com' }],
  ['as a dry run', 'PATCH', 'items/makers/1?dry_run=1', { mail: 'ada@example.com' }],
  ['of its list alone', 'PATCH', 'items/makers/1', { things: [{ id: 1, rank: 9 }] }],
  ['where a m2o leads', 'PATCH', 'items/things/1', { maker: { id: 1, mail: 'ada@example.com' } }],
  ['in a list of another', 'PATCH', 'items/makers/2', { team: [{ id: 1, mail: 'ada@example.com' }] }],
  ['tied to another', 'PATCH', 'items/makers/2', { team: [{ id: 1 }] }],
];

async function everywhere(t: Tester, world: WritingWorld): Promise<void> {
  const ask = (method: Method, path: string, body: unknown) => world.get(path, 'admin', { method, body: JSON.stringify(body) });
  await leavesAll(t, world, 'what is not whole', async () => {
    for (const [what, method, path, body] of changes) {
      const answer = await ask(method, path, body);
      refused(t, answer, 422, 4, what);
      t.equal(at(answer.json, 'error', 'message'), blank, `${what}: ${told(answer)}`);
    }
    const operations = [
      { method: 'create', collection: 'makers', item: { name: 'Eve' } },
      { method: 'update', collection: 'makers', key: 1, item: { mail: 'ada@example.com' } },
    ];
    t.match((await ask('POST', 'batch', { operations })).text, /name: This value should not be blank/, 'in a batch');
    const document = { query: 'mutation { update_makers_item(id: 1, data: {mail: "ada@example.com"}) { id } }' };
    t.match((await ask('POST', 'gql', document)).text, /name: This value should not be blank/, 'by GraphQL');
    const both = await ask('PATCH', 'items/makers/1', { mail: 'nobody' });
    t.equal(at(both.json, 'error', 'message'), `${blank} mail: This value is not valid.`, `all in one sentence: ${told(both)}`);
  });
}

async function otherwise(t: Tester, world: WritingWorld): Promise<void> {
  const { send, knex } = world;
  gives(t, await send('PATCH', 'makers/1?fields=id', {}), { id: 1 }, 'nothing is changed');
  const linked = await send('PATCH', 'things/2?fields=maker', { maker: { id: 1 } });
  gives(t, linked, { maker: 1 }, 'nor where it is only named');
  const whole = await send('PATCH', 'makers/1?fields=name,mail', { name: 'Ada', mail: 'ada@example.com' });
  gives(t, whole, { name: 'Ada', mail: 'ada@example.com' }, 'what it lacks is sent');
  gives(t, await send('PATCH', 'makers/1?fields=mail', { mail: null }), { mail: null }, 'and then it is whole');
  await knex('makers').where({ id: 1 }).update({ name: 'lower', mail: 'nobody' });
  const unlike = await send('PATCH', 'makers/1', { boss: null });
  refused(t, unlike, 422, 4, 'patterns of what is stored');
  t.equal(at(unlike.json, 'error', 'message'), 'name: This value is not valid. mail: This value is not valid.', told(unlike));
}

/** What may not be read is not told, be it blank or not. */
async function hidden(t: Tester, world: WritingWorld): Promise<void> {
  const { send, knex } = world;
  await knex('makers').where({ id: 1 }).update({ name: '', mail: null });
  const rights = { read: 'full', update: 'full' };
  await grant(world, 4, 'makers', { ...rights, read_field_blacklist: 'name' });
  gives(t, await send('PATCH', 'makers/1?fields=mail', { mail: 'a@example.com' }, 'writer'), { mail: 'a@example.com' }, 'hidden');
  const many = await send('PATCH', 'makers/1,2?fields=mail', { mail: null }, 'writer');
  gives(t, many, [{ mail: null }, { mail: null }], 'in several rows');
  refused(t, await send('PATCH', 'makers/1', { mail: 'nobody' }, 'writer'), 422, 4, 'what is sent');
  t.notMatch((await send('PATCH', 'makers/1', { mail: 'nobody' }, 'writer')).text, /name/, 'is told alone');
  await grant(world, 4, 'makers', rights);
  refused(t, await send('PATCH', 'makers/1', { mail: 'a@example.com' }, 'writer'), 422, 4, 'seen');
}

/** A status decides whether a row must be whole, and what of it is told. */
async function byStatus(t: Tester, world: WritingWorld): Promise<void> {
  const { send, knex } = world;
  await knex('plants').where({ id: 1 }).update({ title: '', status: 'published' });
  await knex('plants').where({ id: 2 }).update({ title: '', status: 'draft' });
  refused(t, await send('PATCH', 'plants/1', { notes: 'x' }), 422, 4, 'published and without a title');
  gives(t, await send('PATCH', 'plants/2?fields=notes', { notes: 'x' }), { notes: 'x' }, 'a draft');
  refused(t, await send('PATCH', 'plants/2', { status: 'published' }), 422, 4, 'that is to be published');
  const rights = { read: 'full', update: 'full' };
  await grant(world, 4, 'plants', { ...rights, status: 'draft', read_field_blacklist: 'title' }, { ...rights, status: 'published' });
  const quiet = await send('PATCH', 'plants/2?fields=status', { status: 'published' }, 'writer');
  gives(t, quiet, { status: 'published' }, 'by somebody who does not see the title of drafts');
  refused(t, await send('PATCH', 'plants/1', { notes: 'y' }, 'writer'), 422, 4, 'and sees that of what is published');
  await grant(world, 4, 'plants', { ...rights, read_field_blacklist: 'status' });
  const unknown = await send('PATCH', 'plants/1?fields=notes', { notes: 'y' }, 'writer');
  gives(t, unknown, { notes: 'y' }, 'where the status is not seen, nothing that depends on it');
  for (const status of ['published', 'draft']) {
    await knex('plants').where({ id: 1 }).update({ status });
    refused(t, await send('PATCH', 'plants/1', { title: '' }, 'writer'), 422, 4, `what is sent is valid in every status, as in ${status}`);
  }
  await knex('plants').where({ id: 1 }).update({ status: 'published' });
  gives(t, await send('PATCH', 'plants/1?fields=status', { status: 'draft' }), { status: 'draft' }, 'taken back it may be what it is');
}

export const writingMerged: Feature = {
  promise: 'what is changed is valid as a whole',
  run: (t, { vendor }) =>
    withWriting(vendor, async (world) => {
      await world.knex('makers').where({ id: 1 }).update({ name: '' });
      await t.test('everywhere', (t) => everywhere(t, world));
      await t.test('otherwise', (t) => otherwise(t, world));
      await t.test('hidden', (t) => hidden(t, world));
      await t.test('by status', (t) => byStatus(t, world));
    }),
};
