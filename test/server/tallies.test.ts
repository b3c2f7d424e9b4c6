/** Histograms in the form that Prometheus reads. */
import t from 'tap';
import { byLabels, createHistogram } from '../../src/server/operations/tallies.ts';

t.test('a histogram counts up, by its labels', async (t) => {
  const histogram = createHistogram('took_seconds', 'How long', ['what', 'who']);
  for (const seconds of [0.0005, 0.0006, 3, 100]) histogram.observe(seconds, 'read', 'a"b\\c\nd');
  histogram.observe(0.2, 'write', '');
  const lines = histogram.text().split('\n');
  t.same(lines.slice(0, 2), ['# HELP took_seconds How long', '# TYPE took_seconds histogram']);
  const who = 'what="read",who="a\\"b\\\\c\\nd"';
  for (const line of [
    `took_seconds_bucket{${who},le="0.0005"} 1`,
    `took_seconds_bucket{${who},le="0.001"} 2`,
    `took_seconds_bucket{${who},le="2.5"} 2`,
    `took_seconds_bucket{${who},le="10"} 3`,
    `took_seconds_bucket{${who},le="+Inf"} 4`,
    `took_seconds_sum{${who}} 103.0011`,
    `took_seconds_count{${who}} 4`,
    'took_seconds_count{what="write",who=""} 1',
  ]) {
    t.ok(lines.includes(line), line);
  }
});

t.test('one value by each combination', async (t) => {
  const counts = byLabels(() => ({ n: 0 }));
  for (const labels of [
    ['a', 'b'],
    ['a', 'c'],
    ['a', 'b'],
    ['b', 'a'],
  ] as const)
    counts.at(...labels).n += 1;
  t.same(
    counts.all().map(([labels, { n }]) => [...labels, n]),
    [
      ['a', 'b', 2],
      ['a', 'c', 1],
      ['b', 'a', 1],
    ],
  );
});
