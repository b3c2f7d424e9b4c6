/** Promise: an identity provider keeps users and groups by SCIM 2.0, and never locks everybody out (directus8-system §17). */

import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { type Answer, ask, at, type Json } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { scimAttacks } from '../support/scim-attacks.ts';

const token = 'the token of the SCIM client';

export type Scim = (method: string, path: string, body?: unknown, as?: string | null) => Promise<Answer>;

const patch = (...operations: readonly object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: operations,
});

const ids = (answer: Answer): Json[] => {
  const found = at(answer.json, 'Resources');
  return Array.isArray(found) ? found.map((one) => at(one, 'externalId')) : [told(answer)];
};

async function users(t: Tester, scim: Scim, garden: OwnGarden): Promise<void> {
  const body = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    externalId: 'ext-9',
    userName: 'jo@example.org',
    name: { givenName: 'Jo', familyName: 'Doe' },
    emails: [{ value: 'jo@example.org', type: 'work', primary: true }],
    active: false,
    timezone: 'UTC',
    password: 'a first password',
  };
  const made = await scim('POST', 'Users', body);
  t.equal(made.status, 201, told(made));
  t.match(String(made.headers['content-type']), /^application\/scim\+json/);
  const key = at(made.json, 'externalId');
  t.match(made.json, {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    id: 'ext-9',
    meta: { resourceType: 'User', location: `${garden.gateway.url}/garden/scim/v2/Users/ext-9` },
    name: { familyName: 'Doe', givenName: 'Jo' },
    userName: 'jo@example.org',
    emails: [{ value: 'jo@example.org', type: 'work', primary: true }],
    active: false,
  });
  t.notMatch(made.text, /password/, 'no password leaves');
  const [row = {}] = await garden.rows('directus_users', { email: 'jo@example.org' });
  t.strictSame([row['status'], row['role'], Number(row['id'])], ['draft', null, key], 'a draft without a role');
  t.match(String(row['password']), /^\$2y\$10\$/, 'the password is hashed');

  t.strictSame(ids(await scim('GET', 'Users?filter=userName eq "jo@example.org"')), [key]);
  t.strictSame(ids(await scim('GET', 'Users?filter=emails.value eq jo@example.org')), [key], 'without quotes');
  t.strictSame(ids(await scim('GET', 'Users?filter=externalId eq "ext-9"')), [key]);
  t.strictSame(ids(await scim('GET', `Users?filter=id eq ${key}`)), [key], 'and by its number');
  t.strictSame(ids(await scim('GET', 'Users?filter=emails[value ew "example.org"] and active eq false')), [key]);
  t.strictSame(ids(await scim('GET', 'Users?filter=name.givenName sw "Jo" or userName eq "edda@garden.test"')), [2, key]);
  const page = await scim('GET', 'Users?startIndex=2&count=2');
  t.strictSame([at(page.json, 'startIndex'), at(page.json, 'itemsPerPage'), ids(page)], [2, 2, [2, 3]], told(page));
  t.equal(at(page.json, 'totalResults'), 12, 'of all');

  const changed = await scim(
    'PATCH',
    'Users/ext-9',
    patch({ op: 'Replace', path: 'active', value: 'True' }, { op: 'replace', value: { 'name.givenName': 'Joan' } }),
  );
  t.strictSame([changed.status, at(changed.json, 'active'), at(changed.json, 'name', 'givenName')], [200, true, 'Joan'], told(changed));
  const moved = await scim(
    'PATCH',
    'Users/ext-9',
    patch({ op: 'replace', path: 'emails[type eq "work"].value', value: 'joan@example.org' }),
  );
  t.equal(at(moved.json, 'userName'), 'joan@example.org', told(moved));
  const plain = await scim('PUT', 'Users/ext-9', { externalId: 'other', name: {}, userName: 'j@example.org' });
  t.match(plain.json, { id: 'ext-9', userName: 'j@example.org', name: { familyName: null, givenName: null }, active: true }, told(plain));

  await garden.send('POST', 'settings?upsert=key', { key: 'password_policy', value: '/^.{10,}$/' });
  const weak = [
    await scim('PATCH', 'Users/ext-9', patch({ op: 'replace', path: 'password', value: 'short' })),
    await scim('PUT', 'Users/ext-9', { userName: 'j@example.org', password: 'short' }),
    await scim('POST', 'Users', { userName: 'weak@example.org', password: 'short' }),
    await scim('PATCH', 'Users/ext-9', { password: 'x'.repeat(73) }),
  ];
  t.strictSame(
    weak.map(({ status }) => status),
    [422, 422, 422, 422],
    'passwords obey the policy',
  );
  const activity = await garden.rows('directus_activity', { collection: 'directus_users', item: String(key) });
  t.strictSame(
    activity.map(({ action }) => action).sort(),
    ['create', 'status-update', 'update', 'update', 'update'],
    'all of it is recorded',
  );
  const revisions = await garden.rows('directus_revisions', { collection: 'directus_users', item: String(key) });
  t.equal(revisions.length, 4, 'with revisions');
  t.notOk(JSON.stringify(revisions).includes('$2y$'), 'that hold no hash');
  t.equal((await scim('DELETE', 'Users/ext-9')).status, 204);
  t.equal((await scim('GET', 'Users/ext-9')).status, 404, 'gone from the answers');
  const [gone = {}] = await garden.rows('directus_users', { id: key });
  t.equal(gone['status'], 'deleted', 'and kept as deleted');
}

async function groups(t: Tester, scim: Scim, garden: OwnGarden): Promise<void> {
  const name = { givenName: 'Mo', familyName: 'Moss' };
  const user = await scim('POST', 'Users', { userName: 'member@example.org', externalId: 'm-1', active: true, name });
  t.equal(user.status, 201, told(user));
  const made = await scim('POST', 'Groups', { displayName: 'Gardeners', id: 'g-1', members: [{ value: 'm-1' }] });
  t.equal(made.status, 201, told(made));
  t.match(made.json, { id: 'g-1', displayName: 'Gardeners', members: [{ value: 'm-1' }] });
  const role = at(made.json, 'externalId');
  const permissions = await garden.rows('directus_permissions', { role });
  t.equal(permissions.length, 16, 'a new role has what the app needs');
  const roleOf = async (): Promise<unknown> => (await garden.rows('directus_users', { external_id: 'm-1' }))[0]?.['role'];
  t.equal(Number(await roleOf()), role, 'its member is a user of the role');

  t.equal((await scim('PATCH', 'Groups/g-1', patch({ op: 'remove', path: 'members[value eq "m-1"]' }))).status, 200);
  t.equal(await roleOf(), null);
  const back = await scim('PATCH', 'Groups/g-1', patch({ op: 'add', path: 'members', value: [{ value: 'm-1' }, { value: '3' }] }));
  t.equal(Number(await roleOf()), role, told(back));
  t.strictSame(ids(await scim('GET', 'Groups?filter=displayName eq "Gardeners"')), [role]);
  const renamed = await scim('PATCH', 'Groups/g-1', { displayName: 'Planters' });
  const there = `${garden.gateway.url}/garden/scim/v2/Users/`;
  const members = [
    { value: null, $ref: there, display: ' ' },
    { value: 'm-1', $ref: `${there}m-1`, display: 'Mo Moss' },
  ];
  t.strictSame([at(renamed.json, 'displayName'), at(renamed.json, 'members')], ['Planters', members], told(renamed));
  t.equal((await scim('DELETE', 'Groups/g-1')).status, 204);
  t.equal(await roleOf(), null, 'nobody keeps a role that is gone');
  t.equal((await garden.rows('directus_permissions', { role })).length, 0, 'nor do its permissions stay');
}

export const scim: Feature = {
  promise: 'SCIM keeps users and groups',
  databaseIndependent: 'a form of users and roles, which other promises write',
  async run(t: Tester, world: World) {
    await ownGarden(
      world,
      async (garden) => {
        const send: Scim = (method, path, body, as = token) =>
          ask(garden.gateway.url, `/garden/scim/v2/${path}`, {
            method,
            ...(as === null ? {} : { token: as }),
            headers: { 'content-type': 'application/scim+json' },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          });
        await t.test('users', (t) => users(t, send, garden));
        await t.test('groups', (t) => groups(t, send, garden));
        t.equal((await send('GET', 'Users/2')).status, 404, 'a path names external ids');
        for (const table of ['directus_users', 'directus_roles']) {
          for (const { id } of await garden.rows(table, { external_id: null })) {
            await garden.gateway.connection
              ?.knex(table)
              .where({ id })
              .update({ external_id: String(id) });
          }
        }
        await t.test('attacks', (t) => scimAttacks(t, send, garden));
      },
      { scim: { token } },
    );
  },
};
