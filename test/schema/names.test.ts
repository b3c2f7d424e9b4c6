/** Generated names: said shortly where free, at length where they compete, and the same in any order. */
import fc from 'fast-check';
import t from 'tap';
import { type NameWish, names, settleNames } from '../../src/schema/names.ts';

const wish = (id: string, candidates: readonly string[]): NameWish => ({ id, candidates });

t.test('candidates', async (t) => {
  t.same(names.toOne('plots', ['site', 'plot']), ['plots', 'plots_site_plot']);
  t.same(names.toMany('films', ['language_id']), ['films', 'films_by_language_id']);
  t.same(names.toMany('films', ['a'], 'old'), ['films', 'films_by_a', 'old_films_by_a']);
  t.same(names.throughTable('people', 'friends', ['a']), ['people', 'people_via_friends', 'people_via_friends_by_a']);
  t.same(names.toMany('-odd.na,me', ['a.b']), ['_odd_na_me', '_odd_na_me_by_a_b'], 'what filters cannot name is never generated');
});

t.test('competing wishes all say more', async (t) => {
  const settled = settleNames(
    [wish('1', names.toMany('films', ['a'])), wish('2', names.toMany('films', ['b'])), wish('3', names.toMany('songs', ['a']))],
    new Set(),
  );
  t.same([...settled.values()], ['films_by_a', 'films_by_b', 'songs']);
});

t.test('taken names are avoided', async (t) => {
  const settled = settleNames([wish('1', names.toMany('films', ['a']))], new Set(['films']));
  t.equal(settled.get('1'), 'films_by_a');
  const numbered = settleNames([wish('2', ['x']), wish('1', ['x']), wish('3', ['x_2'])], new Set());
  t.same(Object.fromEntries(numbered), { 1: 'x', 2: 'x_3', 3: 'x_2' }, 'numbers go around names that others have');
  t.equal(settleNames([wish('1', ['x'])], new Set(['x', 'x_2'])).get('1'), 'x_3');
});

t.test('names are unique, free, and do not depend on order', async () => {
  const name = fc.constantFrom('a', 'b', 'a_by_c', 'b_by_c', 'a_2');
  const wishes = fc.uniqueArray(
    fc.record({ id: fc.string({ maxLength: 3 }), candidates: fc.array(name, { minLength: 1, maxLength: 3 }) }),
    {
      selector: (one) => one.id,
      maxLength: 12,
    },
  );
  fc.assert(
    fc.property(wishes, fc.uniqueArray(name), fc.nat(), (list, taken, turn) => {
      const busy = new Set<string>(taken);
      const settled = settleNames(list, busy);
      const at = list.length === 0 ? 0 : turn % list.length;
      const other = settleNames([...list.slice(at), ...list.slice(0, at)].reverse(), busy);
      const given = [...settled.values()];
      return (
        given.length === list.length &&
        new Set(given).size === given.length &&
        given.every((one) => !busy.has(one)) &&
        list.every((one) => settled.get(one.id) === other.get(one.id))
      );
    }),
  );
});
