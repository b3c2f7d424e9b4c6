import t from 'tap';
import { createSemaphore } from '../../src/lib/semaphore.ts';

const options = { count: 2, longest: 60_000, refusal: () => new Error('in vain') };
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test('first come, first served', async (t) => {
  const turns = createSemaphore({ ...options, patience: 60_000 });
  t.equal(turns.acquire(), undefined, 'at once');
  t.equal(turns.acquire(), undefined);
  const order: number[] = [];
  for (const i of [1, 2, 3]) void turns.acquire()?.then(() => order.push(i));
  await soon();
  t.strictSame(order, []);
  turns.release();
  await soon();
  t.strictSame(order, [1]);
  turns.release();
  turns.release();
  await soon();
  t.strictSame(order, [1, 2, 3]);
  turns.release();
  turns.release();
  t.equal(turns.acquire(), undefined, 'free again');
  t.equal(turns.acquire(), undefined);
  const third = turns.acquire();
  t.not(third, undefined, 'and no more than there are');
  turns.release();
  await third;
});

t.test('waiting ends when nothing moves', async (t) => {
  const turns = createSemaphore({ ...options, count: 1, patience: 50 });
  turns.acquire();
  await t.rejects(turns.acquire() ?? Promise.resolve(), /in vain/);
  turns.release();
  t.equal(turns.acquire(), undefined, 'who gave up takes no turn');
});

t.test('waiting goes on while the line moves, up to a limit', async (t) => {
  const turns = createSemaphore({ ...options, count: 1, patience: 300, longest: 1500 });
  turns.acquire();
  let served = 0;
  const line = Array.from({ length: 12 }, async () => {
    await turns.acquire();
    served += 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
    turns.release();
  });
  turns.release();
  await Promise.all(line);
  t.equal(served, 12, 'though the last one waited longer than its patience');

  const endless = createSemaphore({ ...options, count: 1, patience: 60_000, longest: 50 });
  endless.acquire();
  await t.rejects(endless.acquire() ?? Promise.resolve(), /in vain/);
});
