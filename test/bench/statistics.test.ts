/** What the bench makes of its measurements. */
import t from 'tap';
import { better, coresBusy, type Figures, figuresOf, median, medianKnown, ratios, spreadOf } from '../../bench/statistics.ts';

const figures = (perSecond: number, serverCpu: number, databaseCpu: number | undefined): Figures => ({
  perSecond,
  spread: 0,
  latency: 1,
  serverCpu,
  databaseCpu,
  loadCpu: 0.5,
});

t.test('medians and spread', async (t) => {
  t.equal(median([3, 1, 2]), 2);
  t.equal(median([4, 1, 2, 3]), 2.5);
  t.ok(Number.isNaN(median([])));
  t.equal(medianKnown([1, undefined, 3]), undefined, 'what is not known in one round is not known');
  t.equal(medianKnown([1, 2, 3]), 2);
  t.equal(spreadOf([90, 100, 110]), 0.2);
  const { perSecond, databaseCpu } = figuresOf([figures(10, 1, 2), figures(30, 1, 4), figures(20, 1, 3)]);
  t.same([perSecond, databaseCpu], [20, 3]);
});

t.test('the better yardstick is the one with more requests a second, and both figures have to be met', async (t) => {
  const [fast, lean] = [figures(1000, 1, 1), figures(900, 0.5, 0.5)];
  t.equal(better(fast, lean), fast);
  t.equal(better(lean, fast), fast);
  const own = figures(800, 1.3, 1.3);
  t.same(ratios(own, lean, fast), { perSecond: 0.8, cpu: 1.3, leastCpu: 2.6, met: true });
  t.notOk(ratios(figures(799, 1, 1), fast, lean).met, 'too few requests');
  t.notOk(ratios(figures(1000, 1.4, 1.3), fast, lean).met, 'too much CPU');
  t.same(ratios(figures(800, 9, undefined), fast, lean), { perSecond: 0.8, cpu: undefined, leastCpu: undefined, met: true });
});

t.test('cores at work', async (t) => {
  t.equal(coresBusy(figures(1000, 0.5, 0.5)), 1.5, 'the load counts too');
  t.equal(coresBusy(figures(1000, 0.5, undefined)), undefined);
});
