import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { orAborted, within } from '../../src/lib/abortable.ts';

const never = new Promise<never>(() => undefined);

t.test('waiting ends with the work or with the signal', async (t) => {
  const controller = new AbortController();
  t.equal(await orAborted(Promise.resolve(1), controller.signal), 1);
  await t.rejects(orAborted(Promise.reject(new Error('broken')), controller.signal), { message: 'broken' });
  const waiting = orAborted(never, controller.signal);
  controller.abort(new Error('enough'));
  await t.rejects(waiting, { message: 'enough' });
  await t.rejects(orAborted(never, controller.signal), { message: 'enough' }, 'also when it was aborted before');
  await t.rejects(orAborted(Promise.reject(new Error('late')), controller.signal), { message: 'enough' }, 'the work may fail unheard');
});

t.test('no listener is left behind', async (t) => {
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...args);
  };
  await orAborted(Promise.resolve(1), signal);
  await orAborted(Promise.reject(new Error('broken')), signal).catch(() => undefined);
  t.equal(listeners, 0);
});

t.test('within a time', async (t) => {
  t.equal(await within(1000, Promise.resolve()), true);
  t.equal(await within(1000, Promise.reject(new Error('broken'))), false);
  t.equal(await within(1, pause(50)), false);
});
