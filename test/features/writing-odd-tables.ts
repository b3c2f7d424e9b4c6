/** Promise: whatever the table looks like, writes reach exactly the rows they name (directus8-data §13). */
import { bedIds, oddColumns, oddTable } from '../fixtures/garden-foreign.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { at, type Json } from '../support/http.ts';
import { gives, historyOf, isSilent, leavesAll, outline, type WritingWorld, withWriting } from '../support/writing.ts';

async function keys(t: Tester, world: WritingWorld): Promise<void> {
  const made = await world.send('POST', 'beds?fields=id,label', { label: 'new bed' });
  const id = at(made.json, 'data', 'id');
  t.match(String(id), /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, `a uuid is made (${told(made)})`);
  const two = await world.send('POST', 'beds?fields=label&sort=label', [{ label: 'x' }, { label: 'y' }]);
  gives(t, two, [{ label: 'x' }, { label: 'y' }], 'two of them');
  const capitals = await world.send('PATCH', `beds/${bedIds[0].toUpperCase()}?fields=id`, { label: 'X' });
  if (world.vendor === 'postgres') gives(t, capitals, { id: bedIds[0] }, 'in capitals');
  else refused(t, capitals, 404, 203, 'a uuid that is kept as text');
  gives(t, await world.send('PATCH', 'keepers/9007199254740993?fields=name', { name: 'Lou!' }), { name: 'Lou!' }, 'a key beyond doubles');
  const linked = await world.get('items/beds', 'admin', {
    method: 'POST',
    body: '{"label":"big","keeper":{"id":9223372036854775807,"name":"Max!"}}',
  });
  t.match(linked.text, /"keeper": ?"?9223372036854775807/, told(linked));

  gives(t, await world.send('POST', 'families?fields=code', { code: 'with, comma' }), { code: 'with, comma' }, 'text');
  gives(t, await world.send('PATCH', 'families/a%2Fb%20c?fields=name', { name: 'odd' }), { name: 'odd' }, 'a key with a slash');
  refused(t, await world.send('PATCH', 'families/ros', { name: 'x' }), 404, 203, 'keys of text are exact');
  refused(t, await world.send('POST', 'families', { name: 'no key' }), 422, 4, 'no key');
  const entries = await historyOf(world, async () => {
    gives(
      t,
      await world.send('POST', 'shipments?fields=weight', { depot: 'so;u~th', number: 2, weight: '1.25' }),
      { weight: 1.25 },
      'two columns',
    );
    gives(t, await world.send('PATCH', 'shipments/so~3bu~7eth;2?fields=depot', { weight: 2 }), { depot: 'so;u~th' }, 'by both');
    const each = await world.send('PATCH', 'shipments?fields=weight', [{ depot: 'so;u~th', number: 2, weight: 3 }]);
    gives(t, each, [{ weight: 3 }], 'by both, in the payload');
    isSilent(t, await world.send('DELETE', 'shipments/so~3bu~7eth;2'), 'and gone');
  });
  const item = 'shipments so~3bu~7eth;2';
  t.strictSame(outline(entries), [`create ${item}`, `update ${item}`, `update ${item}`, `delete ${item} (no revision)`], 'their text form');
  await leavesAll(t, world, 'half a key', async () => {
    refused(t, await world.send('PATCH', 'shipments/north', { weight: 1 }), 422, 12, 'half a key');
    refused(t, await world.send('DELETE', 'shipments/north'), 422, 12, 'half a key');
    refused(t, await world.send('POST', 'shipments', { depot: 'north' }), 422, 4, 'half a key');
    refused(t, await world.send('PATCH', 'shipments', [{ depot: 'north', weight: 1 }]), 422, 12, 'half a key');
  });
  gives(
    t,
    await world.send('PATCH', `bed_plants/${bedIds[0]};12?fields=quantity`, { quantity: 7 }),
    { quantity: 7 },
    'a junction by its key',
  );
}

/** One value, several spellings. */
async function spellings(t: Tester, world: WritingWorld): Promise<void> {
  gives(t, await world.send('PATCH', 'rates/1.5?fields=note', { note: 'a' }), { note: 'a' }, 'a decimal');
  gives(t, await world.send('PATCH', 'rates/1.50?fields=note', { note: 'b' }), { note: 'b' }, 'with its zeros');
  gives(t, await world.send('PATCH', 'rates?fields=note', [{ at: 1.5, note: 'c' }]), [{ note: 'c' }], 'as a number');
  gives(t, await world.send('POST', 'rates?fields=at', { at: '2.5' }), { at: 2.5 }, 'made');
  isSilent(t, await world.send('DELETE', 'rates/2.5'), 'deleted');
  gives(t, await world.send('PATCH', 'hours/2020-01-01%2000:00:00?fields=note', { note: 'a' }), { note: 'a' }, 'a moment');
  gives(t, await world.send('PATCH', 'hours/2020-01-01T00:00:00Z?fields=note', { note: 'b' }), { note: 'b' }, 'in another form');
  gives(t, await world.send('POST', 'hours?fields=at', { at: '2021-01-01 10:00:00' }), { at: '2021-01-01 10:00:00' }, 'made');
  isSilent(t, await world.send('DELETE', 'hours/2021-01-01%2010:00:00'), 'deleted');
  gives(t, await world.send('PATCH', 'zones/02?fields=id', { name: 'N' }), { id: 2 }, 'an integer');
  if (world.vendor === 'sqlite') return;
  gives(t, await world.send('PATCH', 'padded/ab?fields=word', { word: 'x' }), { word: 'x' }, 'a text with blanks behind it');
  gives(t, await world.send('POST', 'padded?fields=word', { code: 'cd', word: 'y' }), { word: 'y' }, 'made');
  isSilent(t, await world.send('DELETE', 'padded/cd'), 'deleted');
}

async function keyless(t: Tester, world: WritingWorld): Promise<void> {
  const entries = await historyOf(world, async () => {
    isSilent(t, await world.send('POST', 'log_entries', { level: 'info', message: 'one' }), 'a table without a key');
    isSilent(t, await world.send('POST', 'log_entries', [{ message: 'two' }, { message: 'three' }]), 'several');
  });
  t.equal(entries.length, 3, 'each is told');
  refused(t, await world.send('PATCH', 'log_entries/1', { level: 'x' }), 404, 203, 'nothing to find it by');
  refused(t, await world.send('DELETE', 'log_entries/1'), 404, 203, 'nothing to find it by');
  refused(t, await world.send('PATCH', 'log_entries', [{ level: 'x' }]), 422, 12, 'nothing to find it by');
}

async function views(t: Tester, world: WritingWorld): Promise<void> {
  for (const [method, path] of [
    ['POST', 'plant_overview'],
    ['PATCH', 'plant_overview/1'],
    ['DELETE', 'plant_overview/1'],
  ] as const) {
    const answer = await world.send(method, path, { title: 'x' });
    t.ok([403, 404, 405, 422].includes(answer.status), `${method} of a view of two tables (${told(answer)})`);
  }
  const made = await world.send('POST', 'low_things', { id: 30, name: 'Low', rank: 1 });
  if (world.vendor === 'sqlite') {
    refused(t, made, 422, 12, 'a view that takes nothing');
    return;
  }
  t.ok(made.status === 204 || made.status === 200, `a view that takes changes (${told(made)})`);
  t.equal((await world.knex('things').where({ id: 30 })).length, 1, 'it is a row of its table');
}

async function names(t: Tester, world: WritingWorld): Promise<void> {
  const values = Object.fromEntries(oddColumns.map((name): [string, Json] => [name, `new ${name}`]));
  const path = encodeURIComponent(oddTable);
  const body = `{${Object.entries(values)
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join(',')}}`;
  const made = await world.get(`items/${path}`, 'admin', { method: 'POST', body });
  const id = at(made.json, 'data', 'id');
  t.strictSame(at(made.json, 'data'), Object.fromEntries([['id', id], ...Object.entries(values)]), `every name (${told(made)})`);
  for (const name of oddColumns) {
    const sent = `{${JSON.stringify(name)}:"changed"}`;
    const answer = await world.get(`items/${path}/2`, 'admin', { method: 'PATCH', body: sent });
    t.equal(at(answer.json, 'data', name), 'changed', `${name} (${told(answer)})`);
  }
  const words = await world.send('POST', 'order?fields=group,user,plant.title', { group: 'summer', user: 3, plant: 1 });
  gives(t, words, { group: 'summer', user: 3, plant: { title: 'Apple' } }, 'words of SQL');
  const nested = await world.send('PATCH', 'plants/2?fields=order.group', { order: [{ group: 'winter' }, { id: 1, group: 'spring!' }] });
  t.equal(nested.status, 200, told(nested));
  isSilent(t, await world.send('DELETE', 'order/1,2'), 'gone');
}

/** Rows that hold one another fast. */
async function held(t: Tester, world: WritingWorld): Promise<void> {
  await leavesAll(t, world, 'what others point at', async () => {
    const answer = await world.send('DELETE', 'makers/3,1');
    refused(t, answer, 422, 12, 'what others point at');
    refused(t, await world.send('PATCH', 'things/1', { name: 'x', maker: 99 }), 422, 12, 'what is not there');
    refused(
      t,
      await world.send('POST', 'makers', { name: 'X', things: [{ name: 'y', code: 'ham' }] }),
      409,
      204,
      'what is there once already',
    );
    refused(t, await world.send('PATCH', 'things/2', { code: 'ham' }), 409, 204, 'what another has');
    if (world.vendor === 'postgres') {
      refused(t, await world.send('POST', 'late_children', { id: 1, parent: 99 }), 422, 12, 'only found at the end');
      for (const body of [{}, [{}, {}]]) refused(t, await world.send('POST', 'columnless', body), 422, 12, 'a table without columns');
    }
  });
  const cycle = await world.send('PATCH', 'makers/1?fields=boss.name', { boss: { id: 3, name: 'Cyd!' } });
  gives(t, cycle, { boss: { name: 'Cyd!' } }, 'a circle');
  await leavesAll(t, world, 'computed', async () => {
    refused(t, await world.send('PATCH', 'things/1', { twice: 9 }), 422, 12, 'a computed column');
    refused(t, await world.send('POST', 'things', { name: 'x', twice: 9 }), 422, 12, 'a computed column');
  });
  gives(t, await world.send('PATCH', 'things/1?fields=twice', { rank: 50 }), { twice: 100 }, 'is computed');
}

export const writingOddTables: Feature = {
  promise: 'writes reach exactly the rows they name in odd tables',
  run: (t, { vendor }) =>
    withWriting(vendor, async (world) => {
      await t.test('keys of every kind', (t) => keys(t, world));
      await t.test('keys of several spellings', (t) => spellings(t, world));
      await t.test('no key', (t) => keyless(t, world));
      await t.test('views', (t) => views(t, world));
      await t.test('names', (t) => names(t, world));
      await t.test('constraints', (t) => held(t, world));
    }),
};
