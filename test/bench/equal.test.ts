/** The bench's comparison of answers: it must not call different answers equal, or nothing it says is worth anything. */
import t from 'tap';
import { allCases, distinct } from '../../bench/cases.ts';
import { demandEqual, demandEqualLines } from '../../bench/equal.ts';

t.test('white space, the order of keys and the spelling of numbers are free, nothing else is', async (t) => {
  demandEqual('it', '{"data":[{"a":1.50,"b":"x"}]}', '{ "data": [ {"b":"x","a":1.5} ]}');
  const differs = (own: string, other: string, where: RegExp): void => void t.throws(() => demandEqual('it', own, other), where);
  differs('{"data":[{"a":9007199254740993}]}', '{"data":[{"a":9007199254740992}]}', /\.data\.0\.a/);
  differs('{"data":[1,2]}', '{"data":[2,1]}', /\.data\.0/);
  differs('{"a":1}', '{"a":"1"}', /\.a/);
  differs('{"a":null}', '{}', /\.a/);
  demandEqualLines('it', '{"a":1}\n{"a":2}\n', '{"a": 1}\n{"a": 2}');
  t.throws(() => demandEqualLines('it', '{"a":1}\n{"a":2}\n', '{"a":1}\n'), /2 lines and 1/);
  t.throws(() => demandEqualLines('it', '{"a":1}\n{"a":2}\n', '{"a":1}\n{"a":3}\n'), /line 2/);
});

t.test('a case asks for at least 500 different things', async (t) => {
  for (const one of allCases(true)) {
    const paths = Array.from({ length: distinct }, (_, i) => one.paths(i));
    t.ok(new Set(paths.map(({ asked }) => asked)).size >= 500, one.name);
    t.ok(new Set(paths.map(({ handwritten }) => handwritten)).size >= 500, one.name);
  }
});
