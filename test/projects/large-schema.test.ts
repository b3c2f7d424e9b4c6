/** A schema of ten thousand tables: read in pieces, read again only where it has changed, and served from all the while. */
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import type { Connection, DatabaseConfig } from '../../src/dialect/types.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Project } from '../../src/projects/project.ts';
import { createRegistry } from '../../src/projects/registry.ts';
import type { Schema } from '../../src/schema/types.ts';
import { buildServer, type Server } from '../../src/server/app.ts';
import { install } from '../../src/system/install.ts';
import { type TestVendor, whyNot } from '../support/vendors.ts';
import { gate, projectConfig, scratchDatabase, soon } from './support.ts';

t.setTimeout(700_000);

/** Tables take long to make; 10,000 of them are a case of the bench. */
const counts: Readonly<Record<TestVendor, number>> = { sqlite: 5_000, postgres: 2_000, mysql: 500 };
const columns = Array.from({ length: 8 }, (_, i) => `c${i} varchar(100)`).join(', ');

/** Tables of ten columns; one in ten has a key, and a foreign key to the one before. Each key is a file to some databases. */
function tableText(i: number): string {
  const key = i % 10 === 0;
  const link = key && i > 0 ? `, foreign key (up) references t${i - 10} (id)` : '';
  return `create table t${i} (id integer${key ? ' primary key' : ''}, up integer, ${columns}${link})`;
}

const fileOf = (config: DatabaseConfig): string => String(Object(config.connection)['filename']);

async function makeTables(vendor: TestVendor, config: DatabaseConfig, connection: Connection): Promise<void> {
  const texts = Array.from({ length: counts[vendor] }, (_, i) => tableText(i));
  if (vendor === 'sqlite') {
    const direct = new Database(fileOf(config));
    direct.exec(`begin; ${texts.join(';')}; commit`);
    direct.close();
  } else if (vendor === 'postgres') {
    for (let from = 0; from < texts.length; from += 500) await connection.knex.raw(texts.slice(from, from + 500).join(';'));
  } else for (const text of texts) await connection.knex.raw(text);
}

/** The statement that reads columns, which comes when it is known which tables are to be read. */
const readsColumns: Readonly<Record<TestVendor, RegExp>> = {
  sqlite: /pragma_table_xinfo/,
  postgres: /attidentity/,
  mysql: /order by table_name, ordinal_position$/,
};

interface Large {
  readonly project: Project;
  readonly server: Server;
  /** Status and data of a request by the administrator. */
  get(path: string): Promise<[status: number, data?: unknown]>;
  /** Runs DDL as somebody else. */
  change(text: string): Promise<void>;
}

async function openLarge(t: Test, vendor: TestVendor): Promise<Large> {
  const database = await scratchDatabase(vendor);
  const registry = createRegistry({ log: silentLog });
  const server = await buildServer({ registry });
  t.teardown(async () => {
    await server.close();
    await registry.close();
    await database.drop();
  });
  await registry.set(projectConfig('big', database.config), {
    async prepare(connection) {
      await install(connection, { email: 'admin@example.com', password: 'password', token: 'admintoken' });
      await makeTables(vendor, database.config, connection);
      await connection.knex.raw('insert into t30 (id, c0) values (1, ?)', ['kept']);
      await connection.knex.raw('insert into t20 (id, c0) values (1, ?)', ['kept']);
    },
  });
  const lease = await registry.lease('big');
  lease.release();
  return {
    project: lease.project,
    server,
    async get(path) {
      const answer = await server.inject({ url: `/big/${path}`, headers: { authorization: 'Bearer admintoken' } });
      const { data }: { data?: unknown } = JSON.parse(answer.body);
      return data === undefined ? [answer.statusCode] : [answer.statusCode, data];
    },
    async change(text) {
      if (vendor !== 'sqlite') return void (await lease.project.connection.knex.raw(text));
      const direct = new Database(fileOf(database.config));
      direct.exec(text);
      direct.close();
    },
  };
}

/** The names of the collections that are other objects than before. */
function renewed(before: Schema, now: Schema): string[] {
  return [...now.collections.values()].filter((one) => before.collections.get(one.name) !== one).map((one) => one.name);
}

const kept = [200, [{ c0: 'kept' }]];

for (const vendor of ['sqlite', 'postgres', 'mysql'] as const) {
  const skip = (await whyNot(vendor)) ?? false;
  t.test(`${vendor}: ${counts[vendor]} tables`, { skip }, async (t) => {
    const { project, get, change } = await openLarge(t, vendor);
    const { schemas } = project;
    const own = (schema: Schema) => [...schema.collections.values()].filter((one) => !one.system);

    await t.test('all are there', async (t) => {
      const found = own(schemas.current);
      t.equal(found.length, counts[vendor]);
      t.equal(
        found.reduce((sum, one) => sum + one.fields.size, 0),
        counts[vendor] * 10,
      );
      t.same(await get('items/t30?fields=c0'), kept);
    });

    await t.test('while a changed table is read, the others are answered', async (t) => {
      const before = schemas.current;
      const held = gate(project.connection, readsColumns[vendor]);
      await change('alter table t20 add column more varchar(10)');
      // On SQLite a request finds out, elsewhere a look in the background.
      const asked = vendor === 'sqlite' ? get('items/t20?fields=c0,more') : schemas.renew();
      let ended = false;
      void asked.then(() => {
        ended = true;
      });
      await held.reached;
      t.same(await soon(get('items/t30?fields=c0')), kept);
      t.same(await soon(get('items/t60?filter[up.up.c1][eq]=x')), [200, []], 'also across tables');
      t.notOk(ended, 'the reading is still held');
      held.open();
      await asked;
      await schemas.settled();
      t.same(await get('items/t20?fields=c0,more'), [200, [{ c0: 'kept', more: null }]]);
      t.same(renewed(before, schemas.current).sort(), ['t10', 't20', 't30'], 'the changed table and its neighbours are made anew');
    });

    await t.test('reading everything again keeps what is as it was, and lets others go first', async (t) => {
      const before = schemas.current;
      let turns = 0;
      let ended = false;
      const turn = (): void => {
        turns += 1;
        if (!ended) setImmediate(turn);
      };
      setImmediate(turn);
      await schemas.reload();
      ended = true;
      t.same(renewed(before, schemas.current), []);
      t.ok(turns > counts[vendor] / 500, 'the reading pauses again and again');
    });

    await t.test('tables come and go', async (t) => {
      const before = schemas.current;
      await change('create table t20_notes (id integer primary key, parent integer, foreign key (parent) references t20 (id))');
      if (vendor !== 'sqlite') await schemas.suspect();
      t.same(await get('items/t20_notes'), [200, []]);
      t.same(await get('items/t20?fields=t20_notes.id'), [200, [{ t20_notes: [] }]], 'with their relations');
      await change('drop table t20_notes');
      t.same(await get('items/t20_notes'), [404]);
      t.same(await get('items/t20?fields=t20_notes.id'), [422]);
      const { current } = schemas;
      t.same(renewed(before, current), ['t20']);
      t.equal(own(current).length, counts[vendor]);
    });
  });
}
