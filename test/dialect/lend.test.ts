/** Promise: who waits for a connection gets the one that is given back, without a way through the pool, unless something is wrong with it. */
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { lend } from '../../src/dialect/lend.ts';

interface Raw {
  readonly name: string;
  sound: boolean;
}

/** A pool that counts what it lends. */
function pool() {
  const lent: string[] = [];
  const back: string[] = [];
  const lending = lend<Raw>(
    {
      async acquireConnection() {
        const raw = { name: `c${lent.length + 1}`, sound: true };
        lent.push(raw.name);
        return raw;
      },
      async releaseConnection({ name }) {
        back.push(name);
      },
    },
    { size: 1, isSound: ({ sound }) => sound },
  );
  return { lent, back, ...lending };
}

t.test('one that is given back goes to who waits', async (t) => {
  const { lent, back, acquire, release, use } = pool();
  const first = await acquire();
  const waiting = [acquire(), acquire()];
  t.strictSame(use(), { most: 1, busy: 1, waiting: 2 });
  await release(first);
  const second = await waiting[0];
  t.equal(second, first);
  t.strictSame([lent, back], [['c1'], []]);
  if (second) await release(second);
  const third = await waiting[1];
  t.equal(third, first);
  if (third) await release(third);
  t.strictSame([lent, back], [['c1'], []]);
  t.equal(await acquire(), first, 'it stays at hand for the next');
  await release(first);
  await setTimeout(100);
  t.strictSame([lent, back], [['c1'], ['c1']], 'and goes back to the pool when nobody comes');
  t.strictSame(use(), { most: 1, busy: 0, waiting: 0 });
});

t.test('one that is unsound goes to the pool, and who waits gets another', async (t) => {
  const { lent, back, acquire, release } = pool();
  const first = await acquire();
  const waiting = acquire();
  first.sound = false;
  await release(first);
  t.equal((await waiting).name, 'c2');
  t.strictSame([lent, back], [['c1', 'c2'], ['c1']]);
});

t.test('one that breaks while it rests goes to the pool', async (t) => {
  const { lent, back, acquire, release } = pool();
  const first = await acquire();
  await release(first);
  first.sound = false;
  t.equal((await acquire()).name, 'c2');
  t.strictSame([lent, back], [['c1', 'c2'], ['c1']]);
});
