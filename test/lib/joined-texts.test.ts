import t from 'tap';
import { joinTexts } from '../../src/lib/joined-texts.ts';

t.test('texts leave in one piece, in order, whatever their length', async (t) => {
  for (const length of [0, 1, 2, 5000]) {
    const texts = joinTexts();
    texts.add('lost');
    texts.clear();
    const expected = Array.from({ length }, (_, i) => `{"é":"${'ü☃'.repeat(i % 9)}${i}"}`);
    for (const text of expected) texts.add(text);
    t.equal(texts.count, length);
    t.equal(String(texts.between('<', '>')), `<${expected.join(',')}>`);
    t.equal(typeof texts.between('', '') === 'string', length < 5000, 'a long one is bytes');
    t.equal(texts.whole, length < 5000 ? expected.join(',') : undefined, 'only one that is not long is one text');
  }
});
