/** Promise: the last active administrator is neither removed nor demoted, by no door of any surface, in no spelling (directus8-system §4.2, §4.3). */
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

type Try = readonly [method: string, path: string, body?: unknown];

const scimPatch = (path: string, value: unknown, op = 'replace') => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op, path, ...(value === undefined ? {} : { value }) }],
});

const demotions = [
  { status: 'suspended' },
  { status: 'deleted' },
  { status: 'draft' },
  { status: 'ACTIVE' },
  { status: 'active ' },
  { status: null },
  { role: 4 },
  { role: '4' },
  { role: { id: 4 } },
  { role: null },
  { role: 99 },
  { role: 2 },
] as const;

const gql = (query: string): Try => ['POST', 'gql', { query: `mutation { ${query} }` }];

const tries: readonly Try[] = [
  ...demotions.flatMap((body): Try[] => [
    ['PATCH', 'users/1', body],
    ['PATCH', 'users/me', body],
    ['PATCH', 'users', [{ id: 1, ...body }]],
    ['PATCH', 'users?filter[role]=1&limit=5', body],
    ['PATCH', 'users?filter[id][lt]=4&limit=5', body],
    ['POST', 'users?upsert=email', { email: 'admin@example.com', ...body }],
    ['POST', 'users?upsert=id', { id: 1, ...body }],
    ['PATCH', 'roles/1', { users: [{ id: 1, ...body }] }],
    ['PATCH', 'items/sightings/1', { observer: { id: 1, ...body } }],
    ['POST', 'batch', { operations: [{ method: 'update', collection: 'directus_users', key: 1, item: body }] }],
    ['PATCH', 'payload/api/users/1', body],
    ['PATCH', 'payload/api/users?where[id][equals]=1', body],
    ['PUT', 'strapi/api/users/1', body],
  ]),
  ['DELETE', 'users/1'],
  ['DELETE', 'users/me'],
  ['DELETE', 'users/3,1'],
  ['DELETE', 'users?filter[role]=1&limit=5'],
  ['DELETE', 'items/directus_users/1'],
  ['DELETE', 'roles/1'],
  ['DELETE', 'scim/v2/Users/1'],
  ['DELETE', 'scim/v2/Groups/1'],
  ['DELETE', 'strapi/api/users/1'],
  ['DELETE', 'payload/api/users/1'],
  ['DELETE', 'payload/api/users?where[id][equals]=1'],
  ['PUT', 'strapi/api/users/1', { blocked: true }],
  ['POST', 'batch', { operations: [{ method: 'delete', collection: 'directus_users', key: 1 }] }],
  ['POST', 'batch', { operations: [{ method: 'delete', collection: 'directus_roles', key: 1 }] }],
  ['PATCH', 'roles/4', { users: [1] }],
  ['PATCH', 'roles/4', { users: [{ id: 1 }] }],
  ['PATCH', 'roles/1', { users: [{ id: 1, $delete: true }] }],
  ['PATCH', 'roles/1', { users: { delete: [1] } }],
  ['POST', 'roles', { name: 'Another', users: [{ id: 1 }] }],
  ['PUT', 'scim/v2/Users/1', { userName: 'admin@example.com', active: false }],
  ['PATCH', 'scim/v2/Users/1', { active: false }],
  ['PATCH', 'scim/v2/Users/1', scimPatch('active', false)],
  ['PATCH', 'scim/v2/Users/1', scimPatch('active', 'False')],
  [
    'PATCH',
    'scim/v2/Users/1',
    { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [{ op: 'replace', value: { active: false } }] },
  ],
  ['PATCH', 'scim/v2/Groups/4', scimPatch('members', [{ value: '1' }], 'add')],
  ['PATCH', 'scim/v2/Groups/1', scimPatch('members', undefined, 'remove')],
  ['PATCH', 'scim/v2/Groups/1', scimPatch('members', [])],
  ['PUT', 'scim/v2/Groups/1', { displayName: 'Administrator', members: [] }],
  ['PUT', 'scim/v2/Groups/4', { displayName: 'Writer', members: [{ value: '1' }] }],
  ['POST', 'scim/v2/Groups', { displayName: 'Another', members: [{ value: '1' }] }],
  gql('update_directus_users_item(id: 1, data: {status: "suspended"}) { id }'),
  gql('update_directus_users_item(id: 1, data: {role: {key: 4}}) { id }'),
  gql('update_directus_users_item(id: 1, data: {role: {update: {id: 1, name: "x"}}, status: "draft"}) { id }'),
  gql('update_directus_users_where(where: {email: {_eq: "admin@example.com"}}, limit: 2, data: {status: "draft"}) { count }'),
  gql('upsert_directus_users_items(by: ["email"], data: [{email: "admin@example.com", status: "draft"}]) { id }'),
  gql('delete_directus_users_item(id: 1) { ids }'),
  gql('delete_directus_users_items(ids: [3, 1]) { ids }'),
  gql('delete_directus_users_where(where: {id: {_eq: 1}}, limit: 1) { count }'),
  gql('update_directus_roles_item(id: 4, data: {users: {keys: [1]}}) { id }'),
  gql('update_directus_roles_item(id: 1, data: {users: {delete: [1]}}) { id }'),
  gql('delete_directus_roles_item(id: 1) { ids }'),
  ['DELETE', 'collections/directus_users'],
  ['DELETE', 'collections/directus_roles'],
  ['DELETE', 'fields/directus_users/role'],
  ['DELETE', 'fields/directus_users/status'],
];

async function keeps(t: Tester, garden: OwnGarden): Promise<void> {
  // SCIM's paths have them.
  const { knex } = garden.gateway.connection ?? {};
  await knex?.('directus_users').where({ id: 1 }).update({ external_id: '1' });
  for (const id of [1, 4])
    await knex?.('directus_roles')
      .where({ id })
      .update({ external_id: String(id) });
  // Neither changes anything.
  for (const body of [{ users: [] }, { id: 99 }]) t.equal((await garden.send('PATCH', 'roles/1', body)).status, 200);
  const state = async (): Promise<string> => JSON.stringify([await garden.rows('directus_users'), await garden.rows('directus_roles')]);
  const before = await state();
  t.match(before, /"role":1,|"role":"1",/, 'there is one');
  for (const [method, path, body] of tries) {
    const answer = await garden.send(method, path, body);
    const said = `${method} ${path} ${JSON.stringify(body) ?? ''}: ${told(answer)}`;
    const isRefused = answer.status >= 400 && answer.status < 500;
    t.ok(path === 'gql' ? /administrator|group \[1\]/.test(String(at(answer.json, 'errors', 0, 'message'))) : isRefused, said);
    if ((await state()) !== before) return void t.fail(`it has happened: ${said}`);
  }
}

/** What a revision says of a time when somebody else was the administrator is not brought back. */
async function reverts(t: Tester, garden: OwnGarden): Promise<void> {
  await garden.send('PATCH', 'users/2', { title: 'An editor' });
  await garden.send('PATCH', 'users/2', { role: 1 });
  const revisions = await garden.get('users/2/revisions?sort=id', 'admin');
  const revision = String(at(revisions.json, 'data', 0, 'id'));
  await garden.gateway.connection?.knex('directus_users').where({ id: 1 }).update({ status: 'suspended' });
  const answer = await garden.send('PATCH', `users/2/revert/${revision}`, {}, 'editor');
  t.strictSame([answer.status, at(answer.json, 'error', 'code')], [403, 216], told(answer));
  t.equal(Number((await garden.rows('directus_users', { id: 2 }))[0]?.['role']), 1);
}

/** Where a surface deletes as many as it can, that one is left. */
async function amongAll(t: Tester, garden: OwnGarden): Promise<void> {
  const answer = await garden.send('DELETE', 'payload/api/users?where[id][exists]=true');
  t.equal(answer.status, 400, told(answer));
  t.match(at(answer.json, 'errors', 0, 'message'), /administrator/);
  const left = await garden.rows('directus_users');
  t.strictSame(
    left.map(({ id, role, status }) => [Number(id), Number(role), status]),
    [[1, 1, 'active']],
  );
}

export const lastAdministrator: Feature = {
  promise: 'the last administrator stays one, whichever door is tried',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await t.test('every door', (t) => keeps(t, garden));
      await t.test('reverts', (t) => reverts(t, garden));
      await garden.gateway.connection?.knex('directus_users').where({ id: 1 }).update({ status: 'active' });
      await garden.gateway.connection?.knex('directus_users').where({ id: 2 }).update({ role: 3 });
      await t.test('deletions of many', (t) => amongAll(t, garden));
    }),
};
