/** An upload by tus goes on after the process that took its beginning was killed. */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { eventually } from '../support/eventually.ts';
import { startServer, temporaryFolder } from './support.ts';

const headers = { authorization: 'Bearer demo-admin-token', 'tus-resumable': '1.0.0' };
const size = 400_000;

/** Bytes of the one upload whose parts lie there. */
async function arrived(parts: string): Promise<number> {
  const [name] = (await readdir(parts).catch(() => [])).filter((one) => /^[0-9a-f]{32}$/.test(one));
  return name === undefined ? 0 : (await stat(join(parts, name))).size;
}

t.test('an upload goes on after the process was killed', { timeout: 180_000 }, async (t) => {
  const folder = await temporaryFolder(t);
  const parts = join(folder, 'sallyport-uploads', 'demo');
  const content = randomBytes(size);
  const first = await startServer(folder, { TMPDIR: folder });
  const filename = `filename ${Buffer.from('long.bin').toString('base64')}`;
  const made = await fetch(`${first.url}/demo/files/tus`, {
    method: 'POST',
    headers: { ...headers, 'upload-length': String(size), 'upload-metadata': filename },
  });
  const location = made.headers.get('location') ?? '';
  t.equal(made.status, 201, location);

  const { hostname, port } = new URL(first.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const lines = Object.entries({
    ...headers,
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
    'content-length': String(size),
  });
  socket.write(`PATCH ${location} HTTP/1.1\r\nhost: ${hostname}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  socket.write(content.subarray(0, size / 2));
  t.ok(await eventually(async () => (await arrived(parts)) > 0), 'a part of it arrived');
  first.signal('SIGKILL');
  await first.stop();
  socket.destroy();

  const second = await startServer(folder, { TMPDIR: folder });
  const head = await fetch(second.url + location, { method: 'HEAD', headers });
  const offset = Number(head.headers.get('upload-offset'));
  t.equal(offset, await arrived(parts), 'the next process knows how much');
  const done = await fetch(second.url + location, {
    method: 'PATCH',
    headers: { ...headers, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
    body: content.subarray(offset),
  });
  const text = await done.text();
  t.equal(done.status, 200, text);
  const { data } = JSON.parse(text) as { data: { filesize: number; checksum: string } };
  t.match(data, { filesize: size, checksum: createHash('md5').update(content).digest('hex') }, 'and the file is whole');
  await second.stop();
});
