/** The databases that are measured: made when they are not there, kept for the next run. */
import pg from 'pg';
import { vendorOf } from '../../src/vendors/index.ts';
import { describeDataset, installWithReader } from './rights.ts';
import { datasetStatements, datasetVersion } from './tables.ts';

const serverUrl = process.env['BENCH_PG_URL'] ?? process.env['TEST_PG_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** The databases: articles; many tables; one table like those; a schema as large as any. */
export const databases = {
  articles: 'sallyport_bench',
  many: 'sallyport_bench_many',
  few: 'sallyport_bench_few',
  large: 'sallyport_bench_large',
  writes: 'sallyport_bench_writes',
  soak: 'sallyport_bench_soak',
} as const;

const tablesOf = { many: 500, few: 1, large: 10_000 } as const;

/** The server's URL with another database; the application's name tells whose backends are whose. */
export function urlOf(database: string, application: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  url.searchParams.set('application_name', application);
  return url.href;
}

/** Runs with a client of a database, `postgres` (or what the URL says) by default. */
export async function withClient<T>(run: (client: pg.Client) => Promise<T>, database?: string): Promise<T> {
  const client = new pg.Client({ connectionString: database === undefined ? serverUrl : urlOf(database, 'bench') });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

/** What a database says of itself when it is complete. */
const mark = (what: string): string => `sallyport bench ${what}`;

async function isComplete(database: string, version: string): Promise<boolean> {
  return withClient(async (client) => {
    const { rows } = await client.query<{ comment: string | null }>(
      `select shobj_description(oid, 'pg_database') as comment from pg_database where datname = $1`,
      [database],
    );
    return rows[0]?.comment === mark(version);
  });
}

/** Makes a database unless it is there, complete and of this version. It is marked complete at the very end. */
async function ensure(database: string, version: string, say: (text: string) => void, fill: () => Promise<void>): Promise<void> {
  if (await isComplete(database, version)) return;
  say(`Making the database ${database} ...`);
  const started = performance.now();
  await withClient(async (client) => {
    await client.query(`drop database if exists "${database}" with (force)`);
    await client.query(`create database "${database}" encoding 'UTF8' template template0`);
    // Workers of a parallel query are processes of their own, whose time nobody's backends show. Checkpoints and vacuums come when they like.
    await client.query(`alter database "${database}" set max_parallel_workers_per_gather = 0`);
  });
  await fill();
  await withClient(async (client) => {
    await client.query('vacuum (analyze, freeze)');
    await client.query('checkpoint');
    await client.query(`comment on database "${database}" is '${mark(version)}'`);
  }, database);
  say(`  made in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

async function systemTables(database: string, collections: readonly string[], described: boolean): Promise<void> {
  const connection = await vendorOf('pg').connect({ client: 'pg', connection: urlOf(database, 'bench') });
  try {
    await installWithReader(connection, collections);
    if (described) await describeDataset(connection, collections);
  } finally {
    await connection.close();
  }
}

/** The articles and what belongs to them. */
export async function ensureArticles(say: (text: string) => void): Promise<void> {
  await ensure(databases.articles, datasetVersion, say, async () => {
    await withClient(async (client) => {
      for (const statement of datasetStatements) await client.query(statement);
      // No vacuum in the middle of a round: nothing is written any more.
      for (const table of ['articles', 'comments', 'articles_tags'])
        await client.query(`alter table ${table} set (autovacuum_enabled = off)`);
    }, databases.articles);
    await systemTables(databases.articles, ['countries', 'authors', 'tags', 'articles', 'comments', 'articles_tags'], true);
  });
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `table_${i + 1}`);

/** Table 1 is the one that is read; all have twelve columns. */
function tableStatement(table: string): string {
  return `create table ${table} (id int primary key, name varchar(80) not null, code varchar(20), note text, amount numeric(10,2), quantity int,
    active boolean, made_on timestamp, changed_on timestamptz, day date, reference uuid, extra jsonb)`;
}

const tableRows = `insert into table_1
  select i, 'Row ' || i, 'C' || i, 'A note about row ' || i, i * 1.25, i % 100, i % 3 = 0, timestamp '2024-01-01' + i * interval '1 hour',
    timestamptz '2024-01-01 00:00:00+00' + i * interval '1 hour', date '2024-01-01' + i % 700, null, jsonb_build_object('i', i)
  from generate_series(1, 10000) i`;

/** A database of 500 tables, or of one of them. */
export async function ensureTables(which: 'many' | 'few', say: (text: string) => void): Promise<void> {
  const tables = numbered(tablesOf[which]);
  await ensure(databases[which], `tables 1 of ${tables.length}`, say, async () => {
    await withClient(async (client) => {
      for (const table of tables) await client.query(tableStatement(table));
      await client.query(tableRows);
    }, databases[which]);
    await systemTables(databases[which], tables, false);
  });
}

/** Ten columns; a key, and a foreign key to a table made before, so that the schema is one tree. */
function largeStatement(i: number): string {
  const parent = i === 1 ? '' : ` references table_${Math.floor(i / 2)}`;
  return `create table table_${i} (id int primary key, parent int${parent}, name varchar(80), code varchar(20)${i % 3 === 0 ? ' unique' : ''},
    note text, amount numeric(10,2), active boolean, made_on timestamp, day date, extra jsonb)`;
}

/** A database of 10,000 tables with 100,000 columns. */
export async function ensureLarge(say: (text: string) => void): Promise<void> {
  const tables = numbered(tablesOf.large);
  await ensure(databases.large, `large 1 of ${tables.length}`, say, async () => {
    await withClient(async (client) => {
      const statements = tables.map((_, i) => largeStatement(i + 1));
      // Each table is a lock until its transaction ends.
      for (let from = 0; from < statements.length; from += 500) await client.query(statements.slice(from, from + 500).join(';'));
      await client.query("insert into table_1 select i, null, 'Row ' || i from generate_series(1, 10000) i");
    }, databases.large);
    await systemTables(databases.large, tables, false);
  });
}

/** Articles to be written; nothing of a run before is left. */
export async function makeWrites(database: string = databases.writes): Promise<void> {
  await withClient(async (client) => {
    await client.query(`drop database if exists "${database}" with (force)`);
    await client.query(`create database "${database}" encoding 'UTF8' template template0`);
  });
  await withClient(async (client) => {
    await client.query(`create table articles (
      id int generated by default as identity primary key,
      title varchar(200) not null,
      slug varchar(200) not null,
      summary varchar(400),
      body text,
      status varchar(20) not null default 'draft',
      views int not null default 0,
      rating numeric(4,2),
      price numeric(10,2) not null,
      featured boolean not null default false,
      published_on timestamptz,
      meta jsonb
    )`);
  }, database);
  await systemTables(database, ['articles'], false);
  await withClient(async (client) => {
    await client.query(
      `update directus_permissions set "create" = 'full', "update" = 'full', "delete" = 'full' where collection = 'articles'`,
    );
  }, database);
}
