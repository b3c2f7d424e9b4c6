/** Promise: files are handed out as they are, whole and in parts, and as images of the sizes that may be asked for; nothing in them runs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { Who } from '../fixtures/garden-people.ts';
import { eventually } from '../support/eventually.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { bytes, putFile, withStorage } from '../support/files.ts';
import { project } from '../support/gateway.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

const address = (hash: string, query = ''): string => `/garden/assets/${hash}${query}`;

/** Red to the left, blue to the right. */
function picture(width: number, height: number): Sharp {
  const half = { width: Math.ceil(width / 2), height, channels: 3, background: '#0000ff' } as const;
  return sharp({ create: { width, height, channels: 3, background: '#ff0000' } }).composite([
    { input: { create: half }, left: Math.floor(width / 2), top: 0 },
  ]);
}

async function originals(t: Tester, garden: OwnGarden): Promise<void> {
  const content = Buffer.from('0123456789 some words');
  const hash = await putFile(garden, { name: 'hello wörld.txt', type: 'text/plain', content });
  const whole = await bytes(garden, address(hash));
  t.strictSame([whole.status, whole.body.toString()], [200, content.toString()]);
  t.equal(whole.headers.get('content-type'), 'text/plain');
  t.equal(whole.headers.get('content-length'), String(content.length));
  t.equal(whole.headers.get('content-disposition'), `inline; filename="hello w_rld.txt"; filename*=UTF-8''hello%20w%C3%B6rld.txt`);
  t.equal(whole.headers.get('cache-control'), 'public, max-age=3600');
  const head = await bytes(garden, address(hash), undefined, { method: 'HEAD' });
  t.strictSame([head.status, head.body.length, head.headers.get('content-length')], [200, 0, String(content.length)], 'HEAD');
  const saved = await bytes(garden, `/garden/downloads/${hash}`);
  t.match(saved.headers.get('content-disposition'), /^attachment; /);
  t.equal(saved.body.toString(), content.toString());

  const tag = String(whole.headers.get('etag'));
  const time = String(whole.headers.get('last-modified'));
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await bytes(garden, address(hash), undefined, { headers })).status;
  t.strictSame(
    [
      await status({ 'if-none-match': tag }),
      await status({ 'if-none-match': `"other", W/${tag}` }),
      await status({ 'if-none-match': '"other"', 'if-modified-since': time }),
      await status({ 'if-modified-since': time }),
      await status({ 'if-modified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' }),
      await status({ 'if-match': tag }),
      await status({ 'if-match': '"other"' }),
      await status({ 'if-unmodified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' }),
    ],
    [304, 304, 200, 304, 200, 200, 412, 412],
    'conditions',
  );
  const part = async (headers: Record<string, string>): Promise<unknown[]> => {
    const answer = await bytes(garden, address(hash), undefined, { headers });
    return [answer.status, answer.status === 416 ? answer.code : answer.body.toString(), answer.headers.get('content-range')];
  };
  t.strictSame(await part({ range: 'bytes=2-4' }), [206, '234', 'bytes 2-4/21']);
  t.strictSame(await part({ range: 'bytes=16-' }), [206, 'words', 'bytes 16-20/21']);
  t.strictSame(await part({ range: 'bytes=-5' }), [206, 'words', 'bytes 16-20/21']);
  t.strictSame(await part({ range: 'bytes=0-999' }), [206, content.toString(), 'bytes 0-20/21']);
  t.strictSame(await part({ range: 'bytes=21-' }), [416, 2, 'bytes */21']);
  t.strictSame(await part({ range: 'bytes=-0' }), [416, 2, 'bytes */21']);
  for (const range of ['bytes=0-1,3-4', 'bytes=4-2', 'words=0-1', 'bytes=-', 'nonsense']) {
    t.strictSame(await part({ range }), [200, content.toString(), null], range);
  }
  t.equal((await part({ range: 'bytes=0-1', 'if-range': tag }))[0], 206);
  t.equal((await part({ range: 'bytes=0-1', 'if-range': '"other"' }))[0], 200);

  const gone = await putFile(garden, { name: 'gone.jpg', type: 'image/jpeg' });
  const nothing = await bytes(garden, address('nothing'));
  t.strictSame([nothing.status, nothing.code], [404, 203]);
  const lost = await bytes(garden, address(gone));
  t.strictSame([lost.status, lost.body.toString()], [404, nothing.body.toString()], 'a row without content');
  t.equal((await bytes(garden, address(gone, '?key=thumbnail'))).code, 12);
  const odd = await putFile(garden, { name: 'odd.txt', type: 'text/plain', disk: '../../etc/passwd' });
  t.strictSame((await bytes(garden, address(odd))).code, 203, 'a name that leads out of the storage');
  t.equal((await bytes(garden, address(hash), undefined, { method: 'DELETE' })).status, 405);
}

async function images(t: Tester, garden: OwnGarden): Promise<void> {
  const hash = await putFile(garden, { name: 'wide.jpg', type: 'image/jpeg', content: await picture(400, 200).jpeg().toBuffer() });
  const made = async (query: string, headers: Record<string, string> = {}, of = hash) => {
    const answer = await bytes(garden, address(of, query), undefined, { headers });
    const { format, width, height, pages } = answer.status === 200 ? await sharp(answer.body).metadata() : {};
    return { status: answer.status, type: answer.headers.get('content-type'), size: [format, width, height], pages, answer };
  };
  t.match(await made('?key=directus-small-crop'), { status: 200, type: 'image/jpeg', size: ['jpeg', 64, 64] });
  t.match(await made('?key=directus-small-contain'), { size: ['jpeg', 64, 32] });
  t.match(await made('?key=thumbnail'), { size: ['jpeg', 200, 100] });
  t.match(await made('?w=200&h=200&f=contain&q=80'), { size: ['jpeg', 200, 100] }, 'the numbers of an entry');
  t.match(await made('?key=thumbnail&w=1&nonsense=1'), { size: ['jpeg', 200, 100] }, 'with a key the others do not count');
  for (const format of ['png', 'webp', 'gif'])
    t.match(await made(`?key=thumbnail&format=${format}`), { type: `image/${format}`, size: [format] });
  t.match(await made('?key=thumbnail&format=avif'), { type: 'image/avif', size: ['heif', 200, 100] });
  const browser = { accept: 'image/avif;q=0,image/webp,*/*' };
  const auto = await made('?key=thumbnail&format=auto', browser);
  t.match(auto, { type: 'image/webp' });
  t.match(auto.answer.headers.get('vary'), /Accept/);
  t.match(await made('?key=thumbnail&format=auto', { accept: '*/*' }), { type: 'image/jpeg' });

  const { answer } = await made('?key=directus-large-crop');
  const again = await made('?key=directus-large-crop', { 'if-none-match': String(answer.headers.get('etag')) });
  t.equal(again.status, 304);
  const ranged = await bytes(garden, address(hash, '?key=directus-large-crop'), undefined, { headers: { range: 'bytes=0-9' } });
  t.ok(ranged.status === 206 && ranged.body.equals(answer.body.subarray(0, 10)), 'a range of an image');
  await withStorage(garden, async (storage) => {
    const kept = async (): Promise<boolean> => {
      let count = 0;
      for await (const _ of storage.list('generated/')) count += 1;
      return count >= 8;
    };
    t.ok(await eventually(kept), 'what was made is kept');
  });

  const colours = await sharp((await made('?key=directus-small-crop&format=png')).answer.body)
    .raw()
    .toBuffer();
  t.ok((colours[0] ?? 0) > 200 && (colours[61 * 3 + 2] ?? 0) > 200, 'cut in the middle');
  const turned = await picture(40, 20).jpeg().withMetadata({ orientation: 6 }).toBuffer();
  const portrait = await putFile(garden, { name: 'turned.jpg', type: 'image/jpeg', content: turned });
  t.match(await made('?key=thumbnail', {}, portrait), { size: ['jpeg', 100, 200] }, 'turned as the camera was held, and enlarged');
  const clear = await putFile(garden, {
    name: 'clear.png',
    type: 'image/png',
    content: await sharp({ create: { width: 9, height: 9, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer(),
  });
  const flat = await sharp((await made('?key=thumbnail&format=jpg', {}, clear)).answer.body)
    .raw()
    .toBuffer();
  t.ok((flat[0] ?? 0) > 250, 'what is clear is white where the format has no such thing');

  const frames = [0, 1, 2].map((i) => ({
    create: { width: 20, height: 10, channels: 3 as const, background: { r: i * 100, g: 0, b: 0 } },
  }));
  const moving = await sharp(await Promise.all(frames.map((frame) => sharp(frame).png().toBuffer())), { join: { animated: true } })
    .gif({ delay: 100 })
    .toBuffer();
  const film = await putFile(garden, { name: 'film.gif', type: 'image/gif', content: moving });
  t.match(await made('?key=thumbnail', {}, film), { size: ['gif', 200, 100], pages: 3 }, 'an animation stays one');
  t.match(await made('?key=thumbnail&format=webp', {}, film), { size: ['webp', 200, 100], pages: 3 });
  t.match(await made('?key=thumbnail&format=png', {}, film), { size: ['png', 200, 100], pages: undefined });
}

async function refusals(t: Tester, garden: OwnGarden): Promise<void> {
  const content = await picture(30, 30).png().toBuffer();
  const hash = await putFile(garden, { name: 'small.png', type: 'image/png', content });
  const queries = [
    '?key=nope',
    '?key=',
    '?key[]=thumbnail',
    '?w=200',
    '?w=200&h=200&f=contain',
    '?w=200&h=200&f=contain&q=81',
    '?w=201&h=200&f=contain&q=80',
    '?w=-1&h=200&f=contain&q=80',
    '?w=1e3&h=200&f=contain&q=80',
    '?w=200&h=200&f=stretch&q=80',
    '?w=99999999999999999999&h=200&f=contain&q=80',
    '?key=thumbnail&format=exe',
  ];
  for (const query of queries) {
    const answer = await bytes(garden, address(hash, query));
    t.ok(answer.status === 422 && [4, 12].includes(answer.code ?? 0), `${query}: ${answer.status} ${answer.body.toString().slice(0, 200)}`);
  }

  // A head that promises 60,000 times 60,000 pixels.
  const bomb = Buffer.from(content);
  bomb.writeUInt32BE(60_000, 16);
  bomb.writeUInt32BE(60_000, 20);
  const noise = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * i * 31 + i) % 251));
  const photo = await picture(600, 600).jpeg().toBuffer();
  const bad: readonly (readonly [string, Buffer])[] = [
    ['noise.jpg', noise],
    ['empty.jpg', Buffer.alloc(0)],
    ['text.png', Buffer.from('<html><script>alert(1)</script>')],
    ['cut.jpg', photo.subarray(0, 700)],
    ['head.png', content.subarray(0, 40)],
    ['bomb.png', bomb],
    ['drawing.png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script></svg>')],
    ['broken.gif', Buffer.concat([Buffer.from('GIF89a'), noise.subarray(0, 200)])],
    ['broken.webp', Buffer.concat([Buffer.from('RIFF\x10\x00\x00\x00WEBPVP8 '), noise.subarray(0, 200)])],
    ['large.jpg', Buffer.concat([photo, Buffer.alloc(300_000)])],
  ];
  const hashes: string[] = [];
  for (let i = 0; i < 50; i++) {
    const [name, body] = bad[i % bad.length] ?? ['', Buffer.alloc(0)];
    hashes.push(await putFile(garden, { name: `${i}-${name}`, type: 'image/jpeg', content: body }));
  }
  const answers = await Promise.all(hashes.map((one) => bytes(garden, address(one, '?key=thumbnail'))));
  t.strictSame(
    answers.map(({ status, code }) => [status, code]),
    hashes.map(() => [422, 12]),
    'fifty bad images at once',
  );
  t.notMatch(answers.map(({ body }) => body.toString()).join(), /vips|sharp|libspng|VipsJpeg|Input/, 'nothing is told of what read them');
  t.equal((await bytes(garden, address(hash, '?key=thumbnail'))).status, 200, 'the server is up');
}

/** The same project once more, where one image is made at a time and nobody waits. */
async function busy(t: Tester, garden: OwnGarden): Promise<void> {
  const { registry } = garden.gateway;
  const lease = await registry.lease(project);
  await registry.set({ ...lease.project.config, key: 'busy', assets: { concurrency: 1, queue: 0 } });
  lease.release();
  const hash = await putFile(garden, { name: 'much.png', type: 'image/png', content: await picture(800, 800).png().toBuffer() });
  const sizes = ['directus-small-crop', 'directus-medium-crop', 'directus-large-crop', 'directus-small-contain'];
  const answers = await Promise.all(sizes.map((key) => bytes(garden, `/busy/assets/${hash}?key=${key}&format=avif`)));
  const [made, refused] = [answers.filter(({ status }) => status === 200), answers.filter(({ status }) => status !== 200)];
  t.ok(made.length > 0 && refused.length > 0, 'some are made, some not');
  for (const { status, code, headers } of refused) {
    t.strictSame([status, code, headers.get('retry-after') !== null], [503, 12, true], 'too much at once');
  }
  t.equal((await bytes(garden, `/busy/assets/${hash}?key=thumbnail`)).status, 200, 'later there is room');
}

async function harmless(t: Tester, garden: OwnGarden): Promise<void> {
  const script = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  const kinds: readonly (readonly [type: string, sent: string, disposition: string, sandbox: boolean])[] = [
    ['image/svg+xml', 'image/svg+xml', 'inline', true],
    ['text/html', 'text/html', 'attachment', true],
    ['application/xhtml+xml', 'application/xhtml+xml', 'attachment', true],
    ['text/xml', 'text/xml', 'attachment', true],
    ['text/javascript', 'text/javascript', 'attachment', true],
    ['application/pdf', 'application/pdf', 'inline', false],
    ['IMAGE/PNG', 'image/png', 'inline', true],
    ['text/html\r\nx: y', 'application/octet-stream', 'attachment', true],
    ['', 'application/octet-stream', 'attachment', true],
    ['embed/youtube', 'image/jpeg', 'inline', true],
  ];
  for (const [type, sent, disposition, sandbox] of kinds) {
    const hash = await putFile(garden, { name: 'a.jpg', type, content: script });
    const { headers } = await bytes(garden, address(hash));
    t.strictSame(
      [headers.get('content-type'), headers.get('content-disposition')?.split(';')[0], headers.get('x-content-type-options')],
      [sent, disposition, 'nosniff'],
      JSON.stringify(type),
    );
    t.equal(/(^|; )sandbox(;|$)/.test(headers.get('content-security-policy') ?? ''), sandbox, `${type}: sandbox`);
    t.match(headers.get('content-security-policy'), /default-src 'none'/);
  }
}

async function named(t: Tester, garden: OwnGarden): Promise<void> {
  const disk = '0b1c2d3e-1111-4222-8333-444455556666.txt';
  await putFile(garden, { name: 'plan.txt', type: 'text/plain', content: Buffer.from('plan'), disk });
  const stored = (name: string) => bytes(garden, `/uploads/garden/originals/${name}`);
  t.equal((await stored(disk)).body.toString(), 'plan', 'where full_url leads');
  await putFile(garden, { name: 'chosen.txt', type: 'text/plain', content: Buffer.from('x'), disk: 'chosen.txt' });
  t.equal((await stored('chosen.txt')).code, 203, 'a name that can be guessed needs permission');
  t.equal((await bytes(garden, '/uploads/garden/originals/chosen.txt', 'admin')).status, 200);
  t.equal((await stored('..%2f..%2fetc%2fpasswd')).code, 203);
  t.equal((await bytes(garden, '/uploads/nobody/originals/x')).code, 3);
}

/** The same project once more, with `assets.access` = `permission`. */
async function permitted(t: Tester, garden: OwnGarden): Promise<void> {
  const { registry, connection } = garden.gateway;
  const lease = await registry.lease(project);
  await registry.set({ ...lease.project.config, key: 'strict', assets: { access: 'permission' } });
  lease.release();
  const permit = async (read: 'full' | 'none'): Promise<void> => {
    await garden.permit(2, 'directus_files', { read });
    await registry.reload();
  };
  const get = (name: string, query: string, who?: Who, headers: Record<string, string> = {}) =>
    bytes(garden, `/strict/assets/${name}${query}`, who, { headers });

  const hash = await putFile(garden, { name: 'secret.png', type: 'image/png', content: await picture(30, 30).png().toBuffer() });
  const nothing = await get('nothing', '');
  for (const query of ['', '?key=thumbnail', '?key=nope', '?w=1']) {
    const answer = await get(hash, query);
    t.strictSame([answer.status, answer.body.toString()], [404, nothing.body.toString()], `public${query}: as if it were not there`);
  }
  t.equal((await bytes(garden, `/strict/downloads/${hash}`)).status, 404);
  const mine = await get(hash, '?key=thumbnail', 'admin');
  t.strictSame([mine.status, mine.headers.get('cache-control')], [200, 'private, no-cache']);
  const again = await get(hash, '?key=thumbnail', undefined, { 'if-none-match': String(mine.headers.get('etag')) });
  t.equal(again.status, 404, 'who knows the tag knows no more');
  await permit('full');
  const open = await get(hash, '?key=thumbnail');
  t.strictSame([open.status, open.headers.get('cache-control')], [200, 'public, max-age=3600']);
  await permit('none');
  t.equal((await get(hash, '')).status, 404, 'a right that ends, ends');

  await connection?.knex('directus_settings').where({ key: 'asset_url_naming' }).update({ value: 'filename_download' });
  await registry.reload();
  t.equal((await get('secret.png', '', 'admin')).status, 200, 'by its name');
  t.equal((await get('secret.png', '')).status, 404);
  t.equal((await bytes(garden, address('secret.png'))).status, 404, 'a name is never enough, whatever the setting');
  t.equal((await get(hash, '', 'admin')).status, 404, 'by its name alone');
}

export const assets: Feature = {
  promise: 'files are handed out, whole, in parts and as images, to those who may have them, and nothing in them runs',
  databaseIndependent: 'content and its storage; the rows of files are rows like any others',
  async run(t, world) {
    const root = await mkdtemp(join(tmpdir(), 'sallyport-test-assets-'));
    const storage = { driver: 'local', root } as const;
    const body = async (garden: OwnGarden): Promise<void> => {
      await t.test('files as they are', (t) => originals(t, garden));
      await t.test('images', (t) => images(t, garden));
      await t.test('what is refused', (t) => refusals(t, garden));
      await t.test('more than can be made', (t) => busy(t, garden));
      await t.test('nothing runs', (t) => harmless(t, garden));
      await t.test('by the name in the storage', (t) => named(t, garden));
      await t.test('by permission', (t) => permitted(t, garden));
    };
    try {
      await ownGarden(world, body, { storage, assets: { inputBytes: 250_000, concurrency: 2 } });
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  },
};
