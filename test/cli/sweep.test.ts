/** `sallyport sweep`: tells what storage and rows do not agree on, and takes objects away only when it is told to. */
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { run, temporaryFolder } from './support.ts';

t.test('strays are listed, and removed with --remove', async (t) => {
  const folder = await temporaryFolder(t);
  new Database(join(folder, 'shop.db')).exec('create table things (id integer primary key)').close();
  await run(folder, ['init', 'sqlite:shop.db']);
  const early = await run(folder, ['sweep', 'shop']);
  t.match(early.err, /has no system tables; run: sallyport install shop/);
  await run(folder, ['install', 'shop', '--email', 'a@example.com', '--password', 'correct-horse', '--token', 'shop-token']);
  const database = new Database(join(folder, 'shop.db'));
  const insert = database.prepare(
    `insert into directus_files (private_hash, filename_disk, filename_download, type, uploaded_by, uploaded_on) values (?, ?, ?, 'image/png', 1, '2026-01-01')`,
  );
  insert.run('a', 'kept.png', 'kept.png');
  insert.run('b', 'gone.png', 'gone.png');
  database.close();

  const root = join(folder, 'data', 'shop-files');
  const put = (name: string, old: boolean): string => {
    const path = join(root, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, 'x');
    const time = Date.now() / 1000 - (old ? 200_000 : 0);
    utimesSync(path, time, time);
    return path;
  };
  const kept = [put('originals/kept.png', true), put('originals/new.png', false), put('generated/1/thumbnail.png', true)];
  const strays = [put('originals/stray.png', true), put('generated/99/thumbnail.png', true), put('.unfinished/half', true)];

  const listed = await run(folder, ['sweep', 'shop']);
  t.match(listed.out, /^object without a row: originals\/stray\.png \(1 byte\)$/m);
  t.match(listed.out, /^object without a row: generated\/99\/thumbnail\.png/m);
  t.match(listed.out, /^row without an object: 2 \(gone\.png\)$/m);
  t.match(listed.out, /^2 objects without a row, 1 row without an object$/m);
  t.ok([...kept, ...strays].every(existsSync), 'nothing was changed');

  const removed = await run(folder, ['sweep', 'shop', '--remove']);
  t.match(removed.out, /^2 objects and 1 unfinished upload removed$/m);
  t.ok(kept.every(existsSync), 'what has a row stays, and what is young');
  t.notOk(strays.some(existsSync));
});
