/** Promise: uploads by tus go on where they broke off, with the rights of any upload. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type PreviousUpload, Upload } from 'tus-js-client';
import { tokens, type Who } from '../fixtures/garden-people.ts';
import { eventually } from '../support/eventually.ts';
import { refused, type Tester, told } from '../support/expect.ts';
import { type Answer, ask, at } from '../support/http.ts';
import type { UploadGarden } from '../support/uploading.ts';

const version = { 'tus-resumable': '1.0.0' };

/** Uploads with the client from npm; resolves to the answer of the last request. */
function upload(garden: UploadGarden, content: Buffer, metadata: Record<string, string>): Promise<string> {
  return new Promise((done, fail) => {
    const sending = new Upload(content as never, {
      endpoint: `${garden.gateway.url}/garden/files/tus`,
      headers: { authorization: `Bearer ${tokens.admin}` },
      chunkSize: 60_000,
      retryDelays: [],
      metadata,
      onError: fail,
      onSuccess: ({ lastResponse }) => done(lastResponse.getBody()),
    });
    sending.findPreviousUploads().then((_: PreviousUpload[]) => sending.start(), fail);
  });
}

const encoded = (fields: Record<string, string>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
    .join(',');

function begin(garden: UploadGarden, length: number, fields: Record<string, string>, who: Who = 'admin'): Promise<Answer> {
  return garden.get('files/tus', who, {
    method: 'POST',
    headers: { ...version, 'upload-length': String(length), 'upload-metadata': encoded(fields) },
  });
}

function go(garden: UploadGarden, path: string, offset: number, body: string, who: Who = 'admin'): Promise<Answer> {
  const headers = { ...version, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' };
  return ask(garden.gateway.url, path, { method: 'PATCH', token: tokens[who], headers, body });
}

export async function resumable(t: Tester, garden: UploadGarden): Promise<void> {
  const parts = join(garden.root, '..', 'parts');
  const content = Buffer.alloc(200_000, 'abc');
  const last = await upload(garden, content, { filename: 'long.txt', filetype: 'text/plain', title: 'Long' });
  t.match(
    JSON.parse(last),
    { data: { title: 'Long', type: 'text/plain', filesize: 200_000, filename_download: 'long.txt' } },
    'the client’s own way',
  );
  t.ok(await eventually(async () => (await readdir(parts)).length === 0), 'nothing is left of its parts');

  for (const headers of [{}, { origin: 'https://app.example', 'access-control-request-method': 'POST' }]) {
    const told = await ask(garden.gateway.url, '/garden/files/tus', { method: 'OPTIONS', headers });
    t.match(
      [told.status, told.headers],
      [
        204,
        {
          'tus-version': '1.0.0',
          'tus-extension': 'creation,creation-with-upload,creation-defer-length,termination,expiration',
          'tus-max-size': '300000',
        },
      ],
      'what it can do',
    );
    if ('origin' in headers)
      t.match(told.headers, { 'access-control-allow-methods': /PATCH/, 'access-control-allow-headers': /Upload-Offset/ });
  }

  const made = await begin(garden, 6, { filename: 'six.txt' });
  t.equal(made.status, 201, told(made));
  const path = String(made.headers['location']);
  t.match(path, /^\/garden\/files\/tus\/[0-9a-f]{32}$/, 'its address');
  t.equal((await go(garden, path, 0, 'abc')).status, 204, 'the first half');
  t.equal(at((await garden.get('files?filter[filename_download]=six.txt', 'admin')).json, 'data', 0), undefined, 'is no file yet');
  t.equal((await go(garden, path, 1, 'abc')).status, 409, 'another place');
  const head = await ask(garden.gateway.url, path, { method: 'HEAD', token: tokens.admin, headers: version });
  t.equal(head.headers['upload-offset'], '3', 'where it goes on');
  refused(t, await go(garden, path, 3, 'def', 'writer'), 404, 203, 'somebody else');
  refused(t, await begin(garden, 6, { filename: 'six.txt' }, 'nobody'), 403, 301, 'somebody without the right');

  const { connection } = garden.gateway;
  if (!connection) throw new Error('The garden is not open');
  const { transaction } = connection;
  const before = await garden.stored();
  connection.transaction = () => Promise.reject(new Error('the connection broke'));
  t.equal((await go(garden, path, 3, 'def')).status, 500, 'whole, but no file');
  connection.transaction = transaction;
  t.same(await garden.stored(), before, 'nothing is stored');
  t.equal(
    (await ask(garden.gateway.url, path, { method: 'HEAD', token: tokens.admin, headers: version })).status,
    200,
    'asked again, it becomes one',
  );
  const found = await garden.get('files?filter[filename_download]=six.txt', 'admin');
  t.match(at(found.json, 'data'), [{ filesize: 6, type: 'text/plain' }], told(found));
  t.ok(await eventually(async () => (await readdir(parts)).length === 0), 'and its parts are gone');

  refused(t, await begin(garden, 300_001, { filename: 'x.txt' }), 413, 2, 'too large');
  const badName = String((await begin(garden, 1, { filename: '../x.txt' })).headers['location']);
  refused(t, await go(garden, badName, 0, 'x'), 422, 4, 'a path for a name');
  const given = String((await begin(garden, 1, { filename: 'x.txt' })).headers['location']);
  t.equal((await ask(garden.gateway.url, given, { method: 'DELETE', token: tokens.admin, headers: version })).status, 204, 'given up');
  t.same(await readdir(parts), [], 'nothing is left');
  refused(t, await go(garden, '/garden/files/tus/..%2f..%2fetc', 0, 'x'), 404, 203, 'no upload');
}
