import t from 'tap';
import { createConflictThrottle } from '../../src/engine/conflict-throttle.ts';

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test('who meets again and again goes one by one', async (t) => {
  const calm = createConflictThrottle(3);
  let [now, most] = [0, 0];
  const work = async (): Promise<void> => {
    now += 1;
    most = Math.max(most, now);
    await soon();
    now -= 1;
  };
  const all = (): Promise<unknown> => Promise.all(Array.from({ length: 10 }, () => calm.run(work, false)));
  await all();
  t.equal(most, 3, 'as many as may');
  calm.conflicted();
  most = 0;
  await all();
  t.equal(most, 3, 'once is no trouble');
  calm.conflicted();
  most = 0;
  await all();
  t.equal(most, 1);
});

t.test('who tries again comes first, and failures count as ends', async (t) => {
  const calm = createConflictThrottle(1);
  const order: string[] = [];
  const first = calm.run(async () => {
    await soon();
    throw new Error('mine');
  }, false);
  const others = ['new', 'newer'].map((name) => calm.run(async () => void order.push(name), false));
  const again = calm.run(async () => void order.push('again'), true);
  await t.rejects(first, /mine/);
  await Promise.all([...others, again]);
  t.strictSame(order, ['again', 'new', 'newer']);
});
