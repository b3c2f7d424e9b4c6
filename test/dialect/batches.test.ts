import t from 'tap';
import { batchSize, mostRows, rowsAfter, sizeOf } from '../../src/dialect/batches.ts';

t.test('batches follow the width of the rows', async (t) => {
  const rows = (count: number, width: number): (string | null)[][] => Array.from({ length: count }, () => ['x'.repeat(width), null]);
  t.equal(sizeOf(['ab', null, 'c']), 3);
  t.equal(rowsAfter(rows(32, 1)), mostRows, 'narrow rows come by the hundred');
  t.equal(rowsAfter(rows(32, batchSize / 10)), 10);
  t.equal(rowsAfter(rows(500, batchSize * 5)), 1, 'wide ones alone');
});
