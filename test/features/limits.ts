/** Promise: a project's own limits hold, each refusal names its limit, and nothing is ever cut without a word. */
import type { LimitSettings } from '../../src/config/schema.ts';
import { adminToken } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { answers, refused, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { project, startGateway } from '../support/gateway.ts';
import { type Answer, ask, at, column } from '../support/http.ts';

/** Everything is small here. */
const small: LimitSettings = {
  depth: 3,
  fields: 6,
  outputs: 60,
  filterNodes: 4,
  keys: 3,
  sort: 2,
  searchCharacters: 5,
  pageRows: 6,
  nestedRows: 3,
  urlBytes: 1500,
};

/** A request within each limit, one beyond it, and the status of the refusal. */
const cases: readonly (readonly [limit: keyof typeof small, within: string, beyond: string, status: number])[] = [
  ['depth', 'zones?limit=1&fields=parent.parent.name', 'zones?limit=1&fields=parent.parent.parent.name', 400],
  ['depth', 'zones?limit=1&filter[parent.parent.name]=x', 'zones?filter[parent.parent.parent.name]=x', 400],
  ['depth', 'zones?limit=1&filter={"parent":{"parent":{"id":1}}}', 'zones?limit=1&filter={"parent":{"parent":{"parent":{"id":1}}}}', 400],
  ['depth', 'zones?limit=1&sort=parent.parent.name', 'zones?limit=1&sort=parent.parent.parent.name', 400],
  ['fields', 'plants?limit=1&fields=id,title,heads,kind,tags,latin', 'plants?limit=1&fields=id,title,heads,kind,tags,latin,notes', 400],
  ['outputs', 'plants?limit=1', 'plants?limit=1&fields=*.*', 400],
  [
    'filterNodes',
    'plants?limit=1&filter={"id":{"_gt":1,"_lt":9,"_neq":5}}',
    'plants?limit=1&filter={"id":{"_gt":1,"_lt":9,"_neq":5,"_nnull":true}}',
    400,
  ],
  [
    'filterNodes',
    'families?limit=1&fields=members.id&filter={"code":"x","name":"y"}&deep[members][_filter]={"id":1}',
    'families?limit=1&fields=members.id&filter={"code":"x","name":"y"}&deep[members][_filter]={"id":1,"heads":2}',
    400,
  ],
  ['keys', 'plants/1,2,3', 'plants/1,2,3,5', 400],
  ['sort', 'plants?limit=1&sort=id,heads', 'plants?limit=1&sort=id,heads,kind', 400],
  [
    'sort',
    'families?limit=1&fields=members.id&sort=code&deep[members][_sort]=id',
    'families?limit=1&fields=members.id&sort=code&deep[members][_sort]=id,heads',
    400,
  ],
  ['searchCharacters', 'plants?limit=1&q=apple', 'plants?limit=1&q=apples', 400],
  ['searchCharacters', 'plants?limit=1&filter[title][contains]=apple', 'plants?limit=1&filter[title][contains]=apples', 400],
  ['searchCharacters', 'plants?limit=1&filter={"title":{"_rlike":"apple"}}', 'plants?limit=1&filter={"title":{"_nrlike":"apples"}}', 400],
  [
    'searchCharacters',
    'families?limit=1&fields=members.id&deep[members][_search]=apple',
    'families?limit=1&fields=members.id&deep[members][_search]=apples',
    400,
  ],
  ['pageRows', 'plants?fields=id&limit=6', 'plants?fields=id&limit=7', 400],
  ['pageRows', 'plants?fields=id&limit=-1&filter[heads][gt]=1', 'plants?fields=id&limit=-1', 422],
  ['pageRows', 'plants?fields=id&limit=-1&offset=3', 'plants?fields=id&limit=-1&offset=2', 422],
  ['nestedRows', 'families/ROS?fields=members.id&deep[members][_limit]=3', 'families/ROS?fields=members.id&deep[members][_limit]=4', 400],
  ['nestedRows', 'families/PIN?fields=members.id', 'families/ROS?fields=members.id', 422],
  ['nestedRows', 'families/ROS?fields=members.id&deep[members][_offset]=3', 'families/ROS?fields=members.id&deep[members][_offset]=2', 422],
  [
    'nestedRows',
    'families/ROS?fields=members.id&deep[members][_filter][heads][gt]=5',
    'families/ROS?fields=members.id&deep[members][_filter][heads][gt]=1',
    422,
  ],
  ['nestedRows', 'families/ROS?fields=members.id&deep[members][_limit]=2', 'families/ROS?fields=members.id&deep[members][_limit]=-1', 422],
  // Inside another list, and beside counters.
  ['nestedRows', 'plants/3?fields=family.members.id', 'plants/1?fields=family.members.id', 422],
  ['nestedRows', 'families?fields=members.id&filter[code]=PIN&meta=*', 'families?fields=members.id&meta=*&limit=5', 422],
  ['urlBytes', `plants?limit=1&nothing=${'a'.repeat(1200)}`, `plants?limit=1&nothing=${'a'.repeat(1500)}`, 400],
];

async function smallLimits(t: Tester, world: World): Promise<void> {
  const other = await startGateway({ [project]: world.config }, small);
  const get = (path: string): Promise<Answer> => ask(other.url, `/${project}/items/${path}`, { token: adminToken });
  try {
    for (const [limit, within, beyond, status] of cases) {
      const served = await get(within);
      t.equal(served.status, 200, `within ${limit}: ${within.slice(0, 120)} (${told(served)})`);
      const answer = await get(beyond);
      refused(t, answer, status, status === 400 ? 2 : 12, `beyond ${limit}: ${beyond.slice(0, 120)}`);
      const message = String(at(answer.json, 'error', 'message'));
      const named = message.includes(limit) || ['fields', 'outputs', 'keys'].includes(limit);
      t.ok(named && message.includes(String(small[limit])), `${limit}: the sentence names it (${message})`);
    }
    // What asks for no limit gets no more than a page may hold, and no fewer than it says.
    const unlimited = await get('plants?fields=id');
    t.strictSame(column(unlimited, 'id').length, 6, told(unlimited));
    t.equal((await get('plants/1,2,3?fields=id')).status, 200, 'keys are not counted as rows');
  } finally {
    await other.close();
  }
}

/** A stored text that looks like the mark of a list is a text. */
async function ordinary(t: Tester, world: World): Promise<void> {
  const every = await world.get('items/log_entries?fields=message&limit=-1', 'admin');
  t.equal(column(every, 'message').length, 230, 'all rows');
  await answers(t, world, 'items/families/PIN?fields=members.id', { members: [{ id: 3 }] });
}

export const limits: Feature = {
  promise: 'limits are settings and refusals name them',
  async run(t, world) {
    await t.test('within and beyond every limit', (t) => smallLimits(t, world));
    await t.test('what is within the defaults', (t) => ordinary(t, world));
  },
};
