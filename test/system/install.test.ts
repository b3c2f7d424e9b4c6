import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex } from 'knex';
import t from 'tap';
import { systemTables } from '../../migrations/catalogue.ts';
import { verifyPassword } from '../../src/auth/passwords.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { install, isInstalled } from '../../src/system/install.ts';
import { systemTableNames } from '../../src/system/migrate.ts';
import { testVendors } from '../support/vendors.ts';
import { addressOf, projectRoot, scratch } from './scratch.ts';

const admin = { email: 'admin@example.com', password: 'password', token: 'admintoken' };

async function countOf(knex: Knex, table: string): Promise<number> {
  const [row] = await knex(table).count({ n: '*' });
  return Number(row?.['n']);
}

/** Every row of the tables, to see that nothing was rewritten. */
async function contents(knex: Knex, tables: readonly string[]): Promise<string> {
  const rows: unknown[] = [];
  for (const table of tables) rows.push(await knex(table).orderBy(1));
  return JSON.stringify(rows);
}

async function kindOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'nothing was refused';
  } catch (error) {
    return error instanceof GatewayError ? error.kind : String(error);
  }
}

for (const vendor of testVendors) {
  t.test(`${vendor}: an empty database gets every table and start row, and a second run changes nothing`, async (t) => {
    const db = await scratch(t, vendor);
    if (!db) return;
    const { connection } = db;
    const { knex } = connection;
    t.equal(await isInstalled(connection), false);
    const steps: [string, number, number][] = [];
    const first = await install(connection, { ...admin, projectName: 'Harbour', onProgress: (...step) => steps.push(step) });
    t.same([...first.created].sort(), [...systemTableNames]);
    t.match(first, { upgraded: [], adminId: '1', adminCreated: true });
    t.equal(await isInstalled(connection), true);
    t.same(steps.at(-1), ['Done', steps.length - 1, steps.length - 1], 'progress ends at its total');

    const counts: Record<string, number> = { directus_fields: 170, directus_relations: 11, directus_settings: 23, directus_roles: 2 };
    for (const [table, n] of Object.entries({ ...counts, directus_collection_presets: 4, directus_users: 1, directus_permissions: 0 })) {
      t.equal(await countOf(knex, table), n, table);
    }
    const settings: { id: number; key: string; value: string | null }[] = await knex('directus_settings').orderBy('id');
    t.match(settings[0], { id: 1, key: 'project_url', value: '' });
    t.match(settings[7], { id: 8, key: 'telemetry', value: '0' });
    t.match(settings[21], { id: 22, key: 'project_name', value: 'Harbour' });
    t.match(settings[22], { id: 23, key: 'app_url', value: '' });

    const user = await knex('directus_users').first();
    t.match(user, { status: 'active', role: 1, first_name: 'Admin', last_name: 'User', locale: 'en-US', timezone: 'UTC', theme: 'auto' });
    t.match(user.password, /^\$argon2id\$/);
    t.ok(Boolean(user.email_notifications));

    const before = await contents(knex, systemTableNames);
    const second = await install(connection, admin);
    t.match(second, { created: [], upgraded: [], adminId: '1', adminCreated: false });
    t.equal(await contents(knex, systemTableNames), before);

    await knex('directus_fields').insert({ collection: 'a', field: 'b', type: 'string' });
    t.equal((await knex('directus_fields').where('collection', 'a').first()).id, 171, 'keys go on after the seeded ones');
  });

  t.test(`${vendor}: the administrator follows the credentials, other users are safe`, async (t) => {
    const db = await scratch(t, vendor);
    if (!db) return;
    const { connection } = db;
    const { knex } = connection;
    await install(connection, admin);
    const hashOf = async (email: string) => (await knex('directus_users').where({ email }).first()).password;

    await install(connection, { ...admin, email: 'Admin@Example.com', password: 'another password', token: 'other' });
    t.equal(await countOf(knex, 'directus_users'), 1, 'letter case makes no second account');
    t.equal(await verifyPassword('another password', await hashOf(admin.email)), true);
    t.equal((await knex('directus_users').first()).token, 'other');

    await install(connection, { email: admin.email, password: 'another password' });
    t.equal((await knex('directus_users').first()).token, 'other', 'a token that is not named stays');

    const added = await install(connection, { email: 'second@example.com', password: 'password' });
    t.match(added, { adminId: '2', adminCreated: true });

    await knex('directus_users').where('id', 2).update({ status: 'suspended' });
    await install(connection, { email: 'second@example.com', password: 'password' });
    t.equal((await knex('directus_users').where('id', 2).first()).status, 'active');

    await knex('directus_users').insert({ email: 'editor@example.com', role: 3, status: 'active', token: 'editortoken' });
    t.equal(await kindOf(install(connection, { ...admin, email: 'editor@example.com' })), 'unprocessable', 'nobody is promoted');
    t.equal(await kindOf(install(connection, { ...admin, token: 'editortoken' })), 'unprocessable', 'a token has one owner');
  });

  t.test(`${vendor}: a database of Directus 8 keeps its rows and gets only what it lacks`, async (t) => {
    const db = await scratch(t, vendor);
    if (!db) return;
    const { connection } = db;
    const { knex } = connection;
    await install(connection, admin);
    // What Directus 8 left behind: no run of ours, bcrypt, an older shape, and rows somebody changed.
    await knex('directus_migrations').delete();
    await knex('directus_migrations').insert({ version: '20200101000000', migration_name: 'Theirs' });
    await knex('directus_users').update({ password: '$2y$10$mXeK1By5FG5YUQyR9zRV7eEVobAq5QunxFNXAGkoKllO4isKZkn.W' });
    await knex('directus_collection_presets').delete();
    await knex('directus_settings').where('id', '>', 5).delete();
    await knex('directus_roles').where('id', 1).update({ name: 'Owners' });
    await knex('directus_fields').where('collection', 'directus_webhooks').delete();
    await knex('directus_fields').where({ collection: 'directus_users', field: 'theme' }).delete();
    await knex('directus_fields').where({ collection: 'directus_users', field: 'title' }).delete();
    await knex.schema.dropTable('directus_webhooks');
    await knex.schema.alterTable('directus_users', (table) => table.dropColumn('theme'));
    await knex.schema.alterTable('directus_files', (table) => {
      table.dropUnique(['private_hash'], vendor === 'mysql' ? 'idx_files_private_hash' : 'directus_files_idx_files_private_hash');
    });
    for (const name of ['a', 'b']) {
      await knex('directus_files').insert({
        private_hash: 'same',
        filename_disk: name,
        filename_download: name,
        uploaded_by: 1,
        uploaded_on: '2020-01-02 03:04:05',
      });
    }
    await knex.schema.createTable('things', (table) => {
      table.increments('id');
      table.string('theme');
    });
    await knex('things').insert({ theme: 'mine' });
    const untouched = [
      'things',
      'directus_roles',
      'directus_settings',
      'directus_relations',
      'directus_collection_presets',
      'directus_files',
    ];
    const before = await contents(knex, untouched);

    const result = await install(connection, { email: 'second@example.com', password: 'password' });
    t.same(result.created, ['directus_webhooks']);
    t.same([...result.upgraded].sort(), ['directus_files (private_hash)', 'directus_users.theme']);
    t.equal(await contents(knex, untouched), before);
    t.equal(await countOf(knex, 'directus_fields'), 169, 'rows for what was made come back, a deleted row does not');
    const hashes: string[] = await knex('directus_users').orderBy('id').pluck('password');
    t.match(hashes[1], /^\$2y\$10\$/, 'where Directus 8 may read, it can');
    t.equal((await knex('directus_migrations').where('version', '20200101000000')).length, 1);

    const again = await install(connection, { email: 'second@example.com', password: 'password' });
    t.match(again, { created: [], upgraded: [], adminCreated: false });
    t.same(await knex('directus_users').orderBy('id').pluck('password'), hashes);
  });

  t.test(`${vendor}: an installation that stops half way leaves nothing wrong behind`, async (t) => {
    const db = await scratch(t, vendor);
    if (!db) return;
    const { connection } = db;
    const stop = (step: string) => {
      if (step === 'Administrator') throw new Error('stopped');
    };
    await t.rejects(install(connection, { ...admin, onProgress: stop }), { message: 'stopped' });
    const left = await systemTables(connection.knex);
    if (vendor === 'mysql') t.equal(await countOf(connection.knex, 'directus_fields'), 0, 'tables without rows');
    else t.equal(left.size, 0, 'nothing at all');
    await install(connection, admin);
    t.equal(await countOf(connection.knex, 'directus_fields'), 170);
    t.equal(await countOf(connection.knex, 'directus_collection_presets'), 4);
  });

  t.test(`${vendor}: tables of another generation of Directus are refused and left alone`, async (t) => {
    const db = await scratch(t, vendor);
    if (!db) return;
    const { connection } = db;
    await connection.knex.schema.createTable('directus_users', (table) => {
      table.string('id', 36).primary();
      table.string('email');
      table.string('role', 36);
    });
    t.equal(await kindOf(install(connection, admin)), 'unprocessable');
    t.same([...(await systemTables(connection.knex)).keys()], ['directus_users']);
  });

  t.test(`${vendor}: the recorded start state loads on top`, async (t) => {
    const load = join(projectRoot(), '..', 'shared', 'oracle', 'load.mjs');
    if (!existsSync(load)) return t.plan(0, 'the recorded answers are not here');
    const db = await scratch(t, vendor);
    if (!db) return;
    const { connection } = db;
    await install(connection, admin);
    const options = [load, '--client', db.config.client, '--connection', addressOf(db.config), '--modules', projectRoot()];
    execFileSync(process.execPath, options);
    execFileSync(process.execPath, [...options, '--metadata']);
    t.equal(await countOf(connection.knex, 'directus_fields'), 170 + 76);
    t.match(await install(connection, admin), { created: [], upgraded: [], adminId: '1', adminCreated: false });
  });
}

for (const vendor of ['postgres', 'mysql'] as const) {
  t.test(`${vendor}: two installations at once are one`, async (t) => {
    const db = await scratch(t, vendor);
    if (!db) return;
    const { connection } = db;
    const results = await Promise.all([install(connection, admin), install(await db.another(), admin)]);
    t.same(results.map((result) => result.adminCreated).sort(), [false, true]);
    t.equal(await countOf(connection.knex, 'directus_fields'), 170);
  });
}

t.test('credentials nobody could sign in with are refused before anything happens', async (t) => {
  const db = await scratch(t, 'sqlite');
  if (!db) return;
  const { connection } = db;
  const secret = 'short';
  for (const wrong of [
    { ...admin, email: 'admin' },
    { ...admin, email: 'a b@example.com' },
    { ...admin, email: `${'a'.repeat(128)}@example.com` },
    { ...admin, password: secret },
    { ...admin, token: '' },
    { ...admin, token: 'with space' },
  ]) {
    const error = await install(connection, wrong).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(error instanceof GatewayError)) return t.fail('refused with an error of ours');
    t.equal(error.kind, 'validation');
    t.notOk(error.message.includes(`${secret}"`) || error.message.includes('with space'), error.message);
  }
  t.equal((await systemTables(connection.knex)).size, 0);
});

t.test('JSON options are valid and statuses complete', async (t) => {
  const db = await scratch(t, 'sqlite');
  if (!db) return;
  const { connection } = db;
  await install(connection, admin);
  const rows: { collection: string; field: string; type: string; options: string | null }[] = await connection
    .knex('directus_fields')
    .orderBy('id');
  for (const row of rows) {
    if (row.options !== null) t.doesNotThrow(() => JSON.parse(String(row.options)), `${row.collection}.${row.field}`);
  }
  const mapping = (collection: string) => {
    const row = rows.find((field) => field.collection === collection && field.type === 'status');
    return Object.entries<{ name: string; soft_delete: boolean }>(JSON.parse(row?.options ?? '{}').status_mapping);
  };
  t.same(
    mapping('directus_users').map(([status, { soft_delete }]) => [status, soft_delete]),
    [
      ['draft', false],
      ['invited', false],
      ['active', false],
      ['suspended', false],
      ['deleted', true],
    ],
  );
  t.same(
    mapping('directus_webhooks').map(([status]) => status),
    ['active', 'inactive'],
  );
});
