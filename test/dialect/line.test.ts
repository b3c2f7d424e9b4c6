import t from 'tap';
import { createTransactionQueue } from '../../src/dialect/transaction-queue.ts';

const failing = async (): Promise<never> => {
  throw new Error('broken');
};

t.test('one after another', async (t) => {
  const line = createTransactionQueue();
  const order: string[] = [];
  const step = (name: string) => async (): Promise<string> => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`${name} ends`);
    return name;
  };
  t.strictSame(await Promise.all([line.send(step('a')), line.send(step('b'))]), ['a', 'b']);
  t.strictSame(order, ['a begins', 'a ends', 'b begins', 'b ends']);
  await line.end();
  line.check();
  await t.rejects(line.send(step('c')), /over/);
  line.check();
  t.equal(order.length, 4);
});

t.test('what failed is the end', async (t) => {
  const line = createTransactionQueue();
  await t.rejects(line.send(failing), /broken/);
  await t.rejects(
    line.send(() => 'next'),
    /broken/,
  );
  t.throws(() => line.check(), /broken/);
  const sudden = createTransactionQueue();
  await t.rejects(
    sudden.send(() => {
      throw new Error('at once');
    }),
    /at once/,
  );
  t.throws(() => sudden.check(), /at once/);
});

t.test('unless it is harmless', async (t) => {
  const line = createTransactionQueue();
  await t.rejects(
    line.send(failing, (error) => error instanceof Error && error.message === 'broken'),
    /broken/,
  );
  t.equal(await line.send(() => 'next'), 'next');
  line.check();
});
