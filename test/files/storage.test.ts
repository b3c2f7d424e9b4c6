/** What every storage promises, held against a folder and against a server that speaks S3. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import t from 'tap';
import { isKey, originalKey, removeDerived } from '../../src/files/keys.ts';
import { openStorage } from '../../src/files/open-storage.ts';
import type { ByteRange, Storage } from '../../src/files/types.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { type Bucket, openBucket } from '../support/bucket.ts';
import { bucketWithUploads } from '../support/bucket-uploads.ts';
import { eventually } from '../support/eventually.ts';

type Test = typeof t;

let folder = '';
let bucket: Bucket;
t.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-test-files-'));
  bucket = await openBucket();
});
t.teardown(async () => {
  await rm(folder, { recursive: true, force: true });
  await bucket.close();
});

const drivers = ['local', 's3'] as const;

const opened = (driver: (typeof drivers)[number], name: string): Promise<Storage> =>
  openStorage(driver === 'local' ? { driver, root: join(folder, name) } : { ...bucket.config, prefix: name });

/** The same test of each driver, with a storage of its own. */
function ofBoth(name: string, body: (t: Test, storage: Storage) => Promise<void>): void {
  for (const driver of drivers) {
    t.test(`${driver}: ${name}`, async (t) => {
      const storage = await opened(driver, name.replace(/[^a-z]+/g, '-'));
      try {
        await body(t as Test, storage);
      } finally {
        await storage.close();
      }
    });
  }
}

async function textOf(storage: Storage, key: string, range?: ByteRange): Promise<string | undefined> {
  const object = await storage.read(key, range);
  return object && (await buffer(object.stream)).toString('latin1');
}

async function keysOf(storage: Storage, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys.sort();
}

const kindOf = (error: unknown): string => (error instanceof GatewayError ? error.kind : String(error));

const failure = (work: Promise<unknown>): Promise<string> => work.then(() => 'none', kindOf);

ofBoth('keeps what it is given', async (t, storage) => {
  const began = Date.now() - 2000;
  t.equal(await storage.stat('originals/a.txt'), undefined);
  t.equal(await storage.read('originals/a.txt'), undefined);
  t.same(await keysOf(storage), []);
  t.equal(await storage.write('originals/a.txt', Readable.from([Buffer.from('first '), Buffer.from('words')]), { type: 'text/plain' }), 11);
  t.equal(await textOf(storage, 'originals/a.txt'), 'first words');
  const known = await storage.stat('originals/a.txt');
  t.match(known, { key: 'originals/a.txt', size: 11 });
  t.ok(Number(known?.modified) >= began && Number(known?.modified) <= Date.now() + 2000, 'the time of the write');
  t.equal(await storage.write('originals/a.txt', Readable.from([Buffer.from('other')])), 5);
  t.equal(await textOf(storage, 'originals/a.txt'), 'other', 'in place of what was there');
  t.equal(await storage.write('empty', Readable.from([])), 0);
  t.equal(await textOf(storage, 'empty'), '');
  await storage.check();
  t.same(await keysOf(storage), ['empty', 'originals/a.txt'], 'a check leaves nothing');
});

ofBoth('keeps large objects', async (t, storage) => {
  const piece = randomBytes(1024 * 1024);
  const whole = Buffer.concat(Array.from({ length: 9 }, () => piece));
  t.equal(await storage.write('large', Readable.from(Array.from({ length: 9 }, () => piece))), whole.length);
  t.match(await storage.stat('large'), { size: whole.length });
  const read = await storage.read('large');
  t.ok(read && (await buffer(read.stream)).equals(whole));
});

ofBoth('reads ranges', async (t, storage) => {
  await storage.write('digits', Readable.from([Buffer.from('0123456789')]));
  t.equal(await textOf(storage, 'digits', { start: 2, end: 4 }), '234');
  t.equal(await textOf(storage, 'digits', { start: 0, end: 0 }), '0');
  t.equal(await textOf(storage, 'digits', { start: 8, end: 99 }), '89', 'a range ends where the object does');
  t.equal(await textOf(storage, 'digits', { start: 10, end: 12 }), '', 'and is empty beyond');
  const object = await storage.read('digits', { start: 2, end: 4 });
  t.equal(object?.size, 10, 'the size is that of the whole');
  object?.stream.destroy();
  t.equal(await storage.read('nothing', { start: 0, end: 1 }), undefined);
});

/** Gives some bytes and breaks off. */
async function* breaking(bytes: number, how: () => void): AsyncGenerator<Buffer> {
  for (let given = 0; given < bytes; given += 65_536) yield Buffer.alloc(Math.min(65_536, bytes - given), 'x');
  how();
}

ofBoth('writes whole or not at all', async (t, storage) => {
  await storage.write('kept', Readable.from([Buffer.from('as it was')]));
  // With S3 the second is large enough to be sent in parts.
  for (const bytes of [100, 9 * 1024 * 1024]) {
    for (const key of ['kept', 'new']) {
      const fault = new Error('cut');
      const failing = breaking(bytes, () => {
        throw fault;
      });
      await t.rejects(storage.write(key, Readable.from(failing)), fault, 'what the content throws goes on as it is');

      const cut = new Readable({ read() {} });
      cut.push(Buffer.alloc(bytes, 'y'));
      const cutting = storage.write(key, cut);
      setImmediate(() => cut.destroy());
      await t.rejects(cutting, { code: 'ERR_STREAM_PREMATURE_CLOSE' }, 'content that ends without its end');

      const stop = new AbortController();
      const endless = Readable.from(breaking(bytes, () => stop.abort()));
      const waiting = new Readable({ read() {} });
      const ended = storage.write(key, Readable.from(followedBy(endless, waiting)), { signal: stop.signal });
      await t.rejects(ended, { name: 'AbortError' });
    }
  }
  t.equal(await textOf(storage, 'kept'), 'as it was');
  t.same(await keysOf(storage), ['kept']);
});

async function* followedBy(first: Readable, second: Readable): AsyncGenerator<Buffer> {
  yield* first;
  yield* second;
}

ofBoth('writes of one key at once', async (t, storage) => {
  const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000));
  await Promise.all(texts.map((text) => storage.write('contested', Readable.from([Buffer.from(text)]))));
  t.ok(texts.includes(String(await textOf(storage, 'contested'))), 'one of them, whole');
});

ofBoth('removes', async (t, storage) => {
  for (const key of ['a/1', 'a/2', 'b']) await storage.write(key, Readable.from([Buffer.from(key)]));
  await storage.remove(['a/1', 'not/there', 'b/neither']);
  t.same(await keysOf(storage), ['a/2', 'b']);
  await storage.remove(['a/2', 'a/2']);
  await storage.remove([]);
  t.same(await keysOf(storage), ['b']);
  await storage.write('a/3', Readable.from([Buffer.from('again')]));
  t.equal(await textOf(storage, 'a/3'), 'again');
});

ofBoth('removes and writes at once', async (t, storage) => {
  const turns = Array.from({ length: 20 }, (_, i) => i);
  await Promise.all(
    turns.map(async (turn) => {
      await storage.write(`folder/${turn}`, Readable.from([Buffer.from('x')]));
      await storage.remove([`folder/${turn}`]);
    }),
  );
  t.same(await keysOf(storage), []);
});

ofBoth('lists by the beginning of keys', async (t, storage) => {
  const keys = ['generated/1/a', 'generated/1/b', 'generated/12/a', 'originals/1'];
  for (const key of keys) await storage.write(key, Readable.from([Buffer.from('x')]));
  t.same(await keysOf(storage), keys);
  t.same(await keysOf(storage, 'generated/1/'), keys.slice(0, 2));
  t.same(await keysOf(storage, 'generated/1'), keys.slice(0, 3));
  t.same(await keysOf(storage, 'nothing/'), []);
  for await (const one of storage.list('originals/')) t.match(one, { key: 'originals/1', size: 1, modified: Date });
  await removeDerived(storage, { id: '1' });
  t.same(await keysOf(storage), keys.slice(2), 'what was made of a file goes, and of no other');
  await removeDerived(storage, { id: '999' });
});

const wrong = [
  '',
  '.',
  '..',
  '../up',
  'a/../b',
  '/etc/passwd',
  'a//b',
  'a/',
  '.hidden',
  'a/.b',
  'a\\b',
  'a\0b',
  'ä',
  'a b',
  'a\n',
  'x'.repeat(201),
];

ofBoth('refuses what is no key', async (t, storage) => {
  await storage.write('a', Readable.from([Buffer.from('x')]));
  for (const key of wrong) {
    const said = JSON.stringify(key);
    t.equal(await failure(storage.write(key, Readable.from([Buffer.from('x')]))), 'unprocessable', `write ${said}`);
    t.equal(await failure(storage.read(key)), 'unprocessable', `read ${said}`);
    t.equal(await failure(storage.stat(key)), 'unprocessable', `stat ${said}`);
    t.equal(await failure(storage.remove(['a', key])), 'unprocessable', `remove ${said}`);
    if (key !== '' && key !== 'a/') t.equal(await failure(keysOf(storage, key)), 'unprocessable', `list ${said}`);
  }
  t.same(await keysOf(storage), ['a'], 'nothing happened');
});

t.test('keys of originals', async (t) => {
  t.equal(originalKey('0b1c-9f.jpg'), 'originals/0b1c-9f.jpg');
  for (const name of [...wrong, 'a/b']) t.equal(originalKey(name), undefined, JSON.stringify(name));
  t.notOk(isKey('a/'.repeat(500)));
});

t.test('a folder keeps nothing unfinished', async (t) => {
  const root = join(folder, 'unfinished');
  const storage = await openStorage({ driver: 'local', root });
  t.equal(await storage.removeUnfinished(new Date()), 0, 'where there is no folder yet');
  const cut = new Readable({ read() {} });
  cut.push('some');
  const cutting = storage.write('originals/a', cut);
  setImmediate(() => cut.destroy(new Error('cut')));
  await t.rejects(cutting, { message: 'cut' });
  t.same(await readdir(join(root, '.unfinished')), []);
  await mkdir(join(root, '.unfinished'), { recursive: true });
  await writeFile(join(root, '.unfinished', 'of-a-killed-process'), 'half');
  t.same(await keysOf(storage), [], 'is not listed');
  t.equal(await storage.removeUnfinished(new Date(0)), 0, 'what is younger stays');
  t.equal(await storage.removeUnfinished(new Date(Date.now() + 60_000)), 1);
  t.same(await readdir(join(root, '.unfinished')), []);
});

t.test('a bucket takes back its parts', async (t) => {
  const storage = await opened('s3', 'parts');
  bucket.requests.length = 0;
  const failing = breaking(9 * 1024 * 1024, () => {
    throw new Error('cut');
  });
  await t.rejects(storage.write('large', Readable.from(failing)), { message: 'cut' });
  t.match(bucket.requests.at(-1), /^DELETE .*uploadId=/, 'the upload is given up');
  t.equal(await storage.removeUnfinished(new Date()), 0, 'a server without a list of them');
  await storage.close();
});

t.test('a bucket loses what was never finished', async (t) => {
  const front = await bucketWithUploads(bucket);
  const [storage, neighbour] = [
    await openStorage({ ...front.config, prefix: 'swept' }),
    await openStorage({ ...front.config, prefix: 'swept-not' }),
  ];
  // As of a process that is gone: nothing ends these, and nobody gives them up.
  const waiting: Readable[] = [];
  const begin = (one: Storage, key: string): Promise<string> => {
    const content = new Readable({ read() {} });
    content.push(Buffer.alloc(9 * 1024 * 1024, 'x'));
    waiting.push(content);
    return failure(one.write(key, content));
  };
  const cut = [begin(storage, 'a'), begin(storage, 'b/c'), begin(neighbour, 'a')];
  const all = ['swept-not/a', 'swept/a', 'swept/b/c'];
  await eventually(() => front.unfinished().length === all.length);
  t.same(front.unfinished(), all);
  await storage.write('finished', Readable.from([Buffer.alloc(9 * 1024 * 1024, 'y')]));
  t.same(front.unfinished(), all, 'what is finished is no such upload');

  t.equal(await storage.removeUnfinished(new Date(0)), 0, 'what is younger stays');
  t.same(front.unfinished(), all);
  t.equal(await storage.removeUnfinished(new Date(Date.now() + 60_000)), 2, 'page after page');
  t.same(front.unfinished(), ['swept-not/a'], 'of no other prefix');
  t.same(await keysOf(storage), ['finished']);
  for (const content of waiting) content.destroy(new Error('gone'));
  await Promise.all(cut);
  t.same(front.unfinished(), [], 'and who is cut off gives up by himself');
  await storage.close();
  await neighbour.close();
  await front.close();
});

t.test('a place that fails says so, and no more', async (t) => {
  await writeFile(join(folder, 'a-file'), '');
  const local = await openStorage({ driver: 'local', root: join(folder, 'a-file', 'below') });
  const s3 = await opened('s3', 'broken');
  bucket.broken = 403;
  for (const storage of [local, s3]) {
    for (const work of [() => storage.write('a', Readable.from([Buffer.from('x')])), () => storage.check()]) {
      const error = await work().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      t.match(error, { kind: 'storage_unavailable', message: /^The storage of files does not answer/ }, storage.name);
    }
    await storage.close();
  }
  bucket.broken = undefined;
  const missing = await openStorage({ ...bucket.config, bucket: 'no-such-bucket' });
  t.equal(await failure(missing.read('a')), 'storage_unavailable', 'a bucket that is not there');
  await missing.close();
});
