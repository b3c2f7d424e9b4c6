/** Headless mercurius for one schema: it parses, validates and executes. It never listens and has no routes. */
import Fastify from 'fastify';
import { type DocumentNode, GraphQLError, GraphQLObjectType, GraphQLScalarType, GraphQLSchema, Location, parse } from 'graphql';
import mercurius from 'mercurius';
import { RequestFault } from './errors.ts';
import { checkTokens } from './guards.ts';
import type { GraphqlLimits } from './settings.ts';

/** What an operation comes to, once its document was found valid. Throws where it is refused. */
type Taken<T> = (document: DocumentNode) => () => Promise<T>;

/** The mercurius of one schema. */
export interface Executor {
  /**
   * Has mercurius parse and validate a document, which it knows again, and execute what `take` makes of it.
   *
   * @throws RequestFault, limit_exceeded by the number of tokens, and whatever `take` and its operation throw, as they threw it
   */
  execute<T>(text: string, take: Taken<T>): Promise<T>;
  close(): Promise<void>;
}

/** What a call takes through the hooks. */
interface Call {
  readonly text: string;
  readonly take: Taken<unknown>;
  run?: () => Promise<unknown>;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** The database makes the answer whole, so there is one leaf to execute, and no row becomes an object. */
const finished = new GraphQLScalarType({ name: 'Finished', serialize: (value) => value });
const leaf = {
  schema: new GraphQLSchema({
    query: new GraphQLObjectType<unknown, Call>({
      name: 'Query',
      fields: {
        finished: {
          type: finished,
          // Errors of ours are told as ours: they go around graphql-js, which would wrap them.
          resolve: (_root, _args, { run }): Promise<Outcome> | undefined =>
            run?.().then(
              (value) => ({ value }),
              (error: unknown) => ({ error }),
            ),
        },
      },
    }),
    assumeValid: true,
  }),
  document: parse('{finished}', { noLocation: true }),
};

/** Documents of each sort, valid and not, that mercurius knows again: at most twice as many, and so many characters in all. */
const [knownDocuments, knownCharacters] = [250, 1_000_000];

/** Throws what is wrong with a text that mercurius cannot parse. */
function refuseSyntax(text: string, limits: GraphqlLimits): never {
  try {
    checkTokens(text, limits);
    parse(text);
  } catch (error) {
    if (error instanceof GraphQLError) throw new RequestFault('GRAPHQL_PARSE_FAILED', [error]);
    throw error;
  }
  throw new Error('A document that can be parsed was refused for its syntax');
}

/** What mercurius found wrong with a document, as it was found; undefined for every other error. */
function faultsIn(error: unknown): readonly unknown[] | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'MER_ERR_GQL_VALIDATION' && 'errors' in error)) return undefined;
  return Array.isArray(error.errors) ? error.errors : [];
}

/** The same as a fault of the request. Throws always. */
function refuse(error: unknown, text: string, limits: GraphqlLimits): never {
  const faults = faultsIn(error);
  if (!faults) throw error;
  const told = faults.filter((one) => one instanceof GraphQLError);
  if (told.length === 0 || told.length < faults.length) throw faults[0] ?? error;
  if (told[0]?.message.startsWith('Syntax Error: ')) refuseSyntax(text, limits);
  throw new RequestFault('GRAPHQL_VALIDATION_FAILED', told);
}

/** A mercurius for a schema that is known to be valid. */
export async function createExecutor(schema: GraphQLSchema, limits: GraphqlLimits): Promise<Executor> {
  const app = Fastify({ logger: false });
  await app.register(mercurius, {
    schema,
    routes: false,
    cache: knownDocuments,
    graphql: { parseOptions: { maxTokens: limits.tokens }, validateOptions: { maxErrors: 20 } },
  });
  await app.ready();
  const { graphql } = app;
  let characters = 0;
  graphql.addHook<Call>('preValidation', async (_schema, document, { text }) => {
    // Mercurius reads a syntax tree too, where a text is none of a document but is JSON.
    if (!(document?.loc instanceof Location)) refuseSyntax(text, limits);
    characters += text.length;
    if (characters <= knownCharacters) return;
    // Forgets all documents: they are counted by mercurius, but not measured.
    graphql.replaceSchema(schema);
    characters = text.length;
  });
  graphql.addHook<Call>('preExecution', async (_schema, document, call) => {
    call.run = call.take(document);
    return leaf;
  });
  return {
    async execute<T>(text: string, take: Taken<T>): Promise<T> {
      const call: Call = { text, take };
      // Variables are coerced by `take`: what mercurius would make of them it throws away.
      const { data, errors } = await graphql(text, call).catch((error: unknown) => refuse(error, text, limits));
      const outcome: Outcome | undefined = data?.['finished'];
      if (!outcome) throw errors?.[0] ?? new Error('Mercurius gave no answer');
      if ('error' in outcome) throw outcome.error;
      return outcome.value as T;
    },
    close: () => app.close(),
  };
}
