/** Promise: over GraphQL too a mutation can be tried without being done, and a query explained without being run. */
import { actionFiles, filterFiles } from '../fixtures/hooks-of-writes.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { type HookedWorld, withHooks } from '../support/hooked.ts';
import { type Answer, at, type Json } from '../support/http.ts';
import { leavesAll } from '../support/writing.ts';

type Headers = Readonly<Record<string, string>>;

const asRole = (role: number): Headers => ({ 'x-act-as-role': String(role) });
const list = (value: Json): Json[] => (Array.isArray(value) ? value : []);

function asking(world: HookedWorld) {
  return (how: string, query: string, who?: Parameters<HookedWorld['ask']>[3], headers: Headers = {}): Promise<Answer> =>
    world.ask('POST', `gql${how}`, { query }, who, headers);
}

const told_ = (answer: Answer, ...path: (string | number)[]): Json => at(answer.json, 'extensions', ...path);

async function dryRuns(t: Tester, world: HookedWorld): Promise<void> {
  const ask = asking(world);
  const mutation = `mutation {
    made: create_makers_item(data: { id: 900, name: "Eve" }) { id name }
    changed: update_makers_item(id: 900, data: { name: "Eva" }, comment: "why") { name }
    gone: delete_things_item(id: 2) { ids }
  }`;
  let dryRun: Answer | undefined;
  await leavesAll(t, world, 'a dry run', async () => {
    dryRun = await ask('?dry_run=1', mutation);
  });
  if (!dryRun) throw new Error('It was asked');
  const changes = list(told_(dryRun, 'dry_run', 'changes'));
  t.strictSame(
    changes.map((one) => [at(one, 'action'), at(one, 'collection'), at(one, 'item')]),
    [
      ['create', 'makers', '900'],
      ['update', 'makers', '900'],
      ['delete', 'things', '2'],
    ],
    told(dryRun),
  );
  t.equal(list(told_(dryRun, 'dry_run', 'activity')).length, 3);
  const actions = (await world.said()).filter(({ event }) => /^[a-z]/.test(event));
  t.strictSame(actions, [], 'nobody is told');
  const key = { 'idempotency-key': 'tried-over-graphql' };
  await ask('?dry_run=1', mutation, 'admin', key);
  const done = await ask('', mutation, 'admin', key);
  t.strictSame(
    [done.headers['idempotency-replayed'], at(done.json, 'data')],
    [undefined, at(dryRun.json, 'data')],
    'the same answer, done',
  );
  await world.said();

  await leavesAll(t, world, 'refusals', async () => {
    for (const [what, document] of [
      ['no permission', 'mutation { create_makers_item(data: { name: "Eve" }) { id } }'],
      ['not valid', 'mutation { create_makers_item(data: { name: "lower" }) { id } }'],
      ['not there', 'mutation { update_makers_item(id: 999, data: { name: "Eve" }) { id } }'],
    ] as const) {
      const who = what === 'no permission' ? 'nobody' : 'admin';
      const tried = await ask('?dry_run=1', document, who);
      t.ok(at(tried.json, 'errors', 0, 'message'), told(tried));
      t.equal(tried.text, (await ask('', document, who)).text, `${what}: the same refusal`);
    }
    t.equal((await ask('?dry_run=1', '{ makers { data { id } } }')).text, (await ask('', '{ makers { data { id } } }')).text);
  });
  await world.said();
  const document = 'mutation { update_plants_item(id: 1, data: { title: "x" }) { title } }';
  const acted = await ask('?dry_run=1', document, 'admin', asRole(4));
  t.equal(acted.text, (await ask('?dry_run=1', document, 'writer')).text, 'a dry run as the role');
}

async function comments(t: Tester, world: HookedWorld): Promise<void> {
  const ask = asking(world);
  const add = (text: string) => `add_comment(collection: "makers", item: 1, comment: "${text}") { comment }`;
  const made = await ask('', 'mutation { add_comment(collection: "makers", item: 1, comment: "there") { id } }');
  const id = String(at(made.json, 'data', 'add_comment', 'id'));
  let dryRun: Answer | undefined;
  await leavesAll(t, world, 'dry runs of comments', async () => {
    dryRun = await ask(
      '?dry_run=1',
      `mutation { ${add('new')} edited: edit_comment(id: ${id}, comment: "other") { comment } gone: delete_comment(id: ${id}) { ids } }`,
    );
    for (const document of [`mutation { ${add(' ')} }`, `mutation { edit_comment(id: ${id}, comment: "x") { id } }`]) {
      const [tried, asked] = [await ask('?dry_run=1', document, 'nobody'), await ask('', document, 'nobody')];
      t.ok(at(asked.json, 'errors'), told(asked));
      t.equal(tried.text, asked.text, 'the same refusal');
    }
  });
  if (!dryRun) throw new Error('It was asked');
  t.match(at(dryRun.json, 'data'), { add_comment: { comment: 'new' }, edited: { comment: 'other' } }, told(dryRun));
  t.strictSame(
    list(told_(dryRun, 'dry_run', 'changes')).map((one) => [at(one, 'action'), at(one, 'collection'), at(one, 'after', 'comment')]),
    [
      ['create', 'directus_activity', 'new'],
      ['update', 'directus_activity', ''],
      ['update', 'directus_activity', ''],
    ],
    'as they would be left',
  );
}

async function explanations(t: Tester, world: HookedWorld): Promise<void> {
  const ask = asking(world);
  const query = `{
    some: plants(where: { title: { _contains: "apple" } }, limit: 3) { data { title zone { name } } }
    plants_aggregated { group { status } count }
    __typename
  }`;
  const own = await ask('?explain=1', query);
  t.strictSame(Object.keys((told_(own, 'explain') ?? {}) as object), ['some', 'plants_aggregated'], told(own));
  t.match(String(told_(own, 'explain', 'some', 'sql')), /select/);
  const values = list(told_(own, 'explain', 'some', 'parameters')).map((one) => at(one, 'value'));
  t.ok(values.includes('%apple%'), told(own));
  t.strictSame(
    list(told_(own, 'explain', 'some', 'rules')).map((one) => at(one, 'collection')),
    ['plants', 'zones'],
  );
  t.ok(JSON.stringify(told_(own, 'explain', 'some', 'plan')).length > 20, 'a plan');
  t.match(String(told_(own, 'explain', 'plants_aggregated', 'sql')), /group by/);
  t.notOk(own.text.includes('Lime apple'), 'no rows');
  const role = await ask('?explain=1', '{ plants { data { title } } }', 'admin', asRole(3));
  t.strictSame(
    [told_(role, 'explain', 'plants', 'as', 'role'), told_(role, 'explain', 'plants', 'rules', 0, 'allowed')],
    [3, true],
    told(role),
  );
  await leavesAll(t, world, 'no mutation is explained', async () => {
    const change = await ask('?explain=1', 'mutation { create_makers_item(data: { name: "Eve" }) { id } }');
    t.equal(change.status, 422, told(change));
  });
  for (const who of ['editor', 'nobody'] as const) t.equal((await ask('?explain=1', query, who)).status, 403, who);
  t.equal((await world.raw('/hooked/gql?explain=1&query={__typename}')).status, 403, 'the public');
  t.equal((await ask('?explain=maybe', query)).status, 422, 'another word');
  refused(t, await world.ask('GET', 'items/plants?explain=maybe'), 422, 12, 'as over REST');
}

export const askingGraphql: Feature = {
  promise: 'asking first over GraphQL: dry runs and explanations',
  databaseIndependent: 'what is tried or explained is a write or a read that other promises make',
  async run(t, { vendor }) {
    await withHooks(vendor, { ...filterFiles, ...actionFiles }, async (world) => {
      await t.test('dry runs', (t) => dryRuns(t, world));
      await t.test('dry runs of comments', (t) => comments(t, world));
      await t.test('explanations', (t) => explanations(t, world));
    });
  },
};
