import t from 'tap';
import { createTurns } from '../../src/lib/turns.ts';

const options = { count: 2, longest: 60_000, refusal: () => new Error('in vain') };
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test('first come, first served', async (t) => {
  const turns = createTurns({ ...options, patience: 60_000 });
  t.equal(turns.take(), undefined, 'at once');
  t.equal(turns.take(), undefined);
  const order: number[] = [];
  for (const i of [1, 2, 3]) void turns.take()?.then(() => order.push(i));
  await soon();
  t.strictSame(order, []);
  turns.done();
  await soon();
  t.strictSame(order, [1]);
  turns.done();
  turns.done();
  await soon();
  t.strictSame(order, [1, 2, 3]);
  turns.done();
  turns.done();
  t.equal(turns.take(), undefined, 'free again');
  t.equal(turns.take(), undefined);
  const third = turns.take();
  t.not(third, undefined, 'and no more than there are');
  turns.done();
  await third;
});

t.test('waiting ends when nothing moves', async (t) => {
  const turns = createTurns({ ...options, count: 1, patience: 50 });
  turns.take();
  await t.rejects(turns.take() ?? Promise.resolve(), /in vain/);
  turns.done();
  t.equal(turns.take(), undefined, 'who gave up takes no turn');
});

t.test('waiting goes on while the line moves, up to a limit', async (t) => {
  const turns = createTurns({ ...options, count: 1, patience: 300, longest: 1500 });
  turns.take();
  let served = 0;
  const line = Array.from({ length: 12 }, async () => {
    await turns.take();
    served += 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
    turns.done();
  });
  turns.done();
  await Promise.all(line);
  t.equal(served, 12, 'though the last one waited longer than its patience');

  const endless = createTurns({ ...options, count: 1, patience: 60_000, longest: 50 });
  endless.take();
  await t.rejects(endless.take() ?? Promise.resolve(), /in vain/);
});
