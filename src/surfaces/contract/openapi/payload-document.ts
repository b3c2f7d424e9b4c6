/** The OpenAPI document of the Payload surface: collections and globals that the caller may use, as their documents are made. */
import { readStatuses } from '../../../access/reach.ts';
import type { Sliced } from '../../../lib/slices.ts';
import type { CallerContext } from '../../caller.ts';
import { shapeOf } from '../../payload/context.ts';
import { factsOf, type Member } from '../../payload/facts.ts';
import { targetOf } from '../../payload/names.ts';
import { everything, type Shape } from '../../payload/shape.ts';
import { slugsOf } from '../../payload/slugs.ts';
import { documentTemplate } from '../../payload/to-template.ts';
import type { Define } from '../definitions.ts';
import { mapType, schemaTypes } from '../schema-types.ts';
import { anyObject, type JsonSchema } from '../values.ts';
import type { Served, View } from '../view.ts';
import { assembled } from './assemble.ts';
import { fixedParameters } from './components.ts';
import { bodySchema, list, object, orNull } from './dialect-schemas.ts';
import { type Described, json, operation, type Paths, parameter, pathItem, schema } from './operations.ts';
import { accountPaths, uploadOperation } from './payload-accounts.ts';
import { inQuery, nested } from './query-parameter.ts';
import { templateSchema, type Within } from './template-schema.ts';

const text: JsonSchema = { type: 'string' };
const whole: JsonSchema = { type: 'integer' };
const truth: JsonSchema = { type: 'boolean' };
const key: JsonSchema = { type: ['string', 'integer'] };

interface Asking {
  readonly context: CallerContext;
  readonly view: View;
  readonly shape: Shape;
  readonly define: Define;
  readonly within: Within;
}

/** The collection that a member leads to, as far as its documents are shown. */
function leadsTo({ view, shape }: Asking, member: Exclude<Member, { is: 'value' }>): Served | undefined {
  const target = targetOf(shape, member);
  const served = target && view.served.get(target.name);
  return served?.read && slugsOf(view.schema).of(served.collection) !== undefined ? served : undefined;
}

const isMedia = ({ collection }: Served): boolean => collection.name === 'directus_files' && collection.system;

/** A document: with the ids of those that it leads to, or with these as deep as is asked for. */
function documentOf(asking: Asking, served: Served): JsonSchema {
  const { shape, define, within } = asking;
  const { collection, names } = served;
  return define(names.type('Item'), () => {
    const { properties = {} } = templateSchema(within, collection, documentTemplate(shape, collection, 0, everything)) as {
      properties?: Record<string, JsonSchema>;
    };
    const expanded = new Map(Object.entries(properties));
    for (const member of factsOf(collection, shape.schema).members.values()) {
      const own = expanded.get(member.name);
      const target = member.is === 'value' ? undefined : leadsTo(asking, member);
      if (!own || !target) continue;
      const one = documentOf(asking, target);
      if (member.is === 'one') expanded.set(member.name, { anyOf: [own, one] });
      else if (member.is === 'many') expanded.set(member.name, list({ anyOf: [key, one] }));
      else expanded.set(member.name, object({ docs: list({ anyOf: [key, one] }), hasNextPage: truth, totalDocs: whole }, ['docs']));
    }
    // Made of columns by other means.
    for (const name of ['url', 'thumbnailURL']) if (isMedia(served) && expanded.has(name)) expanded.set(name, { type: ['string', 'null'] });
    return object(Object.fromEntries(expanded), expanded.has('id') ? ['id'] : []);
  });
}

/** The fields that are sent. */
const bodyOf = ({ view, define }: Asking, { collection, names }: Served): JsonSchema =>
  define(names.type('Update'), () => bodySchema(view, collection, { anyOf: [key, anyObject, list({}), { type: 'null' }] }, true));

const answered = (description: string, of: JsonSchema, status = '200') => ({ [status]: { description, content: json(of) } });

const page = (docs: JsonSchema): JsonSchema =>
  object(
    {
      docs: list(docs),
      hasNextPage: truth,
      hasPrevPage: truth,
      limit: whole,
      nextPage: orNull(whole),
      page: whole,
      pagingCounter: whole,
      prevPage: orNull(whole),
      totalDocs: whole,
      totalPages: whole,
    },
    ['docs', 'totalDocs'],
  );

const shown = ['Depth', 'Select', 'Populate', 'Joins', 'Locale', 'Fallback'].map(parameter);
const which = ['Where', 'Trash'].map(parameter);
const trial = ['DryRun', 'IdempotencyKey'].map(parameter);
const writing = [...shown, ...trial];

function collectionPaths(asking: Asking, slug: string, served: Served): Paths {
  const { collection, names, read, does } = served;
  const op = (verb: string, summary: string, more: Omit<Described, 'id' | 'summary' | 'tag'>): JsonSchema =>
    operation({ ...more, id: `${verb}_${names.field}`, summary, tag: slug });
  const document = (): JsonSchema => (read ? documentOf(asking, served) : anyObject);
  const body = (): JsonSchema => bodyOf(asking, served);
  const changed = (): JsonSchema => object({ doc: document(), message: text }, ['doc', 'message']);
  const several = (): JsonSchema => object({ docs: list(document()), errors: list(anyObject), message: text }, ['docs', 'errors']);
  const media = isMedia(served);
  const lists = [...which, ...['Sort', 'Limit', 'Page', 'Pagination'].map(parameter), ...shown];
  return [
    ...pathItem(`/${slug}`, {
      get: read && op('find', 'Documents', { parameters: lists, answer: answered('A page of documents', page(document())) }),
      post:
        does.has('create') &&
        (media
          ? uploadOperation(document(), writing)
          : op('create', 'Makes a document', { parameters: writing, body: body(), answer: answered('The document', changed(), '201') })),
      patch:
        does.has('update') &&
        read &&
        op('update_matching', 'Changes the documents that where names', {
          parameters: [...which, ...writing],
          body: body(),
          answer: answered('The documents', several()),
        }),
      delete:
        does.has('delete') &&
        read &&
        op('delete_matching', 'Deletes the documents that where names', {
          parameters: [...which, ...trial],
          answer: answered('The documents', several()),
        }),
    }),
    ...pathItem(`/${slug}/count`, {
      get:
        read &&
        op('count', 'How many documents there are', {
          parameters: which,
          answer: answered('The number', object({ totalDocs: whole }, ['totalDocs'])),
        }),
    }),
    ...pathItem(
      `/${slug}/{id}`,
      {
        get:
          read &&
          collection.key.length > 0 &&
          op('find_by_id', 'A document', { parameters: shown, answer: answered('The document', document()) }),
        patch:
          does.has('update') &&
          op('update', 'Changes a document', { parameters: writing, body: body(), answer: answered('The document', changed()) }),
        delete:
          does.has('delete') &&
          op('delete', 'Deletes a document', { parameters: trial, answer: answered('The document as it was', anyObject) }),
      },
      [parameter('Id')],
    ),
    ...pathItem(
      `/${slug}/{id}/duplicate`,
      {
        post:
          does.has('create') &&
          read &&
          !media &&
          collection.key.length > 0 &&
          op('duplicate', 'Copies a document', {
            parameters: writing,
            bodies: { 'application/json': { description: 'What is to be otherwise', ...anyObject } },
            answer: answered('The copy', changed()),
          }),
      },
      [parameter('Id')],
    ),
    ...historyPaths(asking, slug, served),
    ...pathItem(`/${slug}/access`, { post: op('access', 'What the caller may do', { answer: answered('What is granted', anyObject) }) }),
    ...pathItem(
      `/${slug}/access/{id}`,
      {
        post:
          read &&
          collection.key.length > 0 &&
          op('access_to', 'What the caller may do with a document', { answer: answered('What is granted', anyObject) }),
      },
      [parameter('Id')],
    ),
  ];
}

/** Versions, where history may be read; accounts and files are not brought back. */
function historyPaths({ view }: Asking, path: string, { collection, names, read, does }: Served): Paths {
  if (!read || collection.key.length === 0 || !view.served.get('directus_revisions')?.read) return [];
  const op = (verb: string, summary: string, more: Omit<Described, 'id' | 'summary' | 'tag'>): JsonSchema =>
    operation({ ...more, id: `${verb}_${names.field}`, summary, tag: path.replace('globals/', '') });
  const version = object({ id: key, parent: key, version: anyObject, createdAt: orNull(text), updatedAt: orNull(text) }, ['id', 'version']);
  const lists = ['Where', 'Sort', 'Limit', 'Page', 'Pagination'].map(parameter);
  return [
    ...pathItem(`/${path}/versions`, {
      get: op('versions_of', 'Versions', { parameters: lists, answer: answered('A page of versions', page(version)) }),
    }),
    ...pathItem(
      `/${path}/versions/{id}`,
      {
        get: op('version_of', 'A version', { answer: answered('The version', version) }),
        post:
          does.has('update') &&
          !collection.system &&
          op('restore', 'Makes a document what it was', { parameters: writing, answer: answered('The document', anyObject) }),
      },
      [parameter('Id')],
    ),
  ];
}

function globalPaths(asking: Asking, slug: string, served: Served): Paths {
  const { names, read, does } = served;
  const op = (verb: string, summary: string, more: Omit<Described, 'id' | 'summary' | 'tag'>): JsonSchema =>
    operation({ ...more, id: `${verb}_${names.field}`, summary, tag: slug });
  const document = (): JsonSchema => (read ? documentOf(asking, served) : anyObject);
  const body = (): JsonSchema => bodyOf(asking, served);
  return [
    ...pathItem(`/globals/${slug}`, {
      get: read && op('find_global', 'The document', { parameters: shown, answer: answered('The document', document()) }),
      post:
        does.has('update') &&
        op('update_global', 'Changes it', {
          parameters: writing,
          body: body(),
          answer: answered('The document', object({ result: document(), message: text })),
        }),
    }),
    ...historyPaths(asking, `globals/${slug}`, served),
    ...pathItem(`/globals/${slug}/access`, {
      post: op('access_to_global', 'What the caller may do', { answer: answered('What is granted', anyObject) }),
    }),
  ];
}

function* pathsOf(asking: Asking): Iterable<Paths> {
  const { view } = asking;
  const slugs = slugsOf(view.schema);
  for (const served of view.served.values()) {
    const { collection } = served;
    const slug = slugs.of(collection);
    if (slug === undefined) continue;
    yield slugs.collections.get(slug) === collection ? collectionPaths(asking, slug, served) : globalPaths(asking, slug, served);
  }
  yield accountPaths(asking.context, view);
}

const { IdempotencyKey } = fixedParameters;

const parameters: Readonly<Record<string, JsonSchema>> = {
  ...(IdempotencyKey ? { IdempotencyKey } : {}),
  Id: { name: 'id', in: 'path', required: true, schema: text, description: 'The id; of several columns with commas between' },
  Where: inQuery('where', anyObject, 'Conditions by field, as where[title][contains]', nested),
  Sort: inQuery('sort', text, 'Fields with commas between; a minus turns the order round'),
  Limit: inQuery('limit', whole, 'Documents of a page; 0 for all that one answer may hold'),
  Page: inQuery('page', whole, 'The page, from 1'),
  Pagination: inQuery('pagination', truth, 'Whether documents are counted'),
  Depth: inQuery('depth', whole, 'How deep relations are documents instead of ids'),
  Select: inQuery('select', anyObject, 'Fields to show', nested),
  Populate: inQuery('populate', anyObject, 'The same of related documents, by slug', nested),
  Joins: inQuery('joins', anyObject, 'Pages of joined documents, by field', nested),
  Locale: inQuery('locale', text, 'The language of texts'),
  Fallback: inQuery('fallback-locale', text, 'The language that stands in'),
  DryRun: inQuery('dry_run', truth, 'Whether it is tried alone, and taken back'),
  Trash: inQuery('trash', truth, 'Whether documents in the trash count'),
};

const fault = object({ message: text, name: text, data: {} }, ['message']);

const schemas: Readonly<Record<string, JsonSchema>> = {
  Error: { anyOf: [object({ errors: list(fault) }, ['errors']), object({ message: text }, ['message'])] },
};

const responses: Readonly<Record<string, JsonSchema>> = {
  Error: { description: 'What is wrong', content: json(schema('Error')) },
  Nothing: { description: 'Done; there is nothing to show' },
};

/** What documents of the caller are made by. */
function askingOf(context: CallerContext, view: View, define: Define): Asking {
  const statuses: Within['statuses'] = (collection, field) =>
    collection.status?.field === field ? readStatuses(view, collection) : undefined;
  return { context, view, shape: shapeOf(context, new Map()), define, within: { schema: view.schema, statuses } };
}

/** The document's text. */
export function payloadText(context: CallerContext, view: View): Sliced<string> {
  const open = view.who === 'public' ? [{}] : [];
  return assembled({
    title: view.key,
    version: '3',
    description: 'What the caller may use, in the dialect of Payload.',
    server: `/${encodeURIComponent(view.key)}/payload/api`,
    security: [...open, { token: [] }],
    securitySchemes: {
      token: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'JWT, a blank and the token of /users/login' },
    },
    tags: { 'Signing in': 'Who one is', Preferences: 'What the caller keeps' },
    paths: (define) => pathsOf(askingOf(context, view, define)),
    fixed: { schemas, parameters, responses, headers: {} },
  });
}

/** Members of what Payload makes of a configuration that say nothing here. */
const config = `export interface Config {
  auth: { users: unknown };
  blocks: {};
  collections: Collections;
  collectionsJoins: {};
  collectionsSelect: {};
  db: { defaultIDType: string | number };
  fallbackLocale: string | null;
  globals: Globals;
  globalsSelect: {};
  jobs: unknown;
  locale: string | null;
  user: unknown;
}`;

/** Documents as TypeScript, by their slugs; together what clients of Payload take as a type. */
export function payloadTypes(context: CallerContext, view: View): Sliced<string> {
  const slugs = slugsOf(view.schema);
  return schemaTypes({
    *rows(define) {
      const asking = askingOf(context, view, define);
      for (const served of view.served.values()) {
        const id = slugs.of(served.collection);
        if (id === undefined) continue;
        const sent = served.does.has('create') || served.does.has('update');
        const single = served.collection.meta?.single === true;
        yield { id, single, row: served.read ? documentOf(asking, served) : undefined, sent: sent ? bodyOf(asking, served) : undefined };
      }
    },
    maps(rows) {
      const of = (wanted: boolean) => rows.filter(({ single = false }) => single === wanted);
      const maps = [
        mapType('Collections', of(false), ({ row }) => row),
        mapType('Globals', of(true), ({ row }) => row),
        mapType('Inputs', of(false), ({ sent }) => sent),
      ];
      return [...maps, config].join('\n\n');
    },
  });
}
