/** Promise: files come by forms, JSON and URLs, with what their content says; their rows are written like any others. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { SDK } from '@directus/sdk-js';
import sharp from 'sharp';
import { type Feature, refused, type Tester, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { formBytes, formType, picture, type UploadGarden, uploadGarden } from '../support/uploading.ts';
import { gives, isSilent } from '../support/writing.ts';
import { uploadFaults } from './upload-faults.ts';
import { resumable } from './upload-resuming.ts';

// The package's ES build has no default export that Node finds; its CommonJS build has.
const { SDK: Sdk } = createRequire(import.meta.url)('@directus/sdk-js') as { SDK: typeof SDK };

const md5 = (bytes: Uint8Array | string): string => createHash('md5').update(bytes).digest('hex');

async function forms(t: Tester, garden: UploadGarden): Promise<void> {
  const png = await picture();
  const made = await garden.form([
    ['title', 'Shed'],
    ['data', png, 'the_old-shed.txt'],
    ['tags', 'wood,roof'],
  ]);
  const row = at(made.json, 'data');
  t.match(
    row,
    {
      title: 'Shed',
      type: 'image/png',
      filename_download: 'the_old-shed.txt',
      filename_disk: /^[0-9a-f-]{36}\.png$/,
      private_hash: /^[0-9a-z]{16}$/,
      storage: 'local',
      filesize: png.length,
      width: 40,
      height: 30,
      duration: 0,
      charset: 'binary',
      checksum: md5(png),
      tags: ['wood', 'roof'],
      uploaded_by: 1,
      folder: null,
      embed: null,
    },
    `the type is that of the content (${told(made)})`,
  );
  const disk = String(at(made.json, 'data', 'filename_disk'));
  t.same(await readFile(join(garden.root, 'originals', disk)), png, 'and the content is stored');
  const hash = at(made.json, 'data', 'private_hash');
  t.equal(at(made.json, 'data', 'data', 'asset_url'), `/garden/assets/${hash}`, 'its address');
  t.equal(
    at(made.json, 'data', 'data', 'thumbnails', 0, 'relative_url'),
    `/garden/assets/${hash}?key=directus-small-crop`,
    'its thumbnails',
  );
  t.match(at(made.json, 'data', 'data', 'full_url'), /^http:\/\/127\.0\.0\.1:\d+\//, 'with the host that was asked');
  const [entry] = await garden.rows('directus_activity', { collection: 'directus_files', item: String(at(made.json, 'data', 'id')) });
  t.equal(entry?.['action'], 'upload', 'the activity says so');

  const two = await garden.form([
    ['description', 'Both'],
    ['title', 'One'],
    ['a', 'one', 'one.md'],
    ['title', 'Two'],
    ['b', '<html><script>1</script></html>', 'two.png'],
  ]);
  t.match(
    at(two.json, 'data'),
    [
      { title: 'One', description: 'Both', type: 'text/markdown' },
      { title: 'Two', description: 'Both', type: 'text/html' },
    ],
    `several files, fields before each (${told(two)})`,
  );
  const umlaut = await garden.form([['data', 'x', 'Grüße – 1.txt']]);
  t.match(at(umlaut.json, 'data'), { filename_download: 'Grüße – 1.txt', title: 'Grüße – 1', type: 'text/plain' }, 'names of any letters');
}

async function facts(t: Tester, garden: UploadGarden): Promise<void> {
  const turned = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
    .jpeg()
    .withMetadata({ orientation: 6 })
    .withExif({ IFD0: { ImageDescription: 'A shed in the rain', Orientation: '6' } })
    .toBuffer();
  const photo = await garden.form([['data', turned, 'photo.jpg']]);
  t.match(at(photo.json, 'data'), { type: 'image/jpeg', width: 30, height: 40, description: 'A shed in the rain' }, told(photo));
  const wav = Buffer.alloc(44 + 8000 * 3);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + 8000 * 3, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8000, 24);
  wav.writeUInt32LE(8000, 28);
  wav.writeUInt16LE(1, 32);
  wav.writeUInt16LE(8, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(8000 * 3, 40);
  const sound = await garden.form([['data', wav, 'rain.wav']]);
  t.match(at(sound.json, 'data'), { type: /^audio\//, duration: 3, width: null }, told(sound));
  const svg = await garden.form([
    ['data', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="7" height="5"/>', 'a.html'],
  ]);
  t.match(at(svg.json, 'data'), { type: 'image/svg+xml', width: 7, height: 5, data: { thumbnails: null } }, told(svg));
  const broken = await garden.form([['data', turned.subarray(0, 60), 'broken.jpg']]);
  t.match(at(broken.json, 'data'), { type: 'image/jpeg', width: null }, `a picture that is none is kept as it is (${told(broken)})`);
}

async function bodies(t: Tester, garden: UploadGarden): Promise<void> {
  const names = { filename_disk: 'note.txt', filename_download: 'note.txt' };
  const made = await garden.send('POST', 'files', { ...names, data: Buffer.from('plain').toString('base64'), folder: null });
  t.match(at(made.json, 'data'), { type: 'text/plain', title: 'Note', filesize: 5, checksum: md5('plain') }, told(made));
  const id = at(made.json, 'data', 'id');
  const film = await garden.send('POST', 'files', { data: 'https://youtu.be/dQw4w9WgXcQ', title: 'Film' });
  t.match(at(film.json, 'data'), { type: 'embed/youtube', embed: 'dQw4w9WgXcQ', title: 'Film', filesize: 0 }, told(film));
  t.equal(at(film.json, 'data', 'data', 'embed', 'url'), 'https://www.youtube.com/watch?v=dQw4w9WgXcQ', 'a film');
  const vimeo = await garden.send('POST', 'files', { data: 'https://vimeo.com/channels/staff/76979871' });
  t.match(at(vimeo.json, 'data'), { type: 'embed/vimeo', embed: '76979871' }, told(vimeo));
  t.equal((await garden.send('DELETE', `files/${at(film.json, 'data', 'id')},${at(vimeo.json, 'data', 'id')}`)).status, 204, 'films go');

  const before = await garden.stored();
  const png = await picture();
  gives(
    t,
    await garden.send('PATCH', `files/${id}?fields=id,title,type,width`, { data: `data:image/png;base64,${png.toString('base64')}` }),
    { id, title: 'Note', type: 'image/png', width: 40 },
    'other content, the same row',
  );
  const after = await garden.stored();
  t.equal(after.length, before.length, 'and the old content is gone');
  t.notOk(after.includes(`originals/${at(made.json, 'data', 'filename_disk')}`), 'by its name');
  gives(
    t,
    await garden.send('PATCH', `files/${id}?fields=filename_disk`, { filename_disk: 'renamed.png' }),
    { filename_disk: 'renamed.png' },
    'a name',
  );
  t.ok((await garden.stored()).includes('originals/renamed.png'), 'is that of the content');
  t.equal((await garden.stored()).length, before.length, 'once');
  const whole = at((await garden.send('GET', `files/${id}`)).json, 'data') as object;
  t.equal((await garden.send('PATCH', `files/${id}`, { ...whole, title: 'Kept' })).status, 200, 'what was read may be sent back');
  refused(t, await garden.send('PATCH', `files/${id}`, { filesize: 1 }), 422, 4, 'facts are the content’s');
  refused(t, await garden.send('PATCH', `files/${id}`, { filename_disk: '../x.png' }), 422, 4, 'a path');
  const list = await garden.send('GET', `files/${id}/revisions?fields=delta`);
  t.ok((at(list.json, 'data') as unknown[]).length >= 3, told(list));
  const first = at((await garden.send('GET', `files/${id}/revisions?fields=id`)).json, 'data', 0, 'id');
  gives(
    t,
    await garden.send('PATCH', `files/${id}/revert/${first}?fields=title,type,filename_disk`, {}),
    { title: 'Note', type: 'image/png', filename_disk: 'renamed.png' },
    'what was said of it comes back, not its content',
  );
  isSilent(t, await garden.send('DELETE', `files/${id}`), 'gone');
  t.notOk((await garden.stored()).includes('originals/renamed.png'), 'with its content');
}

async function imports(t: Tester, garden: UploadGarden): Promise<void> {
  const png = await picture();
  const server = createServer((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: '/shed.png' }).end();
    else if (request.url === '/round') response.writeHead(302, { location: '/round' }).end();
    else if (request.url === '/secret') response.end('{"a":1}');
    else if (request.url === '/large') response.end(Buffer.concat([png, Buffer.alloc(400_000)]));
    else response.end(png);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const before = await garden.stored();
    const made = await garden.send('POST', 'files', { data: `${base}/away` });
    t.match(at(made.json, 'data'), { filename_download: 'shed.png', title: 'Shed', type: 'image/png', width: 40 }, told(made));
    for (const path of ['/round', '/secret', '/large']) refused(t, await garden.send('POST', 'files', { data: base + path }), 422, 4, path);
    t.equal((await garden.stored()).length, before.length + 1, 'what is refused leaves nothing');
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** The client of Directus 8 leaves the boundary to the browser, which is not there. */
async function sdk(t: Tester, garden: UploadGarden): Promise<void> {
  const client = new Sdk({ url: `${garden.gateway.url}/`, project: 'garden', mode: 'jwt', persist: false, storage: undefined as never });
  await client.login({ email: 'admin@example.com', password: 'password', persist: false });
  client.api.xhr.interceptors.request.use((config) => {
    const isForm = String(config.headers?.['Content-Type']).startsWith('multipart/');
    return isForm ? { ...config, headers: { ...config.headers, 'Content-Type': formType } } : config;
  });
  const made = (await client.uploadFiles(formBytes([['data', 'by the client', 'client.txt']]))) as unknown as {
    data: { id: number; data: object };
  };
  t.match(made, { data: { title: 'Client', type: 'text/plain', data: { full_url: /^http/ } } }, 'a file');
  const { id } = made.data;
  t.match(
    await client.getFile(String(id) as never, { fields: ['title', 'data'] } as never),
    { data: { title: 'Client', data: { thumbnails: null } } },
    'is read',
  );
  t.match(await client.getFiles({ filter: { id: { eq: id } } } as never), { data: [{ filename_download: 'client.txt' }] }, 'and listed');
  const hash = String(at((await garden.send('GET', `files/${id}?fields=private_hash`)).json, 'data', 'private_hash'));
  t.equal(await (await fetch(client.getAssetUrl(hash))).text(), 'by the client', 'and fetched');
  t.equal(Buffer.from((await client.getAsset(hash)) as unknown as ArrayBuffer).toString(), 'by the client', 'by the client as well');
  t.match(await client.updateItem('directus_files', id, { title: 'Changed' } as never), { data: { title: 'Changed' } }, 'and changed');
  await client.deleteItem('directus_files', id);
  t.match(await client.getFile(String(id) as never).catch((error: unknown) => error), { code: 203 }, 'and deleted');
}

async function rights(t: Tester, garden: UploadGarden): Promise<void> {
  const own = { read: 'mine', create: 'full', update: 'mine', delete: 'mine' } as const;
  await garden.permit(4, 'directus_files', { ...own, write_field_blacklist: 'description,filesize' });
  await garden.permit(4, 'directus_folders', { read: 'none', create: 'none', update: 'none', delete: 'none' });
  const folder = at((await garden.send('POST', 'folders', { name: 'Closed' })).json, 'data', 'id');
  const made = await garden.form([['data', 'mine', 'mine.txt']], { who: 'writer' });
  t.match(at(made.json, 'data'), { type: 'text/plain', filesize: 4 }, `facts are not for a blacklist (${told(made)})`);
  const id = at(made.json, 'data', 'id');
  const before = await garden.stored();
  refused(
    t,
    await garden.form(
      [
        ['data', 'x', 'x.txt'],
        ['description', 'no'],
      ],
      { who: 'writer' },
    ),
    403,
    305,
    'a field that may not be written',
  );
  refused(
    t,
    await garden.form(
      [
        ['data', 'x', 'x.txt'],
        ['folder', String(folder)],
      ],
      { who: 'writer' },
    ),
    422,
    4,
    'a folder that may not be read',
  );
  refused(
    t,
    await garden.form(
      [
        ['data', 'x', 'x.txt'],
        ['uploaded_by', '1'],
      ],
      { who: 'writer' },
    ),
    422,
    4,
    'a file of somebody else',
  );
  refused(t, await garden.form([['data', 'x', 'x.txt']], { who: 'nobody' }), 403, 301, 'no permission');
  refused(t, await garden.form([['data', 'x', 'x.txt']], { who: null }), 403, 301, 'nobody at all');
  const text = Buffer.from('other').toString('base64');
  refused(t, await garden.send('PATCH', `files/${id}`, { data: text }, 'otherWriter'), 404, 203, 'the file of another');
  refused(t, await garden.send('DELETE', `files/${id}`, undefined, 'otherWriter'), 404, 203, 'nor is it theirs to delete');
  t.same(await garden.stored(), before, 'what is refused leaves nothing');
  t.equal((await garden.send('PATCH', `files/${id}`, { data: text }, 'writer')).status, 200, 'the own one');
  isSilent(t, await garden.send('DELETE', `files/${id}`, undefined, 'writer'), 'and goes');
}

async function folders(t: Tester, garden: UploadGarden): Promise<void> {
  const outer = at((await garden.send('POST', 'folders', { name: 'Outer' })).json, 'data', 'id');
  const inner = at((await garden.send('POST', 'folders', { name: 'Inner', parent_folder: outer })).json, 'data', 'id');
  const file = await garden.form([
    ['data', 'x', 'x.txt'],
    ['folder', String(inner)],
  ]);
  const id = at(file.json, 'data', 'id');
  gives(t, await garden.send('GET', `files?fields=id&filter[folder]=${inner}`), [{ id }], 'contents by folder');
  refused(t, await garden.send('PATCH', `folders/${outer}`, { parent_folder: inner }), 422, 4, 'a cycle');
  refused(t, await garden.send('POST', 'folders', { name: 'Lost', parent_folder: 4711 }), 422, 4, 'in no folder');
  isSilent(t, await garden.send('DELETE', `folders/${inner}`), 'a folder');
  gives(t, await garden.send('GET', `files/${id}?fields=folder`), { folder: outer }, 'leaves its files to the one above');
  isSilent(t, await garden.send('DELETE', `folders/${outer}`), 'the outer one');
  gives(t, await garden.send('GET', `files/${id}?fields=folder`), { folder: null }, 'and then to none');
}

export const uploads: Feature = {
  promise: 'files are uploaded, described by their content, and written like any rows; what fails leaves nothing',
  databaseIndependent: 'content and its storage; the rows of files are rows like any others',
  async run(t, world) {
    const parts = { forms, facts, bodies, imports, sdk, rights, folders, resumable, uploadFaults };
    await uploadGarden(
      world,
      async (garden) => {
        for (const [name, part] of Object.entries(parts)) await t.test(name, (t) => part(t, garden));
      },
      { privateAddresses: true, bytes: 300_000, files: 3 },
    );
  },
};
