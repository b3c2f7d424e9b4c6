/** Which images may be asked for. */
import t from 'tap';
import { formatAccepted, formatOfFile } from '../../src/files/image-formats.ts';
import { type AssetParameters, imageRequestOf, whitelistOf } from '../../src/files/image-request.ts';

const entry = { key: 'small', width: 10, height: 20, fit: 'crop', quality: 80 };
const system = JSON.stringify([{ ...entry, key: 'system', width: 64 }]);
const settings = (user: string | null): Map<string, string | null> =>
  new Map([
    ['asset_whitelist', user],
    ['asset_whitelist_system', system],
  ]);

const asked = (user: string | null, parameters: AssetParameters): string => {
  try {
    const wish = imageRequestOf(parameters, whitelistOf(settings(user)), 5000, undefined);
    return wish ? `${wish.width}x${wish.height} ${wish.fit} ${wish.quality} ${wish.format ?? 'same'}` : 'original';
  } catch (error) {
    return String(error);
  }
};

const size = { w: '33', h: '44', f: 'contain', q: '0' };

t.test('whitelists', async (t) => {
  const list = JSON.stringify([entry, { ...entry, key: 'system', width: 1 }]);
  t.equal(asked(list, {}), 'original');
  t.equal(asked(list, { format: 'webp' }), 'original', 'a format alone is no size');
  t.equal(asked(list, { key: 'small' }), '10x20 crop 80 same');
  t.equal(asked(list, { key: 'system' }), '64x20 crop 80 same', 'the sizes of the app stay what they are');
  t.equal(asked(list, { key: 'small', format: 'JPG' }), '10x20 crop 80 jpeg');
  t.equal(asked(list, { w: '64', h: '20', f: 'crop', q: '80' }), '64x20 crop 80 same', 'the numbers of either list');
  t.match(asked(list, size), /whitelist/);
  for (const empty of [null, '', '[]', 'null']) t.equal(asked(empty, size), '33x44 contain 0 same', `any size with ${empty}`);
  for (const broken of ['{', '{}', '"x"', '[1]', '[null]', '[{"key":"a"}]']) {
    t.match(asked(broken, size), /whitelist/, `${broken} allows nothing`);
    t.equal(asked(broken, { key: 'system' }), '64x20 crop 80 same');
  }
  const texts = JSON.stringify([
    { key: 'texts', width: '12', height: '13', fit: 'contain', quality: '7' },
    { ...entry, quality: 101 },
  ]);
  t.equal(asked(texts, { key: 'texts' }), '12x13 contain 7 same', 'numbers may be texts');
  t.match(asked(texts, { key: 'small' }), /Key doesn't exist/);
});

t.test('numbers', async (t) => {
  const bad: readonly (readonly [AssetParameters, RegExp])[] = [
    [{ ...size, w: '5001' }, /1 to 5000/],
    [{ ...size, w: '0' }, /1 to 5000/],
    [{ ...size, h: '1.5' }, /1 to 5000/],
    [{ ...size, h: '' }, /h: This value should not be blank/],
    [{ ...size, q: '101' }, /0 to 100/],
    [{ ...size, f: 'cover' }, /contain or crop/],
    [{ w: '5' }, /h, f, q/],
    [{ ...size, format: 'svg' }, /format must be one of/],
  ];
  for (const [parameters, sentence] of bad) t.match(asked(null, parameters), sentence, JSON.stringify(parameters));
});

t.test('formats', async (t) => {
  t.equal(formatOfFile('a.b.JPG'), 'jpeg');
  t.equal(formatOfFile('a.tiff'), 'jpeg');
  t.equal(formatOfFile('none'), 'jpeg');
  t.equal(formatOfFile('a.webp'), 'webp');
  t.equal(formatAccepted('image/webp, image/avif'), 'avif');
  t.equal(formatAccepted('image/webp;q=0.1,image/avif;q=0.0'), 'webp');
  for (const none of [undefined, '', '*/*', 'image/*', 'image/webp;q=0']) t.equal(formatAccepted(none), undefined, String(none));
});
