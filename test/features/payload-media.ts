/** Promise: the Payload surface takes uploads with their documents, and hands out what who may read the document may read. */
import { PayloadSDK } from '@payloadcms/sdk';
import { tokens } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { project } from '../support/gateway.ts';
import { at, type Json } from '../support/http.ts';
import { api, refused, refuses, send } from '../support/payload.ts';

/** One red pixel. */
const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');

async function uploads(t: Tester, world: World): Promise<void> {
  const headers = { authorization: `Bearer ${tokens.admin}` };
  const sdk = new PayloadSDK({ baseURL: `${world.gateway.url}/${project}/payload/api`, baseInit: { headers } });
  const asked: unknown = {
    collection: 'media',
    data: { alt: 'A pixel', title: 'Red' },
    file: new File([pixel], 'red dot.png', { type: 'image/png' }),
  };
  const made: unknown = await sdk.create(asked as never);
  const doc = made as { [key: string]: Json };
  t.match(doc, { alt: 'A pixel', title: 'Red', mimeType: 'image/png', filesize: pixel.length, width: 1, height: 1, createdAt: String });
  t.equal(doc['private_hash'], undefined);
  const url = `/${project}/payload/api/media/file/${String(doc['filename'])}`;
  t.equal(doc['url'], url);
  const shown = await fetch(world.gateway.url + url, { headers });
  t.strictSame(
    [shown.status, shown.headers.get('content-type'), Buffer.from(await shown.arrayBuffer()).equals(pixel)],
    [200, 'image/png', true],
  );
  const path = url.slice(`/${project}/payload/api`.length);
  await refuses(t, world, path, 404, 'Not Found', null);
  await refuses(t, world, '/media/file/nothing.png', 404, 'Not Found');
  const found = await api(world, `/media?where[filename][equals]=${String(doc['filename'])}&select[alt]=true&select[url]=true`);
  t.strictSame(at(found.json, 'docs'), [{ id: doc['id'], alt: 'A pixel', url }]);
  const id = Number(doc['id']);
  const changed = await send(world, 'PATCH', `/media/${id}`, { ...doc, alt: 'A dot', filesize: 7, mimeType: 'text/html' });
  t.match(at(changed.json, 'doc') ?? {}, { alt: 'A dot', filesize: pixel.length, mimeType: 'image/png', url });
  const form = new FormData();
  form.append('file', new File(['hello'], 'note.txt', { type: 'text/plain' }));
  form.append('_payload', JSON.stringify({ alt: 'A note' }));
  const replaced = await fetch(`${world.gateway.url}/${project}/payload/api/media/${id}`, { method: 'PATCH', headers, body: form });
  const after = (await replaced.json()) as { doc: { [key: string]: Json } };
  t.match(after, { message: 'Updated successfully.', doc: { id, alt: 'A note', mimeType: /^text\/plain/, filesize: 5 } });
  const content = await fetch(world.gateway.url + String(after.doc['url']), { headers });
  t.equal(await content.text(), 'hello');
  const sent = async (path: string, text: string, key?: string): Promise<[number, string | null, Json]> => {
    const body = new FormData();
    body.append('file', new File([text], 'again.txt'));
    const own = { ...headers, ...(key === undefined ? {} : { 'idempotency-key': key }) };
    const answer = await fetch(`${world.gateway.url}/${project}/payload/api${path}`, { method: 'POST', headers: own, body });
    return [answer.status, answer.headers.get('idempotency-replayed'), (await answer.json()) as Json];
  };
  const count = async (): Promise<Json | undefined> => at((await api(world, '/media/count')).json, 'totalDocs');
  const before = Number(await count());
  t.match(await sent('/media?dry_run=1', 'tried'), [
    201,
    null,
    { doc: { filesize: 5 }, dry_run: true, changes: [{ action: 'upload', collection: 'media' }] },
  ]);
  t.equal(await count(), before, 'nothing is left of a dry run');
  const once = await sent('/media?depth=0', 'once', 'upload 1');
  t.match(once, [201, null, { doc: { filesize: 4 } }]);
  t.strictSame(await sent('/media?depth=0', 'once', 'upload 1'), [201, 'true', once[2]], 'the same answer, and no other file');
  t.match(await sent('/media?depth=0', 'other', 'upload 1'), [400, null, {}], 'other content is another request');
  t.equal(await count(), before + 1);
  t.equal((await api(world, `/media/${String(at(once[2], 'doc', 'id'))}`, 'admin', { method: 'DELETE' })).status, 200);
  refused(t, await send(world, 'POST', '/media', { alt: 'x' }), 400, 'No files were uploaded.', 'no file');
  const forbidden = await fetch(`${world.gateway.url}/${project}/payload/api/media`, { method: 'POST', body: form });
  t.equal(forbidden.status, 403, 'the public uploads nothing');
  t.equal((await api(world, `/media/${id}`, 'admin', { method: 'DELETE' })).status, 200);
  t.equal((await fetch(world.gateway.url + String(after.doc['url']), { headers })).status, 404, 'the file is gone with its document');
}

export const payloadMedia: Feature = {
  promise: 'Payload uploads',
  databaseIndependent: 'routes and forms of a surface; the reads and writes under them are promises of their own',
  run: (t, world) => uploads(t, world),
};
