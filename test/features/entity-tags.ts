/** Promise: what was read can be asked for again only if it has changed, and be changed only if it has not. */
import { type Feature, refused, type Tester, told } from '../support/expect.ts';
import { type Answer, at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

const tagOf = (answer: Answer): string => String(answer.headers['etag']);

async function reads(t: Tester, garden: OwnGarden): Promise<void> {
  for (const path of ['items/families/ROS', 'items/families', 'items/families/ROS,PIN', 'items/plants?fields=*.*&meta=*', 'users/2']) {
    const first = await garden.get(path, 'admin');
    const tag = tagOf(first);
    t.match(tag, /^"[\w.-]+"$/, `${path}: a strong tag`);
    for (const named of [tag, `"other", ${tag}`, `W/${tag}`, '*']) {
      const again = await garden.get(path, 'admin', { headers: { 'if-none-match': named } });
      t.strictSame([again.status, again.text, tagOf(again)], [304, '', tag], `${path}: ${named}`);
    }
    const other = await garden.get(path, 'admin', { headers: { 'if-none-match': '"other"' } });
    t.strictSame([other.status, other.text], [200, first.text], `${path}: another tag`);
  }
  const denied = await garden.get('items/keepers/12', 'editor', { headers: { 'if-none-match': '*' } });
  refused(t, denied, 404, 203, 'a tag opens nothing');
  t.equal((await garden.get('items/families?export=json', 'admin')).headers['etag'], undefined, 'an export has none');
  const long = await garden.get(`items/families/ROS?fields=${'code,'.repeat(300)}name`, 'admin');
  t.strictSame([long.status, long.headers['etag']], [200, undefined], 'nor has what was read by a long query');
  const counted = await garden.get('items/families?meta=total_count', 'admin');
  t.not(tagOf(counted), tagOf(await garden.get('items/families', 'admin')), 'meta is told apart');
  t.not(tagOf(await garden.get('items/families')), tagOf(await garden.get('items/families', 'admin')), 'and so is the public');
}

async function changes(t: Tester, garden: OwnGarden): Promise<void> {
  const patch = (path: string, body: unknown, tag: string) => garden.send('PATCH', path, body, 'admin', { 'if-match': tag });
  const old = tagOf(await garden.get('items/families/ROS', 'admin'));
  const first = await patch('items/families/ROS', { note: 'new' }, old);
  t.equal(first.status, 200, told(first));
  refused(t, await patch('items/families/ROS', { note: 'newer' }, old), 412, 12, 'read before the change');
  for (const tag of [
    '"nonsense"',
    'nonsense',
    '""',
    `W/${tagOf(await garden.get('items/families/ROS', 'admin'))}`,
    `${old.slice(0, -1)}.%"`,
  ]) {
    refused(t, await patch('items/families/ROS', { note: 'newer' }, tag), 412, 12, tag);
  }
  t.match(await garden.rows('families', { code: 'ROS' }), [{ note: 'new' }], 'nothing changed');
  const now = tagOf(await garden.get('items/families/ROS', 'admin'));
  t.equal((await patch('items/families/ROS', { note: 'x' }, `"a", ${old}, ${now}`)).status, 200, 'any of several');
  t.equal((await patch('items/families/ROS', { note: 'y' }, '*')).status, 200, 'any state');
  refused(t, await patch('items/families/NIL', { note: 'y' }, '*'), 404, 203, 'no item');
  refused(t, await patch('items/families/NIL', { note: 'y' }, now), 404, 203, 'no item, by a tag');

  const name = tagOf(await garden.get('items/families/PIN?fields=name', 'admin'));
  t.equal((await patch('items/families/PIN', { note: 'z' }, name)).status, 200, 'what was not read may have changed');
  t.equal((await patch('items/families/PIN', { name: 'Pines' }, name)).status, 200, 'the name is as it was');
  refused(t, await patch('items/families/PIN', { note: 'z' }, name), 412, 12, 'the name is another');

  const nested = tagOf(await garden.get('items/plants/1?fields=title,sightings.*', 'admin'));
  await garden.send('PATCH', 'items/sightings/1', { tally: 5 });
  refused(t, await patch('items/plants/1', { title: 'x' }, nested), 412, 12, 'a nested row is another');

  const path = 'items/shipments/north;1';
  const composite = tagOf(await garden.get(path, 'admin'));
  t.equal((await patch(path, { weight: '11.25' }, composite)).status, 200, 'a key of several columns');
  refused(t, await garden.send('DELETE', path, undefined, 'admin', { 'if-match': composite }), 412, 12, 'DELETE');
  t.equal((await garden.rows('shipments', { depot: 'north', number: 1 })).length, 1, 'it is still there');
  const two = tagOf(await garden.get('items/zones/7,9', 'admin'));
  await garden.send('PATCH', 'items/zones/9', { name: 'Lake' });
  refused(t, await patch('items/zones/7,9', { name: 'x' }, two), 412, 12, 'one of two is another');
  t.equal((await patch('items/zones/7,9', { name: 'x' }, tagOf(await garden.get('items/zones/7,9', 'admin')))).status, 200, 'both');
  for (const [method, where] of [
    ['POST', 'items/families'],
    ['PATCH', 'items/families'],
  ] as const) {
    refused(
      t,
      await garden.send(method, where, [{ code: 'NEW' }], 'admin', { 'if-match': now }),
      422,
      12,
      `${method} ${where} names no items`,
    );
  }
  t.strictSame(await garden.rows('families', { code: 'NEW' }), [], 'nothing was made');
}

/** What is compared is what the caller may read. */
async function restricted(t: Tester, garden: OwnGarden): Promise<void> {
  await garden.permit(3, 'plants', { update: 'full', delete: 'full' });
  const tag = tagOf(await garden.get('items/plants/2?fields=*,-modified_on,-modified_by', 'editor'));
  await garden.send('PATCH', 'items/plants/2', { price: '9.000000' });
  const patched = await garden.send('PATCH', 'items/plants/2', { latin: 'rubus idaeus' }, 'editor', { 'if-match': tag });
  t.equal(patched.status, 200, `a hidden column does not count: ${told(patched)}`);
  refused(t, await garden.send('PATCH', 'items/plants/2', { latin: 'x' }, 'editor', { 'if-match': tag }), 412, 12, 'a readable one does');
  const own = tagOf(await garden.get('items/plants/2', 'admin'));
  refused(t, await garden.send('DELETE', 'items/plants/2', undefined, 'editor', { 'if-match': own }), 412, 12, 'somebody else’s tag');
  const zone = tagOf(await garden.get('items/zones/1', 'editor'));
  refused(t, await garden.send('PATCH', 'items/zones/1', { name: 'x' }, 'editor', { 'if-match': zone }), 403, 302, 'no right to change');
  refused(t, await garden.send('PATCH', 'items/keepers/12', { name: 'x' }, 'editor', { 'if-match': '"x"' }), 404, 203, 'nor to read');
}

/** Of two that change the same state one comes first. */
async function race(t: Tester, garden: OwnGarden): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    const tag = tagOf(await garden.get('items/zones/1', 'admin'));
    const names = [`a${round}`, `b${round}`, `c${round}`];
    const answers = await Promise.all(names.map((name) => garden.send('PATCH', 'items/zones/1', { name }, 'admin', { 'if-match': tag })));
    const statuses = answers.map(({ status }) => status);
    t.strictSame([...statuses].sort(), [200, 412, 412], `exactly one wins: ${statuses}`);
    const won = names[statuses.indexOf(200)];
    t.equal(at((await garden.get('items/zones/1', 'admin')).json, 'data', 'name'), won, 'and it is what stays');
  }
}

export const entityTags: Feature = {
  promise: 'entity tags save reading again what is known, and changing what is not',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await t.test('ETag and If-None-Match', (t) => reads(t, garden));
      await t.test('If-Match', (t) => changes(t, garden));
      await t.test('callers who may not read everything', (t) => restricted(t, garden));
      await t.test('at the same time', (t) => race(t, garden));
    }),
};
