/**
 * The first hand-written server: PostgreSQL makes the whole JSON, the server passes it through untouched. It checks nobody's rights.
 * `json-in-sql.js <database URL> <limit of nested lists, or 0 for none>`.
 */
import Fastify from 'fastify';
import { portOf, serveParent } from './child.ts';
import { openDatabase, type Prepared } from './database.ts';
import { type DeepQuery, type ListQuery, offset, whole, word } from './inputs.ts';
import { sendLines } from './lines.ts';

const [url = '', nestedLimit = '0'] = process.argv.slice(2);
const database = openDatabase(url);
const app = Fastify({ logger: false });
const json = 'application/json; charset=utf-8';

const moment = (column: string): string => `${column}::text as ${column}`;
const listColumns = 'id, title, slug, status, views, rating, price, published_on';
const wideColumns = `id, title, slug, summary, status, views, rating, price, featured, published_on, ${moment('created_on')}, meta, author_id`;
const allColumns = `id, title, slug, summary, body, status, views, rating, price, featured, published_on, ${moment('created_on')}, meta, author_id`;

const list: Prepared = {
  name: 'list',
  text: `select coalesce(json_agg(t), '[]') from (
    select ${listColumns} from articles where status = $1 and views >= $2 order by published_on desc, id limit 50 offset $3) t`,
};

const key: Prepared = { name: 'key', text: `select row_to_json(t) from (select ${allColumns} from articles where id = $1) t` };

const limited = nestedLimit === '0' ? '' : ` limit ${Number(nestedLimit)}`;

/** Page first: nothing is made for rows that are skipped. */
const nested: Prepared = {
  name: 'nested',
  text: `select coalesce(json_agg(t), '[]') from (
    select p.id, p.title, p.slug, p.summary, p.views, p.published_on,
      (select row_to_json(o) from (select (select row_to_json(n) from (select c.name) n) as country_id, u.name) o) as author_id,
      (select coalesce(json_agg(l), '[]') from (
        select (select row_to_json(n) from (select g.name) n) as tag_id
        from articles_tags x join tags g on g.id = x.tag_id where x.article_id = p.id order by x.id) l) as tags,
      (select coalesce(json_agg(l), '[]') from (
        select id, author_name, body, created_on::text as created_on
        from comments where article_id = p.id order by id${limited}) l) as comments
    from (select id, title, slug, summary, views, published_on, author_id
      from articles where views >= $1 order by published_on desc, id limit 25 offset $2) p
    join authors u on u.id = p.author_id
    join countries c on c.id = u.country_id
    order by p.published_on desc, p.id) t`,
};

/** What matches is found once, for the count and for the page. */
const deep: Prepared = {
  name: 'deep',
  text: `with m as materialized (
      select a.id, a.published_on from articles a
      where a.author_id in (select u.id from authors u join countries c on c.id = u.country_id where c.code = $1)
        and a.id in (select x.article_id from articles_tags x join tags g on g.id = x.tag_id where g.slug = $2))
    select (select count(*) from m), (select coalesce(json_agg(t), '[]') from (
      select a.id, title, a.slug, status, views, rating, price, a.published_on
      from (select id, published_on from m order by published_on desc, id limit 50 offset $3) p join articles a on a.id = p.id
      order by p.published_on desc, p.id) t)`,
};

const wide: Prepared = {
  name: 'wide',
  text: `select coalesce(json_agg(t), '[]') from (select ${wideColumns} from articles where id >= $1 order by id limit 1000) t`,
};

app.get<{ Querystring: ListQuery }>('/list', async ({ query }, reply) => {
  const [row] = await database.rows(list, [word(query.status, 'status'), whole(query.views, 'views'), offset(query.page, 50)]);
  return reply.type(json).send(`{"data":${row?.[0]}}`);
});

app.get<{ Params: { id: string } }>('/articles/:id', async ({ params }, reply) => {
  const [row] = await database.rows(key, [whole(params.id, 'id')]);
  if (!row) return reply.code(404).send({ error: 'no such article' });
  return reply.type(json).send(`{"data":${row[0]}}`);
});

app.get<{ Querystring: ListQuery }>('/nested', async ({ query }, reply) => {
  const [row] = await database.rows(nested, [whole(query.views, 'views'), offset(query.page, 25)]);
  return reply.type(json).send(`{"data":${row?.[0]}}`);
});

app.get<{ Querystring: DeepQuery }>('/deep', async ({ query }, reply) => {
  const [row] = await database.rows(deep, [word(query.country, 'country'), word(query.tag, 'tag'), offset(query.page, 50)]);
  return reply.type(json).send(`{"meta":{"filter_count":${row?.[0]}},"data":${row?.[1]}}`);
});

app.get<{ Querystring: { from?: string } }>('/wide', async ({ query }, reply) => {
  const [row] = await database.rows(wide, [whole(query.from, 'from')]);
  return reply.type(json).send(`{"data":${row?.[0]}}`);
});

app.get('/export', async (_request, reply) =>
  sendLines(reply, database, `select row_to_json(t) from (select ${allColumns} from articles order by id) t`, ([text]) => text ?? ''),
);

await app.listen({ host: '127.0.0.1', port: 0 });
serveParent(portOf(app.server.address()), async () => {
  await app.close();
  await database.close();
});
