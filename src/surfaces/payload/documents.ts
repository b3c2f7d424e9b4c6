/** The routes that write documents by their ids, and several by a filter (payload-rest P-23 to P-29). */
import type { FastifyReply } from 'fastify';
import { readGrant } from '../../access/grants.ts';
import { writerOf } from '../../access/write.ts';
import { prepareRead, runRead } from '../../engine/read.ts';
import { describeError, GatewayError } from '../../lib/errors.ts';
import { isJsonList, type JsonObject, parseJsonBody } from '../../lib/json-body.ts';
import type { RequestedRead } from '../../query/types.ts';
import type { Collection } from '../../schema/types.ts';
import { answerMany, answerOne, merged, parametersOfWrite } from './answer-write.ts';
import { documentOf } from './body.ts';
import { shapeOf } from './context.ts';
import { queryFault } from './faults.ts';
import { documentsRead, uncounted } from './find.ts';
import { restrained } from './invalid.ts';
import { isOpen } from './is-open.ts';
import { pluralLabel, singularLabel } from './labels.ts';
import { countOf, type Parameters, truthOf, whereValue } from './parameters.ts';
import type { Serving } from './serving.ts';
import { slugsOf } from './slugs.ts';
import { filterOf, keyOfId } from './to-filter.ts';
import { orderOf } from './to-order.ts';
import { idValue } from './values.ts';
import { createDocument, deleteDocument, type Shown, updateDocument, type Writes } from './write.ts';

const slugOf = ({ context, collection }: Writes): string => slugsOf(context.schema).of(collection) ?? collection.name;

/** The answer to a document that was created. */
export function createdText(writes: Writes, { text }: Shown): string {
  return `{"doc":${text},"message":${JSON.stringify(`${singularLabel(slugOf(writes))} successfully created.`)}}`;
}

/** The answer to a document that was changed. */
export function updatedText({ text }: Shown, parameters: Parameters, document: JsonObject): string {
  const draft = truthOf(parameters.get('draft')) && document['_status'] !== 'published';
  return `{"doc":${text},"message":"${draft ? 'Draft saved successfully.' : 'Updated successfully.'}"}`;
}

/** POST /:slug */
export async function create(serving: Serving, name: string): Promise<FastifyReply> {
  const document = await documentOf(serving.asking.request);
  return answerOne(serving, {
    name,
    document,
    parameters: parametersOfWrite(serving, document),
    write: (writes) => createDocument(writes, document),
    answer: (writes, shown) => ({ status: 201, text: createdText(writes, shown) }),
  });
}

/** Throws `item_not_found` for what is no id of the collection. */
export function keyOf({ collection }: Writes, id: string): string {
  const key = keyOfId(collection, id);
  if (key === undefined) throw new GatewayError('item_not_found', { id });
  return key;
}

/**
 * Whose role may write or read some rows only is told of none whether it is there (P-203).
 */
export function hiding({ context, collection }: Writes, action: 'update' | 'delete', error: unknown): unknown {
  if (!(error instanceof GatewayError) || !['item_not_found', `${action}_denied`].includes(error.kind)) return error;
  const { schema, rules, actor } = context;
  const grant = writerOf(schema, rules, actor).find(collection);
  const readable = readGrant(collection, rules, actor, schema);
  const limited = grant?.rows(action).is !== 'always' || readable?.rows('any').is !== 'always';
  return limited ? new GatewayError(`${action}_denied`, { collection: collection.name }) : error;
}

/** PATCH and PUT /:slug/:id */
export async function update(serving: Serving, name: string, id: string): Promise<FastifyReply> {
  const document = await documentOf(serving.asking.request);
  const parameters = parametersOfWrite(serving, document);
  return answerOne(serving, {
    name,
    document,
    parameters,
    write: async (writes) =>
      updateDocument(writes, keyOf(writes, id), document).catch((error: unknown) => {
        throw hiding(writes, 'update', error);
      }),
    answer: (_, shown) => ({ status: 200, text: updatedText(shown, parameters, document) }),
  });
}

/** DELETE /:slug/:id */
export async function remove(serving: Serving, name: string, id: string): Promise<FastifyReply> {
  return answerOne(serving, {
    name,
    parameters: serving.asking.parameters(),
    write: async (writes) =>
      deleteDocument(writes, keyOf(writes, id)).catch((error: unknown) => {
        throw hiding(writes, 'delete', restrained(error));
      }),
    answer: (_, { text }) => ({ status: 200, text: merged(text, `{"doc":${text},"message":"Deleted successfully."}`) }),
  });
}

interface Failure {
  readonly id: string | number;
  readonly message: string;
  readonly isPublic: true;
}

/** The keys of the documents that `where` names, in the order of `sort` (P-25). Throws for no `where` at all, and for one that holds no condition. */
async function namedKeys({ context, collection, parameters }: Writes, missing: string): Promise<string[]> {
  const shape = shapeOf(context, parameters);
  if (!shape.visible.collection(collection)) throw new GatewayError('read_denied', { collection: collection.name });
  const looked = whereValue(parameters.get('where'));
  const where = filterOf(shape, collection, looked);
  // A condition that was lost on the way, such as one whose value the client left out, is not one on no document.
  if (!where || isOpen(where)) throw new GatewayError('bad_request', { message: missing });
  const limit = mostOf(parameters);
  const { writeRows } = context.limits;
  const read: RequestedRead = {
    ...documentsRead(collection, new Map([['key', { is: 'key' }]]), parameters),
    where,
    order: orderOf(shape, collection, parameters.get('sort'), looked),
    limit: limit === 0 ? writeRows + 1 : Math.min(limit, writeRows + 1),
    counts: uncounted,
  };
  const { texts } = await runRead(context, prepareRead(context, read));
  if (texts.count > writeRows) {
    throw new GatewayError('limit_exceeded', {
      message: `The request exceeds the limit of ${writeRows} rows in one write (writeRows); ask for less`,
    });
  }
  const rows = parseJsonBody(String(texts.between('[', ']')));
  return isJsonList(rows) ? rows.flatMap((row) => (row !== null && typeof row === 'object' && 'key' in row ? [String(row.key)] : [])) : [];
}

/** How many documents are written at most; 0 for all of them, which a number that cannot be read does not mean. */
function mostOf(parameters: Parameters): number {
  const given = parameters.get('limit');
  const limit = countOf(given);
  if (limit === undefined && given !== undefined && given !== '') throw queryFault(['limit']);
  return limit ?? 0;
}

/** Each document in a transaction of its own: those that fail leave the others as they were changed (P-28). */
async function each(
  collection: Collection,
  keys: readonly string[],
  run: (key: string) => Promise<Shown>,
): Promise<{ docs: Shown[]; errors: Failure[] }> {
  const docs: Shown[] = [];
  const errors: Failure[] = [];
  for (const id of keys) {
    try {
      docs.push(await run(id));
    } catch (error) {
      if (!(error instanceof GatewayError) || describeError(error).status >= 500) throw error;
      errors.push({
        id: idValue(collection, id),
        message: error.kind.endsWith('_denied') ? 'You are not allowed to perform this action.' : error.message,
        isPublic: true,
      });
    }
  }
  return { docs, errors };
}

interface Bulk {
  readonly document?: JsonObject;
  readonly parameters: Parameters;
  readonly done: string;
  readonly failing: string;
  readonly missing: string;
  readonly run: (writes: Writes, key: string) => Promise<Shown>;
}

function bulk(serving: Serving, name: string, { done, failing, missing, run, ...sent }: Bulk): Promise<FastifyReply> {
  return answerMany(serving, {
    name,
    ...sent,
    async write(writes) {
      const keys = await namedKeys(writes, missing);
      const { docs, errors } = await each(writes.collection, keys, (key) => run(writes, key));
      const label = (keys.length === 1 ? singularLabel : pluralLabel)(slugOf(writes));
      const message =
        errors.length > 0
          ? `Unable to ${failing} ${errors.length} out of ${keys.length} ${label}.`
          : `${done} ${docs.length} ${label} successfully.`;
      const list = docs.map((one) => one.text).join(',');
      return {
        status: errors.length > 0 ? 400 : 200,
        text: `{"docs":[${list}],"errors":${JSON.stringify(errors)},"message":${JSON.stringify(message)}}`,
        changes: docs.flatMap(({ changes = [] }) => changes),
      };
    },
  });
}

/** PATCH /:slug?where */
export async function updateMatching(serving: Serving, name: string): Promise<FastifyReply> {
  const document = await documentOf(serving.asking.request);
  return bulk(serving, name, {
    document,
    parameters: parametersOfWrite(serving, document),
    done: 'Updated',
    failing: 'update',
    missing: "Missing 'where' query of documents to update.",
    run: (writes, key) => updateDocument(writes, key, document),
  });
}

/** DELETE /:slug?where */
export async function removeMatching(serving: Serving, name: string): Promise<FastifyReply> {
  return bulk(serving, name, {
    parameters: serving.asking.parameters(),
    done: 'Deleted',
    failing: 'delete',
    missing: "Missing 'where' query of documents to delete.",
    run: (writes, key) =>
      deleteDocument(writes, key).catch((error: unknown) => {
        throw restrained(error);
      }),
  });
}
