/** Promise: GraphQL reads the same rows under the same rules as REST, in the shape that the document asks for. */
import {
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  type IntrospectionQuery,
  isLeafType,
  isObjectType,
  validateSchema,
} from 'graphql';
import { nameOfGraphql } from '../../src/schema/names.ts';
import type { Who } from '../fixtures/garden-people.ts';
import { type Feature, type Tester, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { data, fails, gives, gql } from '../support/graphql.ts';
import { at, exact, type Json } from '../support/http.ts';

async function shapes(t: Tester, world: World): Promise<void> {
  await gives(
    t,
    world,
    `{ plants(limit: 2, offset: 1, filter: {title_contains: "apple", or: [{id_eq: 1}, {id_eq: 11}]}, sort: ["-id"]) {
      data { id t: title family { code } } meta { collection type total_count result_count filter_count } } }`,
    {
      plants: {
        data: [{ id: '1', t: 'Apple', family: { code: 'ROS' } }],
        meta: { collection: 'plants', type: 'collection', total_count: 9, result_count: 1, filter_count: 2 },
      },
    },
  );
  await gives(t, world, '{ plants(id: 1) { data { title } } }', { plants: { data: [{ title: 'Apple' }] } });
  await gives(t, world, '{ plants(id: 404) { data { title } } none: plants_by_id(id: 404) { title } }', {
    plants: { data: [] },
    none: null,
  });
  await gives(
    t,
    world,
    `query ($weight: Int = 4, $with: Boolean!) { plants_by_id(id: "12") { ...some
      heavy: uses(where: {weight: {_gte: $weight}}, sort: ["-id"], limit: 1) { id use_id { name } }
      light: uses(where: {weight: {_lt: $weight}}) { id }
      hidden: title @skip(if: $with) __typename } }
    fragment some on PlantsItem { id ... on PlantsItem @include(if: $with) { zone { name parent { n: name } } } }`,
    {
      plants_by_id: {
        id: '12',
        zone: { name: 'North', parent: { n: 'Garden' } },
        heavy: [{ id: '9', use_id: { name: 'dye' } }],
        light: [],
        __typename: 'PlantsItem',
      },
    },
    'admin',
    { with: true },
  );
  await gives(t, world, '{ plants(limit: 1, sort: ["id"]) { data { id } again: data { t: title } __typename } }', {
    plants: { data: [{ id: '1' }], again: [{ t: 'Apple' }], __typename: 'Plants' },
  });
}

async function filters(t: Tester, world: World): Promise<void> {
  const ids = async (where: string, wanted: readonly string[]): Promise<void> => {
    const answer = await gql(world, `{ plants(where: ${where}, sort: ["id"], status: ["*"]) { data { id } } }`);
    const found = data(answer, 'plants');
    t.strictSame(Array.isArray(found) ? found.map((row) => at(row, 'id')) : told(answer), wanted, where);
  };
  await ids('{_or: [{id: {_in: [1, 2]}}, {uses: {_some: {weight: {_gt: 8}}}}]}', ['1', '2', '3']);
  await ids('{uses: {_some: {use_id: {_is: {name: {_eq: "dye"}}}}}}', ['6', '12']);
  await ids('{uses: {_none: {}}, id: {_lt: 6}}', ['5']);
  await ids('{_not: {zone: {_null: false}}}', ['5', '7']);
  await ids('{zone: {_is: {name: {_contains: "row"}}}, family: {_eq: "PIN"}}', ['10']);
  await ids('{height: {_between: ["1.00", 1.2]}}', ['2', '12']);
  await fails(t, world, '{ plants(where: {title: {_eq: null}}) { data { id } } }', 'BAD_USER_INPUT');
  await fails(t, world, '{ plants(where: {title: null}) { data { id } } }', 'BAD_USER_INPUT');
}

async function pages(t: Tester, world: World): Promise<void> {
  const seen: Json[] = [];
  let after: Json = null;
  let lastSeen = 0;
  for (let page = 0; page < 10; page += 1) {
    const query =
      'query ($after: String) { plants_connection(first: 4, after: $after, sort: ["-height"]) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } totalCount } }';
    const answer = await gql(world, query, 'admin', { after });
    const edges = at(answer.json, 'data', 'plants_connection', 'edges');
    if (!Array.isArray(edges)) return void t.fail(told(answer));
    seen.push(...edges.map((edge) => at(edge, 'node', 'id') ?? null));
    t.equal(at(edges.at(-1), 'cursor'), at(answer.json, 'data', 'plants_connection', 'pageInfo', 'endCursor'));
    if (at(answer.json, 'data', 'plants_connection', 'pageInfo', 'hasNextPage') !== true) break;
    // By the cursor of an edge as well as by that of the page.
    after = at(edges.at(-1), 'cursor') ?? null;
    lastSeen = seen.length;
  }
  const back = async (args: string): Promise<unknown> => {
    const answer = await gql(
      world,
      `{ plants_connection(${args}, sort: ["-height"]) { nodes { id } pageInfo { hasNextPage hasPreviousPage } totalCount } }`,
    );
    const { nodes, pageInfo, totalCount } = (at(answer.json, 'data', 'plants_connection') ?? {}) as { [name: string]: Json };
    return Array.isArray(nodes) ? [nodes.map((node) => at(node, 'id')), pageInfo, totalCount] : told(answer);
  };
  const count = seen.length;
  t.strictSame(await back('last: 3'), [seen.slice(-3), { hasNextPage: false, hasPreviousPage: true }, count], 'the last page');
  t.strictSame(
    await back(`last: 3, before: "${after}"`),
    [seen.slice(lastSeen - 4, lastSeen - 1), { hasNextPage: true, hasPreviousPage: true }, count],
    'the rows before one, by a cursor of a page counted from the start',
  );
  t.strictSame(await back('last: 100'), [seen, { hasNextPage: false, hasPreviousPage: false }, count], 'all rows');
  await fails(t, world, '{ plants_connection(first: 1, last: 1) { nodes { id } } }', 'BAD_USER_INPUT');
  await fails(t, world, '{ plants_connection(last: 1, after: "x") { nodes { id } } }', 'BAD_USER_INPUT');
  const rest = await world.get('items/plants?fields=id&sort=-height,id&limit=-1', 'admin');
  t.strictSame(
    seen,
    (at(rest.json, 'data') as Json[]).map((row) => String(at(row, 'id'))),
    'all rows, each once',
  );
}

async function groups(t: Tester, world: World): Promise<void> {
  await gives(
    t,
    world,
    'query ($where: PlantsWhere) { plants_aggregated(sort: ["-count"], limit: 1, where: $where) { g: group { kind } n: count sum { heads } countOf { latin } countDistinct { family } min { height } } }',
    {
      plants_aggregated: [
        { g: { kind: 'shrub' }, n: 4, sum: { heads: 54 }, countOf: { latin: 4 }, countDistinct: { family: 1 }, min: { height: 1 } },
      ],
    },
    'admin',
    { where: { kind: { _eq: 'shrub' } } },
  );
  // SQLite has texts only.
  const labels = world.vendor === 'sqlite' ? null : { enumValues: [{ name: 'tree' }, { name: 'shrub' }, { name: 'herb' }] };
  await gives(t, world, '{ __type(name: "Plants_kind") { enumValues { name } } }', { __type: labels });
  await fails(t, world, '{ plants_aggregated { sum { passcode } } }', 'GRAPHQL_VALIDATION_FAILED', 'editor');
}

const everybody: readonly (Who | null)[] = [null, 'admin', 'editor', 'otherWriter', 'warden'];

/** Every field of every list that the caller may ask for has the value that REST gives; what a row lacks there is null here. */
async function sameAsRest(t: Tester, world: World, who: Who | null): Promise<void> {
  const told = await gql(world, getIntrospectionQuery(), who);
  const found = at(told.json, 'data');
  if (found === null || typeof found !== 'object') return void t.fail(told.text.slice(0, 200));
  const schema = buildClientSchema(found as unknown as IntrospectionQuery);
  t.strictSame(validateSchema(schema), [], `${who ?? 'public'}: a schema by the rules of the language`);
  for (const [name, field] of Object.entries(schema.getQueryType()?.getFields() ?? {})) {
    const wrapper = getNamedType(field.type);
    const list = isObjectType(wrapper) ? wrapper.getFields()['data'] : undefined;
    const item = list && getNamedType(list.type);
    if (!isObjectType(item) || !wrapper.name || name.startsWith('directus_')) continue;
    const leaves = Object.values(item.getFields()).filter((one) => isLeafType(getNamedType(one.type)));
    const columns = leaves.map((one) => one.name);
    const ids = new Set(leaves.filter((one) => getNamedType(one.type).name === 'ID').map((one) => one.name));
    if (columns.length === 0) continue;
    const answer = await gql(world, `{ ${name}(limit: -1) { data { ${columns.join(' ')} } } }`, who);
    const rows = data(answer, name);
    const rest = await world.get(`items/${encodeURIComponent(nameOfGraphql(name))}?limit=-1`, who ?? undefined);
    const wanted = at(rest.json, 'data');
    const precise = rest.status === 200 ? exact(rest) : null;
    /** A key, digit for digit, as a text. */
    const id = (row: number, name: string): string | null => {
      const value = at(precise, 'data', row, name);
      return typeof value === 'string' ? value.replace('#', '') : null;
    };
    const plain = (Array.isArray(wanted) ? wanted : []).map((row, i) =>
      Object.fromEntries(columns.map((one) => [one, ids.has(one) ? id(i, nameOfGraphql(one)) : (at(row, nameOfGraphql(one)) ?? null)])),
    );
    // Rows of which nothing may be shown are left out there.
    const shown = (Array.isArray(rows) ? rows : []).filter((row) => row && Object.values(row).some((value) => value !== null));
    t.strictSame(
      shown,
      plain.filter((row) => Object.values(row).some((value) => value !== null)),
      `${who ?? 'public'}: ${name}`,
    );
  }
}

async function system(t: Tester, world: World): Promise<void> {
  await gives(t, world, '{ directus_users(id: 2) { data { email role { name } } } directus_roles_by_id(id: 3) { name } }', {
    directus_users: { data: [{ email: 'edda@garden.test', role: { name: 'Editor' } }] },
    directus_roles_by_id: { name: 'Editor' },
  });
  const named = `query ($f: DirectusUsersFilter, $id: Int, $since: Datetime) {
    directus_users(filter: $f) { data { ... on Node { id } } }
    plants(id: $id, filter: {created_on_gt: $since}) { data { id } }
    directus_collections(name: "plants") { data { collection } }
    directus_fields(collection: "plants", field: "status") { data { field } }
    __type(name: "PlantsItem") { interfaces { name } }
  }`;
  const answer = await gql(world, named, 'admin', { f: { email_eq: 'edda@garden.test' }, id: 1, since: '2000-01-01 00:00:00' });
  t.strictSame(
    at(answer.json, 'data'),
    {
      directus_users: { data: [{ id: '2' }] },
      plants: { data: [{ id: '1' }] },
      directus_collections: { data: [{ collection: 'plants' }] },
      directus_fields: { data: [{ field: 'status' }] },
      __type: { interfaces: [{ name: 'Node' }] },
    },
    `types and arguments are called as in Directus 8 (${told(answer)})`,
  );
  await fails(t, world, '{ directus_users { data { password } } }', 'GRAPHQL_VALIDATION_FAILED');
  await fails(t, world, '{ directus_permissions { data { id } } }', 'GRAPHQL_VALIDATION_FAILED', 'nobody');
}

/** The least of several tries, as looks in the background may add to one. */
async function statements(t: Tester, world: World): Promise<void> {
  const cost = async (query: string, who: Who): Promise<number> => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 8 && least > 1; i += 1) {
      world.gateway.statements.length = 0;
      const answer = await gql(world, query, who);
      if (i === 0) t.equal(at(answer.json, 'errors'), undefined, told(answer));
      least = Math.min(least, world.gateway.statements.filter(({ text }) => !/^pragma /i.test(text)).length);
    }
    return least;
  };
  const deep =
    '{ plants { data { id uses { use_id { name } } texts: labels { language } a: uses(limit: 1) { id } zone { plants { uses { plant { title } } } } } meta { total_count filter_count } } }';
  for (const who of ['admin', 'editor'] as const) t.equal(await cost(deep, who), 1, `${who}: one statement, which proves who asks`);
  t.equal(
    await cost('{ a: zones { data { id } } b: zones_connection { nodes { id } totalCount } c: zones_by_id(id: 1) { name } }', 'admin'),
    3,
    'one for each root field',
  );
}

export const graphqlReads: Feature = {
  promise: 'GraphQL reads',
  async run(t, world) {
    await t.test('the shape of Directus 8, aliases, fragments, directives', (t) => shapes(t, world));
    await t.test('typed filters', (t) => filters(t, world));
    await t.test('connections', (t) => pages(t, world));
    await t.test('groups and aggregates', (t) => groups(t, world));
    await t.test('system collections', (t) => system(t, world));
    await t.test('one statement for each root field', (t) => statements(t, world));
    const those = world.vendor === 'sqlite' ? everybody : everybody.slice(2);
    for (const who of those) await t.test(`the rows of REST: ${who ?? 'public'}`, (t) => sameAsRest(t, world, who));
  },
};
