import t from 'tap';
import { startTimings } from '../../src/lib/timings.ts';

t.test('stages are told in order, in milliseconds', async (t) => {
  const timings = startTimings({ header: true });
  timings.mark('bind');
  timings.mark('run');
  t.match(timings.header(), /^bind;dur=\d+\.\d{3}, run;dur=\d+\.\d{3}$/);
});
