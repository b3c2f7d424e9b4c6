/** Promise: the GraphQL endpoint speaks HTTP as the draft has it, guards itself, and tells what is wrong in the caller's words. */
import { auditServer } from 'graphql-http';
import { type Feature, type Tester, told } from '../support/expect.ts';
import { type World, worldOf } from '../support/garden.ts';
import { project, startGateway } from '../support/gateway.ts';
import { fails, gives, gql } from '../support/graphql.ts';
import { at } from '../support/http.ts';

async function audits(t: Tester, world: World): Promise<void> {
  const results = await auditServer({ url: `${world.gateway.url}/${project}/gql`, fetchFn: fetch });
  t.ok(results.length > 50, 'the audits ran');
  for (const result of results) t.equal(result.status, 'ok', `${result.name}${'reason' in result ? `: ${result.reason}` : ''}`);
}

const own = { accept: 'application/graphql-response+json' };

async function faults(t: Tester, world: World): Promise<void> {
  await fails(t, world, '{ plants { data { id ', 'GRAPHQL_PARSE_FAILED');
  await fails(t, world, '{ "', 'GRAPHQL_PARSE_FAILED');
  // A syntax tree as JSON is no document.
  const name = { kind: 'Name', value: '__typename' };
  const selectionSet = { kind: 'SelectionSet', selections: [{ kind: 'Field', name }] };
  const tree = { kind: 'Document', definitions: [{ kind: 'OperationDefinition', operation: 'query', selectionSet }] };
  await fails(t, world, JSON.stringify(tree), 'GRAPHQL_PARSE_FAILED');
  const near = await fails(t, world, '{ plants { data { titel } } }', 'GRAPHQL_VALIDATION_FAILED');
  t.match(at(near.json, 'errors', 0, 'message'), /Did you mean "title"/, 'the nearest name');
  // `passcode` is there, but not for the editor.
  const hidden = await fails(t, world, '{ plants { data { passcod } } }', 'GRAPHQL_VALIDATION_FAILED', 'editor');
  t.notMatch(hidden.text, /passcode/, 'the nearest of those that the caller may see');
  await fails(t, world, 'query ($n: Int!) { plants(limit: $n) { data { id } } }', 'BAD_USER_INPUT', 'admin', { n: 'many' });
  await fails(t, world, '{ plants(sort: ["nope"]) { data { id } } }', 'BAD_USER_INPUT');
  await fails(t, world, '{ plants(limit: -3) { data { id } } }', 'BAD_USER_INPUT');
  await fails(t, world, '{ plants_connection(after: "nonsense") { nodes { id } } }', 'BAD_USER_INPUT');
  const part = await gql(world, '{ bad: plants(sort: ["nope"]) { data { id } } good: zones(limit: 1) { data { id } } }');
  t.strictSame(
    [at(part.json, 'data', 'bad'), at(part.json, 'data', 'good', 'data', 0, 'id'), at(part.json, 'errors', 0, 'path')],
    [null, '1', ['bad']],
    told(part),
  );
  const refused = await gql(world, '{ nope }', 'admin', {}, own);
  t.strictSame([refused.status, String(refused.headers['content-type']).split(';')[0]], [400, own.accept], told(refused));
  const broken = await world.get('gql', 'admin', { method: 'POST', body: '{"query":' });
  t.strictSame([broken.status, at(broken.json, 'errors', 0, 'extensions', 'code')], [400, 'BAD_REQUEST'], told(broken));
  const changing = await world.get('gql?query=mutation%7Bcreate_zones_item(data:%7Bname:%22x%22%7D)%7Bid%7D%7D', 'admin');
  t.equal(changing.status, 405, `GET changes nothing (${told(changing)})`);
  const asked = await world.get('gql?query=query($i:ID!)%7Bzones_by_id(id:$i)%7Bname%7D%7D&variables=%7B%22i%22:1%7D', 'admin');
  t.strictSame(at(asked.json, 'data'), { zones_by_id: { name: 'Garden' } }, 'GET');
}

async function guards(t: Tester, world: World): Promise<void> {
  const beyond = async (on: World, query: string, word: RegExp, cost: number, limit: number): Promise<void> => {
    const answer = await fails(t, on, query, 'LIMIT_EXCEEDED');
    t.match(at(answer.json, 'errors', 0, 'message'), word);
    t.strictSame(
      [at(answer.json, 'errors', 0, 'extensions', 'cost'), at(answer.json, 'errors', 0, 'extensions', 'limit')],
      [cost, limit],
      told(answer),
    );
  };
  const fields = Array.from({ length: 21 }, (_, i) => `a${i}: zones { data { id } }`).join(' ');
  await beyond(world, `{ ${fields} }`, /rootFields/, 21, 20);
  await beyond(world, `{ zones { data { ${'parent { '.repeat(11)} id ${'} '.repeat(11)} } } }`, /depth/, 14, 12);
  await beyond(world, `{ zones { data { ${Array.from({ length: 101 }, (_, i) => `a${i}: id`).join(' ')} } } }`, /aliases/, 101, 100);
  await beyond(world, '{ plants(limit: 20000) { data { uses { plant { uses { id } } } } } }', /complexity/, 2_420_000, 100_000);
  await beyond(world, `{ zones { data { ${'id '.repeat(4100)} } } }`, /tokens/, 4108, 4000);
  const listed = await world.get('gql', 'admin', { method: 'POST', body: '[{"query":"{ __typename }"}]' });
  t.strictSame(
    [listed.status, at(listed.json, 'errors', 0, 'extensions', 'code')],
    [400, 'BAD_REQUEST'],
    'no batches unless they are wanted',
  );

  const settings = { graphql: { depth: 3, batch: 2, introspection: 'users', rootFields: 2 } } as const;
  const gateway = await startGateway({ [project]: world.config }, {}, undefined, settings);
  try {
    const narrow = worldOf(world.vendor, world.config, gateway);
    await beyond(narrow, '{ zones { data { parent { id } } } }', /depth/, 4, 3);
    const two = await narrow.get('gql', 'admin', {
      method: 'POST',
      body: '[{"query":"{ zones_by_id(id: 1) { name } }"},{"query":"{ nope }"}]',
    });
    t.strictSame(
      [at(two.json, 0, 'data', 'zones_by_id', 'name'), at(two.json, 1, 'errors', 0, 'extensions', 'code')],
      ['Garden', 'GRAPHQL_VALIDATION_FAILED'],
      told(two),
    );
    await fails(t, narrow, '{ __schema { queryType { name } } }', 'FORBIDDEN', null);
    await fails(t, narrow, '{ ...f } fragment f on Query { __type(name: "Query") { name } }', 'FORBIDDEN', null);
    await gives(t, narrow, '{ __schema { queryType { name } } }', { __schema: { queryType: { name: 'Query' } } }, 'editor');
    await gives(t, narrow, '{ __typename }', { __typename: 'Query' }, null);
  } finally {
    await gateway.close();
  }
}

export const graphqlHttp: Feature = {
  promise: 'GraphQL over HTTP',
  async run(t, world) {
    // They ask nothing of the database.
    if (world.vendor === 'sqlite') await t.test('the audits of graphql-http', (t) => audits(t, world));
    await t.test('what is wrong', (t) => faults(t, world));
    await t.test('guards', (t) => guards(t, world));
  },
};
