/** Promise: what mercurius is asked is answered by our own texts and refused by our own errors, and a schema is not walked for it. */

import { GraphQLInt, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import t from 'tap';
import { GatewayError } from '../../../src/lib/errors.ts';
import { RequestFault } from '../../../src/surfaces/graphql/errors.ts';
import { createExecutor, type Executor } from '../../../src/surfaces/graphql/mercurius.ts';
import { graphqlLimitsOf } from '../../../src/surfaces/graphql/settings.ts';

const limits = graphqlLimitsOf({ tokens: 60 });
const args = { n: { type: GraphQLInt } };
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { a: { type: GraphQLString, args } } }),
  mutation: new GraphQLObjectType({ name: 'Mutation', fields: { b: { type: GraphQLString } } }),
  assumeValid: true,
});

const documentOf = ({ execute }: Executor, text: string): Promise<unknown> => execute(text, (document) => async () => document);

/** What a text is refused with; nothing of it is taken. */
async function refusal({ execute }: Executor, text: string): Promise<unknown> {
  return execute(text, () => async () => t.fail(`taken: ${text.slice(0, 50)}`)).then(
    () => undefined,
    (error: unknown) => error,
  );
}

const faultOf = (error: unknown) =>
  error instanceof RequestFault ? { code: error.code, messages: error.errors.map((one) => one.message) } : error;

t.test('answers', async (t) => {
  const executor = await createExecutor(schema, limits);
  const bytes = Buffer.from('{"data":{"a":12345678901234567890.10}}');
  t.equal(await executor.execute('{a}', () => async () => bytes), bytes, 'bytes come out as they went in');
  t.equal(await executor.execute('mutation {b}', () => async () => ''), '', 'so does nothing');
  t.equal(
    await executor.execute('query X($n: Int) {a(n: $n)} query Y {a}', () => async () => 'y'),
    'y',
    'which operation is for us to say',
  );
  const own = new GatewayError('forbidden');
  const taken = executor.execute('{a}', () => {
    throw own;
  });
  t.equal(await taken.catch((error: unknown) => error), own, 'an error before the operation is run is that error');
  const run = executor.execute('{a}', () => async () => {
    throw own;
  });
  t.equal(await run.catch((error: unknown) => error), own, 'and one of the operation too');
  await executor.close();
  t.equal(await executor.execute('{a}', () => async () => 'late'), 'late', 'what is still asked of a closed one is answered');
});

t.test('refusals', async (t) => {
  const executor = await createExecutor(schema, limits);
  const syntax = { code: 'GRAPHQL_PARSE_FAILED', messages: ['Syntax Error: Expected Name, found <EOF>.'] };
  t.strictSame(faultOf(await refusal(executor, '{a')), syntax);
  const wrong = { code: 'GRAPHQL_VALIDATION_FAILED', messages: ['Cannot query field "unknown" on type "Query".'] };
  t.strictSame(faultOf(await refusal(executor, '{unknown}')), wrong);
  t.strictSame(faultOf(await refusal(executor, '{unknown}')), wrong, 'the same where the document is known');
  const many = faultOf(await refusal(executor, `{${Array.from({ length: 30 }, (_, i) => `x${i}`).join(' ')}}`)) as typeof wrong;
  t.equal(many.messages.length, 21, 'twenty faults, and that there are more');
  const name = { kind: 'Name', value: 'a' };
  const selectionSet = { kind: 'SelectionSet', selections: [{ kind: 'Field', name }] };
  const tree = { kind: 'Document', definitions: [{ kind: 'OperationDefinition', operation: 'query', selectionSet }], loc: {} };
  for (const text of [JSON.stringify(tree), 'null', '1', '"a"', '[]'])
    t.match(
      faultOf(await refusal(executor, text)),
      { code: 'GRAPHQL_PARSE_FAILED' },
      `a syntax tree as JSON is no document: ${text.slice(0, 20)}`,
    );
  for (const end of ['', '}']) {
    const long = await refusal(executor, `{${'a '.repeat(70)}${end}`);
    t.match(long, { kind: 'limit_exceeded', details: { cost: end === '' ? 71 : 72, limit: 60 } }, 'tokens are counted first');
  }
});

t.test('documents are known again, so many characters of them', async (t) => {
  const executor = await createExecutor(schema, limits);
  const first = await documentOf(executor, '{a}');
  t.equal(await documentOf(executor, '{a}'), first);
  t.not(await documentOf(executor, '{a }'), first);
  for (let i = 0; i < 9; i++) await documentOf(executor, `{a} # ${i} ${'-'.repeat(100_000)}`);
  t.equal(await documentOf(executor, '{a}'), first);
  for (let i = 0; i < 9; i++) await refusal(executor, `{x} # ${i} ${'-'.repeat(100_000)}`);
  t.not(await documentOf(executor, '{a}'), first, 'those that are refused count');
});

t.test('no walk through the types', async (t) => {
  const far = new GraphQLObjectType({ name: 'Far', fields: { a: { type: GraphQLString } } });
  const { query } = schema.toConfig();
  const large = new GraphQLSchema({ query, types: [far], assumeValid: true });
  far.getFields = () => t.fail('the fields of a type that no document names') as never;
  const executor = await createExecutor(large, limits);
  t.equal(await executor.execute('{a}', () => async () => 'a'), 'a');
});
