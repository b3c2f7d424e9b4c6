/** Promise: Strapi's clients put entries of relations in order, send files with entries, try writes, and send them again (strapi-rest §§2, 11). */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { type Feature, type Tester, told } from '../support/expect.ts';
import { project } from '../support/gateway.ts';
import { type Answer, at, type Json } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { refusedBy, refuses, type StrapiAsk, strapi } from '../support/strapi.ts';

const sending = (method: string, body: unknown, headers: Readonly<Record<string, string>> = {}): StrapiAsk => ({ method, body, headers });

async function described(garden: OwnGarden, collection: string, field: string, type: string): Promise<void> {
  const { connection, registry } = garden.gateway;
  await connection?.knex('directus_fields').where({ collection, field }).delete();
  await connection?.knex('directus_fields').insert({ collection, field, type, interface: type });
  const lease = await registry.lease(project);
  await lease.project.reload();
  lease.release();
}

async function places(t: Tester, garden: OwnGarden): Promise<void> {
  await described(garden, 'plant_uses', 'weight', 'sort');
  const becomes = async (uses: unknown, wanted: readonly number[] | RegExp): Promise<void> => {
    const answer = await strapi(garden, 'plants/12?populate[uses][fields]=id', 'admin', {
      ...sending('PUT', { data: { uses } }),
      v5: true,
    });
    const told = JSON.stringify(uses);
    if (wanted instanceof RegExp) return refusedBy(t, answer, 400, 'ValidationError', wanted, told);
    const found = at(answer.json, 'data', 'uses') as Json[];
    t.strictSame(
      found.map((one) => at(one, 'id')),
      wanted,
      told,
    );
  };
  await becomes([3, 1, 2], [3, 1, 2]);
  await becomes({ connect: [{ id: 4, position: { before: 1 } }] }, [3, 4, 1, 2]);
  await becomes(
    {
      connect: [
        { id: 4, position: { end: true } },
        { documentId: '2', position: { start: true } },
      ],
    },
    [2, 3, 1, 4],
  );
  await becomes({ disconnect: [3], connect: [{ id: 1, position: { after: '4' } }] }, [2, 4, 1]);
  const kept = await garden.rows('plant_uses', { plant: 12 });
  await becomes({ connect: [3] }, [2, 4, 1, 3]);
  t.strictSame(
    (await garden.rows('plant_uses', { plant: 12 })).filter(({ use_id }) => use_id !== 3),
    kept,
    'what comes last moves nobody',
  );
  await becomes({ connect: [{ id: 3, position: { before: 99 } }] }, /not connected/);
  await becomes({ connect: [{ id: 3, position: { up: 1 } }] }, /before and after/);
  await becomes({ connect: [{ id: 3, position: { start: 'x' } }] }, /takes true/);
  await becomes({ connect: [{ id: 3, position: 'start' }] }, /before and after/);
}

/** A form, as someone sends it. */
async function form(
  garden: OwnGarden,
  method: string,
  path: string,
  parts: readonly (readonly [string, string | Blob])[],
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const body = new FormData();
  for (const [name, value] of parts) body.append(name, value);
  const sent = new Response(body);
  const type = sent.headers.get('content-type') ?? '';
  const text = Buffer.from(await sent.arrayBuffer()).toString('latin1');
  return strapi(garden, path, 'admin', sending(method, text, { ...headers, 'content-type': type }));
}

async function forms(t: Tester, garden: OwnGarden): Promise<void> {
  await garden.gateway.connection?.knex('directus_relations').insert({
    collection_many: 'zones',
    field_many: 'parent',
    collection_one: 'directus_files',
  });
  await garden.gateway.connection?.knex('directus_relations').where({ collection_many: 'zones', collection_one: 'zones' }).delete();
  await described(garden, 'zones', 'parent', 'file');
  const file = new File(['plain words'], 'words.txt');
  const made = await form(garden, 'POST', 'zones?fields=name&populate[parent][fields]=name,ext', [
    ['data', JSON.stringify({ name: 'Filed' })],
    ['files.parent', file],
  ]);
  t.match(
    at(made.json, 'data', 'attributes'),
    { name: 'Filed', parent: { data: { attributes: { name: 'words.txt', ext: '.txt' } } } },
    told(made),
  );
  const id = Number(at(made.json, 'data', 'id'));
  const changed = await form(garden, 'PUT', `zones/${id}?fields=name`, [['data', '{"name":"Named"}']]);
  t.equal(at(changed.json, 'data', 'attributes', 'name'), 'Named', told(changed));
  const before = (await garden.rows('directus_files')).length;
  const bad: readonly (readonly [readonly (readonly [string, string | Blob])[], RegExp | string])[] = [
    [[['files.parent', file]], 'Missing "data" payload in the request body'],
    [
      [
        ['data', '{"name":'],
        ['files.parent', file],
      ],
      /data: this is no JSON object/,
    ],
    [
      [
        ['data', '{}'],
        ['files.name', file],
      ],
      /files\.name/,
    ],
    [
      [
        ['data', '{}'],
        ['files.__proto__', file],
      ],
      /files\.__proto__/,
    ],
    [
      [
        ['data', '{}'],
        ['picture', file],
      ],
      /picture/,
    ],
  ];
  for (const [parts, message] of bad)
    refusedBy(t, await form(garden, 'POST', 'zones', parts), 400, 'ValidationError', message, String(message));
  t.equal((await garden.rows('directus_files')).length, before, 'what is refused leaves no file');
}

/** Forms are tried, and done once, as JSON is; what they brought goes where no row names it. */
async function formsAgain(t: Tester, garden: OwnGarden, root: string): Promise<void> {
  const stored = async (): Promise<number> =>
    (await readdir(root, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).length;
  const words = (text: string): File => new File([text], 'again.txt');
  const entry = (text: string) =>
    [
      ['data', '{"name":"Again"}'],
      ['files.parent', words(text)],
    ] as const;
  const upload = (text: string) =>
    [
      ['files', words(text)],
      ['fileInfo', '{"caption":"Said"}'],
    ] as const;
  const before = [await garden.rows('directus_files'), await garden.rows('zones')];
  const contents = await stored();
  const tried = await form(garden, 'POST', 'zones?dry_run=1&fields=name&populate[parent][fields]=name', entry('one'));
  t.match(tried.json, {
    data: { attributes: { name: 'Again', parent: { data: { attributes: { name: 'again.txt' } } } } },
    meta: {
      dry_run: true,
      changes: [
        { action: 'upload', collection: 'directus_files' },
        { action: 'create', collection: 'zones' },
      ],
    },
  });
  const dryRun = await form(garden, 'POST', 'upload?dry_run=1', upload('one'));
  t.match(
    dryRun.json,
    { data: [{ name: 'again.txt', caption: 'Said' }], meta: { dry_run: true, changes: [{ action: 'upload' }] } },
    told(dryRun),
  );
  t.strictSame([await garden.rows('directus_files'), await garden.rows('zones')], before, 'nothing is left of what was tried');
  // What a request brought in vain goes behind its answer.
  t.ok(await eventually(async () => (await stored()) === contents), 'no content either');
  for (const [path, parts] of [
    ['zones?fields=name', entry],
    ['upload', upload],
  ] as const) {
    const send = (text: string) => form(garden, 'POST', path, parts(text), { 'idempotency-key': `form to ${path}` });
    const [first, second] = [await send('one'), await send('one')];
    t.strictSame([second.status, second.text, second.headers['idempotency-replayed']], [200, first.text, 'true'], path);
    refusedBy(t, await send('other'), 400, 'ValidationError', /another body/, `${path}: other content`);
  }
  const made = await garden.rows('directus_files', { filename_download: 'again.txt' });
  t.equal(made.length, 2, 'once each');
  t.ok(await eventually(async () => (await stored()) === contents + 2), 'and their content');
  const id = Number(made[1]?.['id']);
  const keyed = { 'idempotency-key': 'file gone' };
  const tries = await strapi(garden, `upload/files/${id}?dry_run=1`, 'admin', sending('DELETE', undefined));
  t.match(tries.json, { data: { id }, meta: { changes: [{ action: 'delete' }] } }, told(tries));
  const said = [['fileInfo', '{"caption":"Tried"}']] as const;
  t.match((await form(garden, 'POST', `upload?id=${id}&dry_run=1`, said)).json, { data: { id, caption: 'Tried' } });
  t.match((await strapi(garden, `upload/files/${id}`)).json, { id, caption: 'Said' });
  for (const _ of ['first', 'again']) {
    t.match((await strapi(garden, `upload/files/${id}`, 'admin', sending('DELETE', undefined, keyed))).json, { id, caption: 'Said' });
  }
}

async function languages(t: Tester, garden: OwnGarden): Promise<void> {
  const body = { locale: 'la', name: 'Rosa', title: 'not this' };
  const made = await strapi(garden, 'plants/12/localizations?fields=title,name,locale', 'admin', sending('POST', body));
  t.strictSame(made.json, { id: 12, title: 'Ångström rose', name: 'Rosa', locale: 'la' }, told(made));
  t.match(await garden.rows('plant_texts', { plant: 12, language: 'la' }), [{ name: 'Rosa' }]);
  await refuses(t, garden, 'plants/12/localizations', 400, 'This locale already exists', 'admin', sending('POST', body));
  await refuses(t, garden, 'plants/12/localizations', 400, /locale/, 'admin', sending('POST', { name: 'x' }));
  await refuses(t, garden, 'plants/999/localizations', 404, 'Not Found', 'admin', sending('POST', body));
  await refuses(t, garden, 'uses/1/localizations', 404, 'Not Found', 'admin', sending('POST', body));
  await refuses(t, garden, 'plants/12/localizations', 403, 'Forbidden', null, sending('POST', body));
}

async function dryRuns(t: Tester, garden: OwnGarden): Promise<void> {
  const uses = await garden.rows('uses');
  const body = { data: { name: 'tried' } };
  const made = await strapi(garden, 'uses?dry_run=1&fields=name', 'admin', sending('POST', body));
  const id = Number(at(made.json, 'data', 'id'));
  const change = { action: 'create', collection: 'uses', item: String(id), before: null, after: { id, name: 'tried', secret: null } };
  t.match(made.json, {
    data: { id, attributes: { name: 'tried' }, meta: {} },
    meta: { dry_run: true, changes: [change], activity: [{ action: 'create' }], revisions: [{ item: String(id) }] },
  });
  const gone = await strapi(garden, 'uses/4?dry_run=1&fields=name', 'admin', { ...sending('DELETE', undefined), v5: true });
  t.match([gone.status, gone.json], [200, { data: { id: 4, name: 'timber' }, meta: { changes: [{ action: 'delete' }] } }], told(gone));
  const user = await strapi(garden, 'users/3?dry_run=1', 'admin', sending('PUT', { first_name: 'Other' }));
  t.match(user.json, { data: { first_name: 'Other' }, meta: { dry_run: true } }, told(user));
  t.equal((await garden.rows('directus_users', { id: 3 }))[0]?.['first_name'], 'Wim');
  t.strictSame(await garden.rows('uses'), uses, 'nothing is there afterwards');
  await refuses(t, garden, 'uses?dry_run=1', 400, /name/, 'admin', sending('POST', { data: { name: 'x'.repeat(99) } }));
  await refuses(t, garden, 'uses?dry_run=1', 403, 'Forbidden', 'editor', sending('POST', body));
  await refuses(t, garden, 'uses?dry_run=1', 400, 'Invalid parameter dry_run');
  await refuses(t, garden, 'auth/local?dry_run=1', 400, /dry_run/, null, sending('POST', {}));
  // Who acts as a role tries what that role might do, and does nothing.
  const acting = (role: string, method: string) => sending(method, method === 'GET' ? undefined : body, { 'x-act-as-role': role });
  await refuses(t, garden, 'uses?dry_run=1', 403, 'Forbidden', 'admin', acting('3', 'POST'));
  for (const query of ['', '?dry_run=0', '?dry_run[]=0'])
    await refuses(t, garden, `uses${query}`, 403, /reading|Forbidden/, 'admin', acting('1', 'POST'));
  t.equal((await strapi(garden, 'families?fields=name', 'admin', acting('2', 'GET'))).status, 200, 'as the public too');
  t.strictSame(await garden.rows('uses'), uses);
}

async function again(t: Tester, garden: OwnGarden): Promise<void> {
  const send = (body: unknown, key: string, who: 'admin' | null = 'admin') =>
    strapi(garden, 'uses?fields=name', who, { ...sending('POST', { data: body }, { 'idempotency-key': key }), v5: true });
  const first = await send({ name: 'once' }, 'key-1');
  const second = await send({ name: 'once' }, 'key-1');
  t.strictSame([second.status, second.text], [201, first.text], 'the same answer');
  t.strictSame([first.headers['idempotency-replayed'], second.headers['idempotency-replayed']], [undefined, 'true']);
  t.equal((await garden.rows('uses', { name: 'once' })).length, 1, 'done once');
  refusedBy(t, await send({ name: 'other' }, 'key-1'), 400, 'ValidationError', /another body/, 'another body');
  refusedBy(t, await send({ name: 'once' }, 'key-1', null), 403, 'ForbiddenError', 'Forbidden', 'another caller');
  refusedBy(t, await send({ name: 'x'.repeat(99) }, 'key-2'), 400, 'ValidationError', /name/, 'refused');
  t.equal((await send({ name: 'better' }, 'key-2')).status, 201, 'and sent again with the same key');
  const removed = sending('DELETE', undefined, { 'idempotency-key': 'key-3' });
  const path = `uses/${String(at(first.json, 'data', 'id'))}`;
  t.equal((await strapi(garden, path, 'admin', removed)).status, 200);
  t.equal((await strapi(garden, path, 'admin', removed)).status, 200, 'and not 404');
}

export const strapiSending: Feature = {
  promise: 'Strapi: order, forms, dry runs and requests sent again',
  databaseIndependent: 'routes and forms of a surface; the reads and writes under them are promises of their own',
  async run(t, world) {
    const root = await mkdtemp(join(tmpdir(), 'sallyport-strapi-'));
    try {
      await ownGarden(
        world,
        async (garden) => {
          await t.test('places in relations', (t) => places(t, garden));
          await t.test('one more language', (t) => languages(t, garden));
          await t.test('dry runs', (t) => dryRuns(t, garden));
          await t.test('requests sent again', (t) => again(t, garden));
          await t.test('forms with files', (t) => forms(t, garden));
          await t.test('forms with files, tried and sent again', (t) => formsAgain(t, garden, root));
        },
        { storage: { driver: 'local', root } },
      );
    } finally {
      await rm(root, { recursive: true });
    }
  },
};
