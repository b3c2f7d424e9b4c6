/** Collections, fields, keys, status and remarks from introspection and metadata. */
import fc from 'fast-check';
import t from 'tap';
import type { IntrospectedTable, Storage } from '../../src/dialect/types.ts';
import type { FieldMeta, RelationMeta } from '../../src/schema/types.ts';
import { built, collection, column, fieldRow, relationRow, remarks, table } from './tables.ts';

t.test('collections are named by their table, others by schema and table', async (t) => {
  const schema = built(
    [
      table('b', { id: 'integer' }, { schema: 'public' }),
      table('b', { id: 'integer' }, { schema: 'other' }),
      table('a', { id: 'integer' }, { schema: 'public' }),
    ],
    {},
    'public',
  );
  t.same([...schema.collections.keys()], ['a', 'b', 'other.b']);
  t.same(collection(schema, 'other.b').table, { schema: 'other', name: 'b' });
  t.equal(schema.version, 1);
  const plain = built([table('x', { id: 'integer' })]);
  t.same(collection(plain, 'x').table, { schema: null, name: 'x' });
});

t.test('a name that two tables would have goes to the default schema', async (t) => {
  const schema = built(
    [table('b', { n: 'integer' }, { schema: 'x' }), table('x.b', { id: 'integer' }, { schema: 'public' })],
    {},
    'public',
  );
  t.same(collection(schema, 'x.b').table, { schema: 'public', name: 'x.b' });
  t.match(remarks(schema), [/^x\.b: the table "b" of the schema "x" has the name of another collection/]);
});

t.test('field types come from metadata, else from the column', async (t) => {
  const columns: Record<string, Storage> = {
    id: 'integer',
    title: 'text',
    price: 'decimal',
    at: 'datetime',
    flag: 'integer',
    tags: 'text',
    made: 'integer',
    odd: 'text',
    list: 'json',
    OLD: 'text',
  };
  const fields = [
    fieldRow('things', 'flag', 'boolean'),
    fieldRow('things', 'flag', 'integer'),
    fieldRow('things', 'tags', 'array'),
    fieldRow('things', 'made', 'user_created'),
    fieldRow('things', 'odd', 'mystery'),
    fieldRow('things', 'list', 'o2m'),
    fieldRow('things', 'ghost', 'string'),
    fieldRow('things', 'OLD', 'SLUG'),
    fieldRow('elsewhere', 'title', 'hash'),
  ];
  const schema = built([table('things', columns)], { fields: [...fields].reverse() });
  const things = collection(schema, 'things');
  t.same(Object.fromEntries([...things.fields].map(([name, field]) => [name, field.type])), {
    id: 'integer',
    title: 'string',
    price: 'decimal',
    at: 'datetime',
    flag: 'boolean',
    tags: 'array',
    made: 'owner',
    odd: 'string',
    list: 'json',
    OLD: 'slug',
  });
  t.same([...things.fields.keys()], Object.keys(columns), 'in column order');
  t.equal(things.fields.get('flag')?.meta?.type, 'boolean', 'the first row by id');
  t.equal(things.owner?.name, 'made');
  t.same([...things.aliases.keys()], [], 'a row without a column is ignored');
  t.match(remarks(schema), [
    /^things\.odd: the field type "mystery" is unknown; the column is served as string/,
    /^things\.list: the type "o2m" is for fields without/,
  ]);
});

t.test('keys', async (t) => {
  const pair = table('pair', { a: 'integer', b: 'integer' }, { primaryKey: ['b', 'a'] });
  const view = table('view', { x: 'integer', y: 'integer', z: 'integer' }, { kind: 'view', updatable: false });
  const keyless = table('keyless', { n: 'integer' });
  const declared = table('declared', { code: 'text', n: 'integer' });
  const fields = [
    fieldRow('view', 'y', 'integer', { options: { primary_key: true } }),
    fieldRow('view', 'x', 'integer', { options: { primary_key: 'yes' } }),
    fieldRow('view', 'z', 'integer', { options: { primary_key: true } }),
    fieldRow('declared', 'code', 'string', { interface: 'primary-key' }),
    fieldRow('pair', 'a', 'integer', { interface: 'primary-key' }),
  ];
  const schema = built([pair, view, keyless, declared], { fields });
  const keys = Object.fromEntries([...schema.collections.values()].map((one) => [one.name, one.key.map((field) => field.name)]));
  t.same(keys, { pair: ['b', 'a'], view: ['y', 'z'], keyless: [], declared: ['code'] });
  t.same(
    [...collection(schema, 'view').fields.values()].map((field) => field.primaryKey),
    [false, true, true],
  );
  t.equal(collection(schema, 'view').kind, 'view');
  t.equal(collection(schema, 'view').updatable, false);
  t.match(remarks(schema), [/^keyless: the table has no key/]);
  t.match(remarks(built([view])), [/^view: the view has no key/]);
});

t.test('status, sort, owner and lang: the first of each', async (t) => {
  const posts = table('posts', {
    id: 'integer',
    state: 'text',
    other: 'text',
    place: 'integer',
    second: 'integer',
    by: 'integer',
    code: 'text',
  });
  const mapping = { status_mapping: { on: { name: 'On' }, off: { name: 'Off', soft_delete: true } } };
  const fields = [
    fieldRow('posts', 'other', 'status', { options: mapping }),
    fieldRow('posts', 'state', 'status', { options: mapping }),
    fieldRow('posts', 'second', 'sort'),
    fieldRow('posts', 'place', 'sort'),
    fieldRow('posts', 'by', 'owner'),
    fieldRow('posts', 'code', 'lang'),
  ];
  const posted = collection(built([posts], { fields }), 'posts');
  t.equal(posted.status?.field.name, 'state');
  t.same(posted.status?.mapping, { values: ['on', 'off'], softDeleted: ['off'], published: [], requiredFields: [] });
  t.same([posted.sort?.name, posted.owner?.name, posted.lang?.name], ['place', 'by', 'code']);
  const broken = built([posts], {
    fields: [fieldRow('posts', 'state', 'status'), fieldRow('posts', 'other', 'status', { options: mapping })],
  });
  t.equal(collection(broken, 'posts').status, undefined);
  t.match(remarks(broken), [/^posts\.state: the status field has no status mapping/]);
});

t.test('a status field without a mapping of its own takes the setting', async (t) => {
  const mapping = { live: { name: 'Live' }, gone: { name: 'Gone', soft_delete: true } };
  const schema = built([table('posts', { id: 'integer', state: 'text' })], {
    fields: [fieldRow('posts', 'state', 'status')],
    statusMapping: mapping,
  });
  t.same(schema.collections.get('posts')?.status?.mapping.values, ['live', 'gone']);
});

t.test('a column is unique when a constraint is about it alone', async (t) => {
  const schema = built([table('posts', { id: 'integer', slug: 'text', a: 'text', b: 'text' }, { unique: [['slug'], ['a', 'b']] })]);
  const fields = schema.collections.get('posts')?.fields;
  t.same(
    ['slug', 'a', 'b'].map((name) => fields?.get(name)?.unique),
    [true, false, false],
  );
});

t.test('aliases', async (t) => {
  const things = table('things', { id: 'integer' });
  const settings = table('directus_settings', { id: 'integer', key: 'text', value: 'text' });
  const fields = [
    fieldRow('things', 'divider', 'alias', { interface: 'divider' }),
    fieldRow('things', 'group', 'group'),
    fieldRow('directus_settings', 'data_divider', 'alias'),
    fieldRow('directus_settings', 'project_name', 'string'),
  ];
  const schema = built([things, settings], { fields });
  t.same([...collection(schema, 'things').aliases.keys()], ['divider', 'group']);
  t.same(
    [...collection(schema, 'directus_settings').aliases.keys()],
    ['data_divider'],
    'of rows that name settings only what arranges the form',
  );
  t.same([...collection(schema, 'directus_settings').fields.keys()], ['id', 'key', 'value']);
  t.same(remarks(schema), []);
});

t.test('system collections: ISO times and secrets, in the default schema only', async (t) => {
  const users = (schema: string) =>
    table(
      'directus_users',
      {
        id: 'integer',
        password: 'text',
        token: 'text',
        '2fa_secret': 'text',
        password_reset_token: 'text',
        last_access_on: 'datetime',
        last_page: 'text',
        email_notifications: 'integer',
      },
      { schema },
    );
  const sessions = table(
    'directus_user_sessions',
    Object.fromEntries<Storage>([
      ['id', 'integer'],
      ['token', 'text'],
      ['constructor', 'text'],
    ]),
    { schema: 'public' },
  );
  const plain = table('plain', { id: 'integer', password: 'text', at: 'datetime' }, { schema: 'public' });
  const schema = built(
    [users('public'), users('other'), sessions, plain, table('directus_odd', { id: 'integer' }, { schema: 'public' })],
    {},
    'public',
  );
  const secretsOf = (name: string) =>
    Object.fromEntries(
      [...collection(schema, name).fields.values()].flatMap((field) => (field.secret ? [[field.name, field.secret]] : [])),
    );
  t.same(secretsOf('directus_users'), {
    password: 'never',
    token: 'masked',
    '2fa_secret': 'masked',
    password_reset_token: 'masked',
    last_access_on: 'own',
    last_page: 'own',
    email_notifications: 'own',
  });
  t.same(secretsOf('directus_user_sessions'), { token: 'never' });
  t.same(secretsOf('other.directus_users'), {});
  t.same(secretsOf('plain'), {});
  t.same(
    [...schema.collections.values()].filter((one) => one.system).map((one) => one.name),
    ['directus_odd', 'directus_user_sessions', 'directus_users'],
  );
  t.equal(collection(schema, 'directus_users').fields.get('last_access_on')?.iso, true);
  t.equal(collection(schema, 'directus_users').fields.get('last_page')?.iso, false);
  t.equal(collection(schema, 'plain').fields.get('at')?.iso, false);
});

t.test('what is not served in full is told', async (t) => {
  const odd = table('odd', {
    id: 'integer',
    'a.b': 'text',
    'a,b': 'text',
    '-a': 'text',
    'a-b': 'text',
    shape: column('shape', 'unknown', { nativeType: 'my_shape' }),
  });
  t.match(remarks(built([odd])), [
    /^odd\.a\.b: a name with a dot/,
    /^odd\.a,b: a name with a dot/,
    /^odd\.-a: a name with a dot/,
    /^odd\.shape: the column type "my_shape" is unknown/,
  ]);
  t.equal(built([odd]).remarks.length, 4);
});

t.test('the schema is frozen', async (t) => {
  const schema = built([table('a', { id: 'integer' })]);
  t.ok(Object.isFrozen(schema) && Object.isFrozen(collection(schema, 'a')) && Object.isFrozen(collection(schema, 'a').fields.get('id')));
});

t.test('names of prototypes are names like others', async (t) => {
  const schema = built(
    [
      table(
        'constructor',
        Object.fromEntries<Storage>([
          ['id', 'integer'],
          ['toString', 'text'],
        ]),
      ),
      table('__proto__', { id: 'integer' }),
    ],
    {
      fields: [fieldRow('constructor', 'toString', 'hasOwnProperty'), fieldRow('__proto__', 'valueOf', 'alias')],
      relations: [relationRow('constructor.toString', '__proto__', 'constructor')],
    },
  );
  t.equal(collection(schema, 'constructor').fields.get('toString')?.type, 'string');
  t.equal(collection(schema, 'constructor').relations.get('toString')?.to, '__proto__');
  t.equal(collection(schema, '__proto__').relations.get('constructor')?.to, 'constructor');
});

t.test('no content throws, and every relation leads to fields of served collections', async () => {
  const name = fc.constantFrom('a', 'b', 'id', 'a.b', '-', '', '__proto__', 'directus_users', 'directus_settings');
  const storage = fc.constantFrom<Storage>('integer', 'text', 'datetime', 'unknown', 'array');
  const list = (max: number) => fc.array(name, { maxLength: max });
  const tables = fc.record({
    name,
    schema: fc.constantFrom(null, 'public', 'other'),
    columns: fc.dictionary(name, storage),
    primaryKey: list(2),
    keys: fc.array(fc.tuple(list(2), fc.constantFrom(null, 'public', 'other'), name, list(2)), { maxLength: 3 }),
  });
  const type = fc.constantFrom('', 'alias', 'o2m', 'translation', 'status', 'owner', 'file', 'sort', 'M2O', 'nonsense');
  const options = fc.constantFrom(null, { primary_key: true }, { status_mapping: 5 }, { status_mapping: { x: null } });
  fc.assert(
    fc.property(
      fc.array(tables, { maxLength: 6 }),
      fc.array(fc.tuple(name, name, type, options), { maxLength: 12 }),
      fc.array(fc.tuple(name, name, fc.option(name), fc.option(name), fc.option(name)), { maxLength: 8 }),
      (drawn, fieldParts, relationParts) => {
        const introspectedTables = drawn.map(
          (one): IntrospectedTable => ({
            ...table(one.name, one.columns, { schema: one.schema, primaryKey: one.primaryKey }),
            foreignKeys: one.keys.map(([columns, toSchema, toTable, toColumns]) => ({ name: 'k', columns, toSchema, toTable, toColumns })),
          }),
        );
        const fields = fieldParts.map(([a, b, c, d]): FieldMeta => fieldRow(a, b, c, { options: d }));
        const rows = relationParts.map(
          ([a, b, c, d, e], id): RelationMeta => ({
            id,
            collection_many: a,
            field_many: b,
            collection_one: c,
            field_one: d,
            junction_field: e,
          }),
        );
        const schema = built(introspectedTables, { fields, relations: rows }, 'public');
        for (const one of schema.collections.values()) {
          for (const [key, relation] of one.relations) {
            const target = schema.collections.get(relation.to);
            const through = relation.kind === 'm2m' ? schema.collections.get(relation.through) : undefined;
            const join = relation.kind === 'm2m' ? relation.near : relation.join;
            const last = relation.kind === 'm2m' ? relation.far : relation.join;
            const good =
              relation.name === key &&
              relation.collection === one.name &&
              target !== undefined &&
              join.length > 0 &&
              join.every((pair) => one.fields.get(pair.from.name) === pair.from) &&
              last.every((pair) => target.fields.get(pair.to.name) === pair.to) &&
              (relation.kind !== 'm2m' ||
                (through !== undefined && relation.near.every((pair) => through.fields.get(pair.to.name) === pair.to))) &&
              (one.fields.has(key)
                ? relation.kind === 'm2o' && relation.field?.name === key
                : relation.kind !== 'm2o' || !relation.field) &&
              !one.aliases.has(key);
            if (!good) return false;
          }
        }
        return true;
      },
    ),
    { numRuns: 400 },
  );
});

t.test('ten thousand tables', async (t) => {
  const tables = Array.from({ length: 10_000 }, (_, i) =>
    table(
      `t${i}`,
      {
        id: 'integer',
        parent: 'integer',
        a: 'text',
        b: 'text',
        c: 'text',
        d: 'text',
        e: 'text',
        f: 'text',
        g: 'datetime',
        h: 'text',
        i: 'text',
        j: 'text',
      },
      { foreignKeys: [['parent', `t${i >> 1}`]] },
    ),
  );
  const from = performance.now();
  const schema = built(tables);
  t.comment(`${Math.round(performance.now() - from)} ms`);
  t.equal(schema.collections.size, 10_000);
});
