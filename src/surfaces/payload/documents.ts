/** The routes that write documents by their ids, and several by a filter (payload-rest P-23 to P-29). */
import type { FastifyReply } from 'fastify';
import { readGrant } from '../../access/grants.ts';
import { writerOf } from '../../access/write.ts';
import { prepareRead, runRead } from '../../engine/read.ts';
import { describeError, GatewayError } from '../../lib/errors.ts';
import { isJsonList, type JsonObject, parseJsonBody } from '../../lib/json-body.ts';
import type { RequestedRead } from '../../query/types.ts';
import type { Collection } from '../../schema/types.ts';
import type { CallerContext } from '../caller.ts';
import { objectOf } from './body.ts';
import { callerOf, shapeOf } from './context.ts';
import { documentsRead, uncounted } from './find.ts';
import { restrained } from './invalid.ts';
import { isOpen } from './is-open.ts';
import { pluralLabel, singularLabel } from './labels.ts';
import { countOf, type Parameters, truthOf, whereValue } from './parameters.ts';
import { sendText } from './respond.ts';
import type { Serving } from './serving.ts';
import { slugsOf } from './slugs.ts';
import { filterOf, keyOfId } from './to-filter.ts';
import { orderOf } from './to-order.ts';
import { idValue } from './values.ts';
import { createDocument, deleteDocument, type Shown, updateDocument, type Writes, withLocale, writeFresh } from './write.ts';

/** Two objects as one: what stands in the second one counts. */
export function merged(document: string, more: string): string {
  return document === '{}' ? more : `${document.slice(0, -1)},${more.slice(1)}`;
}

const slugOf = ({ context, collection }: Writes): string => slugsOf(context.schema).of(collection) ?? collection.name;

export function createdText(writes: Writes, { text }: Shown): string {
  return `{"doc":${text},"message":${JSON.stringify(`${singularLabel(slugOf(writes))} successfully created.`)}}`;
}

export function updatedText({ text }: Shown, parameters: Parameters, document: JsonObject): string {
  const draft = truthOf(parameters.get('draft')) && document['_status'] !== 'published';
  return `{"doc":${text},"message":"${draft ? 'Draft saved successfully.' : 'Updated successfully.'}"}`;
}

/** POST /:slug */
export async function create(serving: Serving, name: string): Promise<FastifyReply> {
  const document = objectOf(serving.asking.request);
  const parameters = withLocale(serving.asking.parameters(), document);
  const text = await writeFresh(serving, await callerOf(serving.asking), name, parameters, async (writes) =>
    createdText(writes, await createDocument(writes, document)),
  );
  return sendText(serving.reply, text, 201);
}

/** Throws `item_not_found` for what is no id of the collection. */
function keyOf({ collection }: Writes, id: string): string {
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
  const document = objectOf(serving.asking.request);
  const parameters = withLocale(serving.asking.parameters(), document);
  const text = await writeFresh(serving, await callerOf(serving.asking), name, parameters, async (writes) => {
    const shown = await updateDocument(writes, keyOf(writes, id), document).catch((error: unknown) => {
      throw hiding(writes, 'update', error);
    });
    return updatedText(shown, parameters, document);
  });
  return sendText(serving.reply, text);
}

/** DELETE /:slug/:id */
export async function remove(serving: Serving, name: string, id: string): Promise<FastifyReply> {
  const { asking, reply } = serving;
  const text = await writeFresh(serving, await callerOf(asking), name, asking.parameters(), async (writes) => {
    const shown = await deleteDocument(writes, keyOf(writes, id)).catch((error: unknown) => {
      throw hiding(writes, 'delete', restrained(error));
    });
    return merged(shown.text, `{"doc":${shown.text},"message":"Deleted successfully."}`);
  });
  return sendText(reply, text);
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
  const where = filterOf(shape, collection, whereValue(parameters.get('where')));
  // A condition that was lost on the way, such as one whose value the client left out, is not one on no document.
  if (!where || isOpen(where)) throw new GatewayError('bad_request', { message: missing });
  const limit = countOf(parameters.get('limit')) ?? 0;
  const { writeRows } = context.limits;
  const read: RequestedRead = {
    ...documentsRead(collection, new Map([['key', { is: 'key' }]]), parameters),
    where,
    order: orderOf(shape, collection, parameters.get('sort')),
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

async function bulk(
  serving: Serving,
  name: string,
  parameters: Parameters,
  words: { readonly done: string; readonly failing: string; readonly missing: string },
  run: (writes: Writes, key: string) => Promise<Shown>,
): Promise<FastifyReply> {
  const context: CallerContext = await callerOf(serving.asking);
  const { status, text } = await writeFresh(serving, context, name, parameters, async (writes) => {
    const keys = await namedKeys(writes, words.missing);
    const { docs, errors } = await each(writes.collection, keys, (key) => run(writes, key));
    const label = pluralLabel(slugOf(writes));
    const message =
      errors.length > 0
        ? `Unable to ${words.failing} ${errors.length} out of ${keys.length} ${label}.`
        : `${words.done} ${docs.length} ${label} successfully.`;
    const list = docs.map((one) => one.text).join(',');
    return {
      status: errors.length > 0 ? 400 : 200,
      text: `{"docs":[${list}],"errors":${JSON.stringify(errors)},"message":${JSON.stringify(message)}}`,
    };
  });
  return sendText(serving.reply, text, status);
}

/** PATCH /:slug?where */
export function updateMatching(serving: Serving, name: string): Promise<FastifyReply> {
  const document = objectOf(serving.asking.request);
  const parameters = withLocale(serving.asking.parameters(), document);
  const words = { done: 'Updated', failing: 'update', missing: "Missing 'where' query of documents to update." };
  return bulk(serving, name, parameters, words, (writes, key) => updateDocument(writes, key, document));
}

/** DELETE /:slug?where */
export function removeMatching(serving: Serving, name: string): Promise<FastifyReply> {
  const words = { done: 'Deleted', failing: 'delete', missing: "Missing 'where' query of documents to delete." };
  return bulk(serving, name, serving.asking.parameters(), words, (writes, key) =>
    deleteDocument(writes, key).catch((error: unknown) => {
      throw restrained(error);
    }),
  );
}
