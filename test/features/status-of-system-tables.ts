/** Promise: what is granted by status holds for users and files as it does for other tables, by every surface. */
import type { Who } from '../fixtures/garden-people.ts';
import { type Feature, type Tester, told } from '../support/expect.ts';
import { putFile } from '../support/files.ts';
import { project } from '../support/gateway.ts';
import { at, column, type Json } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

interface Rule {
  readonly create?: string;
  readonly read?: string;
  readonly update?: string;
  readonly delete?: string;
  readonly status_blacklist?: string;
  readonly read_field_blacklist?: string;
}

/** Gives the editors rules for these statuses of a table, and no others. */
async function ruled({ gateway }: OwnGarden, collection: string, rules: Readonly<Record<string, Rule>>): Promise<void> {
  const lease = await gateway.registry.lease(project);
  const { knex } = lease.project.connection;
  await knex('directus_permissions').where({ role: 3, collection }).delete();
  const none = { create: 'none', read: 'none', update: 'none', delete: 'none' };
  for (const [status, rule] of Object.entries(rules)) {
    await knex('directus_permissions').insert({ role: 3, collection, status, ...none, ...rule });
  }
  await lease.project.reload();
  lease.release();
}

const by = (garden: OwnGarden, who: Who) => (method: string, path: string, body?: unknown) => garden.send(method, path, body, who);

async function gql(garden: OwnGarden, query: string): Promise<Json> {
  return at((await garden.send('POST', 'gql', { query }, 'editor')).json, 'data');
}

async function users(t: Tester, garden: OwnGarden): Promise<void> {
  const ask = by(garden, 'editor');
  await ruled(garden, 'directus_users', {
    active: { read: 'full', read_field_blacklist: 'email' },
    invited: { read: 'full', update: 'full', delete: 'full', create: 'full', status_blacklist: 'active,suspended' },
    draft: { create: 'full', read: 'mine' },
  });
  const statuses = async (path: string) => [...new Set(column(await ask('GET', path), 'status'))].sort();
  for (const email of ['one', 'two', 'three']) {
    const made = await garden.send('POST', 'users', { email: `${email}@status.test`, status: 'invited', role: 4, first_name: email });
    t.equal(made.status, 200, told(made));
  }
  t.strictSame(await statuses('users?fields=status&limit=-1&status=*'), ['active', 'invited'], 'read');
  t.equal((await ask('GET', 'users/6')).status, 404, 'one by one');
  const [invited] = column(await ask('GET', 'users?filter[status]=invited&fields=id&sort=id'), 'id').map(Number);
  const shown = await ask('GET', `users?filter[id][in]=2,${invited}&fields=id,email&sort=id`);
  t.strictSame(at(shown.json, 'data'), [{ id: 2 }, { id: invited, email: 'one@status.test' }], 'columns by status');
  t.strictSame(column(await ask('GET', 'users?filter[email][contains]=test&fields=id'), 'id').includes(2), false, 'nor found by them');
  const strapi = (await ask('GET', 'strapi/api/users?sort=id')).json;
  t.strictSame([...new Set((strapi as Json[]).map((one) => at(one, 'status')))].sort(), ['active', 'invited'], 'Strapi');
  t.strictSame(at((await ask('GET', 'strapi/api/users/count')).json), (strapi as Json[]).length);
  t.equal((await ask('GET', 'strapi/api/users/6')).status, 404);
  const payload = await ask('GET', 'payload/api/users?limit=0&depth=0&trash=true');
  t.strictSame([...new Set((at(payload.json, 'docs') as Json[]).map((one) => at(one, 'status')))].sort(), ['active', 'invited'], 'Payload');
  t.equal((await ask('GET', 'payload/api/users/6')).status, 404);
  const told_ = await gql(garden, '{ directus_users(status: ["*"], limit: 99) { data { status } } }');
  t.notMatch(JSON.stringify(told_), 'suspended', 'GraphQL');
  for (const [path, allowed] of [
    ['users/2', false],
    ['users/6', false],
    [`users/${invited}`, true],
  ] as const) {
    const title = `by ${path}`;
    const answers = [
      await ask('PATCH', path, { title }),
      await ask('PUT', `strapi/api/${path}`, { title }),
      await ask('PATCH', `payload/api/${path}`, { title }),
    ];
    const [row] = await garden.rows('directus_users', { id: Number(path.slice(6)) });
    t.strictSame([answers.every(({ status }) => status < 300), row?.['title'] === title], [allowed, allowed], answers.map(told).join('; '));
  }
  const raised = await ask('PATCH', `users/${invited}`, { status: 'active' });
  t.ok(raised.status >= 400, `a status that is not to be chosen: ${told(raised)}`);
  t.ok((await ask('PATCH', `users/${invited}`, { status: 'suspended' })).status >= 400, 'nor another one');
  t.equal((await garden.rows('directus_users', { id: Number(invited) }))[0]?.['status'], 'invited');
  for (const [status, allowed] of [
    ['active', false],
    ['suspended', false],
    ['invited', true],
    ['draft', true],
  ] as const) {
    const email = `made-${status}@status.test`;
    const made = await ask('POST', 'users', { email, status });
    t.strictSame(
      [made.status < 300, (await garden.rows('directus_users', { email })).length],
      [allowed, allowed ? 1 : 0],
      `${status}: ${told(made)}`,
    );
  }
  t.ok((await ask('DELETE', 'users/5')).status >= 400, 'who is active stays');
  t.equal((await garden.rows('directus_users', { id: 5 })).length, 1);
  const gone = await ask('DELETE', `users/${invited}`);
  t.ok(gone.status < 300, told(gone));
}

async function files(t: Tester, garden: OwnGarden): Promise<void> {
  const { knex } = garden.gateway.connection ?? {};
  if (!knex) throw new Error('The garden is not open');
  const hashes: string[] = [];
  for (const name of ['out.txt', 'kept.txt', 'gone.txt'])
    hashes.push(await putFile(garden, { name, type: 'text/plain', content: Buffer.from(name) }));
  await knex.schema.alterTable('directus_files', (table) => void table.string('state', 20).defaultTo('kept'));
  await knex('directus_files')
    .whereIn('private_hash', [hashes[0] ?? ''])
    .update({ state: 'out' });
  await knex('directus_files')
    .whereIn('private_hash', [hashes[2] ?? ''])
    .update({ state: 'gone' });
  const status_mapping = { out: { name: 'Out', published: true }, kept: { name: 'Kept' }, gone: { name: 'Gone', soft_delete: true } };
  await knex('directus_fields').insert({
    collection: 'directus_files',
    field: 'state',
    type: 'status',
    interface: 'status',
    options: JSON.stringify({ status_mapping }),
  });
  await ruled(garden, 'directus_files', {
    out: { read: 'full', update: 'full', status_blacklist: 'gone' },
    kept: { create: 'full', read: 'mine', update: 'mine', delete: 'mine' },
  });
  const ask = by(garden, 'editor');
  const ids = new Map<string, number>();
  for (const [i, name] of ['out', 'kept', 'gone'].entries()) {
    ids.set(name, Number((await garden.rows('directus_files', { private_hash: hashes[i] }))[0]?.['id']));
  }
  const only = (list: Json | undefined) => (Array.isArray(list) ? list.map((one) => Number(at(one, 'id'))) : list);
  const { out, kept, gone } = Object.fromEntries(ids);
  t.strictSame(only(at((await ask('GET', 'files?fields=id&status=*')).json, 'data')), [out], 'read');
  t.equal(at((await ask('GET', 'files?meta=total_count,filter_count&status=*')).json, 'meta', 'filter_count'), 1, 'counted');
  t.strictSame(only((await ask('GET', 'strapi/api/upload/files')).json), [out], 'Strapi');
  t.strictSame(only(at((await ask('GET', 'payload/api/media?limit=0&trash=true')).json, 'docs')), [out], 'Payload');
  t.match(await gql(garden, '{ directus_files(status: ["*"]) { data { id } } }'), { directus_files: { data: [{ id: String(out) }] } });
  for (const id of [kept, gone]) {
    for (const path of [`files/${id}`, `strapi/api/upload/files/${id}`, `payload/api/media/${id}`]) {
      t.equal((await ask('GET', path)).status, 404, path);
    }
    const changes = [await ask('PATCH', `files/${id}`, { title: 'x' }), await ask('PATCH', `payload/api/media/${id}`, { alt: 'x' })];
    for (const answer of changes) t.ok(answer.status >= 400, told(answer));
    for (const path of [`files/${id}`, `strapi/api/upload/files/${id}`, `payload/api/media/${id}`]) {
      t.ok((await ask('DELETE', path)).status >= 400, `DELETE ${path}`);
    }
    const [row] = await garden.rows('directus_files', { id });
    t.match(row, { title: null }, 'nothing is changed');
  }
  for (const [name, status] of [
    ['out', 200],
    ['kept', 404],
    ['gone', 404],
  ] as const) {
    const [row] = await garden.rows('directus_files', { id: ids.get(name) });
    const answer = await ask('GET', `payload/api/media/file/${String(row?.['filename_disk'])}`);
    t.equal(answer.status, status, `the content of ${name}: ${told(answer)}`);
  }
  const moved = await ask('PATCH', `files/${out}`, { state: 'gone' });
  t.ok(moved.status >= 400, told(moved));
  t.equal((await ask('PATCH', `files/${out}`, { title: 'Out' })).status, 200);
  const data = Buffer.from('mine').toString('base64');
  for (const [state, allowed] of [
    [undefined, true],
    ['kept', true],
    ['out', false],
    ['gone', false],
  ] as const) {
    const before = (await garden.rows('directus_files')).length;
    const made = await ask('POST', 'files', {
      data,
      filename_disk: `mine-${state}.txt`,
      filename_download: 'mine.txt',
      ...(state ? { state } : {}),
    });
    const after = (await garden.rows('directus_files')).length;
    t.strictSame([made.status < 300, after - before], [allowed, allowed ? 1 : 0], `${state}: ${told(made)}`);
    if (!allowed) continue;
    const id = Number(at(made.json, 'data', 'id'));
    t.equal((await ask('GET', `files/${id}`)).status, 200, 'one of mine');
    t.ok((await ask('DELETE', `files/${id}`)).status < 300);
  }
}

export const statusOfSystemTables: Feature = {
  promise: 'grants by status on users and files',
  async run(t, world) {
    await ownGarden(world, async (garden) => {
      await t.test('users', (t) => users(t, garden));
      await t.test('files', (t) => files(t, garden));
    });
  },
};
