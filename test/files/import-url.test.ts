/** Files from other servers: which addresses are called, which films are known. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { embedOf, shownEmbed } from '../../src/files/embeds.ts';
import { importUrl, webUrl } from '../../src/files/import-url.ts';
import { GatewayError } from '../../src/lib/errors.ts';

const options = { seconds: 5, privateAddresses: false, mostBytes: 1000 };

t.test('nothing private is called, by whatever spelling', async (t) => {
  let called = 0;
  const server = createServer((_, response) => {
    called += 1;
    response.end('x');
  });
  await new Promise<void>((done) => server.listen(0, done));
  const { port } = server.address() as AddressInfo;
  const hosts = [
    '127.0.0.1',
    'localhost',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0x7f000001',
    '2130706433',
    '127.1',
    '0.0.0.0',
    '10.0.0.1',
    '169.254.169.254',
  ];
  for (const host of hosts) await t.rejects(importUrl(new URL(`http://${host}:${port}/a.png`), options), GatewayError, host);
  for (const url of ['ftp://a.example/', 'http://user:word@a.example/'])
    await t.rejects(importUrl(new URL(url), options), GatewayError, url);
  t.equal(called, 0, 'nobody was asked');
  await new Promise((done) => server.close(done));
});

t.test('what is slow, too long or leads elsewhere is refused', async (t) => {
  const server = createServer((request, response) => {
    if (request.url === '/slow') return;
    if (request.url === '/long') response.writeHead(200, { 'content-length': '1001' }).end('x'.repeat(1001));
    else if (request.url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const open = { ...options, privateAddresses: true };
  for (const path of ['/long', '/file', '/none']) await t.rejects(importUrl(new URL(base + path), open), GatewayError, path);
  await t.rejects(importUrl(new URL(`${base}/slow`), { ...open, seconds: 0.2 }), /takes longer/, 'slow');
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

t.test('films are known by their URLs', async (t) => {
  const known: Readonly<Record<string, string | undefined>> = {
    'https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1': 'dQw4w9WgXcQ',
    'https://youtu.be/dQw4w9WgXcQ?si=x': 'dQw4w9WgXcQ',
    'https://www.youtube.com/embed/dQw4w9WgXcQ': 'dQw4w9WgXcQ',
    'https://m.youtube.com/shorts/dQw4w9WgXcQ': 'dQw4w9WgXcQ',
    'https://vimeo.com/76979871': '76979871',
    'https://player.vimeo.com/video/76979871': '76979871',
    'https://vimeo.com/channels/staffpicks/76979871': '76979871',
    'https://www.youtube.com/watch?v="><script>': undefined,
    'https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ': undefined,
    'https://vimeo.com/about': undefined,
  };
  for (const [url, id] of Object.entries(known)) t.equal(embedOf(new URL(url))?.id, id, url);
  t.equal(shownEmbed('embed/youtube', '"><script>'), null, 'a column may hold anything');
  t.equal(webUrl('aGVsbG8='), undefined, 'base64 is no URL');
  t.equal(webUrl('//a.example/b.png')?.href, 'https://a.example/b.png');
});
