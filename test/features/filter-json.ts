/** Promise: a filter of groups, negations and quantifiers, as one JSON value or in brackets, finds exactly its rows. */
import type { Who } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { lists, refused } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { at } from '../support/http.ts';
import { visible } from './filter.ts';

const all = (...without: number[]): number[] => visible.filter((id) => !without.includes(id));

/** The path of a list filtered by a JSON text. */
const by = (filter: string, collection = 'plants', key = 'id'): string =>
  `items/${collection}?fields=${key}&sort=${key}&filter=${encodeURIComponent(filter)}`;

type Case = readonly [filter: string, ids: readonly number[]];

const conditions: readonly Case[] = [
  ['{}', [...visible]],
  ['{"heads":{"_eq":5}}', [1]],
  ['{"heads":5}', [1]],
  ['{"heads":"5"}', [1]],
  [' { "heads" : { "_gte" : 2 , "_lte" : 5 } } ', [1, 5, 6]],
  ['{"heads":{"_gte":1},"kind":"tree"}', [1, 3, 6, 11]],
  ['{"heads":{"_in":[1,5,999]}}', [1, 3]],
  ['{"heads":{"_in":"1,5"}}', [1, 3]],
  ['{"heads":{"_in":[]}}', []],
  ['{"heads":{"_nin":[0,1]}}', all(2, 3, 7)],
  ['{"latin":{"_in":["rubus,rosa","rosa"]}}', [12]],
  ['{"heads":{"_between":[2,5]}}', [1, 5, 6]],
  ['{"heads":{"_nbetween":[2,5]}}', all(1, 5, 6, 7)],
  ['{"heads":null}', [7]],
  ['{"heads":{"_eq":null}}', [7]],
  ['{"heads":{"_neq":null}}', all(7)],
  ['{"heads":{"_neq":1}}', all(3, 7)],
  ['{"heads":{"_null":true}}', [7]],
  ['{"heads":{"_null":false}}', all(7)],
  ['{"heads":{"_nnull":false}}', [7]],
  ['{"notes":{"_empty":true}}', [2, 3, 7]],
  ['{"notes":{"_nempty":false}}', [2, 3, 7]],
  ['{"title":{"_contains":"APPLE"}}', [1, 11]],
  ['{"title":{"_like":"apple"}}', [1, 11]],
  ['{"latin":{"_rlike":"r_sa"}}', [12]],
  ['{"title":"Ångström rose"}', [12]],
  ['{"title":"\\u00c5ngstr\\u00f6m rose"}', [12]],
  ['{"title":"Elder\'s \\"gift\\""}', [5]],
  ['{"title":"hazel \\\\ nut"}', [8]],
  ['{"title":"a\\u0000b"}', []],
  ['{"title":{"_contains":"a\\u0000b"}}', []],
  ['{"hardy":true}', [1, 2, 8, 12]],
  ['{"hardy":{"_eq":false}}', [3, 6, 11]],
  ['{"price":123456789.123456}', [11]],
  ['{"price":1.25e1}', [1]],
  ['{"price":{"_lt":0}}', [12]],
  ['{"heads":{"_lt":99999999999999999999999}}', all(7)],
  ['{"planted":{"_gte":"2021-01-01"}}', [5, 6, 8]],
  ['{"planted":{"_lt":"now"}}', all(7)],
];

const groups: readonly Case[] = [
  ['{"_and":[]}', [...visible]],
  ['{"_and":[{"kind":"tree"},{"heads":{"_gt":3}}]}', [1, 11]],
  ['{"_or":[{"title":"Apple"},{"heads":{"_gt":11}}]}', [1, 8, 12]],
  ['{"_or":[{"title":"Apple","heads":6},{"heads":{"_gt":11}}]}', [8, 12]],
  ['{"kind":"tree","_or":[{"heads":1},{"heads":11}]}', [3, 11]],
  ['{"_not":{"kind":"tree"}}', all(1, 3, 6, 11)],
  ['{"_not":{"_not":{"kind":"tree"}}}', [1, 3, 6, 11]],
  ['{"_not":{"kind":"tree","heads":{"_gt":3}}}', all(1, 11)],
  ['{"_not":{"_or":[{"heads":null},{"hardy":true}]}}', [3, 5, 6, 11]],
  ['{"_and":[{"_or":[{"id":1},{"id":3}]},{"_or":[{"id":3},{"id":5}]}]}', [3]],
  // Neither side of an OR, and no negation, escapes the status condition.
  ['{"_or":[{"id":4},{"id":12}]}', [12]],
  ['{"_not":{"id":12}}', all(12)],
];

const related: readonly Case[] = [
  ['{"family":{"name":{"_contains":"pin"}}}', [3]],
  ['{"family":{"name":"Rosaceae","code":"ROS"}}', [1, 2, 5, 8, 11, 12]],
  ['{"family":{"_eq":"PIN"}}', [3]],
  ['{"family":{"_neq":"PIN","name":{"_contains":"a"}}}', [1, 2, 5, 8, 11, 12]],
  ['{"family":null}', [6, 7]],
  ['{"family":{"_or":[{"code":"PIN"},{"name":"nobody"}]}}', [3]],
  ['{"family":{"_not":{"code":"ROS"}}}', [3]],
  ['{"_not":{"family":{"code":"ROS"}}}', [3, 6, 7]],
  ['{"family":{"_none":{"code":"ROS"}}}', [3, 6, 7]],
  ['{"zone":{"parent":{"parent":{"name":"North"}}}}', [1]],
  ['{"zone.parent.name":"Orchard"}', [1]],
  ['{"zone.parent":{"name":"Orchard"}}', [1]],
  ['{"zone.parent":{"_some":{"name":"Orchard"}}}', [1]],
  ['{"owner":{"email":{"_rlike":"wanda%"}}}', [2, 11]],
];

const quantified: readonly Case[] = [
  ['{"uses":{"weight":{"_gte":5}}}', [1, 3]],
  ['{"uses":{"_some":{"weight":{"_gte":5}}}}', [1, 3]],
  ['{"uses":{"_some":{}}}', [1, 2, 3, 6, 12]],
  ['{"uses":{"_none":{}}}', [5, 7, 8, 11]],
  ['{"uses":null}', [5, 7, 8, 11]],
  // One and the same row …
  ['{"uses":{"_some":{"use_id":2,"weight":{"_gte":4}}}}', [12]],
  ['{"uses":{"use_id":2,"weight":{"_gte":4}}}', [12]],
  // … or two.
  ['{"_and":[{"uses":{"use_id":2}},{"uses":{"weight":{"_gte":4}}}]}', [1, 12]],
  ['{"uses":{"_some":{"use_id":2},"_none":{"use_id":3}}}', [1]],
  ['{"uses":{"_none":{"weight":{"_lt":4}}}}', [3, 5, 7, 8, 11, 12]],
  ['{"uses":{"_every":{"weight":{"_gte":4}}}}', [3, 5, 7, 8, 11, 12]],
  ['{"uses":{"_every":{"weight":{"_gte":4}},"_some":{}}}', [3, 12]],
  ['{"uses":{"_some":{"use_id":{"name":"food"}}}}', [1, 2, 12]],
  ['{"uses":{"_none":{"use_id":{"name":"food"}}}}', all(1, 2, 12)],
  ['{"uses":{"_has":2}}', [1, 12]],
  ['{"uses":{"_all":[1,2,3]}}', [12]],
  ['{"uses":{"_in":[3,4]}}', [3, 6, 12]],
  ['{"labels":{"_some":{"language":"fr","name":{"_nnull":true}},"_none":{"language":"en"}}}', [3]],
  ['{"beds":{"_some":{"label":"rose bed"}}}', [1, 12]],
  ['{"beds":{"_none":{"label":"rose bed"}}}', all(1, 12)],
  ['{"beds":{"_some":{"label":"herb bed","keeper":{"name":"Max"}}}}', [12]],
  ['{"beds":{"_every":{"keeper":{"name":"Lou"}},"_some":{}}}', [1]],
  ['{"sightings":{"_some":{"observer":{"first_name":"Wim"},"plant":{"uses":{"_some":{"weight":5}}}}}}', [1]],
];

function table(cases: readonly Case[]) {
  return async (t: Tester, world: World): Promise<void> => {
    for (const [filter, ids] of cases) await lists(t, world, by(filter), ids);
  };
}

async function exactNumbers(t: Tester, world: World): Promise<void> {
  await lists(t, world, by('{"big":9007199254740993}', 'measures'), [1]);
  await lists(t, world, by('{"big":9007199254740992}', 'measures'), []);
  await lists(t, world, by('{"big":{"_in":[9223372036854775807,-9223372036854775808]}}', 'measures'), [2, 3]);
  await lists(t, world, by('{"wide":99999999999999.123456}', 'measures'), [1]);
  await lists(t, world, by('{"wide":{"_between":[99999999999999.123455,99999999999999.123457]}}', 'measures'), [1]);
  await lists(t, world, by('{"flag":false}', 'measures'), [2, 3]);
  await lists(t, world, by('{"keeper":{"id":9007199254740993}}', 'beds', 'label'), ['rose bed'], 'admin', 'label');
}

const brackets: readonly Case[] = [
  ['filter[title][_eq]=Apple', [1]],
  ['filter[_or][0][title][_eq]=Apple&filter[_or][1][heads][_gt]=11', [1, 8, 12]],
  ['filter[_or][][title]=Apple&filter[_or][][heads][_gt]=11', [1, 8, 12]],
  ['filter[_and][0][_or][0][id][_eq]=1&filter[_and][0][_or][1][id][_eq]=3&filter[_and][1][kind]=tree', [1, 3]],
  ['filter[_not][kind][_eq]=tree', all(1, 3, 6, 11)],
  ['filter[uses][_some][use_id][_eq]=2&filter[uses][_some][weight][_gte]=4', [12]],
  ['filter[family][name][_contains]=pin', [3]],
  ['filter[heads][_in]=1,5', [1, 3]],
  ['filter[heads][_in][]=1&filter[heads][_in][]=5', [1, 3]],
  ['filter[heads][_between][0]=2&filter[heads][_between][1]=5', [1, 5, 6]],
  ['filter[heads][_null]=true', [7]],
  ['filter[heads][_null]=false', all(7)],
  ['filter[heads][_null]', [7]],
];

async function inBrackets(t: Tester, world: World): Promise<void> {
  for (const [query, ids] of brackets) await lists(t, world, `items/plants?fields=id&sort=id&${query}`, ids);
}

/** Filter, status, code, and the name at fault. */
const refusals: readonly (readonly [string, number, number, string])[] = [
  ['{"nope":1}', 422, 202, 'nope'],
  ['{"nope":{"_eq":1}}', 422, 202, 'nope'],
  ['{"_or":[{"nope":1}]}', 422, 202, 'nope'],
  ['{"_xor":[{"id":1}]}', 422, 4, '_xor'],
  ['{"_foo":1}', 422, 202, '_foo'],
  ['{"__proto__":{"_eq":1}}', 422, 202, '__proto__'],
  ['{"constructor":{"prototype":1}}', 404, 202, 'constructor'],
  ['{"family":{"nope":1}}', 422, 202, 'nope'],
  ['{"nope":{"x":1}}', 404, 202, 'nope'],
  ['{"heads":{"x":1}}', 422, 12, 'heads'],
  ['{"heads":{"_some":{"x":1}}}', 422, 12, 'heads'],
  ['{"heads":{"_foo":1}}', 422, 214, '_foo'],
  ['{"heads":{"gt":1}}', 422, 12, 'heads'],
  ['{"heads":{"_constructor":1}}', 422, 214, '_constructor'],
  ['{"heads":{}}', 422, 4, 'heads'],
  ['{"heads":[1,2]}', 422, 4, 'heads'],
  ['{"_eq":1}', 422, 4, '_eq'],
  ['{"_some":{"id":1}}', 422, 4, '_some'],
  ['{"_and":{"id":1}}', 422, 4, '_and'],
  ['{"_and":[1]}', 422, 4, '_and'],
  ['{"_or":[]}', 422, 4, '_or'],
  ['{"_or":[[{"id":1}]]}', 422, 4, '_or'],
  ['{"_not":[{"id":1}]}', 422, 4, '_not'],
  ['{"_not":true}', 422, 4, '_not'],
  ['{"uses":{"_some":[{"weight":1}]}}', 422, 4, '_some'],
  ['{"uses":{"_none":5}}', 422, 4, '_none'],
  ['{"heads":{"_lt":null}}', 422, 4, '_lt'],
  ['{"heads":{"_eq":[1]}}', 422, 4, '_eq'],
  ['{"heads":{"_eq":{"_eq":1}}}', 422, 4, '_eq'],
  ['{"heads":{"_in":[1,null]}}', 422, 4, '_in'],
  ['{"heads":{"_in":[[1]]}}', 422, 4, '_in'],
  ['{"heads":{"_in":null}}', 422, 4, '_in'],
  ['{"heads":{"_between":[1]}}', 422, 4, '_between'],
  ['{"heads":{"_null":"maybe"}}', 422, 4, '_null'],
  ['{"heads":{"_has":1}}', 422, 12, 'heads'],
  ['{"uses":5,"uses":6}', 422, 4, 'uses'],
  ['{"heads":1', 422, 4, 'filter'],
  ['{"heads":01}', 422, 4, 'filter'],
  ["{'heads':1}", 422, 4, 'filter'],
  ['{"heads":1}}', 422, 4, 'filter'],
  ['[{"heads":1}]', 422, 4, 'filter'],
  ['"heads"', 422, 4, 'filter'],
  [`${'{"_not":'.repeat(200)}{}${'}'.repeat(200)}`, 422, 4, 'levels'],
  [`${'{"_not":'.repeat(60)}{"id":1}${'}'.repeat(60)}`, 400, 2, 'depth'],
  [`${'{"zone":'.repeat(13)}{"id":1}${'}'.repeat(13)}`, 400, 2, 'depth'],
  [`{"_or":[${Array(301).fill('{"id":1}').join(',')}]}`, 400, 2, 'filterNodes'],
];

async function refusedFilters(t: Tester, world: World): Promise<void> {
  for (const [filter, status, code, name] of refusals) {
    const answer = await world.get(by(filter), 'admin');
    refused(t, answer, status, code, filter.slice(0, 80));
    t.ok(String(at(answer.json, 'error', 'message')).includes(name), `${filter.slice(0, 80)} names ${name}: ${answer.text.slice(0, 200)}`);
  }
}

/** What may not be read is no row, no value and no name to a filter. */
async function rights(t: Tester, world: World): Promise<void> {
  const cases: readonly (readonly [Who, string, readonly number[] | readonly [number, number]])[] = [
    // Of the secret of a use the editor learns nothing, whatever the quantifier.
    ['editor', '{"uses":{"_some":{"use_id":{"secret":"pantry-code"}}}}', [422, 202]],
    ['editor', '{"uses":{"_none":{"use_id":{"_not":{"secret":{"_contains":"p"}}}}}}', [422, 202]],
    ['editor', '{"_not":{"passcode":null}}', [422, 202]],
    ['writer', '{"zone":{"name":"Pond"}}', [404, 202]],
    ['writer', '{"_not":{"_not":{"price":{"_gt":1}}}}', [422, 202]],
    ['sleuth', '{"sightings":{"_some":{}}}', [404, 202]],
    ['sleuth', '{"sightings":{"_none":{"note":"cone"}}}', [404, 202]],
    ['sleuth', '{"family":{"members":{"_every":{"sightings":{"_some":{}}}}}}', [404, 202]],
    // Sightings of others are none to the writer: 2 is of another one.
    ['writer', '{"sightings":{"_some":{"note":"fruit set"}}}', []],
    ['writer', '{"sightings":{"_some":{"note":"in bloom"}}}', [1]],
    ['writer', '{"sightings":{"_every":{"note":"in bloom"},"_some":{}}}', [1]],
    // Notes of a published plant are hidden from the editor: 11 and 12 have some, and count as unknown.
    ['editor', '{"notes":{"_contains":"note"}}', [8]],
    ['editor', '{"notes":{"_eq":"third note"}}', []],
    ['editor', '{"family":{"members":{"_some":{"notes":{"_contains":"third"}}}}}', []],
  ];
  for (const [who, filter, wanted] of cases) {
    const [status = 0, code = 0] = wanted;
    if (wanted.length === 2 && status > 400) refused(t, await world.get(by(filter), who), status, code, `${who}: ${filter}`);
    else await lists(t, world, by(filter), wanted, who);
  }
  // The same for a value that is hidden and one that is not there: both answers are the same.
  for (const word of ['third note', 'nothing at all']) {
    await lists(t, world, by(`{"_not":{"_not":{"notes":"${word}"}}}`), [], 'editor');
  }
}

export const filterJson: Feature = {
  promise: 'filters of groups, negations and quantifiers find exactly their rows',
  async run(t, world) {
    await t.test('conditions', (t) => table(conditions)(t, world));
    await t.test('groups', (t) => table(groups)(t, world));
    await t.test('relations to one row', (t) => table(related)(t, world));
    await t.test('quantifiers', (t) => table(quantified)(t, world));
    await t.test('numbers keep their digits', (t) => exactNumbers(t, world));
    await t.test('brackets with the same words', (t) => inBrackets(t, world));
    await t.test('filters that cannot be', (t) => refusedFilters(t, world));
    await t.test('rights', (t) => rights(t, world));
  },
};
