/** Promise: items are made or changed by any unique key, in one request. */
import { type Feature, refused, type Tester, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { type Answer, at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

const upsert = (garden: OwnGarden, by: string, body: unknown, collection = 'signs', who: 'admin' | 'editor' = 'admin'): Promise<Answer> =>
  garden.send('POST', `items/${collection}?upsert=${by}`, body, who);

/** A table with two unique constraints, one of two columns. */
async function makeTable({ gateway }: World): Promise<void> {
  await gateway.connection?.knex.schema.createTable('signs', (table) => {
    table.increments('id');
    table.string('slug', 40).notNullable().unique();
    table.string('row', 10);
    table.integer('place');
    table.string('text', 60);
    table.string('secret', 60);
    table.unique(['row', 'place']);
  });
  const lease = await gateway.registry.lease('garden');
  await lease.project.reload();
  lease.release();
}

async function byKeys(t: Tester, garden: OwnGarden): Promise<void> {
  const made = await upsert(garden, 'slug', { slug: 'gate', text: 'Mind the gate' });
  t.strictSame([made.status, at(made.json, 'data', 'text')], [200, 'Mind the gate'], told(made));
  const id = at(made.json, 'data', 'id');
  const changed = await upsert(garden, 'slug', { slug: 'gate', text: 'Close the gate' });
  t.strictSame([at(changed.json, 'data', 'id'), at(changed.json, 'data', 'text')], [id, 'Close the gate'], told(changed));
  t.strictSame(
    (await garden.rows('directus_activity', { collection: 'signs' })).map((row) => row['action']),
    ['create', 'update'],
    'both are told',
  );
  const many = await upsert(garden, 'slug', [{ slug: 'pond', text: 'Deep' }, { slug: 'gate', text: 'Open' }, { slug: 'shed' }]);
  t.strictSame([at(many.json, 'data', 0, 'id'), at(many.json, 'data', 0, 'text')], [id, 'Open'], told(many));
  t.equal((await garden.rows('signs')).length, 3, 'two of them new');

  const first = await upsert(garden, 'place,row', { slug: 'a1', row: 'A', place: 1, text: 'x' });
  const again = await upsert(garden, 'row,place', { slug: 'a1-new', row: 'A', place: 1 });
  t.strictSame([again.status, at(again.json, 'data', 'id')], [200, at(first.json, 'data', 'id')], `two columns: ${told(again)}`);
  t.match(await garden.rows('signs', { row: 'A' }), [{ slug: 'a1-new', text: 'x' }], 'what is not sent stays');
  const key = await upsert(garden, 'id', { id, text: 'by its key' });
  t.strictSame([key.status, at(key.json, 'data', 'slug')], [200, 'gate'], told(key));
  t.equal((await upsert(garden, 'code', { code: 'ROS', note: 'by a text key' }, 'families')).status, 200);
  t.match(await garden.rows('families', { code: 'ROS' }), [{ name: 'Rosaceae', note: 'by a text key' }]);
  const line = { depot: 'north', number: 1, weight: '12.00' };
  t.equal(at((await upsert(garden, 'depot,number', [line, { ...line, number: 9 }], 'shipments')).json, 'data', 1, 'number'), 9);
  t.equal((await garden.rows('shipments', { depot: 'north' })).length, 3, 'a key of several columns');
  const [unchanged] = await garden.rows('signs', { id });
  t.equal((await upsert(garden, 'slug', { slug: 'gate' })).status, 200, 'nothing but its key');
  t.strictSame(await garden.rows('signs', { id }), [unchanged]);
  const large = Array.from({ length: 450 }, (_, i) => ({ slug: `n${i}`, text: String(i) }));
  t.equal((await upsert(garden, 'slug', large.slice(0, 300))).status, 200);
  garden.gateway.statements.length = 0;
  t.equal((await upsert(garden, 'slug', large)).status, 200);
  t.ok(garden.gateway.statements.length < 30, `few statements: ${garden.gateway.statements.length}`);
  t.equal((await garden.rows('signs')).filter(({ slug }) => String(slug).startsWith('n')).length, 450);
}

/** A column that has no room for every letter, and takes letters of either case for the same. */
async function collations(t: Tester, garden: OwnGarden): Promise<void> {
  if (garden.vendor !== 'mysql') return void t.comment('columns of MySQL');
  const { connection, registry } = garden.gateway;
  await connection?.knex.raw('create table narrow (id int auto_increment primary key, code varchar(9) character set latin1 unique, n int)');
  const lease = await registry.lease('garden');
  await lease.project.reload();
  lease.release();
  await upsert(garden, 'code', { code: 'é', n: 1 }, 'narrow');
  await upsert(garden, 'code', { code: 'É', n: 2 }, 'narrow');
  t.match(await garden.rows('narrow'), [{ code: 'é', n: 2 }], 'as the constraint compares');
  refused(t, await upsert(garden, 'code', { code: '日', n: 1 }, 'narrow'), 422, 4, 'letters that it cannot hold');
  refused(t, await upsert(garden, 'code', [{ code: 'x' }, { code: 'X' }], 'narrow'), 409, 204, 'the same twice');
}

async function refusals(t: Tester, garden: OwnGarden): Promise<void> {
  const before = (await garden.rows('signs')).length;
  const cases: readonly (readonly [by: string, body: unknown, status: number, code: number, collection?: string])[] = [
    ['', { slug: 'q' }, 422, 12],
    ['text', { slug: 'q', text: 'a' }, 422, 12],
    ['row', { slug: 'q', row: 'A' }, 422, 12],
    ['slug,id', { slug: 'q', id: 4 }, 422, 12],
    ['slug,slug', { slug: 'q' }, 422, 12],
    ['nope', { slug: 'q' }, 422, 202],
    ['slug', { text: 'no slug' }, 422, 12],
    ['slug', { slug: null }, 422, 12],
    ['row,place', { slug: 'q', row: 'A' }, 422, 12],
    ['slug', [{ slug: 'q' }, { slug: 'q', text: 'again' }], 422, 12],
    ['slug', [{ slug: 'q' }, { slug: 'gate', row: 'A', place: 1 }], 409, 204],
    ['level', { level: 'info' }, 422, 12, 'log_entries'],
  ];
  for (const [by, body, status, code, collection] of cases) {
    refused(t, await upsert(garden, by, body, collection), status, code, `${by}: ${JSON.stringify(body)}`);
  }
  t.equal((await garden.rows('signs')).length, before, 'nothing was written');
}

async function rights(t: Tester, garden: OwnGarden): Promise<void> {
  const gate = { slug: 'gate', text: 'by an editor' };
  refused(t, await upsert(garden, 'slug', gate, 'signs', 'editor'), 403, 302, 'no permission at all');
  await garden.permit(3, 'signs', { create: 'full', read: 'full', write_field_blacklist: 'secret' });
  refused(t, await upsert(garden, 'slug', gate, 'signs', 'editor'), 403, 302, 'who may only create');
  t.equal((await upsert(garden, 'slug', { slug: 'by-editor' }, 'signs', 'editor')).status, 200, 'creates');
  await garden.permit(3, 'signs', { create: 'none', update: 'full' });
  t.equal((await upsert(garden, 'slug', gate, 'signs', 'editor')).status, 200, 'who may update');
  refused(t, await upsert(garden, 'slug', [gate, { slug: 'none-yet' }], 'signs', 'editor'), 403, 301, 'and not create');
  refused(t, await upsert(garden, 'slug', { ...gate, secret: 'x' }, 'signs', 'editor'), 403, 305, 'a column that is not for writing');
  await garden.permit(3, 'signs', { create: 'full', read: 'none' });
  refused(t, await upsert(garden, 'slug', gate, 'signs', 'editor'), 403, 302, 'who may not read the row');
  await garden.permit(3, 'signs', { read: 'full', write_field_blacklist: 'slug' });
  t.equal((await upsert(garden, 'slug', gate, 'signs', 'editor')).status, 200, 'the name of a row is not written');
  refused(t, await upsert(garden, 'slug', { slug: 'none-yet' }, 'signs', 'editor'), 403, 305, 'but for a new one');
  t.strictSame(await garden.rows('signs', { slug: 'none-yet' }), []);
}

/** Whoever may not read a value, or the row that holds it, does not find out where it is. */
async function kept(t: Tester, garden: OwnGarden): Promise<void> {
  const [gate] = await garden.rows('signs', { slug: 'gate' });
  await garden.permit(3, 'signs', {
    create: 'none',
    read: 'full',
    update: 'full',
    read_field_blacklist: 'slug',
    write_field_blacklist: '',
  });
  refused(t, await upsert(garden, 'slug', { slug: 'gate', text: 'found' }, 'signs', 'editor'), 422, 202, 'a column that may not be read');
  const operations = [{ method: 'upsert', collection: 'signs', by: ['slug'], item: { slug: 'gate', text: 'found' } }];
  refused(t, await garden.send('POST', 'batch', { operations }, 'editor'), 422, 202, 'in a batch');
  t.strictSame(await garden.rows('signs', { slug: 'gate' }), [gate], 'nothing was written');
  await garden.permit(3, 'signs', { read: 'none', read_field_blacklist: '' });
  for (const write_field_blacklist of ['', 'text', 'slug']) {
    for (const create of ['none', 'full'] as const) {
      await garden.permit(3, 'signs', { create, write_field_blacklist });
      const [there, missing] = [
        await upsert(garden, 'slug', { slug: 'gate', text: 'x' }, 'signs', 'editor'),
        await upsert(garden, 'slug', { slug: 'no-such', text: 'x' }, 'signs', 'editor'),
      ];
      const what = `create ${create}, not to be written: ${write_field_blacklist}`;
      if (create === 'full' && write_field_blacklist === '')
        refused(t, there, 403, 302, `${what}: by its own creation he hears of it anyway`);
      else t.strictSame([there.status, there.text], [missing.status, missing.text], what);
    }
  }
  await garden.permit(3, 'signs', { create: 'full', read: 'full', read_field_blacklist: 'row', write_field_blacklist: '' });
  await upsert(garden, 'slug', { slug: 'hidden-row', row: 'Secret', place: 7 });
  await upsert(garden, 'slug', { slug: 'other-row', row: 'Secret', place: 8 });
  const [other] = await garden.rows('signs', { slug: 'other-row' });
  const twice = await garden.send('PATCH', `items/signs/${other?.['id']}`, { place: 7 }, 'editor');
  refused(t, twice, 409, 204, 'a value that is there twice');
  t.notMatch(twice.text, /secret|row/i, `without the other column of the constraint: ${told(twice)}`);
  await garden.permit(3, 'signs', { read_field_blacklist: '' });
  const seen = await garden.send('PATCH', `items/signs/${other?.['id']}`, { place: 7 }, 'editor');
  t.match(seen.text, /Secret|row/, `which is told to who may read it: ${told(seen)}`);
}

async function races(t: Tester, garden: OwnGarden): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    const slug = `race-${round}`;
    const texts = Array.from({ length: 6 }, (_, i) => `text ${i}`);
    const answers = await Promise.all(texts.map((text) => upsert(garden, 'slug', { slug, text })));
    t.strictSame(
      answers.map(({ status }) => status),
      texts.map(() => 200),
      answers.map(told).join(' '),
    );
    t.equal((await garden.rows('signs', { slug })).length, 1, 'one row');
  }
}

export const upserts: Feature = {
  promise: 'upsert makes or changes items by any unique key',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await makeTable(garden);
      await t.test('by the key and by unique constraints', (t) => byKeys(t, garden));
      await t.test('as the database compares', (t) => collations(t, garden));
      await t.test('what is refused', (t) => refusals(t, garden));
      await t.test('rights', (t) => rights(t, garden));
      await t.test('what may not be read', (t) => kept(t, garden));
      await t.test('the same key at the same time', (t) => races(t, garden));
    }),
};
