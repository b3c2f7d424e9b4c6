/** The pictures of the sample: landscapes as JPEG and emblems as PNG, drawn as shapes and colours. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { ranges } from './goods.ts';
import { seededRandom } from './random.ts';
import { uuid } from './rows-sales.ts';

interface Drawing {
  readonly title: string;
  readonly description: string;
  readonly tags: string;
  readonly type: 'image/jpeg' | 'image/png';
  readonly svg: string;
}

/** A row of directus_files without what depends on the database. */
interface PictureRow {
  readonly storage: 'local';
  readonly private_hash: string;
  readonly filename_disk: string;
  readonly filename_download: string;
  readonly title: string;
  readonly type: string;
  readonly charset: string;
  readonly filesize: number;
  readonly width: number;
  readonly height: number;
  readonly duration: number;
  readonly description: string;
  readonly location: string;
  readonly tags: string;
  readonly checksum: string;
}

export interface Picture {
  readonly row: PictureRow;
  /** The range of goods an emblem stands for; a landscape has none. */
  readonly range?: string;
}

/** Sky from top to horizon, sun, and the colour of the nearest hills. */
const moods: readonly (readonly [title: string, top: string, low: string, sun: string, hill: string])[] = [
  ['Dawn over the ridge', '#2b3a67', '#f4a58a', '#fff1cf', '#1c2541'],
  ['Noon haze', '#4a90c2', '#dcecf5', '#ffffff', '#2f5d50'],
  ['Evening at the pass', '#5b2a6e', '#f7b267', '#ffe8a3', '#2a1a3a'],
  ['Rain from the west', '#5d6d7e', '#b8c4ce', '#dfe6ea', '#283747'],
  ['First snow', '#7fa6c9', '#f3f7fa', '#ffffff', '#53687e'],
  ['Autumn valley', '#c26a3d', '#f6d7a7', '#fff4d6', '#5a2e1f'],
  ['Northern night', '#0b132b', '#1f7a6d', '#d9f5e6', '#071018'],
  ['Summer meadow', '#3aa0d8', '#eaf7d9', '#fffbe0', '#2c6e3f'],
];

const palettes: readonly (readonly [ground: string, shape: string, light: string])[] = [
  ['#264653', '#e9c46a', '#f4f1de'],
  ['#9b2226', '#ee9b00', '#fff3d6'],
  ['#1d3557', '#a8dadc', '#f1faee'],
  ['#3a5a40', '#dad7cd', '#a3b18a'],
  ['#6d597a', '#e56b6f', '#eaac8b'],
  ['#5f0f40', '#fb8b24', '#ffe5c4'],
];

/** One figure for each range of goods, on a field of 100 by 100. */
const figures: readonly string[] = [
  '<path d="M50 22 84 78H16Z" fill="$1"/><path d="M50 40 62 78H38Z" fill="$0"/>',
  '<path d="M50 18C66 38 72 48 72 60a22 22 0 0 1-44 0c0-12 6-22 22-42Z" fill="$1"/><path d="M50 46c8 10 10 14 10 20a10 10 0 0 1-20 0c0-6 2-10 10-20Z" fill="$0"/>',
  '<path d="M34 24 50 32 66 24 84 38 74 50V80H26V50L16 38Z" fill="$1"/><path d="M50 32V80" stroke="$0" stroke-width="3"/>',
  '<path d="M32 22H54V50L80 62V78H32Z" fill="$1"/><path d="M32 70H80" stroke="$0" stroke-width="4"/>',
  '<rect x="28" y="30" width="44" height="50" rx="12" fill="$1"/><path d="M40 30a10 10 0 0 1 20 0" fill="none" stroke="$1" stroke-width="5"/><rect x="36" y="54" width="28" height="16" rx="4" fill="$0"/>',
  '<path d="M16 80 42 30 54 52 62 40 86 80Z" fill="$1"/><path d="M42 30 50 46 42 52 35 44Z" fill="$2"/>',
];

const extensions = { 'image/jpeg': 'jpg', 'image/png': 'png' } as const;

/** Draws all pictures and writes them to `storageRoot`/originals, where files that are there are overwritten. */
export async function drawPictures(storageRoot: string): Promise<Picture[]> {
  const folder = join(storageRoot, 'originals');
  await mkdir(folder, { recursive: true });
  const landscapes = moods.map((_, i) => ({ drawing: landscape(i) }));
  const emblems = ranges.map((range, i) => ({ drawing: emblem(i, range.name), range: range.name }));
  return Promise.all([...landscapes, ...emblems].map(async ({ drawing, ...rest }) => ({ row: await store(folder, drawing), ...rest })));
}

function landscape(index: number): Drawing {
  const [title = '', top = '', low = '', sun = '', hill = ''] = moods[index] ?? [];
  const random = seededRandom(100 + index);
  const layers = [0, 1, 2, 3].map((layer) => {
    const base = 520 + layer * 120;
    const height = 260 - layer * 45;
    const points: string[] = [];
    for (let x = 0; x <= 1600; x += 100) points.push(`${x},${base - random.between(0, height)}`);
    return `<polygon points="0,1000 ${points.join(' ')} 1600,1000" fill="${hill}" fill-opacity="${(0.25 + layer * 0.25).toFixed(2)}"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1000">
    <defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${top}"/><stop offset="0.75" stop-color="${low}"/></linearGradient>
    <radialGradient id="glow"><stop offset="0" stop-color="${sun}"/><stop offset="0.35" stop-color="${sun}" stop-opacity="0.5"/><stop offset="1" stop-color="${sun}" stop-opacity="0"/></radialGradient></defs>
    <rect width="1600" height="1000" fill="url(#sky)"/>
    <circle cx="${random.between(300, 1300)}" cy="${random.between(220, 420)}" r="240" fill="url(#glow)"/>${layers.join('')}</svg>`;
  return { title, description: `A view for the magazine: ${title.toLowerCase()}.`, tags: 'landscape,mountains', type: 'image/jpeg', svg };
}

function emblem(index: number, range: string): Drawing {
  const palette = palettes[index % palettes.length] ?? palettes[0];
  const figure = (figures[index % figures.length] ?? '').replace(/\$(\d)/g, (_, i) => palette?.[Number(i)] ?? '');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800" viewBox="0 0 100 100">
    <defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="${palette?.[0]}"/><stop offset="1" stop-color="${palette?.[0]}" stop-opacity="0.75"/></linearGradient></defs>
    <circle cx="50" cy="50" r="48" fill="url(#g)"/><circle cx="50" cy="50" r="44" fill="none" stroke="${palette?.[2]}" stroke-width="1"/>${figure}</svg>`;
  return { title: `Emblem ${range}`, description: `Stands for ${range.toLowerCase()}.`, tags: 'emblem', type: 'image/png', svg };
}

async function store(folder: string, drawing: Drawing): Promise<PictureRow> {
  const image = sharp(Buffer.from(drawing.svg));
  const output = drawing.type === 'image/jpeg' ? image.jpeg({ quality: 84 }) : image.png({ compressionLevel: 7 });
  const { data, info } = await output.toBuffer({ resolveWithObject: true });
  const extension = extensions[drawing.type];
  const filename = `${uuid(drawing.title)}.${extension}`;
  await writeFile(join(folder, filename), data);
  return {
    storage: 'local',
    private_hash: BigInt(`0x${createHash('sha256').update(drawing.title).digest('hex')}`)
      .toString(36)
      .slice(0, 16),
    filename_disk: filename,
    filename_download: `${drawing.title.toLowerCase().replaceAll(' ', '-')}.${extension}`,
    title: drawing.title,
    type: drawing.type,
    charset: '',
    filesize: data.length,
    width: info.width,
    height: info.height,
    duration: 0,
    description: drawing.description,
    location: '',
    tags: drawing.tags,
    checksum: createHash('md5').update(data).digest('hex'),
  };
}
