/** What is remembered of a read serves that read alone. */
import t from 'tap';
import { installSystem } from '../../support/garden.ts';
import { project, startGateway } from '../../support/gateway.ts';
import { ask, at, hangUp } from '../../support/http.ts';
import { loadSql } from '../../support/sql-text.ts';
import { createDatabase, type TestVendor, whyNot } from '../../support/vendors.ts';

const token = 'token-of-the-administrator';

async function serve(t: Pick<Tap, 'teardown'>, vendor: TestVendor, sql: string): Promise<(path: string) => ReturnType<typeof ask>> {
  const database = await createDatabase(vendor);
  await installSystem(database.config, token);
  await loadSql(database.config, sql);
  const gateway = await startGateway({ [project]: database.config });
  t.teardown(async () => {
    hangUp();
    await gateway.close();
    await database.drop();
  });
  return (path) => ask(gateway.url, `/${project}/items/${path}`, { token });
}

type Tap = typeof t;

t.test('names of collections that look like something else', async (t) => {
  const tables = ['x', '"#x"', 'a', '"a?b"'].map((name) => {
    const row = name.replaceAll('"', '');
    return `create table ${name} (id integer primary key, name text); insert into ${name} values (1, 'one of ${row}'), (2, 'two of ${row}');`;
  });
  const get = await serve(t, 'sqlite', tables.join('\n'));
  // The first request finds out who asks, the second one is remembered, the third one found again.
  for (let i = 0; i < 3; i += 1) {
    t.equal(at((await get('x/1')).json, 'data', 'name'), 'one of x');
    t.equal(at((await get('%23x')).json, 'data', 0, 'name'), 'one of #x');
    t.equal(at((await get('a%3Fb?')).json, 'data', 0, 'name'), 'one of a?b');
    t.equal(at((await get('a?b?')).json, 'data', 0, 'name'), 'one of a');
  }
});

t.test('keys of an enum that looks like numbers', { skip: (await whyNot('postgres')) ?? false }, async (t) => {
  const get = await serve(
    t,
    'postgres',
    "create type grade as enum ('1', '2', '12'); create table grades (id grade primary key, name text); insert into grades values ('1', 'one'), ('12', 'twelve');",
  );
  for (let i = 0; i < 3; i += 1) {
    t.equal(at((await get('grades/1')).json, 'data', 'name'), 'one');
    t.equal(at((await get('grades/12')).json, 'data', 'name'), 'twelve');
    t.equal((await get('grades/2')).status, 404);
    t.equal((await get('grades/7')).status, 404, 'no label is no key');
  }
});
