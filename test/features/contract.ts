/** Promise: openapi.json, schema.graphql and types.ts tell each role exactly what it may use. */
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { pascalName } from '../../src/schema/names.ts';
import type { Who } from '../fixtures/garden-people.ts';
import { type Feature, refused, type Tester } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { project, startGateway } from '../support/gateway.ts';
import { gql } from '../support/graphql.ts';
import { type Answer, ask, at } from '../support/http.ts';
import { faultsOf, operationsOf, validatorOf } from '../support/openapi.ts';
import { keysOf, readBy } from '../support/readable-names.ts';

const documents = ['openapi.json', 'schema.graphql', 'types.ts'] as const;

async function told(t: Tester, world: World, who: Who | null, texts: ReadonlyMap<string, Answer>): Promise<void> {
  const role = who ?? 'public';
  const { columns, hidden } = await readBy(world, who);
  for (const [name, { text }] of texts) {
    const found = [...hidden].filter((word) => new RegExp(`\\b${word}\\b`).test(text));
    t.strictSame(found, [], `${role}: ${name} names nothing that is hidden`);
  }
  const document = texts.get('openapi.json')?.json;
  for (const [collection, names] of columns) {
    const operation = at(document, 'paths', `/items/${encodeURIComponent(collection)}`, 'get', 'operationId');
    t.ok(operation, `${role}: ${collection} is there`);
    const item = at(document, 'components', 'schemas', `${pascalName(collection)}Item`, 'properties');
    const missing = [...names].filter((column) => !keysOf(item).includes(column));
    t.strictSame(missing, [], `${role}: all columns of ${collection}`);
    const more = keysOf(item).filter(
      (name) => !names.has(name) && at(item, name, 'type') !== 'array' && at(item, name, 'anyOf') === undefined,
    );
    t.strictSame(more, [], `${role}: no other columns of ${collection}`);
  }
  const lists = operationsOf(document ?? {}).filter(
    ({ method, path }) => method === 'get' && !path.includes('{') && !documents.some((one) => path === `/${one}`),
  );
  const faults = validatorOf(document ?? {});
  for (const operation of lists) {
    const rows = operation.id.startsWith('list_') && at(operation.item, 'parameters', 3) !== undefined;
    const { status, json } = await world.get(`${operation.path.slice(1)}${rows ? '?fields=*.*&limit=20' : ''}`, who ?? undefined);
    t.equal(status, 200, `${role}: ${operation.id} is answered`);
    t.strictSame(status === 200 ? faults(operation, 200, json) : [], [], `${role}: ${operation.id} answers as the document says`);
  }
}

async function schemas(t: Tester, world: World, who: Who, sdl: string): Promise<void> {
  const answer = await gql(world, getIntrospectionQuery(), who);
  const introspected = buildClientSchema(at(answer.json, 'data') as unknown as IntrospectionQuery);
  const said = (schema: Parameters<typeof printSchema>[0]): string => printSchema(lexicographicSortSchema(schema));
  t.equal(said(buildSchema(sdl)), said(introspected), 'the schema language says what GraphQL itself says');
}

async function http(t: Tester, world: World, first: Answer): Promise<void> {
  const { etag, 'cache-control': caching, vary } = first.headers;
  t.match(caching, /^private/);
  t.match(vary, /Authorization/);
  const again = await world.get('openapi.json?surface=directus', 'editor');
  t.strictSame([again.headers['etag'], again.text], [etag, first.text], 'the same document has the same tag');
  const known = await world.get('openapi.json', 'editor', { headers: { 'if-none-match': `"other", W/${etag}` } });
  t.strictSame([known.status, known.text, known.headers['etag']], [304, '', etag], 'it is not sent twice');
  const head = await world.get('openapi.json', 'editor', { method: 'HEAD' });
  t.strictSame([head.status, head.text, head.headers['etag']], [200, '', etag], 'HEAD');
  t.equal(Number(head.headers['content-length']), Buffer.byteLength(first.text));
  refused(t, await world.get('openapi.json?surface=nope'), 422, 4, 'a surface that there is not');
  refused(t, await world.get('openapi.json?fields=id'), 422, 4, 'a parameter that there is not');
  refused(t, await world.get('types.ts?surface=strapi&surface=payload'), 422, 4, 'a parameter twice');
  refused(t, await world.get('schema.graphql?surface=strapi'), 422, 4, 'of one surface only');
  refused(t, await world.get('openapi.json', 'editor', { method: 'POST', body: '{}' }), 405, 6, 'nothing to write');
}

async function closed(t: Tester, world: World): Promise<void> {
  const gateway = await startGateway({ [project]: world.config }, {}, undefined, { graphql: { introspection: 'users' } });
  try {
    for (const name of documents) refused(t, await ask(gateway.url, `/${project}/${name}`), 403, 10, `${name} is for users`);
    const token = 'editor-token-of-the-garden';
    for (const name of documents) t.equal((await ask(gateway.url, `/${project}/${name}`, { token })).status, 200, `${name} for a user`);
  } finally {
    await gateway.close();
  }
}

export const contract: Feature = {
  promise: 'documents tell each role what it may use, and nothing else',
  databaseIndependent: 'documents made of the schema and the rules',
  async run(t, world) {
    const tags = new Set<unknown>();
    // Rights are the same on every database; values are not.
    const people = world.vendor === 'sqlite' ? (['editor', 'writer', 'nobody', null] as const) : (['editor'] as const);
    for (const who of people) {
      const texts = new Map<string, Answer>();
      for (const name of documents) texts.set(name, await world.get(name, who ?? undefined));
      for (const [name, { status, headers }] of texts) {
        t.equal(status, 200, `${who ?? 'public'}: ${name}`);
        tags.add(headers['etag']);
      }
      const document = texts.get('openapi.json');
      t.strictSame(await faultsOf(document?.text ?? ''), [], `${who ?? 'public'}: an OpenAPI document by the rules`);
      await told(t, world, who, texts);
      const sdl = texts.get('schema.graphql')?.text ?? '';
      if (who === 'editor') await schemas(t, world, who, sdl);
      if (who === 'nobody') {
        t.ok(buildSchema(sdl).getQueryType(), 'who reads nothing gets a schema too');
        t.match(texts.get('types.ts')?.text, 'export interface Collections {}');
      }
      if (who === 'editor' && document) await http(t, world, document);
    }
    t.equal(tags.size, documents.length * people.length, 'no two documents have a tag in common');
    await closed(t, world);
  },
};
