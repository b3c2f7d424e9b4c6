import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { verifyPassword } from '../../src/auth/passwords.ts';
import { createDemo } from '../../src/demo/index.ts';
import { demoTables, demoView } from '../../src/demo/tables.ts';
import { scratch } from '../system/scratch.ts';

function folder(t: Test): string {
  const made = mkdtempSync(join(tmpdir(), 'sallyport-demo-'));
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Every row as text; what a salt makes different is left out. */
async function contents(knex: Knex): Promise<string> {
  const parts: unknown[] = [];
  for (const table of [...demoTables, 'directus_fields', 'directus_files', 'directus_permissions', 'directus_relations']) {
    parts.push(await knex(table).orderBy(1));
  }
  parts.push(await knex('directus_users').select('id', 'email', 'role', 'token').orderBy(1));
  return JSON.stringify(parts);
}

interface FieldRow {
  collection: string;
  field: string;
  type: string;
  options: string | null;
  translation: string | null;
}

t.test('the sample', async (t) => {
  const db = await scratch(t, 'sqlite');
  if (!db) return;
  const { connection } = db;
  const { knex } = connection;
  const storageRoot = folder(t);
  const started = Date.now();
  const steps: number[] = [];
  const summary = await createDemo(connection, { storageRoot, onProgress: (_, done, total) => steps.push(done / total) });
  const columns = async (table: string) => Object.keys(await knex(table).columnInfo());
  const fields: FieldRow[] = await knex('directus_fields').where('collection', 'not like', 'directus%');
  const relations: Record<string, string | null>[] = await knex('directus_relations').where('id', '>', 11);

  t.test('is made quickly and says what it is', async (t) => {
    t.ok(Date.now() - started < 60_000);
    t.equal(steps.at(-1), 1);
    t.equal(summary.collections, 15);
    t.ok(summary.rows > 5000);
    t.equal(summary.curls.length, 3);
    for (const { path } of summary.curls) t.match(path, /^\/demo\/items\/[a-z_]+\?[a-z0-9_=&.,-]+$/, 'nothing a shell would touch');
    t.same(await knex.raw('pragma foreign_key_check'), []);
    for (const table of [...demoTables, demoView]) t.ok(await knex(table).first(), `${table} has rows`);
  });

  t.test('has files that are what their rows say', async (t) => {
    const files: {
      filename_disk: string;
      checksum: string;
      filesize: number;
      width: number;
      height: number;
      type: string;
      private_hash: string;
    }[] = await knex('directus_files');
    t.equal(files.length, summary.images);
    t.same(readdirSync(join(storageRoot, 'originals')).sort(), files.map((file) => file.filename_disk).sort());
    t.same([...new Set(files.map((file) => file.type))].sort(), ['image/jpeg', 'image/png']);
    for (const file of files) {
      const data = readFileSync(join(storageRoot, 'originals', file.filename_disk));
      t.equal(createHash('md5').update(data).digest('hex'), file.checksum);
      t.equal(data.length, file.filesize);
      t.match(file.private_hash, /^[0-9a-z]{16}$/);
      const { width, height, format } = await sharp(data).metadata();
      t.same([width, height, `image/${format}`], [file.width, file.height, file.type]);
    }
    t.equal(new Set(files.map((file) => file.checksum)).size, files.length, 'no two are the same');
  });

  t.test('describes each of its columns, and nothing that is not there', async (t) => {
    const aliases = new Set(['o2m', 'translation']);
    for (const table of [...demoTables, demoView]) {
      const described = fields.filter((field) => field.collection === table && !aliases.has(field.type)).map((field) => field.field);
      t.same(described.sort(), (await columns(table)).sort(), table);
    }
    for (const field of fields) {
      if (field.options !== null) t.doesNotThrow(() => JSON.parse(field.options ?? ''));
      const ends = relations.filter((row) => row['collection_one'] === field.collection && row['field_one'] === field.field);
      t.equal(ends.length, aliases.has(field.type) ? 1 : 0, `${field.collection}.${field.field}`);
      if (!['m2o', 'lang'].includes(field.type)) continue;
      const many = relations.filter((row) => row['collection_many'] === field.collection && row['field_many'] === field.field);
      t.equal(many.length, 1, `${field.collection}.${field.field}`);
    }
    for (const row of relations) {
      t.ok((await columns(String(row['collection_many']))).includes(String(row['field_many'])));
      if (row['junction_field'] !== null) t.ok((await columns(String(row['collection_many']))).includes(String(row['junction_field'])));
    }
    t.same((await knex('directus_collections').pluck('collection')).sort(), [...demoTables, demoView].sort());
  });

  t.test('has rules for a public, an editor and an administrator', async (t) => {
    const permissions: { collection: string; read_field_blacklist: string | null; write_field_blacklist: string | null }[] =
      await knex('directus_permissions');
    for (const row of permissions) {
      for (const field of `${row.read_field_blacklist ?? ''},${row.write_field_blacklist ?? ''}`.split(',').filter((name) => name !== '')) {
        t.ok((await columns(row.collection)).includes(field), `${row.collection}.${field}`);
      }
    }
    const drafts: { created_by: number }[] = await knex('articles').where('status', 'draft');
    t.equal(new Set(drafts.map((row) => row.created_by)).size, 3, 'drafts of several people');
    t.equal(
      await knex('article_translations').whereIn('article', knex('articles').select('id').whereNot('status', 'published')).first(),
      undefined,
    );
    for (const [account, role] of [
      [summary.admin, 1],
      [summary.editor, 3],
    ] as const) {
      const user = await knex('directus_users').where('email', account.email).first();
      t.match(user, { role, token: account.token, status: 'active' });
      t.equal(await verifyPassword(account.password, user.password), true);
    }
  });

  t.test('adds up', async (t) => {
    const wrong = await knex('orders as o')
      .join('order_items as i', 'i.order', 'o.id')
      .groupBy('o.id')
      .havingRaw('abs(round(sum(i.quantity * i.unit_price) + o.shipping, 2) - o.total) > 0.001')
      .select('o.id');
    t.same(wrong, []);
  });

  t.test('is the same every time, and is left alone where it is', async (t) => {
    const before = await contents(knex);
    const again = await createDemo(connection, { storageRoot });
    t.same(again, summary);
    t.equal(await contents(knex), before);
    const other = await scratch(t, 'sqlite');
    if (!other) return;
    await createDemo(other.connection, { storageRoot: folder(t) });
    t.equal(await contents(other.connection.knex), before);
  });
});
