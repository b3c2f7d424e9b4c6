/** Promise: who is no administrator becomes none, by no route, spelling or nested row; and an administrator is always left. */
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { isSilent } from '../support/writing.ts';

const full = { create: 'full', read: 'full', update: 'full', delete: 'full' } as const;
const systems = ['users', 'roles', 'permissions', 'relations', 'settings', 'collection_presets', 'folders', 'webhooks'];

/** The writer is user 3 of role 4, whose permissions say yes to everything. */
async function attacks(t: Tester, garden: OwnGarden): Promise<void> {
  for (const segment of systems) await garden.permit(4, `directus_${segment}`, full);
  for (const collection of ['sightings', 'plants', 'tasks']) await garden.permit(4, collection, full);
  const watched = ['directus_users', 'directus_roles', 'directus_permissions', 'directus_webhooks'];
  const state = async () => JSON.stringify(await Promise.all(watched.map((table) => garden.rows(table))));
  const before = await state();
  const tries: readonly (readonly [method: string, path: string, body?: unknown])[] = [
    ...['users/me', 'users/3', 'users/03', 'users/3,4', 'users/me,3', 'users?filter[id]=3&limit=1'].flatMap((path) =>
      [1, '1', '01', ' 1', '1.0', { id: 1 }, { id: '1' }, { id: 1, name: 'x' }, { name: 'Mine' }, 3, null].map(
        (role) => ['PATCH', path, { role }] as const,
      ),
    ),
    ['PATCH', 'users', [{ id: 3, role: 1 }]],
    [
      'PATCH',
      'users',
      [
        { id: 4, title: 'x' },
        { id: 3, role: 1 },
      ],
    ],
    ['POST', 'users?upsert=email', { email: 'wim@garden.test', role: 1 }],
    ['POST', 'users', { email: 'new@garden.test', role: 1, status: 'active', password: 'x', token: 'x' }],
    ['POST', 'users', { email: 'new@garden.test', role: { id: 1 } }],
    ['POST', 'users', [{ email: 'new@garden.test' }, { email: 'other@garden.test', role: 1 }]],
    ['POST', 'users', { email: 'new@garden.test', token: 'known' }],
    ['PATCH', 'users/3', { status: 'draft' }],
    ['PATCH', 'users/3', { external_id: 'x' }],
    ['PATCH', 'users/3', { '2fa_secret': 'JBSWY3DPEHPK3PXP' }],
    ['PATCH', 'users/3', { password_reset_token: 'x' }],
    ['PATCH', 'users/4', { token: 'known' }],
    ...['email', 'password', 'token', 'status', 'title', 'role'].map((field) => ['PATCH', 'users/1', { [field]: 'x@y.test' }] as const),
    ['PATCH', 'users/2,1', { title: 'x' }],
    ['PATCH', 'users?filter[role]=1&limit=5', { title: 'x' }],
    ['DELETE', 'users/1'],
    ['DELETE', 'users/4,1'],
    ['PATCH', 'roles/1', { users: [3] }],
    ['PATCH', 'roles/1', { users: [{ id: 3 }] }],
    ['PATCH', 'roles/1', { users: { update: [{ id: 3 }] } }],
    ['PATCH', 'roles/1', { ip_whitelist: ['10.0.0.1'] }],
    ['PATCH', 'roles/1', { enforce_2fa: true }],
    ['PATCH', 'roles/4', { users: [{ id: 1 }] }],
    ['POST', 'roles', { name: 'Mine', users: [{ id: 3 }] }],
    ['POST', 'roles', { id: 1, name: 'Mine' }],
    ['POST', 'roles?upsert=id', { id: 1, description: 'x' }],
    ['DELETE', 'roles/1'],
    ['DELETE', 'roles/2'],
    ['POST', 'permissions', { collection: 'beds', role: 4, read: 'full' }],
    ['PATCH', 'permissions/1', { role: 4 }],
    ['PATCH', 'permissions?filter[role]=4&limit=100', { read: 'full' }],
    ['DELETE', 'permissions/1'],
    ['POST', 'webhooks', { status: 'active', collection: 'directus_users', directus_action: 'update', url: 'https://x.test/' }],
    ['POST', 'items/directus_users', { email: 'x@garden.test', role: 1 }],
    ['PATCH', 'items/directus_users/3', { role: 1 }],
    ['POST', 'batch', { operations: [{ method: 'update', collection: 'directus_users', key: 3, item: { role: 1 } }] }],
    ['POST', 'items/sightings', { observer: { id: 3, role: 1 } }],
    ['PATCH', 'items/sightings/1', { observer: { id: 3, role: { id: 1 } } }],
    ['PATCH', 'items/sightings/1', { observer: { id: 1, $delete: true } }],
    ['PATCH', 'users/1/revert/1', {}],
    ['PATCH', 'users/1/tracking/page', { last_page: '/x' }],
  ];
  for (const [method, path, body] of tries) {
    const answer = await garden.send(method, path, body, 'writer');
    t.ok(answer.status >= 400 && answer.status < 500, `${method} ${path} ${JSON.stringify(body) ?? ''}: ${told(answer)}`);
  }
  t.equal(await state(), before, 'nothing of it has happened');
  const own = await garden.send('PATCH', 'users/me?fields=title', { title: 'Gardener', password: 'another-one' }, 'writer');
  t.strictSame(at(own.json, 'data'), { title: 'Gardener' }, `what is his he may change: ${told(own)}`);
  const other = await garden.send('PATCH', 'users/4?fields=title,status', { title: 'Gardener', status: 'suspended' }, 'writer');
  t.strictSame(at(other.json, 'data'), { title: 'Gardener', status: 'suspended' }, `and what he was given: ${told(other)}`);
  refused(t, await garden.get('collections', undefined, { method: 'GET' }), 401, 3, 'the public');
}

async function lastOne(t: Tester, garden: OwnGarden): Promise<void> {
  for (const body of [{ status: 'suspended' }, { status: 'deleted' }, { role: 4 }, { role: null }]) {
    for (const path of ['users/1', 'users/me', 'users/1,2']) {
      refused(t, await garden.send('PATCH', path, body), 403, 216, `${path} ${JSON.stringify(body)}`);
    }
  }
  refused(t, await garden.send('PATCH', 'roles/4', { users: [1] }), 403, 216, 'through the role');
  refused(t, await garden.send('PATCH', 'items/sightings/1', { observer: { id: 1, role: 4 } }), 403, 216, 'through an item');
  refused(t, await garden.send('DELETE', 'users/1'), 403, 216, 'to delete it');
  refused(t, await garden.send('DELETE', 'users/2,1'), 403, 216, 'among others');
  t.equal((await garden.rows('directus_users', { id: 2 })).length, 1, 'nothing has happened');
  t.equal((await garden.send('PATCH', 'users/2', { role: 1 })).status, 200, 'there are two');
  const both = await Promise.all([
    garden.send('PATCH', 'users/1', { status: 'suspended' }),
    garden.send('PATCH', 'users/2', { status: 'suspended' }, 'editor'),
  ]);
  const left = (await garden.rows('directus_users', { role: 1, status: 'active' })).length;
  t.equal(left, 1, `of two at once one is left: ${both.map(told).join(' ')}`);
  await garden.gateway.connection?.knex('directus_users').whereIn('id', [1, 2]).update({ status: 'active', role: 1 });
  isSilent(t, await garden.send('DELETE', 'users/2'), 'the one that is not the last');
}

export const becomingAdministrator: Feature = {
  promise: 'nobody makes himself an administrator, and one is always left',
  databaseIndependent: 'rules over users and roles, whose rows are written as any others',
  async run(t, world) {
    await ownGarden(world, (garden) => attacks(t, garden));
    await ownGarden(world, (garden) => lastOne(t, garden));
  },
};
