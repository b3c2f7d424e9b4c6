/** Promise: a field of a file takes the file itself, which is made with the item or not at all (directus8-data §6.2, §9.1). */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Feature, refused, type Tester, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { withHooks } from '../support/hooked.ts';
import { at } from '../support/http.ts';
import { picture, type UploadGarden, uploadGarden } from '../support/uploading.ts';
import { gives } from '../support/writing.ts';

/** Decks of cards, each with a picture; their names begin with a capital letter. */
async function makeTables({ gateway }: UploadGarden): Promise<void> {
  const knex = gateway.connection?.knex;
  if (!knex) throw new Error('The garden is not open');
  await knex.schema.createTable('decks', (table) => {
    table.increments('id');
    table.string('name', 40).notNullable();
    table.integer('back');
  });
  await knex.schema.createTable('cards', (table) => {
    table.increments('id');
    table.string('name', 40).notNullable().unique();
    table.integer('face');
    table.integer('deck');
  });
  const field = (collection: string, name: string, type: string, more = {}) => ({
    collection,
    field: name,
    type,
    interface: type,
    ...more,
  });
  await knex('directus_fields').insert([
    field('decks', 'name', 'string', { validation: '/^[A-Z]/' }),
    field('decks', 'back', 'file', { validation: null }),
    field('decks', 'cards', 'o2m', { validation: null }),
    field('cards', 'name', 'string', { validation: '/^[A-Z]/' }),
    field('cards', 'face', 'file', { validation: null }),
    field('cards', 'deck', 'm2o', { validation: null }),
  ]);
  await knex('directus_relations').insert([
    { collection_many: 'cards', field_many: 'deck', collection_one: 'decks', field_one: 'cards', junction_field: null },
    { collection_many: 'cards', field_many: 'face', collection_one: 'directus_files', field_one: null, junction_field: null },
    { collection_many: 'decks', field_many: 'back', collection_one: 'directus_files', field_one: null, junction_field: null },
  ]);
  const lease = await gateway.registry.lease('garden');
  await lease.project.reload();
  lease.release();
}

const text = (content: string, more: object = {}) => ({
  data: Buffer.from(content).toString('base64'),
  filename_download: 'note.txt',
  ...more,
});

async function kept(garden: UploadGarden): Promise<unknown> {
  const tables = ['directus_files', 'cards', 'decks', 'directus_activity', 'directus_revisions'];
  return [await garden.stored(), ...(await Promise.all(tables.map(async (table) => (await garden.rows(table)).length)))];
}

async function leavesNothing(t: Tester, garden: UploadGarden, what: string, run: () => Promise<unknown>): Promise<void> {
  const before = await kept(garden);
  await run();
  t.same(await kept(garden), before, `${what}: nothing is left`);
}

async function made(t: Tester, garden: UploadGarden): Promise<void> {
  const png = await picture();
  const face = {
    data: `data:text/plain;base64,${png.toString('base64')}`,
    filename_download: 'the_king.png',
    title: 'A king',
    tags: ['red'],
  };
  const king = await garden.send('POST', 'items/cards?fields=name,face.*', { name: 'King', face });
  const file = at(king.json, 'data', 'face');
  const facts = { type: 'image/png', width: 40, height: 30, filesize: png.length, title: 'A king', tags: ['red'], uploaded_by: 1 };
  t.match(file, { ...facts, filename_download: 'the_king.png', private_hash: /^[0-9a-z]{16}$/ }, `what its content says (${told(king)})`);
  t.same(await readFile(join(garden.root, 'originals', String(at(file, 'filename_disk')))), png, 'its content is stored');
  const item = String(at(file, 'id'));
  const [entry] = await garden.rows('directus_activity', { collection: 'directus_files', item });
  t.equal(entry?.['action'], 'upload', 'its activity');
  t.equal((await garden.rows('directus_revisions', { collection: 'directus_files', item })).length, 1, 'its revision');

  const changed = await garden.send('PATCH', 'items/cards/1?fields=face.title,face.filename_download', { face: text('another') });
  gives(t, changed, { face: { title: 'Note', filename_download: 'note.txt' } }, 'in its place');
  t.equal((await garden.rows('directus_files', { id: item })).length, 1, 'the one before stays');
  const sent = { face: { id: Number(item), title: 'not this way', data: 'x' } };
  gives(
    t,
    await garden.send('PATCH', 'items/cards/1?fields=face.id,face.title', sent),
    { face: { id: Number(item), title: 'A king' } },
    'its id',
  );
  gives(t, await garden.send('PATCH', 'items/cards/1?fields=face.id', { face: {} }), { face: { id: Number(item) } }, 'nothing');

  const many = await garden.send('POST', 'items/cards?fields=face.title', [
    { name: 'Two', face: text('2', { title: 'deuce' }) },
    { name: 'Three', face: text('3', { title: 'trey' }) },
  ]);
  gives(t, many, [{ face: { title: 'deuce' } }, { face: { title: 'trey' } }], 'in a list');
  const list = [
    { id: 2, face: text('b') },
    { id: 3, face: null },
  ];
  const patched = await garden.send('PATCH', 'items/cards?fields=face.filesize', list);
  gives(t, patched, [{ face: { filesize: 1 } }, { face: null }], 'of some');
  const both = await garden.send('PATCH', 'items/cards/2,3?fields=face.filesize', { face: text('same') });
  gives(t, both, [{ face: { filesize: 4 } }, { face: { filesize: 4 } }], 'one for each');
  const upserted = await garden.send('POST', 'items/cards?upsert=name&fields=id,face.filesize', { name: 'Two', face: text('again') });
  gives(t, upserted, { id: 2, face: { filesize: 5 } }, 'by its columns');

  const deck = await garden.send('POST', 'items/decks?fields=back.title,cards.name,cards.face.title', {
    name: 'Poker',
    back: text('back', { title: 'Back' }),
    cards: [
      { name: 'Ten', face: text('10', { title: 'ten' }) },
      { id: 1, face: text('k', { title: 'king' }) },
    ],
  });
  const cards = [
    { name: 'King', face: { title: 'king' } },
    { name: 'Ten', face: { title: 'ten' } },
  ];
  gives(t, deck, { back: { title: 'Back' }, cards }, 'in rows of lists');
  const above = await garden.send('PATCH', 'items/cards/1?fields=deck.back.title', { deck: { id: 1, back: text('x', { title: 'New' }) } });
  gives(t, above, { deck: { back: { title: 'New' } } }, 'where a m2o leads');
  const operations = [
    { method: 'create', collection: 'cards', as: 'card', item: { name: 'Ace', face: text('a') }, fields: 'face.filesize' },
    { method: 'update', collection: 'cards', key: 1, item: { deck: null } },
  ];
  const batch = await garden.send('POST', 'batch', { operations });
  t.same(at(batch.json, 'data', 0, 'item'), { face: { filesize: 1 } }, `in a batch (${told(batch)})`);
  const film = await garden.send('PATCH', 'items/cards/1?fields=face.type,face.embed', { face: { data: 'https://youtu.be/aqz-KE-bpKQ' } });
  gives(t, film, { face: { type: 'embed/youtube', embed: 'aqz-KE-bpKQ' } }, 'a film');
}

async function refusals(t: Tester, garden: UploadGarden): Promise<void> {
  const bad: readonly (readonly [what: string, body: object, status: number, code: number, says: RegExp])[] = [
    ['an item that is not valid', { name: 'lower', face: text('x') }, 422, 4, /^name: /],
    ['an item without what it needs', { face: text('x') }, 422, 4, /^name: This value should not be blank/],
    ['an item that is there', { name: 'King', face: text('x') }, 409, 204, /./],
    ['a field that is none', { name: 'Six', nope: 1, face: text('x') }, 422, 12, /nope/],
    ['no content', { name: 'Six', face: { title: 'x' } }, 422, 4, /^face: data: This value should not be blank/],
    ['no name', { name: 'Six', face: { data: 'eA==' } }, 422, 4, /^face: filename_download: /],
    ['no base64', { name: 'Six', face: text('', { data: '?' }) }, 422, 4, /^face: data: /],
    ['an empty file', { name: 'Six', face: text('', { data: 'data:;base64,' }) }, 422, 4, /^face: data: /],
    ['too large', { name: 'Six', face: text('x'.repeat(300_001)) }, 422, 4, /^face: data: .*300000/],
    ['a path', { name: 'Six', face: text('x', { filename_download: '../x' }) }, 422, 4, /^face: filename_download: /],
    ['a column that is none', { name: 'Six', face: text('x', { nope: 1 }) }, 422, 12, /nope/],
    ['what is ours to say', { name: 'Six', face: text('x', { type: 'image/png' }) }, 422, 4, /type/],
    ['the hash', { name: 'Six', face: text('x', { private_hash: 'a'.repeat(16) }) }, 422, 4, /private_hash/],
    ['no folder', { name: 'Six', face: text('x', { folder: 4711 }) }, 422, 4, /folder/],
    ['an address of ours', { name: 'Six', face: { data: 'http://169.254.169.254/x.png' } }, 422, 4, /^face: data: The URL/],
    ['a list', { name: 'Six', face: [text('x')] }, 422, 213, /face/],
  ];
  for (const [what, body, status, code, says] of bad) {
    await leavesNothing(t, garden, what, async () => {
      const answer = await garden.send('POST', 'items/cards', body);
      refused(t, answer, status, code, what);
      t.match(String(at(answer.json, 'error', 'message')), says, `${what}: ${told(answer)}`);
    });
  }
  await leavesNothing(t, garden, 'others', async () => {
    const second = await garden.send('POST', 'items/cards', [
      { name: 'Six', face: text('6') },
      { name: 'King', face: text('x') },
    ]);
    refused(t, second, 409, 204, 'the second of two');
    refused(t, await garden.send('PATCH', 'items/cards/4711', { face: text('x') }), 404, 203, 'of no item');
    refused(t, await garden.send('PATCH', 'items/cards?filter[id][eq]=1&limit=1', { face: text('x') }), 422, 12, 'by a filter');
    const cards = Array.from({ length: 4 }, (_, i) => ({ name: `N${i}`, face: text('x') }));
    refused(t, await garden.send('POST', 'items/cards', cards), 400, 2, 'more files than a request may bring');
    const operations = [
      { method: 'create', collection: 'cards', as: 'card', item: { name: 'Seven', face: text('7') } },
      { method: 'update', collection: 'cards', key: 4711, item: { name: 'None' } },
    ];
    refused(t, await garden.send('POST', 'batch', { operations }), 404, 203, 'a batch of which another part fails');
    const referring = { method: 'create', collection: 'cards', item: { name: { $ref: 'card.name' }, face: text('7') } };
    const answer = await garden.send('POST', 'batch', { operations: [operations[0], referring] });
    t.match(answer.text, /face: a file is named by its id; upload it first/, 'nor in an operation that refers to another');
    refused(t, await garden.send('PATCH', 'items/cards/1', { face: text('x') }, null), 404, 203, 'by the public');
  });
}

async function rights(t: Tester, garden: UploadGarden): Promise<void> {
  const full = { create: 'full', read: 'full', update: 'full' } as const;
  await garden.permit(4, 'cards', full);
  await garden.permit(4, 'directus_files', { read: 'full', create: 'none' });
  const send = (body: object) => garden.send('POST', 'items/cards?fields=face.title,face.filesize', body, 'writer');
  await leavesNothing(t, garden, 'without the right', async () => {
    refused(t, await send({ name: 'Jack', face: text('j') }), 403, 301, 'who may make no files');
  });
  await garden.permit(4, 'directus_files', { read: 'full', create: 'full', write_field_blacklist: 'description,filesize' });
  await leavesNothing(t, garden, 'with less', async () => {
    refused(t, await send({ name: 'Jack', face: text('j', { description: 'x' }) }), 403, 305, 'a field that may not be written');
    refused(t, await send({ name: 'Jack', face: text('j', { uploaded_by: 1 }) }), 422, 4, 'a file of somebody else');
  });
  gives(
    t,
    await send({ name: 'Jack', face: text('j', { title: 'J' }) }),
    { face: { title: 'J', filesize: 1 } },
    'facts are not for a blacklist',
  );
  const files = await garden.rows('directus_files');
  t.equal(Number(files.at(-1)?.['uploaded_by']), 3, 'his own');
  await garden.permit(4, 'cards', { ...full, write_field_blacklist: 'face' });
  await leavesNothing(t, garden, 'a field that he may not write', async () => {
    refused(t, await send({ name: 'Queen', face: text('q') }), 403, 305, 'the field itself');
  });
}

async function once(t: Tester, garden: UploadGarden): Promise<void> {
  await leavesNothing(t, garden, 'a dry run', async () => {
    const tried = await garden.send('POST', 'items/cards?dry_run=1', { name: 'Eight', face: text('8') });
    t.equal(at(tried.json, 'data', 'dry_run'), true, told(tried));
    t.match(tried.text, /"directus_files"/, 'tells of the file');
  });
  const body = { name: 'Nine', face: text('9') };
  const headers = { 'idempotency-key': 'a card with its face' };
  const [one, two] = [await garden.send('POST', 'items/cards', body, 'admin', headers), await kept(garden)];
  const again = await garden.send('POST', 'items/cards', body, 'admin', headers);
  t.same([again.status, again.text, await kept(garden)], [200, one.text, two], `sent again it is answered again (${told(one)})`);
  const other = { ...body, face: text('other') };
  await leavesNothing(t, garden, 'another body', async () => {
    refused(t, await garden.send('POST', 'items/cards', other, 'admin', headers), 422, 12, 'with the same key');
  });
}

async function imports(t: Tester, garden: UploadGarden): Promise<void> {
  const png = await picture();
  const server = createServer((request, response) => void response.end(request.url === '/shed.png' ? png : '{"a":1}'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const shed = await garden.send('PATCH', 'items/cards/1?fields=face.type,face.title', { face: { data: `${base}/shed.png` } });
    gives(t, shed, { face: { type: 'image/png', title: 'Shed' } }, 'from another server');
    await leavesNothing(t, garden, 'what is no picture', async () => {
      refused(t, await garden.send('PATCH', 'items/cards/1', { face: { data: `${base}/secret` } }), 422, 4, 'no picture');
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const extension = {
  'hooks/stamps/index.mjs': `export default { filters: {
    'item.create.things:before': (item) => ({ ...item, name: item.name + '+', picture: item.picture && { ...item.picture, description: 'by the thing' } }),
    'item.create.directus_files:before': (file) => ({ ...file, title: file.title + ' ' + file.filesize + ('data' in file ? ' raw' : '') }),
  } };`,
  'endpoints/desk/index.mjs': `export default { '/things': [{ method: 'POST', async handler({ body }, { services }) { return services.items('things').create([body]); } }] };`,
};

/** Filters see the row that is made of it, as they do of any upload; endpoints write it as requests do. */
async function hooked(t: Tester, vendor: World['vendor']): Promise<void> {
  await withHooks(vendor, extension, async ({ send, ask, knex }) => {
    const thing = { name: 'Axe', picture: text('abc') };
    const made = await send('POST', 'things?fields=name,picture.title,picture.description', thing);
    gives(t, made, { name: 'Axe+', picture: { title: 'Note 3', description: 'by the thing' } }, 'by a request');
    const count = async (table: string): Promise<number> => (await knex(table)).length;
    const before = [await count('directus_files'), await count('things')];
    const own = await ask('POST', 'custom/desk/things', { ...thing, name: 'Adze' });
    t.equal(own.status, 200, told(own));
    t.same([await count('directus_files'), await count('things')], [Number(before[0]) + 1, Number(before[1]) + 1], 'by an endpoint');
    const bad = await ask('POST', 'custom/desk/things', { name: 'Awl', picture: { title: 'no content' } });
    t.match(bad.text, /picture: data: This value should not be blank/, told(bad));
  });
}

const limits = { bytes: 300_000, files: 3 };

export const itemFiles: Feature = {
  promise: 'a field of a file takes the file itself',
  databaseIndependent: 'content and its storage; the rows of files are rows like any others',
  async run(t, world) {
    const guarded = async (garden: UploadGarden): Promise<void> => {
      await makeTables(garden);
      await t.test('made', (t) => made(t, garden));
      await t.test('refused', (t) => refusals(t, garden));
      await t.test('rights', (t) => rights(t, garden));
      await t.test('once', (t) => once(t, garden));
    };
    await uploadGarden(world, guarded, limits);
    const open = async (garden: UploadGarden): Promise<void> => {
      await makeTables(garden);
      await garden.send('POST', 'items/cards', { name: 'King' });
      await t.test('imported', (t) => imports(t, garden));
    };
    await uploadGarden(world, open, { ...limits, privateAddresses: true });
    await t.test('hooks', (t) => hooked(t, world.vendor));
  },
};
