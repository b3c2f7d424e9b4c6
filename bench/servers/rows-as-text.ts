/**
 * The second hand-written server: rows come as undecoded text, and a writer made for each statement makes the JSON. It checks nobody's rights.
 * `rows-as-text.js <database URL> <limit of nested lists, or 0 for none>`.
 */
import Fastify from 'fastify';
import { portOf, serveParent } from './child.ts';
import { openDatabase, type Prepared } from './database.ts';
import { type DeepQuery, type ListQuery, offset, whole, word } from './inputs.ts';
import { compileWriter, type Shape, writeList } from './json-writer.ts';
import { sendLines } from './lines.ts';

const [url = '', nestedLimit = '0'] = process.argv.slice(2);
const database = openDatabase(url);
const app = Fastify({ logger: false });
const json = 'application/json; charset=utf-8';

const listShape = {
  id: 'plain',
  title: 'text',
  slug: 'text',
  status: 'text',
  views: 'plain',
  rating: 'plain?',
  price: 'plain',
  published_on: 'moment',
} as const satisfies Shape;
const listColumns = Object.keys(listShape).join(', ');
const writeListed = compileWriter(listShape);

const wideShape = {
  id: 'plain',
  title: 'text',
  slug: 'text',
  summary: 'text',
  status: 'text',
  views: 'plain',
  rating: 'plain?',
  price: 'plain',
  featured: 'boolean',
  published_on: 'moment',
  created_on: 'quoted',
  meta: 'plain?',
  author_id: 'plain',
} as const satisfies Shape;
const writeWide = compileWriter(wideShape);

const { id, title, slug, summary, ...others } = wideShape;
const allShape = { id, title, slug, summary, body: 'text', ...others } as const satisfies Shape;
const allColumns = Object.keys(allShape).join(', ');
const writeAll = compileWriter(allShape);

const list: Prepared = {
  name: 'list',
  text: `select ${listColumns} from articles where status = $1 and views >= $2 order by published_on desc, id limit 50 offset $3`,
};
const key: Prepared = { name: 'key', text: `select ${allColumns} from articles where id = $1` };
const wide: Prepared = {
  name: 'wide',
  text: `select ${Object.keys(wideShape).join(', ')} from articles where id >= $1 order by id limit 1000`,
};

/** The count is beside every row; a page behind the last row asks for the count alone. */
const matching = `from articles a
  where a.author_id in (select u.id from authors u join countries c on c.id = u.country_id where c.code = $1)
    and a.id in (select x.article_id from articles_tags x join tags g on g.id = x.tag_id where g.slug = $2)`;
const deep: Prepared = {
  name: 'deep',
  text: `select ${listColumns}, count(*) over () ${matching} order by published_on desc, id limit 50 offset $3`,
};
const deepCount: Prepared = { name: 'deep count', text: `select count(*) ${matching}` };

const limited = nestedLimit === '0' ? '' : ` limit ${Number(nestedLimit)}`;

/** Lists inside rows as JSON: read by two more statements and joined here, they cost this process more than they save the database. */
const nested: Prepared = {
  name: 'nested',
  text: `select a.id, a.title, a.slug, a.summary, a.views, a.published_on, u.name, c.name,
      (select coalesce(json_agg(l), '[]') from (
        select (select row_to_json(n) from (select g.name) n) as tag_id
        from articles_tags x join tags g on g.id = x.tag_id where x.article_id = a.id order by x.id) l),
      (select coalesce(json_agg(l), '[]') from (
        select id, author_name, body, created_on::text as created_on from comments where article_id = a.id order by id${limited}) l)
    from (select id, title, slug, summary, views, published_on, author_id
      from articles where views >= $1 order by published_on desc, id limit 25 offset $2) a
    join authors u on u.id = a.author_id
    join countries c on c.id = u.country_id
    order by a.published_on desc, a.id`,
};
const writeNested = compileWriter({
  id: 'plain',
  title: 'text',
  slug: 'text',
  summary: 'text',
  views: 'plain',
  published_on: 'moment',
  author_id: { name: 'text', country_id: { name: 'text' } },
  tags: 'plain',
  comments: 'plain',
});

app.get<{ Querystring: ListQuery }>('/list', async ({ query }, reply) => {
  const rows = await database.rows(list, [word(query.status, 'status'), whole(query.views, 'views'), offset(query.page, 50)]);
  return reply.type(json).send(`{"data":${writeList(rows, writeListed)}}`);
});

app.get<{ Params: { id: string } }>('/articles/:id', async ({ params }, reply) => {
  const [row] = await database.rows(key, [whole(params.id, 'id')]);
  if (!row) return reply.code(404).send({ error: 'no such article' });
  return reply.type(json).send(`{"data":${writeAll(row)}}`);
});

app.get<{ Querystring: ListQuery }>('/nested', async ({ query }, reply) => {
  const rows = await database.rows(nested, [whole(query.views, 'views'), offset(query.page, 25)]);
  return reply.type(json).send(`{"data":${writeList(rows, writeNested)}}`);
});

app.get<{ Querystring: DeepQuery }>('/deep', async ({ query }, reply) => {
  const names = [word(query.country, 'country'), word(query.tag, 'tag')];
  const skipped = offset(query.page, 50);
  const rows = await database.rows(deep, [...names, skipped]);
  const counted = rows[0]?.[8] ?? (skipped === '0' ? '0' : (await database.rows(deepCount, names))[0]?.[0]);
  return reply.type(json).send(`{"meta":{"filter_count":${counted}},"data":${writeList(rows, writeListed)}}`);
});

app.get<{ Querystring: { from?: string } }>('/wide', async ({ query }, reply) => {
  const rows = await database.rows(wide, [whole(query.from, 'from')]);
  return reply.type(json).send(`{"data":${writeList(rows, writeWide)}}`);
});

app.get('/export', async (_request, reply) => sendLines(reply, database, `select ${allColumns} from articles order by id`, writeAll));

await app.listen({ host: '127.0.0.1', port: 0 });
serveParent(portOf(app.server.address()), async () => {
  await app.close();
  await database.close();
});
