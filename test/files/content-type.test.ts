/** What content is told to be, whatever it is called. */
import t from 'tap';
import { contentTypeOf } from '../../src/files/content-type.ts';

const cases: readonly (readonly [content: string | Uint8Array, name: string, type: string, extension: string])[] = [
  ['plain', 'a.txt', 'text/plain', 'txt'],
  ['plain', 'a', 'text/plain', 'txt'],
  ['<?php echo 1;', 'a.php', 'text/plain', 'txt'],
  ['a,b', 'a.CSV', 'text/csv', 'csv'],
  ['{}', 'a.json', 'application/json', 'json'],
  ['no picture', 'a.svg', 'text/plain', 'txt'],
  ['\ufeff<svg xmlns="http://www.w3.org/2000/svg"/>', 'a.png', 'image/svg+xml', 'svg'],
  ['<!-- a --><svg>', 'a.txt', 'image/svg+xml', 'svg'],
  ['<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "a" "b" [<!ENTITY c "d">]>\n<svg>', 'a', 'image/svg+xml', 'svg'],
  [' <!DOCTYPE HTML><title>', 'a.txt', 'text/html', 'html'],
  ['<script>1</script>', 'a.jpg', 'text/html', 'html'],
  ['%PDF-1.7\n', 'a.txt', 'application/pdf', 'pdf'],
  [Buffer.from('GIF89a\u0001\u0000\u0001\u0000', 'latin1'), 'a.txt', 'image/gif', 'gif'],
  [Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'a.txt', 'image/jpeg', 'jpg'],
  [Buffer.from([0, 1, 2, 3]), 'a.txt', 'application/octet-stream', 'bin'],
  [Buffer.from('Größe', 'utf8').subarray(0, 4), 'cut.txt', 'text/plain', 'txt'],
];

t.test('content is told by what it is', async (t) => {
  for (const [content, name, type, extension] of cases) {
    t.same(await contentTypeOf(Buffer.from(content as string), name), { type, extension }, `${name}: ${JSON.stringify(String(content))}`);
  }
});
