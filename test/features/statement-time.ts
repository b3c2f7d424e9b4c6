/** Promise: a read that takes too long is ended in the database and refused by the name of the limit, and nothing of it goes on. */
import type { DatabaseConfig } from '../../src/dialect/types.ts';
import type { Statement } from '../../src/lib/fragment.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { adminToken } from '../fixtures/garden-people.ts';
import { eventually } from '../support/eventually.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { installSystem, type World } from '../support/garden.ts';
import { startGateway } from '../support/gateway.ts';
import { type Answer, ask, at } from '../support/http.ts';
import { schemaText, type TableDef, type ViewDef } from '../support/schema-text.ts';
import { loadSql } from '../support/sql-text.ts';
import { createDatabase, isMariadb, type TestVendor } from '../support/vendors.ts';

const numbers: TableDef = {
  name: 'numbers',
  columns: [
    { kind: 'serial', name: 'id' },
    { kind: 'integer', name: 'n' },
  ],
  rows: Array.from({ length: 60 }, (_, i) => [i + 1, i]),
};

/** Nearly 47 thousand million rows: more than any of the databases looks at in an hour. */
const endless: ViewDef = {
  name: 'endless',
  select: `select a.id as "id", a.n + b.n + c.n + d.n + e.n + f.n as "total"
    from "numbers" a, "numbers" b, "numbers" c, "numbers" d, "numbers" e, "numbers" f`,
};

const running: Readonly<Record<TestVendor, Statement | undefined>> = {
  postgres: {
    text: "select count(*) from pg_stat_activity where datname = current_database() and state = 'active' and backend_type = 'client backend' and pid <> pg_backend_pid()",
    values: [],
  },
  mysql: {
    text: "select count(*) from information_schema.processlist where db = database() and command <> 'Sleep' and id <> connection_id()",
    values: [],
  },
  // It works while it holds up the process, and never otherwise.
  sqlite: undefined,
};

/** Nothing but what looks at schema and rules in the background, which is over soon. */
async function idle(t: Tester, vendor: TestVendor, config: DatabaseConfig): Promise<void> {
  const statement = running[vendor];
  if (!statement) return;
  const connection = await vendorOf(config.client).connect(config);
  try {
    const rest = await eventually(async () => (await connection.texts(statement))[0]?.[0] === '0');
    t.ok(rest, 'nothing goes on in the database');
  } finally {
    await connection.close();
  }
}

async function ended(t: Tester, world: World): Promise<void> {
  const database = await createDatabase(world.vendor);
  try {
    await loadSql(database.config, schemaText(world.vendor, [numbers], [endless]));
    await installSystem(database.config, adminToken);
    const gateway = await startGateway({ slow: database.config }, { statementMilliseconds: 700 });
    const get = (path: string): Promise<Answer> => ask(gateway.url, `/slow/items/${path}`, { token: adminToken });
    try {
      // MySQL itself ends what is measured as well, and tells of the part that it has measured.
      const tells = world.vendor === 'sqlite' || (world.vendor === 'mysql' && !(await isMariadb()));
      const measured = tells ? [] : ['filter[total]=-1&explain=analyze'];
      for (const query of ['filter[total]=-1', 'q=nothing', 'sort=-total&limit=1', 'limit=-1&filter[total]=-1', ...measured]) {
        const answer = await get(`endless?${query}`);
        refused(t, answer, 422, 12, query);
        t.match(at(answer.json, 'error', 'message'), /statementMilliseconds/, 'the limit has its name');
        await idle(t, world.vendor, database.config);
        const next = await get('numbers?limit=1&meta=total_count');
        t.equal(next.status, 200, `the next request is served (${told(next)})`);
      }
    } finally {
      await gateway.close();
    }
  } finally {
    await database.drop();
  }
}

/** On SQLite the scan itself has to look at the clock: of tables with a number for a key, with another key, and with none. */
async function scans(t: Tester, world: World): Promise<void> {
  const database = await createDatabase(world.vendor);
  const rows = 'with recursive c(x) as (select 1 union all select x + 1 from c limit 400000)';
  try {
    await installSystem(database.config, adminToken);
    await loadSql(
      database.config,
      `create table numbered (id integer primary key, v varchar(20)); insert into numbered ${rows} select x, 'text ' || x from c;
       create table named (id varchar(20) primary key, v varchar(20)); insert into named ${rows} select 'k' || x, 'text ' || x from c;
       create table bare (v varchar(20)); insert into bare ${rows} select 'text ' || x from c;`,
    );
    const gateway = await startGateway({ slow: database.config }, { statementMilliseconds: 4 });
    // A busy machine may let so little time pass by at once.
    const served = (path: string): Promise<boolean> =>
      eventually(async () => (await ask(gateway.url, `/slow/items/${path}`, { token: adminToken })).status === 200);
    try {
      for (const name of ['numbered', 'named', 'bare']) {
        for (const query of ['filter[v]=no such text', 'q=no such text', 'limit=-1&fields=v&filter[v][contains]=no such']) {
          const answer = await ask(gateway.url, `/slow/items/${name}?${query}`, { token: adminToken });
          refused(t, answer, 422, 12, `${name}?${query}`);
        }
        t.ok(await served(`${name}?limit=1`), 'its first row comes in time');
      }
      t.ok(await served('numbered/399999'), 'a row by its key too');
    } finally {
      await gateway.close();
    }
  } finally {
    await database.drop();
  }
}

export const statementTime: Feature = {
  promise: 'a read that takes too long ends in the database',
  async run(t, world) {
    await t.test('whatever makes it long', (t) => ended(t, world));
    if (world.vendor === 'sqlite') await t.test('plain scans as well', (t) => scans(t, world));
  },
};
