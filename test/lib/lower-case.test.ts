/** Lower case of one character for one. */
import fc from 'fast-check';
import t from 'tap';
import { lowerCase } from '../../src/lib/lower-case.ts';

t.test('letters have no neighbours', async (t) => {
  t.equal(lowerCase('ÉCOLE ΟΔΟΣ Straße İI \u212a 𐐀 日本 %_\\'), 'école οδοσ straße ii k 𐐨 日本 %_\\');
  t.equal(lowerCase('ς'), 'ς');
});

t.test('as many characters as before, whatever the text, and none changes twice', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const lower = lowerCase(text);
      return [...lower].length === [...text].length && lowerCase(lower) === lower;
    }),
  );
});
