import t from 'tap';
import { day, moment, money, seededRandom } from '../../src/demo/random.ts';

t.test('chance falls the same way each time', async (t) => {
  const draw = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 50 }, () => random.between(1, 1000));
  };
  t.same(draw(7), draw(7));
  t.not(draw(7).join(), draw(8).join());
  t.ok(draw(7).every((n) => n >= 1 && n <= 1000));
  const random = seededRandom(1);
  const list = ['a', 'b', 'c', 'd'];
  for (let i = 0; i < 50; i++) {
    t.ok(list.includes(random.pick(list)));
    const some = random.some(list, 2);
    t.same(some, [...new Set(some)].sort());
    t.equal(some.length, 2);
  }
  t.same(random.some(list, 9), list);
  t.throws(() => random.pick([]), RangeError);
});

t.test('money and times are texts', async (t) => {
  t.equal(money(5), '0.05');
  t.equal(money(123_456), '1234.56');
  t.equal(money(100), '1.00');
  t.equal(day(0), '2025-01-01');
  t.equal(day(-1), '2024-12-31');
  t.equal(day(365), '2026-01-01');
  t.equal(moment(59, 3_661), '2025-03-01 01:01:01');
});
