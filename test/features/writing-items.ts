/** Promise: items are created, changed and deleted, and the answer is the item as it is then (directus8-data §4.2 to §4.4). */
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { at, column } from '../support/http.ts';
import { gives, grant, historyOf, isSilent, leavesAll, outline, type WritingWorld, withWriting } from '../support/writing.ts';

async function creating(t: Tester, world: WritingWorld): Promise<void> {
  gives(t, await world.send('POST', 'zones?fields=name,parent', { name: 'Meadow', parent: 8 }), { name: 'Meadow', parent: 8 }, 'one');
  gives(t, await world.send('POST', 'zones', { id: 40, name: 'Forty' }), { id: 40, name: 'Forty', parent: null }, 'a key of the payload');
  const many = await world.send('POST', 'zones?fields=name&meta=*', [{ name: 'a' }, { id: 50, name: 'b' }, { parent: 1 }]);
  t.strictSame(column(many, 'name').sort(), ['a', 'b', null], told(many));
  const form = await world.get('items/zones?fields=name,children.name', 'admin', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'name=of+a+form&children[0][name]=x&children[1][name]=y',
  });
  gives(t, form, { name: 'of a form', children: [{ name: 'x' }, { name: 'y' }] }, 'a form');
  const suffixed = await world.get('items/zones?fields=name', 'admin', {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.api+json; charset=utf-8' },
    body: '{"name":"of a type of its own"}',
  });
  gives(t, suffixed, { name: 'of a type of its own' }, 'JSON by its suffix');
  const inParts = (parts: string) =>
    world.get('items/zones?fields=name,children.name', 'admin', {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=part' },
      body: `${parts}--part--\r\n`,
    });
  const part = (name: string, value: string) => `--part\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const fields = part('name', 'of parts & more') + part('children[][name]', 'x');
  gives(t, await inParts(fields), { name: 'of parts & more', children: [{ name: 'x' }] }, 'a form of parts');
  refused(t, await inParts(fields + part('children"; filename="a.txt', 'x')), 400, 13, 'a form with a file');
  refused(t, await inParts(''), 400, 13, 'a form of nothing');
  for (const body of [{}, []])
    gives(t, await world.send('POST', 'zones?fields=name,parent', body), { name: null, parent: null }, 'nothing but defaults');
  const [none] = (await world.knex('zones').count({ n: '*' }).whereNull('name').whereNull('parent')) as { n: unknown }[];
  t.equal(Number(none?.n), 2, 'each of them is a row');
  for (const body of [undefined, 'text', 5, null]) {
    refused(t, await world.send('POST', 'zones', body), 400, 13, `POST ${JSON.stringify(body)}`);
    refused(t, await world.send('PATCH', 'zones/1', body), 400, 13, `PATCH ${JSON.stringify(body)}`);
  }
  refused(
    t,
    await world.raw('/garden/items/zones', { method: 'POST', body: '{"name":', token: 'admin-token-of-the-garden' }),
    400,
    13,
    'no JSON',
  );
  await leavesAll(t, world, 'a key that is taken', async () => {
    refused(t, await world.send('POST', 'zones', [{ name: 'first' }, { id: 1, name: 'second' }]), 409, 204, 'a key that is taken');
  });
  refused(t, await world.send('POST', 'nowhere', {}), 404, 200, 'no such collection');
  refused(t, await world.send('POST', 'directus_users', {}), 401, 201, 'a system collection');
  refused(t, await world.send('PATCH', 'directus_users/1', {}), 401, 201, 'a system collection');
  refused(t, await world.send('DELETE', 'directus_users/1'), 401, 201, 'a system collection');
}

async function changing(t: Tester, world: WritingWorld): Promise<void> {
  gives(t, await world.send('PATCH', 'zones/2?fields=id,name', { name: 'Up' }), { id: 2, name: 'Up' }, 'one');
  gives(t, await world.send('PATCH', 'zones/2?fields=id,name', { id: 99, name: 'Up!' }), { id: 2, name: 'Up!' }, 'the path names the row');
  gives(
    t,
    await world.send('PATCH', 'zones/2,3?fields=id,name', { name: 'Same' }),
    [
      { id: 2, name: 'Same' },
      { id: 3, name: 'Same' },
    ],
    'two',
  );
  gives(t, await world.send('PATCH', 'zones/2,2?fields=id,name', { name: 'Twice' }), [{ id: 2, name: 'Twice' }], 'one, named twice');
  const each = await world.send('PATCH', 'zones?fields=id,name', [
    { id: 4, name: 'four' },
    { id: '5', name: 'five' },
  ]);
  gives(
    t,
    each,
    [
      { id: 4, name: 'four' },
      { id: 5, name: 'five' },
    ],
    'each its own',
  );
  const twice = await world.send('PATCH', 'zones?fields=id,name', [
    { id: 4, name: 'first' },
    { id: 4, name: 'last' },
  ]);
  gives(t, twice, [{ id: 4, name: 'last' }], 'the same row twice');
  await leavesAll(t, world, 'refusals', async () => {
    refused(t, await world.send('PATCH', 'zones', [{ name: 'x' }]), 422, 12, 'without a key');
    refused(t, await world.send('PATCH', 'zones', [{ id: '', name: 'x' }]), 422, 12, 'with an empty key');
    refused(t, await world.send('PATCH', 'zones', { id: 1, name: 'x' }), 404, 203, 'one object without a key in the path');
    refused(t, await world.send('PATCH', 'nowhere', { id: 1, name: 'x' }), 404, 200, 'one object for no collection');
    refused(t, await world.send('PATCH', 'zones/777', { name: 'x' }), 404, 203, 'no such row');
    refused(t, await world.send('PATCH', 'zones/1abc', { name: 'x' }), 404, 203, 'no key');
    refused(t, await world.send('PATCH', 'zones/2,777', { name: 'x' }), 404, 203, 'one of two is not there');
    refused(t, await world.send('PATCH', 'zones/2', { nope: 1, name: 'x' }), 422, 12, 'an unknown field');
    refused(t, await world.send('PATCH', 'zones/2?fields=nope', { name: 'x' }), 422, 202, 'a question that cannot be answered');
  });
  const still = await historyOf(world, async () => {
    gives(t, await world.send('PATCH', 'zones/6?fields=id,name', {}), { id: 6, name: 'Branch' }, 'nothing');
    gives(t, await world.send('PATCH', 'zones/6?fields=id,name', { id: 6 }), { id: 6, name: 'Branch' }, 'only the key');
  });
  t.strictSame(still, [], 'leaves no trace');
  gives(t, await world.send('PATCH', 'zones/6?fields=id,name', { name: 'Branch' }), { id: 6, name: 'Branch' }, 'what it is already');
}

async function deleting(t: Tester, world: WritingWorld): Promise<void> {
  for (const id of [60, 61, 62]) await world.send('POST', 'zones', { id, name: 'gone soon' });
  isSilent(t, await world.send('DELETE', 'zones/60'), 'one');
  await leavesAll(t, world, 'one of two is not there', async () => {
    refused(t, await world.send('DELETE', 'zones/61,60'), 404, 203, 'one of two is not there');
  });
  const entries = await historyOf(world, async () => isSilent(t, await world.send('DELETE', 'zones/61,62,61'), 'several, one twice'));
  t.strictSame(outline(entries), ['delete zones 61 (no revision)', 'delete zones 62 (no revision)'], 'each once');
  refused(t, await world.send('GET', 'zones/61'), 404, 203, 'gone');
  refused(t, await world.send('DELETE', 'zones/abc'), 404, 203, 'no key');
}

async function publicAnswers(t: Tester, world: WritingWorld): Promise<void> {
  await grant(world, 2, 'uses', { create: 'full', update: 'full', delete: 'full' });
  const made = await world.send('POST', 'uses', { id: 80, name: 'shade' }, null);
  t.strictSame([made.status, made.json], [200, { public: true }], `what may not be read back (${told(made)})`);
  await grant(world, 2, 'uses', { create: 'full', read: 'full', update: 'full', delete: 'full' });
  const told200 = await world.send('PATCH', 'uses/80?fields=name', { name: 'shadow' }, null);
  t.strictSame([told200.status, told200.json], [200, { data: { name: 'shadow' }, public: true }], told(told200));
  const deleted = await world.send('DELETE', 'uses/80', undefined, null);
  t.strictSame([deleted.status, deleted.json], [200, { public: true }], told(deleted));
  await grant(world, 4, 'uses', { create: 'full' });
  isSilent(t, await world.send('POST', 'uses', { name: 'unseen' }, 'writer'), 'by somebody who may not read it');
  isSilent(t, await world.send('POST', 'uses', [{ name: 'unseen' }, { name: 'either' }], 'writer'), 'several of them');
}

async function shaped(t: Tester, world: WritingWorld): Promise<void> {
  const answer = await world.send('POST', 'plants?fields=title,family.name,sightings.note&meta=collection,type', {
    title: 'Quince',
    family: 'ROS',
    status: 'published',
    sightings: [{ note: 'seen' }],
  });
  t.strictSame(
    at(answer.json, 'data'),
    { title: 'Quince', family: { name: 'Rosaceae' }, sightings: [{ note: 'seen' }] },
    `fields shape the answer (${told(answer)})`,
  );
  t.strictSame(at(answer.json, 'meta'), { collection: 'plants', type: 'item' }, 'meta of one');
  const filtered = await world.send('PATCH', 'zones/1?fields=id&filter[id]=2&q=nothing&status=x', { name: 'Garden' });
  gives(t, filtered, { id: 1 }, 'filters play no part');
}

export const writingItems: Feature = {
  promise: 'items are created, changed and deleted',
  run: (t, { vendor }) =>
    withWriting(vendor, async (world) => {
      await t.test('create', (t) => creating(t, world));
      await t.test('change', (t) => changing(t, world));
      await t.test('delete', (t) => deleting(t, world));
      await t.test('the public, and who may not read', (t) => publicAnswers(t, world));
      await t.test('the shape of the answer', (t) => shaped(t, world));
    }),
};
