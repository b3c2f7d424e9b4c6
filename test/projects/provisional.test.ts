/** A SQLite file that changes while it is served: only requests about what has changed wait, and each sees the change. */
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { silentLog } from '../../src/lib/log.ts';
import type { Project } from '../../src/projects/project.ts';
import { createRegistry } from '../../src/projects/registry.ts';
import { buildServer } from '../../src/server/app.ts';
import { install } from '../../src/system/install.ts';
import { gate, projectConfig, scratchDatabase, soon } from './support.ts';

interface Served {
  readonly project: Project;
  /** Status and data of a request by the administrator. */
  get(path: string): Promise<[status: number, data?: unknown]>;
  /** Runs DDL as another process would. */
  change(text: string): void;
}

const tables = `
  create table authors (id integer primary key, name text);
  create table books (id integer primary key, title text, author integer references authors (id));
  create table places (id integer primary key, name text);
  insert into authors values (1, 'Ida');
  insert into books values (1, 'Peat', 1);
  insert into places values (1, 'Moor');
`;

async function serve(t: Test): Promise<Served> {
  const database = await scratchDatabase('sqlite');
  const registry = createRegistry({ log: silentLog });
  const server = await buildServer({ registry });
  t.teardown(async () => {
    await server.close();
    await registry.close();
    await database.drop();
  });
  const change = (text: string): void => {
    const direct = new Database(String(Object(database.config.connection)['filename']));
    direct.exec(text);
    direct.close();
  };
  await registry.set(projectConfig('shop', database.config), {
    async prepare(connection) {
      await install(connection, { email: 'admin@example.com', password: 'password', token: 'admintoken' });
      change(tables);
    },
  });
  const lease = await registry.lease('shop');
  lease.release();
  return {
    project: lease.project,
    change,
    async get(path) {
      const answer = await server.inject({ url: `/shop/${path}`, headers: { authorization: 'Bearer admintoken' } });
      const { data }: { data?: unknown } = JSON.parse(answer.body);
      return data === undefined ? [answer.statusCode] : [answer.statusCode, data];
    },
  };
}

/** Whether the promise has ended, after everything that is ready has had its turn. */
async function hasEnded(work: Promise<unknown>): Promise<boolean> {
  let ended = false;
  void work.finally(() => {
    ended = true;
  });
  for (let i = 0; i < 20; i += 1) await new Promise((done) => setImmediate(done));
  return ended;
}

const reading = /pragma_table_xinfo/;

t.test('requests about the changed table wait, also across relations; others do not', async (t) => {
  const { project, get, change } = await serve(t);
  const held = gate(project.connection, reading);
  change('alter table authors add column born integer');
  t.same(await soon(get('items/places?fields=name')), [200, [{ name: 'Moor' }]], 'not even the one that finds out');
  const waiting = [
    get('items/authors?fields=name,born'),
    get('items/books?fields=author.born'),
    get('items/books?filter[author.name][eq]=Ida&fields=title'),
    get('items/books?fields=nothing'),
    get('collections/places'),
  ];
  await held.reached;
  t.same(await soon(get('items/places?fields=name')), [200, [{ name: 'Moor' }]]);
  t.same(await soon(get('items/books?fields=title')), [200, [{ title: 'Peat' }]]);
  t.same(await Promise.all(waiting.map(hasEnded)), [false, false, false, false, false]);
  held.open();
  t.same(await waiting[0], [200, [{ name: 'Ida', born: null }]]);
  t.same(await waiting[1], [200, [{ author: { born: null } }]]);
  t.same(await waiting[2], [200, [{ title: 'Peat' }]]);
  t.same(await waiting[3], [422], 'a refusal waits, as the change may have made it wrong');
  t.match(await waiting[4], [200, { collection: 'places' }]);
});

t.test('a table that is made, and one that is dropped', async (t) => {
  const { project, get, change } = await serve(t);
  let held = gate(project.connection, reading);
  change('create table notes (id integer primary key, book integer references books (id))');
  const made = [get('items/notes'), get('items/books?fields=notes.id')];
  await held.reached;
  t.same(await soon(get('items/books?fields=title')), [200, [{ title: 'Peat' }]]);
  held.open();
  t.same(await Promise.all(made), [
    [200, []],
    [200, [{ notes: [] }]],
  ]);
  held = gate(project.connection, /from "directus_relations"/);
  change('pragma foreign_keys = off; drop table authors');
  const gone = [get('items/authors'), get('items/books?fields=author.name')];
  await held.reached;
  t.same(await soon(get('items/places?fields=name')), [200, [{ name: 'Moor' }]]);
  held.open();
  t.same(await Promise.all(gone), [[404], [200, [{ author: 1 }]]], 'the column leads nowhere now');
});

t.test('a second change while the first is read', async (t) => {
  const { project, get, change } = await serve(t);
  const held = gate(project.connection, reading);
  change('alter table authors add column born integer');
  const first = get('items/authors?fields=born');
  await held.reached;
  change('alter table places add column size integer');
  const second = get('items/places?fields=size');
  t.same(await soon(get('items/books?fields=title')), [200, [{ title: 'Peat' }]]);
  t.same(await Promise.all([first, second].map(hasEnded)), [false, false]);
  held.open();
  t.same(await first, [200, [{ born: null }]]);
  t.same(await second, [200, [{ size: null }]]);
  await project.schemas.settled();
  const { current } = project.schemas;
  t.ok(current.collections.get('authors')?.fields.has('born') && current.collections.get('places')?.fields.has('size'));
});

t.test('a change of the users is read before any request', async (t) => {
  const { project, get, change } = await serve(t);
  const held = gate(project.connection, reading);
  change('alter table directus_users add column shoe_size integer');
  const asked = get('items/places?fields=name');
  await held.reached;
  t.notOk(await hasEnded(asked), 'everybody is identified by them');
  held.open();
  t.same(await asked, [200, [{ name: 'Moor' }]]);
});

t.test('a reading that fails is tried again by the next request', async (t) => {
  const { project, get, change } = await serve(t);
  const { connection, schemas } = project;
  const { texts } = connection;
  let failures = 1;
  Object.assign(connection, {
    texts: async (...[statement, limits]: Parameters<typeof texts>) => {
      if (reading.test(statement.text) && failures-- > 0) throw new Error('The disk is away');
      return texts(statement, limits);
    },
  });
  const before = schemas.current;
  change('alter table authors add column born integer');
  t.same(await get('items/authors?fields=born'), [422], 'as it was before');
  t.equal(schemas.current, before);
  t.same(await get('items/authors?fields=born'), [200, [{ born: null }]]);
});
