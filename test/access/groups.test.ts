/** Promise: what a row's status hides stays hidden inside groups of outputs too. */
import t from 'tap';
import { compileRules } from '../../src/access/compile-rules.ts';
import { readAccess } from '../../src/access/read.ts';
import type { Actor } from '../../src/access/types.ts';
import { bindRead } from '../../src/query/bind.ts';
import { limitsOf } from '../../src/query/limits.ts';
import type { Output, Template } from '../../src/query/types.ts';
import { buildSchema } from '../../src/schema/build.ts';
import { compileRead } from '../../src/sql/read.ts';
import { parsePhpQuery, parseRead } from '../../src/surfaces/directus/parse.ts';
import { sqlite } from '../../src/vendors/sqlite/index.ts';
import { fieldRow } from '../schema/tables.ts';

const statements = [
  'create table people (id integer primary key, name text)',
  'create table posts (id integer primary key, status text, title text, secret text, author integer references people (id))',
  "insert into people values (1, 'Ada')",
  "insert into posts values (1, 'published', 'a', 'x', 1), (2, 'draft', 'b', 'y', 1)",
];

const mapping = { status_mapping: { published: { name: 'Published' }, draft: { name: 'Draft' } } };
const reader: Actor = { is: 'user', id: '7', role: '3', admin: false, ip: '' };
const grant = (collection: string, status: string | null, blacklist: string | null) => ({
  id: 1,
  role: 3,
  collection,
  status,
  read: 'full',
  read_field_blacklist: blacklist,
});
const permissions = [grant('posts', 'published', null), grant('posts', 'draft', 'secret,author'), grant('people', null, null)];

/** The same outputs in the row, in a group, and in a group of a group. */
function grouped(template: Template): Template {
  const inner: Output = { is: 'group', of: template };
  return new Map<string, Output>([...template, ['attributes', { is: 'group', of: new Map([...template, ['deep', inner]]) }]]);
}

t.test('fields and relations that some rows lack', async (t) => {
  const connection = await sqlite.connect({ client: 'better-sqlite3', connection: { filename: ':memory:' } });
  t.teardown(() => connection.close());
  for (const text of statements) await connection.execute({ text, values: [] });
  const fields = [fieldRow('posts', 'status', 'status', { options: mapping })];
  const schema = buildSchema(await sqlite.introspect(connection), { collections: [], fields, relations: [] }, 1);
  const access = readAccess(schema, compileRules({ permissions, roles: [{ id: 3 }], settings: [] }, 1), reader);
  const { read } = parseRead('posts', parsePhpQuery('fields=title,secret,author.name&sort=id'), 10);
  const bound = bindRead(read, schema, access.visible, limitsOf());
  const { query } = access.authorise({ ...bound, template: grouped(bound.template) });
  const { statement, write } = compileRead(query, connection.dialect, { nullsLast: true });
  const whole = { title: 'a', secret: 'x', author: { name: 'Ada' } };
  const bare = { title: 'b' };
  t.strictSame(
    (await connection.texts(statement)).map((cells) => JSON.parse(write(cells) ?? 'null')),
    [
      { ...whole, attributes: { ...whole, deep: whole } },
      { ...bare, attributes: { ...bare, deep: bare } },
    ],
  );
});
