/** The names that mistyped ones probably stand for. */
import t from 'tap';
import { nearest } from '../../src/lib/nearest.ts';

const known = ['database', 'secret', 'limits', 'pageRows', 'nestedRows', 'max', 'min'];

t.test('slips of the finger are understood, and nothing else', async (t) => {
  for (const [given = '', meant = ''] of [
    ['databse', 'database'],
    ['Database', 'database'],
    ['page_rows', 'pageRows'],
    ['pagerows', 'pageRows'],
    ['serect', 'secret'],
    ['limit', 'limits'],
    ['mxa', 'max'],
  ]) {
    t.equal(nearest(given, known), meant, given);
  }
  for (const given of ['prefix', 'size', '', '__proto__', 'x'.repeat(100_000)])
    t.equal(nearest(given, known), undefined, given.slice(0, 20));
});
