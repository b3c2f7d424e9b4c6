/** `snapshot` and `apply` from the command line. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { installSystem } from '../support/garden.ts';
import { run, temporaryFolder } from './support.ts';

t.test('the configuration of one project becomes that of another', { timeout: 120_000 }, async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'projects'));
  for (const key of ['one', 'other']) {
    const database = { client: 'better-sqlite3', connection: { filename: join(folder, `${key}.db`), create: true } } as const;
    await installSystem(database, 'token');
    await writeFile(join(folder, 'projects', `${key}.json`), JSON.stringify({ database, secret: 'sixteen characters' }));
  }
  const { code, out } = await run(folder, ['snapshot', 'one']);
  t.equal(code, 0);
  t.equal(JSON.parse(out).format, 1, 'all that is printed is the file');
  const fields = '{"field": "id", "type": "integer", "column": {"datatype": "INT", "primary_key": true, "auto_increment": true}}';
  const changed = out.replace(
    '"collections": []',
    `"collections": [{"collection": "piers", "row": {"icon": "anchor"}, "fields": [${fields}]}]`,
  );
  await writeFile(join(folder, 'good.json'), changed);
  await writeFile(join(folder, 'bad.json'), changed.replace('"integer"', '"integral"'));

  t.match(await run(folder, ['apply', 'other', 'bad.json']), { code: 1, err: /^sallyport: piers\.id: .*integral/ });
  t.match(await run(folder, ['apply', 'other', 'none.json']), { code: 1, err: /^sallyport: none\.json cannot be read: ENOENT/ });
  t.match(await run(folder, ['apply', 'other', 'good.json', '--dry-run']), {
    code: 0,
    out: /^\+ collection piers: id\na dry run: nothing was changed\n$/,
  });
  t.match(await run(folder, ['apply', 'other', 'good.json']), { code: 0, out: /^\+ collection piers: id\ndone\n$/ });
  t.match(await run(folder, ['apply', 'other', 'good.json']), { code: 0, out: /^nothing to do\n$/ });
  t.equal(await readFile(join(folder, 'good.json'), 'utf8'), changed);
});
