/** Promise: a filter names the items that are changed or deleted, and a limit how many they may be. */
import { type Feature, refused, type Tester, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

const json = (filter: unknown): string => `filter=${encodeURIComponent(JSON.stringify(filter))}`;

async function changes(t: Tester, garden: OwnGarden): Promise<void> {
  const patch = (query: string, body: unknown, collection = 'sightings') => garden.send('PATCH', `items/${collection}?${query}`, body);
  const one = await patch('filter[tally][lte]=2&limit=10', { note: 'few' });
  t.strictSame([one.status, one.text], [200, '{"data":{"count":4}}'], told(one));
  const few = (await garden.rows('sightings', { note: 'few' })).map(({ id }) => Number(id)).sort();
  t.strictSame(few, [2, 3, 6, 8]);
  t.equal((await garden.rows('directus_revisions', { collection: 'sightings' })).length, 4, 'each is told');
  garden.gateway.statements.length = 0;
  const two = await patch(`${json({ plant: { title: { _eq: 'Apple' } } })}&limit=2`, { tally: 77 });
  t.strictSame([two.status, at(two.json, 'data', 'count')], [200, 2], `through a relation: ${told(two)}`);
  t.ok(garden.gateway.statements.length < 12, `few statements: ${garden.gateway.statements.length}`);
  const none = await patch('filter[tally][eq]=12345&limit=1', { note: 'x' });
  t.strictSame([none.status, at(none.json, 'data', 'count')], [200, 0], 'none is no error');
  const composite = await patch('filter[depot]=north&limit=5', { weight: '1.50' }, 'shipments');
  t.equal(at(composite.json, 'data', 'count'), 2, `a key of several columns: ${told(composite)}`);
  const gone = await garden.send('DELETE', 'items/sightings?filter[note]=few&limit=4');
  t.strictSame([gone.status, gone.text], [200, '{"data":{"count":4}}'], told(gone));
  t.equal((await garden.rows('sightings')).length, 4);
  const archived = await garden.send('DELETE', 'items/plants?filter[id]=4&limit=1');
  t.equal(at(archived.json, 'data', 'count'), 0, 'what is soft-deleted is found as lists find it');
  t.equal(at((await patch('filter[id]=4&status=*&limit=1', { latin: 'x' }, 'plants')).json, 'data', 'count'), 1);
}

async function refusals(t: Tester, garden: OwnGarden): Promise<void> {
  const before = await garden.rows('sightings');
  const cases: readonly (readonly [query: string, status: number, code: number])[] = [
    ['filter[tally][gte]=0&limit=2', 422, 12],
    ['filter[tally][gte]=0', 422, 12],
    ['filter[tally][gte]=0&limit=0', 422, 12],
    ['filter[tally][gte]=0&limit=-1', 422, 12],
    ['filter[tally][gte]=0&limit=10001', 422, 12],
    ['filter[tally][gte]=0&limit=1e3', 422, 12],
    ['filter[tally][gte]=0&limit=100&q=x', 422, 12],
    ['filter[tally][gte]=0&limit=100&search=x', 422, 12],
    ['filter[tally][gte]=0&limit=100&offset=1', 422, 12],
    ['filter={}&limit=100', 422, 12],
    ['filter=&limit=100', 422, 12],
    ['filter=x&limit=100', 422, 4],
    ['filter[nope]=1&limit=100', 422, 202],
    ['filter[tally][nope]=1&limit=100', 422, 214],
  ];
  for (const [query, status, code] of cases) {
    refused(t, await garden.send('PATCH', `items/sightings?${query}`, { note: 'changed' }), status, code, `PATCH ${query}`);
    refused(t, await garden.send('DELETE', `items/sightings?${query}`), status, code, `DELETE ${query}`);
  }
  refused(t, await garden.send('PATCH', 'items/sightings', { note: 'x' }), 404, 203, 'PATCH without a filter');
  refused(t, await garden.send('DELETE', 'items/sightings'), 405, 6, 'DELETE without a filter');
  const filtered = 'items/sightings?filter[tally][gte]=0&limit=100';
  refused(t, await garden.send('PATCH', filtered, { nope: 1 }), 422, 12, 'an unknown field');
  refused(t, await garden.send('PATCH', filtered, { plant: { title: 'x' } }), 422, 12, 'nested rows');
  refused(t, await garden.send('PATCH', filtered, [{ id: 1, note: 'x' }]), 422, 12, 'a list beside a filter');
  refused(t, await garden.send('DELETE', 'items/log_entries?filter[level]=warn&limit=100'), 422, 12, 'rows without a key');
  refused(t, await garden.send('DELETE', 'items/directus_users?filter[id]=1&limit=100'), 401, 201, 'a system table');
  t.strictSame(await garden.rows('sightings'), before, 'nothing has changed');
}

async function rights(t: Tester, garden: OwnGarden): Promise<void> {
  const all = 'items/sightings?filter[tally][gte]=0&limit=100';
  refused(t, await garden.send('PATCH', all, { note: 'x' }, 'writer'), 403, 302, 'no right to change');
  refused(t, await garden.send('DELETE', all, undefined, 'nobody'), 403, 303, 'no right to delete');
  await garden.permit(4, 'sightings', { update: 'full', delete: 'full' });
  const own = await garden.rows('sightings', { observer: 3 });
  const patched = await garden.send('PATCH', all, { note: 'by Wim' }, 'writer');
  t.equal(at(patched.json, 'data', 'count'), own.length, 'rows that may not be read do not match');
  t.equal((await garden.rows('sightings', { note: 'by Wim' })).length, own.length);
  refused(
    t,
    await garden.send('DELETE', `${all}&filter[spot]=gate`, undefined, 'writer'),
    422,
    202,
    'nor does a hidden column tell anything',
  );
  await garden.permit(4, 'sightings', { update: 'mine', delete: 'none', read: 'full' });
  refused(t, await garden.send('PATCH', all, { note: 'x' }, 'writer'), 403, 302, 'one of the rows may not be changed');
  refused(t, await garden.send('DELETE', all, undefined, 'writer'), 403, 303, 'or deleted');
  t.equal((await garden.rows('sightings', { note: 'x' })).length, 0);
  await garden.permit(2, 'sightings', { read: 'full', delete: 'full' });
  const byPublic = await garden.send('DELETE', 'items/sightings?filter[id]=1&limit=1', undefined, null);
  t.equal(byPublic.text, '{"data":{"count":1},"public":true}', told(byPublic));
}

async function races(t: Tester, garden: OwnGarden): Promise<void> {
  const claim = (name: string) => garden.send('PATCH', 'items/zones?filter[parent]=1&limit=100', { name, parent: 2 });
  const answers = await Promise.all(['a', 'b', 'c'].map(claim));
  const counts = answers.map(({ json }) => Number(at(json, 'data', 'count')));
  t.strictSame([...counts].sort(), [0, 0, 2], `rows are changed by one of those who ask for them: ${counts}`);
}

export const writeMatching: Feature = {
  promise: 'a filter names the items that are changed or deleted',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await t.test('changes', (t) => changes(t, garden));
      await t.test('what is refused', (t) => refusals(t, garden));
      await t.test('rights', (t) => rights(t, garden));
      await t.test('at the same time', (t) => races(t, garden));
    }),
};
