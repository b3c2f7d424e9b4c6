import t from 'tap';
import { arranged, numbered, type Positioned } from '../../../src/surfaces/strapi/relation-order.ts';

const placed = (text: string): Positioned[] =>
  text.split(' ').map((one) => {
    const [entry = '', position] = one.split('=');
    return { entry, position: position === undefined ? null : Number(position) };
  });

t.test('where entries come to stand', async (t) => {
  const kept = ['a', 'b', 'c'];
  t.same(arranged(kept, []), kept);
  t.same(arranged(kept, [{ entry: 'd' }, { entry: 'e' }]), ['a', 'b', 'c', 'd', 'e'], 'at the end, one after another');
  t.same(arranged(kept, [{ entry: 'c', position: { is: 'start' } }]), ['c', 'a', 'b'], 'one that is there moves');
  t.same(arranged(kept, [{ entry: 'd', position: { is: 'before', key: 'b' } }]), ['a', 'd', 'b', 'c']);
  t.same(arranged(kept, [{ entry: 'd', position: { is: 'after', key: 'c' } }]), ['a', 'b', 'c', 'd']);
  const beside = [{ entry: 'd', position: { is: 'start' } } as const, { entry: 'e', position: { is: 'after', key: 'd' } } as const];
  t.same(arranged(kept, beside), ['d', 'e', 'a', 'b', 'c'], 'beside one that comes too');
  t.equal(arranged(kept, [{ entry: 'd', position: { is: 'before', key: 'x' } }]), undefined);
  t.equal(arranged(kept, [{ entry: 'a', position: { is: 'before', key: 'a' } }]), undefined, 'beside itself there is no position');
});

t.test('which numbers are written', async (t) => {
  const written = (order: string, now: string) => Object.fromEntries(numbered(order.split(' '), now === '' ? [] : placed(now)));
  t.same(written('a b', 'a=3 b=7'), {}, 'nothing is out of order');
  t.same(written('a b c', 'a=3 b=7'), { c: 8 }, 'what comes last gets the next number');
  t.same(written('a b', ''), { a: 1, b: 2 });
  t.same(written('b a', 'a=1 b=2'), { b: 1, a: 2 });
  t.same(written('a c b', 'a=1 b=2'), { c: 2, b: 3 }, 'those before stay');
  t.same(written('a b c', 'a=1 b=1 c=5'), { b: 2, c: 3 }, 'numbers that are there twice');
  t.same(written('a b', 'a b'), { a: 1, b: 2 }, 'rows that had none');
});
