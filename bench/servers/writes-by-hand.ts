/**
 * The hand-written server for writes: each request inserts, changes or deletes its row, its activity and its revision in one transaction of
 * prepared statements. It checks nobody's rights. `writes-by-hand.js <database URL>`.
 */
import Fastify, { type FastifyReply } from 'fastify';
import type pg from 'pg';
import { portOf, serveParent } from './child.ts';
import { type Cells, openDatabase, undecoded } from './database.ts';

interface Article {
  title: string;
  slug: string;
  summary: string;
  body: string;
  status: string;
  views: number;
  price: number;
}

const [url = ''] = process.argv.slice(2);
const database = openDatabase(url);
const app = Fastify({ logger: false, bodyLimit: 16 * 1024 * 1024 });
const json = 'application/json; charset=utf-8';
const columns = ['title', 'slug', 'summary', 'body', 'status', 'views', 'price'] as const;

const insert = `insert into articles (${columns.join(', ')}) values ($1, $2, $3, $4, $5, $6, $7) returning id, row_to_json(articles)`;
const insertAll = `insert into articles (${columns.join(', ')})
  select ${columns.join(', ')} from json_populate_recordset(null::articles, $1) returning id, row_to_json(articles)`;
const update = 'update articles set title = $2, views = $3 where id = $1 returning id, row_to_json(articles)';
const remove = 'delete from articles where id = $1 returning id';
const activity = `insert into directus_activity (action, action_by, action_on, ip, user_agent, collection, item)
  values ($1, 2, $2, 'localhost', 'bench', 'articles', $3) returning id`;
const activities = `insert into directus_activity (action, action_by, action_on, ip, user_agent, collection, item)
  select 'create', 2, $1, 'localhost', 'bench', 'articles', unnest($2::text[]) returning id`;
const revision = `insert into directus_revisions (activity, collection, item, data, delta) values ($1, 'articles', $2, $3, $4)`;
const revisions = `insert into directus_revisions (activity, collection, item, data, delta)
  select a, 'articles', i, d, e from unnest($1::int[], $2::text[], $3::text[], $4::text[]) as t(a, i, d, e)`;

const names = new Map<string, string>();

async function ask(client: pg.PoolClient, text: string, values: unknown[]): Promise<readonly Cells[]> {
  const name = names.get(text) ?? `s${names.size}`;
  names.set(text, name);
  return (await client.query<(string | null)[]>({ name, text, values, rowMode: 'array', types: undecoded })).rows;
}

async function transaction<T>(run: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await database.connect();
  try {
    await client.query('begin');
    const result = await run(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

const now = (): string => new Date().toISOString().slice(0, 19).replace('T', ' ');

async function record(client: pg.PoolClient, action: string, [id, data]: Cells, delta: unknown): Promise<void> {
  const [made] = await ask(client, activity, [action, now(), id]);
  if (data !== undefined) await ask(client, revision, [made?.[0], id, data, JSON.stringify(delta)]);
}

const notFound = (reply: FastifyReply): FastifyReply => reply.code(404).send({ error: 'no such article' });
const valuesOf = (article: Article): unknown[] => columns.map((column) => article[column]);

app.post<{ Body: Article | Article[] }>('/articles', async ({ body }, reply) => {
  if (!Array.isArray(body)) {
    const data = await transaction(async (client) => {
      const [row = []] = await ask(client, insert, valuesOf(body));
      await record(client, 'create', row, body);
      return row[1];
    });
    return reply.type(json).send(`{"data":${data}}`);
  }
  const all = await transaction(async (client) => {
    const rows = await ask(client, insertAll, [JSON.stringify(body)]);
    const ids = rows.map(([id]) => id);
    const made = await ask(client, activities, [now(), ids]);
    const data = rows.map(([, text]) => text);
    await ask(client, revisions, [made.map(([id]) => id), ids, data, body.map((one) => JSON.stringify(one))]);
    return data;
  });
  return reply.type(json).send(`{"data":[${all.join(',')}]}`);
});

app.patch<{ Params: { id: string }; Body: Article }>('/articles/:id', async ({ params, body }, reply) => {
  const data = await transaction(async (client) => {
    const [row] = await ask(client, update, [params.id, body.title, body.views]);
    if (!row) return undefined;
    await record(client, 'update', row, body);
    return row[1];
  });
  return data === undefined ? notFound(reply) : reply.type(json).send(`{"data":${data}}`);
});

app.delete<{ Params: { id: string } }>('/articles/:id', async ({ params }, reply) => {
  const found = await transaction(async (client) => {
    const [row] = await ask(client, remove, [params.id]);
    if (row) await record(client, 'delete', row, undefined);
    return row !== undefined;
  });
  return found ? reply.code(204).send() : notFound(reply);
});

await app.listen({ host: '127.0.0.1', port: 0 });
serveParent(portOf(app.server.address()), async () => {
  await app.close();
  await database.close();
});
