/** Output that its reader stops reading, as `head` does. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { bin } from './support.ts';

t.test('a reader that stops does not end the work, nor is it told about', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-pipe-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  new Database(join(folder, 'a.db')).exec('create table a (id integer primary key)').close();
  const script = `{ '${process.execPath}' '${bin}' init sqlite:a.db --project a; echo "exit $?" >&2; } | true`;
  const { stderr } = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
  t.match(stderr, /exit 0/);
  t.notMatch(stderr, /EPIPE/);
});
