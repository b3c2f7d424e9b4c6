/** What content says of itself: the words in pictures, and how long a film is that tells it at its end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { openStorage } from '../../src/files/open-storage.ts';
import { type Received, receive } from '../../src/files/receive.ts';

async function received(content: AsyncIterable<Buffer>, name: string): Promise<Received> {
  const root = await mkdtemp(join(tmpdir(), 'sallyport-test-facts-'));
  const storage = await openStorage({ driver: 'local', root });
  try {
    return await receive(storage, content, name, { mostBytes: 1e8, types: [], naming: undefined });
  } finally {
    await storage.close();
    await rm(root, { recursive: true, force: true });
  }
}

function segment(marker: number, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string, 'utf8')));
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** Photoshop's resource 0x0404 in a segment APP13, as IPTC-IIM 4.2 has it. */
function iptc(encoding: 'utf8' | 'latin1', sets: readonly (readonly [dataset: number, value: string])[]): Buffer {
  const body = Buffer.concat(
    sets.flatMap(([dataset, value]) => {
      const bytes = Buffer.from(value, encoding);
      return [Buffer.from([0x1c, 2, dataset, bytes.length >> 8, bytes.length & 255]), bytes];
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return segment(0xed, 'Photoshop 3.0\0', '8BIM', Buffer.from([4, 4, 0, 0]), length, body, Buffer.alloc(body.length % 2));
}

const xmp = segment(
  0xe1,
  'http://ns.adobe.com/xap/1.0/\0',
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:City="Bern" photoshop:Country="Schweiz">
  <dc:title><rdf:Alt><rdf:li xml:lang="fr">Ours</rdf:li><rdf:li xml:lang="x-default">Bär &amp; Berg</rdf:li></rdf:Alt></dc:title>
  <dc:description><rdf:Alt><rdf:li xml:lang="x-default">A bear</rdf:li></rdf:Alt></dc:description>
  <dc:subject><rdf:Bag><rdf:li>bear</rdf:li><rdf:li>2020</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>`,
);

t.test('words in pictures', async (t) => {
  const image = sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } }).jpeg();
  const plain = await image.withExif({ IFD0: { ImageDescription: 'By the camera' } }).toBuffer();
  const withSegments = (...segments: readonly Buffer[]) =>
    received(
      (async function* () {
        yield Buffer.concat([plain.subarray(0, 2), ...segments, plain.subarray(2)]);
      })(),
      'photo.jpg',
    );
  const sets = [
    [5, 'Höhle'],
    [120, 'In der Höhle'],
    [90, 'Köln'],
    [95, 'NRW'],
    [101, 'Deutschland'],
    [25, 'Stein'],
    [25, 'dunkel, kühl'],
  ] as const;
  const words = { title: 'Höhle', description: 'In der Höhle', location: 'Köln, NRW, Deutschland', tags: ['Stein', 'dunkel  kühl'] };
  t.match(await withSegments(iptc('utf8', sets)), { width: 40, height: 30, ...words }, 'IPTC');
  t.match(await withSegments(iptc('latin1', sets)), words, 'in an encoding of old');
  t.match(
    await withSegments(xmp),
    { title: 'Bär & Berg', description: 'A bear', location: 'Bern, Schweiz', tags: ['bear', '2020'] },
    'XMP',
  );
  t.match(await withSegments(xmp, iptc('utf8', [[5, 'Own']])), { title: 'Own', description: 'A bear' }, 'each where IPTC says nothing');
  t.match(await withSegments(), { description: 'By the camera' }, 'EXIF last');
});

function box(name: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat([...parts]);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(name, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/** A film of 83 seconds with `bytes` of pictures before its index, as cameras write it. */
async function* film(bytes: number, long: boolean): AsyncGenerator<Buffer> {
  const header = Buffer.alloc(100);
  header.writeUInt32BE(600, 12);
  header.writeUInt32BE(600 * 83, 16);
  yield box('ftyp', Buffer.from('isom\0\0\x02\0isommp41', 'latin1'));
  const head = Buffer.alloc(long ? 16 : 8);
  head.write('mdat', 4, 'latin1');
  head.writeUInt32BE(long ? 1 : bytes + 8);
  if (long) head.writeBigUInt64BE(BigInt(bytes + 16), 8);
  yield head;
  const piece = Buffer.alloc(1024 * 1024);
  for (let left = bytes; left > 0; left -= piece.length) yield piece.subarray(0, left);
  yield box('free', Buffer.alloc(20));
  yield box('moov', box('mvhd', header));
}

t.test('films that tell it at their end', async (t) => {
  const large = 9 * 1024 * 1024;
  t.match(await received(film(1000, false), 'a.mp4'), { type: 'video/mp4', duration: 83 }, 'a small one');
  t.match(await received(film(large, false), 'a.mp4'), { duration: 83, filesize: large + 8 + 24 + 28 + 116 }, 'a large one');
  t.match(await received(film(large, true), 'a.mp4'), { duration: 83 }, 'with a size of 64 bits');
});
