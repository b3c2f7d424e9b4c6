import t from 'tap';
import { joinTexts } from '../../src/lib/joined-texts.ts';

t.test('texts leave in one piece, in order, whatever their length', async (t) => {
  for (const length of [0, 1, 2, 300, 5000]) {
    const texts = joinTexts();
    texts.add('lost');
    texts.clear();
    const expected = Array.from({ length }, (_, i) => `{"é":"${'ü☃'.repeat(i % 9)}${i}"}`);
    for (const text of expected) texts.add(text);
    t.equal(texts.count, length);
    t.equal(String(texts.between('<', '>')), `<${expected.join(',')}>`);
    t.equal(typeof texts.between('', '') === 'string', length < 100, 'one that is not short is bytes');
    const pieces: (string | Buffer)[] = [];
    texts.each((piece) => void pieces.push(piece));
    t.strictSame(pieces.map(String), [expected.join(',')], 'one piece, without what stood around it');
  }
});
