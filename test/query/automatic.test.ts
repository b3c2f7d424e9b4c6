/** What an item gets by itself. */
import t from 'tap';
import type { Stored } from '../../src/dialect/types.ts';
import { automaticValues } from '../../src/query/automatic.ts';
import type { WriteMode } from '../../src/query/check-item.ts';
import { slugOf } from '../../src/query/slug.ts';
import type { Collection, Field, Metadata } from '../../src/schema/types.ts';
import { built, collection, column, fieldRow, table } from '../schema/tables.ts';

const now = new Date('2024-02-29T22:03:04.567Z');

function of(columns: readonly Parameters<typeof column>[], fields: Metadata['fields'] = [], name = 'things', key = 'id'): Collection {
  const all = [column('id', 'integer', { autoIncrement: true }), ...columns.map((one) => column(...one))];
  return collection(built([table(name, Object.fromEntries(all.map((one) => [one.name, one])), { primaryKey: [key] })], { fields }), name);
}

function got(
  from: Collection,
  action: WriteMode,
  given: Readonly<Record<string, Stored>> = {},
  user: string | null = '7',
): Record<string, Stored> {
  const map = new Map<Field, Stored>(Object.entries(given).map(([name, value]) => [from.fields.get(name) as Field, value]));
  return Object.fromEntries([...automaticValues(from, action, map, { user, now })].map(([field, value]) => [field.name, value]));
}

t.test('who and when', async (t) => {
  const names = {
    made: 'datetime_created',
    changed: 'datetime_updated',
    again: 'datetime_updated',
    maker: 'owner',
    changer: 'user_updated',
  };
  const from = of(
    [
      ['made', 'datetime'],
      ['changed', 'instant'],
      ['again', 'datetime'],
      ['maker', 'integer'],
      ['changer', 'integer', { nullable: false }],
    ],
    Object.entries(names).map(([name, type]) => fieldRow('things', name, type)),
  );
  const moment = '2024-02-29 22:03:04';
  const created = { made: moment, changed: moment, maker: '7', changer: '7' };
  t.same(got(from, 'create'), created, 'only the first of a kind');
  t.same(got(from, 'create', { made: 'x', maker: '1' }), created, 'whatever was sent');
  t.same(got(from, 'update', { made: 'x', maker: '1' }), { changed: moment, changer: '7' }, 'an owner may be given later');
  t.same(got(from, 'create', {}, null), { ...created, maker: null, changer: '0' }, 'nobody');
});

t.test('moments as the column keeps them', async (t) => {
  const made = (storage: Parameters<typeof column>[1]) =>
    got(of([['made', storage]], [fieldRow('things', 'made', 'datetime_created')]), 'create');
  t.same(made('date'), { made: '2024-02-29' });
  t.same(made('time'), { made: '22:03:04' });
  t.same(made('text'), { made: '2024-02-29 22:03:04' });
  t.same(made('integer'), { made: '1709244184' });
  t.same(made('boolean'), {});
});

t.test("users are nobody's", async (t) => {
  const fields = [fieldRow('directus_users', 'maker', 'owner'), fieldRow('directus_users', 'made', 'datetime_created')];
  t.same(
    got(
      of(
        [
          ['maker', 'integer'],
          ['made', 'datetime'],
        ],
        fields,
        'directus_users',
      ),
      'create',
    ),
    { made: '2024-02-29 22:03:04' },
  );
});

t.test('slugs follow their field', async (t) => {
  const slug = (options: Record<string, unknown>, length?: number) =>
    of(
      [
        ['title', 'text'],
        ['slug', 'text', length === undefined ? {} : { length }],
      ],
      [fieldRow('things', 'slug', 'slug', { options })],
    );
  const mirror = { mirroredField: 'title' };
  t.same(got(slug(mirror), 'create', { title: 'Ärger & Öl' }), { slug: 'arger-ol' });
  t.same(got(slug(mirror), 'update', { title: 'New' }), { slug: 'new' }, 'on a change too');
  t.same(got(slug(mirror), 'update', { title: 'New', slug: 'mine' }), {});
  t.same(got(slug(mirror), 'update', {}), {});
  t.same(got(slug(mirror), 'create', { title: null }), {});
  t.same(got(slug({ ...mirror, forceLowercase: false }), 'create', { title: 'New One' }), { slug: 'New-One' });
  t.same(got(slug(mirror, 4), 'create', { title: 'New One' }), { slug: 'new' });
  t.same(got(slug({ mirroredField: 'nothing' }), 'create', { title: 'New One' }), {});
});

t.test('the text of slugs', async (t) => {
  t.equal(slugOf('  Hello,  World! ', true), 'hello-world');
  t.equal(slugOf("Ann's Straße № 5", true), 'anns-strasse-no-5');
  t.equal(slugOf('Æther Łódź', false), 'AEther-Lodz');
  t.equal(slugOf('日本 語', true), '日本-語');
  t.equal(slugOf('!!!', true), '');
});

t.test('UUIDs for keys, and for columns that must have one', async (t) => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  const from = of(
    [
      ['key', 'uuid'],
      ['must', 'uuid', { nullable: false }],
      ['may', 'uuid'],
      ['own', 'uuid', { nullable: false, default: 'gen()' }],
    ],
    [],
    'things',
    'key',
  );
  const values = got(from, 'create');
  t.same(Object.keys(values), ['key', 'must']);
  t.match(values['key'], uuid);
  t.not(values['key'], values['must']);
  t.same(Object.keys(got(from, 'create', { key: 'k', must: null })), ['must']);
  t.same(got(from, 'update', { must: null }), {});
  const worded = of([['code', 'text', { nullable: false, length: 36 }]], [fieldRow('things', 'code', 'uuid')], 'things', 'code');
  t.match(got(worded, 'create')['code'], uuid, 'in a text too, where metadata says so');
});
