/** Thumbnails: one that is there already, and one made of a photograph, beside a hand-written server. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { distinct, project } from './cases.ts';
import { databases, makeWrites, withClient } from './data/databases.ts';
import { type Bench, type Contestant, measure } from './measure.ts';
import { startServer } from './processes.ts';
import type { Figures } from './statistics.ts';

/** At least these shares of the hand-written server's requests a second. */
export const wantedAssets = { warm: 0.85, cold: 0.9 } as const;

export interface AssetFigures {
  readonly title: string;
  readonly wanted: number;
  readonly sallyport: Figures;
  readonly byHand: Figures;
}

/** Where the server of the bench keeps its files. */
const root = resolve('data/bench-files');
const byHand = resolve('data/bench-by-hand');
const size = { width: 4000, height: 3000 };
/** Photographs that one load gets through at most; each is asked for once. */
const portion = 600;
const coldConnections = 4;

const hashOf = (i: number): string => `bench${String(i).padStart(11, '0')}`;

/** A photograph's worth of detail: noise over a gradient, the same every time. */
async function photograph(): Promise<Buffer> {
  const { width, height } = size;
  const pixels = Buffer.alloc(width * height * 3);
  let dice = 1;
  for (let i = 0; i < pixels.length; i++) {
    dice = (Math.imul(dice, 1_103_515_245) + 12_345) >>> 0;
    pixels[i] = (((i / 3) % width) / 20 + (dice >>> 28)) & 255;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}

/** Rows enough, all of the same photograph: to the server each is a file of its own. */
async function makeFiles(rows: number): Promise<void> {
  const photo = await photograph();
  await rm(root, { recursive: true, force: true });
  for (const folder of [join(root, 'originals'), byHand]) await mkdir(folder, { recursive: true });
  await writeFile(join(root, 'originals', 'photo.jpg'), photo);
  await writeFile(join(byHand, 'photo.jpg'), photo);
  const thumbnail = await sharp(photo).resize(300, 300, { fit: 'cover' }).jpeg({ quality: 80 }).toBuffer();
  await writeFile(join(byHand, 'thumbnail.jpg'), thumbnail);
  await withClient(
    (client) =>
      client.query(
        `insert into directus_files (private_hash, filename_disk, filename_download, type, uploaded_by, uploaded_on, filesize, checksum)
         select 'bench' || lpad(i::text, 11, '0'), 'photo.jpg', 'photo.jpg', 'image/jpeg', 1, now(), $1, md5('photo')
         from generate_series(0, $2::int) i`,
        [photo.length, rows],
      ),
    databases.writes,
  );
}

/** The figures of both servers in both cases. */
export async function measureAssets(bench: Bench, profiles: string | undefined, say: (text: string) => void): Promise<AssetFigures[]> {
  say('assets: making a photograph ...');
  await makeWrites();
  await makeFiles(bench.pace.rounds * 3 * portion);
  const database = databases.writes;
  const own = await startServer('sallyport', { database, profiles });
  const other = await startServer('files-by-hand', { database, arguments: [byHand] });
  const paths = (path: string): string[] => Array.from({ length: distinct }, () => path);
  const asset = (i: number): string => `/${project}/assets/${hashOf(i)}?key=directus-medium-crop`;
  let next = 1;
  const fresh = (): string[] => Array.from({ length: portion }, () => asset(next++));
  const cases: readonly (readonly [title: string, wanted: number, who: readonly [Contestant, Contestant]])[] = [
    [
      'a thumbnail that is there',
      wantedAssets.warm,
      [
        { server: own, paths: paths(asset(0)) },
        { server: other, paths: paths('/warm') },
      ],
    ],
    [
      'a photograph of 4000x3000 to 300x300',
      wantedAssets.cold,
      [
        { server: own, paths: fresh, connections: coldConnections },
        { server: other, paths: paths('/cold'), connections: coldConnections },
      ],
    ],
  ];
  try {
    const measured: AssetFigures[] = [];
    for (const [title, wanted, who] of cases) {
      say(`${title}: measuring ...`);
      const [sallyport, hand] = await measure(bench, who);
      if (sallyport && hand) measured.push({ title, wanted, sallyport, byHand: hand });
    }
    return measured;
  } finally {
    await Promise.all([own.stop(), other.stop()]);
    for (const folder of [root, byHand]) await rm(folder, { recursive: true, force: true });
  }
}
