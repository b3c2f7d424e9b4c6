/** Promise: of a row's snapshot nobody is shown more than of the row. */
import t from 'tap';
import { compileRules } from '../../src/access/compile-rules.ts';
import { readGrant } from '../../src/access/grants.ts';
import { type Right, readablePart, withoutSecrets } from '../../src/access/snapshots.ts';
import type { Actor } from '../../src/access/types.ts';
import type { Schema } from '../../src/schema/types.ts';
import { built, collection, fieldRow, table } from '../schema/tables.ts';

const schema: Schema = built(
  [
    table(
      'articles',
      {
        id: 'integer',
        status: 'text',
        big: 'decimal',
        some: 'text',
        no: 'text',
        doc: 'json',
        author: 'integer',
        'quo"te': 'text',
        password: 'text',
      },
      { foreignKeys: [['author', 'directus_users']] },
    ),
    table('directus_users', { id: 'integer', password: 'text', token: 'text', last_page: 'text' }),
  ],
  { fields: [fieldRow('articles', 'status', 'status', { options: { status_mapping: { a: { name: 'A' }, b: { name: 'B' } } } })] },
);

const permission = (status: string, blacklist: string) => ({
  ...{ role: 3, collection: 'articles', status, read: 'full', read_field_blacklist: blacklist },
});
const rules = compileRules({ permissions: [permission('a', 'no,some'), permission('b', 'no')], roles: [{ id: 3 }], settings: [] }, 1);
const writer: Actor = { is: 'user', id: '7', role: '3', admin: false, ip: '' };

function right(): Right {
  const articles = collection(schema, 'articles');
  const grant = readGrant(articles, rules, writer, schema);
  if (!grant) throw new Error('The role may read articles');
  return { collection: articles, grant };
}

t.test('what is not readable in every row is cut out, and numbers keep their digits', async (t) => {
  const stored = '{"id":1,"big":12345678901234567890.10,"some":"s","no":"n","doc":{"no":1},"author":2,"old":3,"quo\\"te":4}';
  t.equal(readablePart(stored, right()), '{"id":1,"big":12345678901234567890.10,"doc":{"no":1},"author":2,"quo\\"te":4}');
  t.equal(readablePart('{"author":{"id":1}}', right()), '{}', 'rows of others');
  t.equal(readablePart('{"author":[1]}', right()), '{}');
  t.equal(readablePart('{"n\\u006f":"hidden","\\u0069d":1}', right()), '{"\\u0069d":1}', 'names in another spelling');
  for (const [json, left] of [
    ['[]', '[]'],
    [' [ ] ', '[]'],
    ['["no"]', 'null'],
    ['"{\\"no\\":1}"', 'null'],
    ['{"id":1', 'null'],
    ['null', 'null'],
    ['7', 'null'],
  ] as const) {
    t.equal(readablePart(json, right()), left, json);
  }
  t.equal(readablePart('{"id":1}', undefined), 'null');
});

t.test('secrets are nobody’s', async (t) => {
  t.equal(withoutSecrets('{"id":1,"password":"x","token":"y","last_page":"/z"}', 'directus_users', schema), '{"id":1,"last_page":"/z"}');
  t.equal(withoutSecrets('{"password":"x"}', 'articles', schema), '{"password":"x"}', 'a column of that name elsewhere');
  t.equal(
    withoutSecrets('{"author":{"id":1,"token":"y"},"doc":[{"token":"z"}]}', 'articles', schema),
    '{"author":{"id":1},"doc":[{"token":"z"}]}',
  );
  t.equal(withoutSecrets('{"author":[{"token":"y"}]}', 'articles', schema), '{}');
  t.equal(
    withoutSecrets('{"author":{"token":"y"}}', 'gone', schema),
    '{"author":{"token":"y"}}',
    'nothing is known of a collection that is gone',
  );
});
