/** The operations of the Payload surface on the collections and globals that the caller may use. */
import { readStatuses } from '../../../access/reach.ts';
import type { CallerContext } from '../../caller.ts';
import { shapeOf } from '../../payload/context.ts';
import { factsOf, type Member } from '../../payload/facts.ts';
import { targetOf } from '../../payload/names.ts';
import { everything, type Shape } from '../../payload/shape.ts';
import { slugsOf } from '../../payload/slugs.ts';
import { documentTemplate } from '../../payload/to-template.ts';
import type { Define } from '../definitions.ts';
import { anyObject, type JsonSchema } from '../values.ts';
import type { Served, View } from '../view.ts';
import { bodySchema, object, orNull } from './dialect-schemas.ts';
import { type Described, json, operation, type Paths, parameter, pathItem } from './operations.ts';
import { accountPaths, uploadOperation } from './payload-accounts.ts';
import { key, list, text, truth, whole } from './plain-schemas.ts';
import { templateSchema, type Within } from './template-schema.ts';

/** What documents of the caller are made by. */
export function askingOf(context: CallerContext, view: View, define: Define): Asking {
  const statuses: Within['statuses'] = (collection, field) =>
    collection.status?.field === field ? readStatuses(view, collection) : undefined;
  return { context, view, shape: shapeOf(context, new Map()), define, within: { schema: view.schema, statuses } };
}

/** For whom documents are described, and what collects their schemas. */
export interface Asking {
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
export function documentOf(asking: Asking, served: Served): JsonSchema {
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
/** What may be sent of a document. */
export const bodyOf = ({ view, define }: Asking, { collection, names }: Served): JsonSchema =>
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
const writeParameters = ['DryRun', 'IdempotencyKey'].map(parameter);
const writing = [...shown, ...writeParameters];

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
          parameters: [...which, ...writeParameters],
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
          op('delete', 'Deletes a document', { parameters: writeParameters, answer: answered('The document as it was', anyObject) }),
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

/** The operations of all collections and globals, and of accounts. */
export function* pathsOf(asking: Asking): Iterable<Paths> {
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
