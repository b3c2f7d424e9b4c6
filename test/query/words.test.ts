/** Promise: words hold nothing that means more than themselves. */
import fc from 'fast-check';
import t from 'tap';
import { wordsOf } from '../../src/query/words.ts';

t.test('words', async (t) => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['', []],
    ['two words', ['two', 'words']],
    ['don\'t +stop* (at) "foo_bar" NEAR/2', ['don', 't', 'stop', 'at', 'foo_bar', 'NEAR', '2']],
    ['Twice twice TWICE', ['TWICE']],
    ['_ __ ! 😀 a_', ['a_']],
    ['cre\u0301me 日本語 3,14', ['créme', '日本語', '3', '14']],
  ];
  for (const [text, words] of cases) t.strictSame(wordsOf(text), words, text);
  t.throws(() => wordsOf(Array.from({ length: 51 }, (_, i) => `w${i}`).join(' ')), /limit of 50 words/);
  t.equal(wordsOf(Array.from({ length: 50 }, (_, i) => `w${i}`).join(' ')).length, 50);
});

t.test('nothing else', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => wordsOf(text).every((word) => /^[\p{L}\p{N}\p{M}_]+$/u.test(word))),
  );
  t.pass('of any text');
});
