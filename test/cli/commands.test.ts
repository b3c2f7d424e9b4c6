/** The commands that end: init, install, doctor, demo, and what they say when something is wrong. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import createKnex, { type Knex } from 'knex';
import t from 'tap';
import { scratchDatabase } from '../projects/support.ts';
import { type TestVendor, testVendors, whyNot } from '../support/vendors.ts';
import { run, temporaryFolder } from './support.ts';

t.test('help, version and mistakes', async (t) => {
  const folder = await temporaryFolder(t);
  const help = await run(folder, ['--help']);
  t.equal(help.code, 0);
  for (const command of ['start', 'install', 'init', 'doctor', 'snapshot', 'apply', 'demo'])
    t.match(help.out, new RegExp(`^  ${command} `, 'm'));
  t.match(await run(folder, ['--version']), { code: 0, out: /^\d+\.\d+\.\d+\n$/ });
  t.match(await run(folder, ['strat']), { code: 1, err: /Did you mean start/ });
  t.match(await run(folder, ['start', '--port', 'many']), { code: 1, err: /A port is a number/ });
  t.match(await run(folder, ['install', 'shop']), { code: 1, err: /^sallyport: no project "shop" in projects; there is none/ });
  t.match(await run(folder, ['init', 'oracle://a/b']), { code: 1, err: /^sallyport: the database URL must start with/ });
  t.match(await run(folder, ['init', 'missing.db']), { code: 1, err: /"missing\.db" does not exist/ });
  const unreachable = await run(folder, ['init', 'mysql://root:hunter2@127.0.0.1:1/shop']);
  t.match(unreachable, { code: 1, err: /^sallyport: The database of this project does not answer/ });
  t.notMatch(unreachable.err, /hunter2/);
});

/** A few tables with everything `init` and `doctor` tell of. */
async function makeShop(knex: Knex): Promise<void> {
  await knex.schema.createTable('makers', (table) => {
    table.increments('id');
    table.string('name');
  });
  await knex.schema.createTable('goods', (table) => {
    table.integer('id').primary();
    table.integer('maker').unsigned().references('makers.id');
    table.index('maker');
  });
  await knex.schema.createTable('notes', (table) => table.string('words'));
}

function knexOn(vendor: TestVendor, connection: string | Readonly<Record<string, unknown>>): Knex {
  const client = { sqlite: 'better-sqlite3', postgres: 'pg', mysql: 'mysql2' }[vendor];
  const { filename } = typeof connection === 'string' ? { filename: undefined } : connection;
  return createKnex({
    client,
    connection: typeof connection === 'string' ? connection : { filename: String(filename) },
    useNullAsDefault: true,
  });
}

for (const vendor of testVendors) {
  const skip = await whyNot(vendor);
  t.test(`${vendor}: init, doctor, install`, { skip: skip ?? false }, async (t) => {
    const folder = await temporaryFolder(t);
    const database = await scratchDatabase(vendor);
    const { connection } = database.config;
    const knex = knexOn(vendor, connection);
    t.teardown(async () => {
      await knex.destroy();
      await database.drop();
    });
    await makeShop(knex);
    const url = typeof connection === 'string' ? connection : String(connection['filename']);

    const init = await run(folder, ['init', url, '--project', 'shop']);
    t.match(init, { code: 0, err: '' });
    t.match(init.out, /tables +3, of which 2 have a key of one column/);
    t.match(init.out, /without a key +1: notes/);
    t.match(init.out, /foreign keys +1/);
    t.match(init.out, /system tables +not there yet/);
    t.match(init.out, /Next: sallyport install shop\n/);
    const file = join(folder, 'projects', 'shop.json');
    const content = JSON.parse(await readFile(file, 'utf8'));
    t.equal(content.database.client, database.config.client);
    t.ok(content.secret.length >= 32);
    t.equal((await stat(file)).mode & 0o777, 0o600, 'its owner alone may read it');

    const doctor = await run(folder, ['doctor', 'shop', '--json']);
    t.equal(doctor.code, 0);
    const report = JSON.parse(doctor.out);
    t.same(report.tables.map((table: { table: string }) => table.table).sort(), ['goods', 'makers', 'notes']);
    const notes = report.tables.find((table: { table: string }) => table.table === 'notes');
    t.match(notes, { key: [], kind: 'table' });

    const flags = ['--email', 'admin@example.com', '--password', 'password', '--token', 'admintoken'];
    const before = await knex('goods').columnInfo();
    t.match(await run(folder, ['install', 'shop', ...flags]), { code: 0, out: /tables made, administrator admin@example\.com made/ });
    t.match(await run(folder, ['install', 'shop', ...flags]), { code: 0, out: /all tables were there, administrator .* is there/ });
    t.same(await knex('goods').columnInfo(), before, 'other tables stay as they are');
    t.match(await knex('directus_users').select('email', 'token'), [{ email: 'admin@example.com', token: 'admintoken' }]);
    const told = await run(folder, ['doctor', 'shop']);
    t.match(told.out, /^notes +table +\S+ +no key/m);
    t.match(told.out, /3 tables and views/);
    t.notMatch(told.out, /directus_/, 'the gateway reports on the tables it was given, not on its own');
  });
}

t.test('what init and install refuse', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'My Shop.db'), '');
  t.match(await run(folder, ['init', 'My Shop.db']), { code: 0, out: /Wrote projects\/my-shop\.json/ });
  const file = join(folder, 'projects', 'my-shop.json');
  const before = await readFile(file, 'utf8');
  t.match(await run(folder, ['init', 'My Shop.db']), { code: 1, err: /exists already; --force/ });
  t.equal((await run(folder, ['init', 'My Shop.db', '--force'])).code, 0);
  t.not(await readFile(file, 'utf8'), before, 'every file has a secret of its own');
  t.match(await run(folder, ['init', 'My Shop.db', '--project', 'server']), { code: 1, err: /reserved word/ });
  t.match(await run(folder, ['install', 'my-shop']), { code: 1, err: /--email is missing, and there is no terminal/ });
  t.match(await run(folder, ['install', 'my-shop', '--email', 'x', '--password', 'y']), { code: 1, err: /valid e-mail address/ });
});

t.test('install makes the SQLite file that a project names', async (t) => {
  const folder = await temporaryFolder(t);
  const project = { database: { client: 'better-sqlite3', connection: { filename: 'deep/new.db' } }, secret: 'sixteen characters' };
  const projects = join(folder, 'elsewhere');
  await mkdir(projects);
  await writeFile(join(projects, 'd.json'), JSON.stringify(project));
  t.match(await run(folder, ['install', 'd', '--projects', 'elsewhere', '--email', 'a@example.com', '--password', 'password']), {
    code: 0,
  });
  t.ok((await stat(join(folder, 'deep', 'new.db'))).size > 0);
});

t.test('faults of a project file are told by every command, all of them', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'shop.json'), JSON.stringify({ database: { client: 'pg', conection: 'x' }, secret: 'short', extra: 1 }));
  for (const command of ['doctor', 'install']) {
    const told = await run(folder, [command, 'shop', '--projects', '.']);
    t.equal(told.code, 1);
    for (const path of [
      '/database/connection is missing',
      '/database/conection is not known',
      '/secret must have',
      '/extra is not known',
    ]) {
      t.match(told.err, `shop.json: ${path}`);
    }
  }
});
