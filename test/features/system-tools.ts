/** Promise: everybody has the app's tools, and administrators are told how permissions come about. */
import { type Feature, refused, type Tester, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { gives } from '../support/writing.ts';

/** In the order of directus8-system §20. */
const allTypes =
  'alias array binary boolean datetime date time file hash group integer decimal json lang m2o o2m slug sort status string translation uuid ' +
  'datetime_created datetime_updated owner user_updated user';

async function tools(t: Tester, garden: OwnGarden): Promise<void> {
  const post = (path: string, body: unknown, who: 'writer' | null = 'writer') => garden.send('POST', `utils/${path}`, body, who);
  const hash = at((await post('hash', { string: 'abc' })).json, 'data', 'hash');
  t.match(String(hash), /^\$2y\$10\$/, 'bcrypt');
  gives(t, await post('hash/match', { string: 'abc', hash }), { valid: true }, 'it matches');
  gives(t, await post('hash/match', { string: 'abd', hash }), { valid: false }, 'it does not');
  const sha1 = 'a9993e364706816aba3e25717850c26c9cd0d89d';
  gives(t, await post('hash', { string: 'abc', hasher: 'sha1' }), { hash: sha1 }, 'sha1');
  gives(t, await post('hash/match', { string: 'abc', hasher: 'sha1', hash: sha1 }), { valid: true }, 'sha1 matches');
  t.equal(String(at((await post('random/string', {})).json, 'data', 'random')).length, 32);
  t.equal(String(at((await post('random/string', { length: 8 })).json, 'data', 'random')).length, 8);
  t.match(String(at((await garden.get('utils/2fa_secret', 'writer')).json, 'data', '2fa_secret')), /^[A-Z2-7]{16}$/);
  refused(t, await post('hash', {}), 422, 4, 'nothing');
  refused(t, await post('hash', { string: 'x', hasher: 'nope' }), 422, 1000, 'no hasher');
  for (const length of ['x', 0, 1025, 1.5]) refused(t, await post('random/string', { length }), 422, 4, `length ${length}`);
  const open = { public: true };
  t.match((await post('hash', { string: 'abc', hasher: 'sha1' }, null)).json, { data: { hash: sha1 }, ...open }, 'the public has them too');
  t.match((await post('hash/match', { string: 'abc', hash }, null)).json, { data: { valid: true }, ...open });
  t.match((await post('random/string', { length: 8 }, null)).json, { data: { random: /^.{8}$/ }, ...open });
  t.match(
    (await garden.get('utils/2fa_secret')).json,
    { data: { '2fa_secret': /^[A-Z2-7]{16}$/ }, ...open },
    'who is to set one up is the public',
  );
  const many = await Promise.all(Array.from({ length: 6 }, () => post('hash', { string: 'x' }, null)));
  const odd = many.filter(({ status }) => status !== 200 && status !== 429);
  t.strictSame(odd.map(told), [], 'many at once wait, or are told to come later');
}

async function lists(t: Tester, garden: OwnGarden): Promise<void> {
  const token = (await garden.rows('directus_users', { id: 3 }))[0]?.['token'];
  const signedIn = { token: String(token) };
  const types = await garden.raw('/types?project=garden', signedIn);
  const key = garden.gateway.registry.list()[0]?.key;
  const named = await garden.raw(`/types?project=${key}`, signedIn);
  t.strictSame(
    at(named.json, 'data'),
    allTypes.split(' ').map((name) => ({ name })),
    `all types: ${told(named)} ${told(types)}`,
  );
  for (const kind of ['interfaces', 'layouts', 'modules']) {
    const answer = await garden.raw(`/${kind}`, { ...signedIn, headers: { 'x-directus-project': String(key) } });
    t.strictSame([answer.status, answer.text], [200, '{"data":[]}'], `${kind}: ${told(answer)}`);
  }
  refused(t, await garden.raw(`/types?project=${key}`), 401, 108, 'the public');
  refused(t, await garden.raw('/types', signedIn), 401, 3, 'of no project');
}

async function explained(t: Tester, garden: OwnGarden): Promise<void> {
  const ask = async (query: string) => at((await garden.get(`permissions/explain?${query}`, 'admin')).json, 'data');
  t.match(await ask('collection=sightings&action=read&role=4&user=3'), {
    allowed: true,
    rows: { observer: { eq: '3' } },
    fields: [{ field: 'spot', where: 'always' }],
    permissions: [{ collection: 'sightings', read: 'mine' }],
  });
  t.match(await ask('collection=sightings&action=read&role=4&user=3&id=1'), { item: { id: '1', allowed: true } });
  t.match(await ask('collection=sightings&action=read&role=4&user=3&id=3'), { item: { id: '3', allowed: false } });
  t.match(await ask('collection=sightings&action=update&role=4'), { allowed: false, rows: false });
  t.match(await ask('collection=plants&action=read&role=3&user=2&id=1'), { allowed: true, item: { status: 'published', allowed: true } });
  t.match(await ask('collection=beds&action=read&role=5'), { allowed: false, permissions: [] });
  t.match(await ask('collection=beds&action=delete'), { allowed: true, rows: true });
  t.match(await ask('collection=directus_permissions&action=update&role=4'), { allowed: false });
  refused(t, await garden.get('permissions/explain?collection=plants', 'writer'), 403, 10, 'for administrators');
  refused(t, await garden.get('permissions/explain?collection=plants'), 401, 3, 'not for the public');
  refused(t, await garden.get('permissions/explain?collection=nope', 'admin'), 404, 200, 'no collection');
  refused(t, await garden.get('permissions/explain?collection=plants&role=99', 'admin'), 422, 4, 'no role');
  refused(t, await garden.get('permissions/explain?collection=plants&action=x', 'admin'), 422, 4, 'no action');
  refused(t, await garden.get('permissions/explain?collection=plants&id=777', 'admin'), 404, 203, 'no row');
}

async function upgraded(t: Tester, garden: OwnGarden): Promise<void> {
  const update = (who: 'admin' | 'writer' | null) => garden.send('POST', 'update', undefined, who);
  refused(t, await update('writer'), 401, 3, 'not an administrator');
  refused(t, await update(null), 401, 3, 'the public');
  t.equal((await update('admin')).status, 204, 'there is nothing to do');
  const people = JSON.stringify(await garden.rows('directus_users'));
  await garden.gateway.connection?.knex.schema.dropTable('directus_webhooks');
  const answer = await update('admin');
  t.equal(answer.status, 204, told(answer));
  t.strictSame(await garden.rows('directus_webhooks'), [], 'a table that is missing is made');
  t.equal(JSON.stringify(await garden.rows('directus_users')), people, 'nobody gets an account');
}

export const systemTools: Feature = {
  promise: 'tools for everybody, lists for the app, and permissions explained',
  databaseIndependent: 'documents made of the schema and the rules',
  async run(t, world) {
    await ownGarden(world, async (garden) => {
      await t.test('tools', (t) => tools(t, garden));
      await t.test('lists of the app', (t) => lists(t, garden));
      await t.test('permissions explained', (t) => explained(t, garden));
      await t.test('system tables brought up to date', (t) => upgraded(t, garden));
    });
  },
};
