import t from 'tap';
import { createSlots } from '../../src/lib/slots.ts';

t.test('no more than there are', async (t) => {
  const slots = createSlots(2);
  const first = slots.take();
  const second = slots.take();
  t.ok(first && second);
  t.equal(slots.take(), undefined, 'none is left');
  first?.();
  first?.();
  t.ok(slots.take(), 'one is free again');
  t.equal(slots.take(), undefined, 'and one only, however often it was given back');
  t.equal(createSlots(0).take(), undefined);
});
