import t from 'tap';
import { createConflictThrottle } from '../../src/engine/conflict-throttle.ts';

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test('who meets again and again goes one by one', async (t) => {
  const throttle = createConflictThrottle(3);
  let [now, most] = [0, 0];
  const work = async (): Promise<void> => {
    now += 1;
    most = Math.max(most, now);
    await soon();
    now -= 1;
  };
  const all = (): Promise<unknown> => Promise.all(Array.from({ length: 10 }, () => throttle.run(work, false)));
  await all();
  t.equal(most, 3, 'as many as may');
  throttle.conflicted();
  most = 0;
  await all();
  t.equal(most, 3, 'once is no trouble');
  throttle.conflicted();
  most = 0;
  await all();
  t.equal(most, 1);
});

t.test('who stood in line when trouble began comes again', async (t) => {
  const throttle = createConflictThrottle(5);
  let [now, most, refused] = [0, 0, 0];
  const lines: (() => void)[] = [];
  const one = async (again: boolean): Promise<void> => {
    const began = await throttle.run(async (mayBegin) => {
      await new Promise<void>((connected) => lines.push(connected));
      if (!mayBegin()) return false;
      now += 1;
      most = Math.max(most, now);
      await soon();
      now -= 1;
      return true;
    }, again);
    if (began) return;
    refused += 1;
    await one(true);
  };
  const all = Promise.all(Array.from({ length: 5 }, () => one(false)));
  throttle.conflicted();
  throttle.conflicted();
  let ended = false;
  void all.then(() => {
    ended = true;
  });
  while (!ended) {
    for (const connected of lines.splice(0)) connected();
    await soon();
  }
  t.equal(most, 1, 'one by one');
  t.ok(refused > 0, 'the others gave their connections back');
});

t.test('who tries again comes first, and failures count as ends', async (t) => {
  const throttle = createConflictThrottle(1);
  const order: string[] = [];
  const first = throttle.run(async () => {
    await soon();
    throw new Error('mine');
  }, false);
  const others = ['new', 'newer'].map((name) => throttle.run(async () => void order.push(name), false));
  const again = throttle.run(async () => void order.push('again'), true);
  await t.rejects(first, /mine/);
  await Promise.all([...others, again]);
  t.strictSame(order, ['again', 'new', 'newer']);
});
