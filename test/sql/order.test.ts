/** The SQL of orders: plain ones stay what they were, those through relations join each row once. */
import t from 'tap';
import { compileRules } from '../../src/access/compile-rules.ts';
import { readAccess } from '../../src/access/read.ts';
import { bindRead } from '../../src/query/bind.ts';
import { limitsOf } from '../../src/query/limits.ts';
import { buildSchema } from '../../src/schema/build.ts';
import { compileRead } from '../../src/sql/read.ts';
import { parsePhpQuery, parseRead } from '../../src/surfaces/directus/parse.ts';
import { sqlite } from '../../src/vendors/sqlite/index.ts';

async function textOf(sql: string, collection: string, query: string): Promise<string> {
  const connection = await sqlite.connect({ client: 'better-sqlite3', connection: { filename: ':memory:' } });
  try {
    for (const text of sql.split(';')) if (text.trim() !== '') await connection.execute({ text, values: [] });
    const schema = buildSchema(await sqlite.introspect(connection), { collections: [], fields: [], relations: [] }, 1);
    const rules = compileRules({ permissions: [], roles: [], settings: [] }, 1);
    const access = readAccess(schema, rules, { is: 'system', reason: 'test' });
    const { read } = parseRead(collection, parsePhpQuery(query), 10);
    const { query: authorised } = access.authorise(bindRead(read, schema, access.visible, limitsOf()));
    return compileRead(authorised, connection.dialect, { nullsLast: true }).statement.text;
  } finally {
    await connection.close();
  }
}

const tables = `create table country (id integer primary key, name text);
  create table author (id integer primary key, name text, country integer references country (id));
  create table book (id integer primary key, title text not null, views integer not null, author integer references author (id));
  create table loose (id integer primary key, code text);
  create table pointing (id integer primary key, code text references loose (code))`;

const inner = (text: string): string => /from \((select .*?) limit \?/.exec(text)?.[1] ?? text;

t.test('a plain order names its column and nothing else', async (t) => {
  t.equal(
    inner(await textOf(tables, 'book', 'fields=title&sort=-views')),
    'select t0."title", t0."views", t0."id" from "book" t0 where (t0."id" % 251 or sallyport_tick()) order by t0."views" desc, t0."id"'.replace(
      /\bt0\b/g,
      '"t0"',
    ),
  );
});

t.test('terms of one beginning share its joins', async (t) => {
  const text = inner(await textOf(tables, 'book', 'fields=title&sort=author.country.name,-author.name,author.country.id,views'));
  t.equal(text.match(/left join "author"/g)?.length, 1);
  t.equal(text.match(/left join "country"/g)?.length, 1);
});

t.test('columns that are not unique for sure are not joined', async (t) => {
  const text = inner(await textOf(tables, 'pointing', 'fields=id&sort=code.code'));
  t.notMatch(text, /left join/);
  t.match(text, /limit 1\)/);
});

t.test('more terms than a database joins', async (t) => {
  const columns = Array.from({ length: 49 }, (_, i) => `r${i} integer references country (id)`).join(', ');
  const sort = Array.from({ length: 49 }, (_, i) => `r${i}.name`).join(',');
  const text = await textOf(`${tables}; create table wide (id integer primary key, ${columns})`, 'wide', `fields=*.*&sort=${sort}`);
  t.ok((inner(text).match(/left join/g)?.length ?? 0) <= 20);
});
