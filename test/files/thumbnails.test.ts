/** Images are made once, kept where files are, a few at a time; and what nobody names is found. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import t from 'tap';
import { type AssetSettings, assetSettingsOf } from '../../src/files/asset-settings.ts';
import type { Content, StoredFile } from '../../src/files/content.ts';
import type { ImageRequest } from '../../src/files/image-request.ts';
import { removeDerived } from '../../src/files/keys.ts';
import { openStorage } from '../../src/files/open-storage.ts';
import { createRenderQueue } from '../../src/files/render-queue.ts';
import { type FileRow, findStrays } from '../../src/files/sweep.ts';
import { createThumbnails, type Thumbnails } from '../../src/files/thumbnails.ts';
import type { Storage } from '../../src/files/types.ts';
import { silentLog } from '../../src/lib/log.ts';
import { type Bucket, openBucket } from '../support/bucket.ts';

let folder = '';
let bucket: Bucket;
t.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-test-thumbnails-'));
  bucket = await openBucket();
});
t.teardown(async () => {
  await rm(folder, { recursive: true, force: true });
  await bucket.close();
});

interface World {
  readonly storage: Storage;
  /** Keys that were written. */
  readonly written: string[];
  readonly thumbnails: Thumbnails;
  /** Another instance of the same project. */
  other(more?: Partial<AssetSettings>): Thumbnails;
}

async function worldOf(place: 'local' | 's3', name: string): Promise<World> {
  const storage = await openStorage(place === 'local' ? { driver: 'local', root: join(folder, name) } : { ...bucket.config, prefix: name });
  const written: string[] = [];
  const noting: Storage = {
    ...storage,
    write(key, content, options) {
      written.push(key);
      return storage.write(key, content, options);
    },
  };
  const other = (more: Partial<AssetSettings> = {}): Thumbnails =>
    createThumbnails(noting, assetSettingsOf({ concurrency: 2, ...more }), silentLog);
  return { storage, written, thumbnails: other(), other };
}

const wish: ImageRequest = { width: 20, height: 20, fit: 'crop', quality: 80, format: undefined };

const fileOf = (id: string, checksum: string): StoredFile => ({
  id,
  filenameDisk: `file-${id}.png`,
  filenameDownload: 'x.png',
  type: 'image/png',
  charset: '',
  checksum,
});

async function put(storage: Storage, file: StoredFile, colour: string): Promise<void> {
  const image = sharp({ create: { width: 40, height: 30, channels: 3, background: colour } });
  await storage.write(`originals/${file.filenameDisk}`, Readable.from([await image.png().toBuffer()]));
}

async function bytesOf(content: Content): Promise<Buffer> {
  const body = await content.open();
  return Buffer.isBuffer(body) ? body : buffer(body ?? Readable.from([]));
}

async function keysOf(storage: Storage, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys.sort();
}

for (const place of ['local', 's3'] as const) {
  t.test(`${place}: one making for all who ask`, async (t) => {
    const { storage, written, thumbnails, other } = await worldOf(place, 'once');
    const file = fileOf('7', 'first');
    await put(storage, file, '#ff0000');
    const all = await Promise.all(Array.from({ length: 30 }, () => thumbnails.get(file, wish)));
    t.equal(new Set(all.map(({ tag }) => tag)).size, 1);
    await thumbnails.close();
    t.strictSame(written, await keysOf(storage, 'generated/7/'), 'it is written once');
    const [made] = all;
    t.ok(made, 'there is one');
    if (!made) return;
    // Whoever finds it does not need the file.
    await storage.remove(['originals/file-7.png']);
    const found = await other().get(file, wish);
    t.ok((await bytesOf(found)).equals(await bytesOf(made)), 'another instance finds it');
    t.equal(found.tag, made.tag);
    t.equal(written.length, 1);

    await put(storage, file, '#0000ff');
    const changed = await thumbnails.get(fileOf('7', 'second'), wish);
    t.not(changed.tag, made.tag, 'another content is another image');
    await thumbnails.get({ ...fileOf('7', ''), checksum: '' }, wish);
    await thumbnails.close();
    t.equal(written.length, 3, 'so is a file whose checksum is not known');
    await removeDerived(storage, file);
    t.strictSame(await keysOf(storage, 'generated/'), [], 'all of it goes with the file');
    await storage.close();
  });
}

t.test('without memory, and with a storage that takes nothing', async (t) => {
  const { storage, other } = await worldOf('local', 'bare');
  const file = fileOf('1', 'x');
  await put(storage, file, '#00ff00');
  const forgetful = other({ memoryBytes: 0 });
  const first = await bytesOf(await forgetful.get(file, wish));
  await forgetful.close();
  t.ok(first.equals(await bytesOf(await forgetful.get(file, wish))));
  const full: Storage = {
    ...storage,
    read: (key, range) => (key.startsWith('generated/') ? Promise.resolve(undefined) : storage.read(key, range)),
  };
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (_: object, text: string) => void warnings.push(text) };
  const unwritable = createThumbnails({ ...full, write: () => Promise.reject(new Error('no space')) }, assetSettingsOf(undefined), log);
  t.ok(first.equals(await bytesOf(await unwritable.get(file, wish))), 'it is answered all the same');
  await unwritable.close();
  t.strictSame(warnings, ['an image that was made could not be stored']);
});

t.test('a folder whose name looks like options of libvips', async (t) => {
  const { storage, other } = await worldOf('local', 'odd[page=1]');
  const file = fileOf('1', 'x');
  await put(storage, file, '#00ff00');
  const { data } = await sharp(await bytesOf(await other().get(file, wish)))
    .raw()
    .toBuffer({ resolveWithObject: true });
  t.strictSame([data[0], data[1], data[2]], [0, 255, 0]);
});

t.test('limits', async (t) => {
  const { storage, other } = await worldOf('local', 'limits');
  const file = fileOf('1', 'x');
  await put(storage, file, '#00ff00');
  await t.rejects(other({ pixels: 40 * 30 - 1 }).get(file, wish), { message: /more than 1199 pixels/ });
  const photo = { ...fileOf('2', 'y'), filenameDisk: 'photo.jpg' };
  const large = sharp({ create: { width: 400, height: 300, channels: 3, background: 'red' } });
  await storage.write('originals/photo.jpg', await large.jpeg().toBuffer());
  await t.rejects(
    other({ pixels: 400 * 300 - 1 }).get(photo, wish),
    { message: /more than 119999 pixels/ },
    'of a photograph that is read smaller than it is',
  );
  await t.rejects(
    other({ pixels: 40 * 30 }).get(file, { ...wish, width: 1000, height: 1000 }),
    { message: /1200 pixels/ },
    'of what is made',
  );
  await t.resolves(other({ pixels: 40 * 30 }).get(file, wish));
  await t.rejects(other({ inputBytes: 10 }).get(file, { ...wish, quality: 1 }), { message: /10 bytes/ });
});

t.test('a few at a time', async (t) => {
  const { run: queue } = createRenderQueue({ concurrency: 2, queue: 3 });
  const release: (() => void)[] = [];
  let most = 0;
  let running = 0;
  const work = () =>
    queue(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((done) => void release.push(done));
      running -= 1;
      return 'made';
    });
  const taken = Array.from({ length: 5 }, work);
  await t.rejects(work(), { message: /^Too much of this is under way/ }, 'beyond the queue');
  for (let done = 0; done < 5; done += 1) {
    while (release.length <= done) await new Promise((next) => setImmediate(next));
    release[done]?.();
  }
  t.strictSame(await Promise.all(taken), ['made', 'made', 'made', 'made', 'made']);
  t.equal(most, 2);
  const failing = queue(() => Promise.reject(new Error('bad')));
  await t.rejects(failing, { message: 'bad' });
  const again = work();
  while (release.length < 6) await new Promise((next) => setImmediate(next));
  release[5]?.();
  t.equal(await again, 'made', 'a place is given back by those who fail');
});

t.test('what rows and storage do not agree on', async (t) => {
  const { storage } = await worldOf('local', 'strays');
  for (const key of ['originals/a.png', 'originals/lost.png', 'generated/1/x', 'generated/9/x', 'uploads/part']) {
    await storage.write(key, Readable.from([Buffer.from('x')]));
  }
  async function* rows(): AsyncGenerator<FileRow> {
    yield { id: '1', filenameDisk: 'a.png', stored: true };
    yield { id: '2', filenameDisk: 'gone.png', stored: true };
    yield { id: '3', filenameDisk: '../up.png', stored: true };
    yield { id: '4', filenameDisk: 'embed.jpg', stored: false };
    await storage.write('originals/late.png', Readable.from([Buffer.from('x')]));
    yield { id: '5', filenameDisk: 'late.png', stored: true };
  }
  const later = new Date(Date.now() + 60_000);
  const found = await findStrays(storage, rows, later);
  t.strictSame(found.objects.map(({ key }) => key).sort(), ['generated/9/x', 'originals/lost.png']);
  t.strictSame(
    found.rows.map(({ id }) => id),
    ['2', '3'],
  );
  const young = await findStrays(storage, rows, new Date(0));
  t.strictSame(young.objects, [], 'what is young is left alone');
});
