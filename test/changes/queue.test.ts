/** Who reads too slowly is cut off, and nobody waits for him. */
import t from 'tap';
import { createQueue } from '../../src/changes/queue.ts';

t.test('a queue', async (t) => {
  const happened: string[] = [];
  const make = (most: number) => createQueue<number>({ most, ended: () => happened.push('ended'), cut: () => happened.push('cut') });
  const queue = make(2);
  queue.push(1, 1);
  queue.push(2, 1);
  queue.end();
  queue.push(3, 1);
  const read: number[] = [];
  for await (const one of queue.read()) read.push(one);
  t.strictSame(read, [1, 2], 'what waited is read before the end');
  t.strictSame(happened.splice(0), ['ended']);

  for (const sizes of [[1, 1, 1], [9_000_000]]) {
    const slow = make(2);
    sizes.forEach((size, i) => {
      slow.push(i, size);
    });
    await t.rejects(slow.read().next(), /too slowly/);
    t.strictSame(happened.splice(0), ['ended', 'cut']);
  }

  const left = make(2).read();
  const next = left.next();
  await left.return();
  t.strictSame(
    [await next, happened],
    [{ value: undefined, done: true }, ['ended']],
    'whoever waits for the next one is told at once that there is none',
  );
});
