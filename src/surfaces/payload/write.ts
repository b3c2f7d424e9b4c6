/** Creating, changing and deleting documents one at a time (payload-rest §2, §8, §10). */
import { writerOf } from '../../access/write.ts';
import type { Transaction } from '../../dialect/types.ts';
import { type Change, dryRun } from '../../engine/dry-run.ts';
import { lockRows } from '../../engine/lock-rows.ts';
import { prepareWrite } from '../../engine/prepare-write.ts';
import { prepareRead, type ReadContext, runRead } from '../../engine/read.ts';
import { type WriteAnswer, type WriteContext, type WriteOptions, type WriteSession, writing } from '../../engine/write.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json-body.ts';
import type { RequestedItem, RequestedMutation } from '../../query/mutation.ts';
import type { Collection } from '../../schema/types.ts';
import type { CallerContext } from '../caller.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { writeContext } from '../write-context.ts';
import { shapeOf } from './context.ts';
import { factsOf, isSecret } from './facts.ts';
import { documentsRead, roomy, templateOf, uncounted } from './find.ts';
import { told, type Writing } from './invalid.ts';
import { hangs, linkedItem } from './linked.ts';
import { isCompared } from './names.ts';
import { type Parameters, textOf, truthOf } from './parameters.ts';
import type { Serving } from './serving.ts';
import { slugsOf } from './slugs.ts';
import { demandTargets } from './targets.ts';
import { itemOf, payloadNested, type Sent } from './to-item.ts';
import { idValue } from './values.ts';

/** What all writes of a request have in common. */
export interface Writes {
  readonly serving: Serving;
  readonly context: CallerContext;
  readonly collection: Collection;
  readonly parameters: Parameters;
  /** They are run and taken back. */
  readonly asDryRun: boolean;
  /** Keeps the answer, in the transaction of what it tells of. */
  readonly keep?: (transaction: Transaction, shown: Shown) => Promise<void>;
}

/** A document as it is read back: its key, and what of it the caller may read. */
export interface Shown {
  readonly key: string;
  readonly text: string;
  /** Of a dry run: what would change. */
  readonly changes?: readonly Change[];
}

const withinOf = ({ serving, context, asDryRun }: Writes): WriteContext =>
  writeContext(serving.asking.request, context, payloadNested, serving.hooks, asDryRun);

/** Runs what writes one document and reads it back. */
async function run(
  { asDryRun, keep }: Writes,
  within: WriteContext,
  work: (session: WriteSession) => Promise<WriteAnswer<Shown>>,
): Promise<Shown> {
  if (asDryRun) {
    const { answer, changes } = await dryRun(within, work);
    return { ...answer, changes };
  }
  if (!keep) return writing(within, work);
  return writing(within, async (session) => {
    const { read } = await work(session);
    return {
      plain: false,
      async read(inside) {
        const shown = await read(inside);
        await keep(inside.connection, shown);
        return shown;
      },
    };
  });
}

/** Parameters that may also stand in the body of a write (P-144). */
const localeNames = ['locale', 'fallback-locale', 'fallbackLocale'];

/** The parameters with the language that the body names. */
export function withLocale(parameters: Parameters, body: JsonObject): Parameters {
  if (parameters.has('locale')) return parameters;
  const told = localeNames.flatMap((name) => (typeof body[name] === 'string' ? [[name, body[name]] as const] : []));
  return new Map([...parameters, ...told]);
}

/** The document of that key, as it may be read; of one that may not, its id. */
async function shownOf(within: ReadContext, { context, collection, parameters }: Writes, key: string): Promise<Shown> {
  // What has no key has no id.
  const bare = { key, text: JSON.stringify(key === '' ? {} : { id: idValue(collection, key) }) };
  const shape = shapeOf({ ...within, project: context.project }, parameters);
  if (key === '' || !shape.visible.collection(collection)) return bare;
  const template = templateOf(shape, collection, parameters);
  const read = { ...documentsRead(collection, template, parameters), keys: [key], statuses: 'any', counts: uncounted } as const;
  const { texts } = await runRead(within, prepareRead(roomy(within), read));
  return texts.count === 0 ? bare : { key, text: String(texts.between('', '')) };
}

/** With the fields that the caller may not write left out, as the convention does (P-206). */
async function withoutForbidden<T>(collection: Collection, write: (leftOut: ReadonlySet<string>) => Promise<T>): Promise<T> {
  const leftOut = new Set<string>();
  for (;;) {
    try {
      return await write(leftOut);
    } catch (error) {
      const field = error instanceof GatewayError && error.kind === 'field_write_denied' ? error.details['field'] : undefined;
      const own = error instanceof GatewayError && error.details['collection'] === collection.name;
      if (typeof field !== 'string' || !own || leftOut.has(field) || field === collection.status?.field.name) throw error;
      leftOut.add(field);
    }
  }
}

interface Changing {
  readonly mutation: (item: RequestedItem) => RequestedMutation;
  readonly sent: Sent;
  readonly writing: Writing;
  readonly key?: string;
  readonly options?: WriteOptions;
}

/** Runs one change in a transaction of its own, in which its answer is read too. */
async function changed(writes: Writes, { mutation, sent, writing: about, key, options = {} }: Changing): Promise<Shown> {
  const { context, collection, parameters } = writes;
  const within = withinOf(writes);
  const { languages } = shapeOf(context, parameters);
  let item = sent.item;
  const made = async (of: ReadContext, leftOut: ReadonlySet<string>): Promise<RequestedMutation> => {
    await demandTargets(of, about, sent.links, key);
    item = await linkedItem(of, about, key, sent, languages);
    return mutation(Object.fromEntries(Object.entries(item).filter(([name]) => !leftOut.has(name))));
  };
  try {
    return await withoutForbidden(collection, async (leftOut) => {
      const held = key !== undefined && hangs(sent) ? key : undefined;
      if (held !== undefined) writerOf(context.schema, context.rules, context.actor).grant(collection, 'update');
      const ready = held === undefined ? await prepareWrite(within, await made(context, leftOut), options) : undefined;
      return run(writes, within, async (session) => {
        // Whoever else writes the same document waits until its rows are compared and written.
        if (held !== undefined) await lockRows(session, collection.name, [held]);
        const prepared = ready ?? (await prepareWrite(preparing(within, session), await made(session.within, leftOut), options));
        const [row] = await session.write(prepared);
        return { plain: false, read: (inside) => shownOf(inside, writes, row?.key ?? '') };
      });
    });
  } catch (error) {
    throw told(error, about, item);
  }
}

/** Within the transaction, with what extensions filter. */
const preparing = ({ syntax, filters }: WriteContext, { within }: WriteSession) => ({ ...within, syntax, ...(filters ? { filters } : {}) });

const isLocalised = (parameters: Parameters): boolean => (textOf(parameters.get('locale')) ?? '') !== '';

function writingOf({ context, collection }: Writes, id?: string): Writing {
  const slug = slugsOf(context.schema).of(collection) ?? collection.name;
  const { visible } = shapeOf(context, new Map());
  return { collection, slug, tells: (field) => !isSecret(field) && visible.field(field) !== 'no', ...(id === undefined ? {} : { id }) };
}

/** Makes a document (P-23). `more` is what the gateway itself adds to it. */
export function createDocument(writes: Writes, document: JsonObject, more: RequestedItem = {}, options?: WriteOptions): Promise<Shown> {
  const about = writingOf(writes);
  const { name } = writes.collection;
  const sent = itemOf(
    { schema: writes.context.schema, writing: about, does: 'create', localised: isLocalised(writes.parameters) },
    document,
  );
  return changed(writes, {
    mutation: (item) => ({ is: 'create', collection: name, items: [item] }),
    sent: { ...sent, item: { ...sent.item, ...more } },
    writing: about,
    ...(options ? { options } : {}),
  });
}

/** Changes the document of that key (P-24). */
export async function updateDocument(
  writes: Writes,
  key: string,
  document: JsonObject,
  more: RequestedItem = {},
  options?: WriteOptions,
): Promise<Shown> {
  const { context, collection, parameters } = writes;
  const about = writingOf(writes, key);
  const sent = itemOf({ schema: context.schema, writing: about, does: 'update', localised: isLocalised(parameters) }, document);
  const item = { ...sent.item, ...(await trashStatus(writes, key, sent)), ...more };
  await refuseDraft(writes, key, document);
  return changed(writes, {
    mutation: (values) => ({ is: 'update', collection: collection.name, changes: [{ key, item: values }] }),
    sent: { ...sent, item },
    writing: about,
    key,
    ...(options ? { options } : {}),
  });
}

/** Whether the row of that key is in one of those statuses, as far as the caller may see it. */
async function isAmong({ context, collection }: Writes, key: string, statuses: readonly string[]): Promise<boolean> {
  const field = collection.status?.field;
  const shape = shapeOf(context, new Map());
  if (!field || !shape.visible.collection(collection) || !isCompared(shape, field)) return false;
  const present = new Map([['n', { is: 'constant', json: '1' } as const]]);
  const where = { is: 'compare', path: [field.name], operator: 'in', value: statuses } as const;
  const read = { ...documentsRead(collection, present, new Map()), keys: [key], where, statuses: 'any', counts: uncounted } as const;
  return (await runRead(context, prepareRead(context, read))).texts.count > 0;
}

/** Into the trash by a date, out of it by null, which says nothing of a row that is not in it (P-131). */
async function trashStatus(writes: Writes, key: string, { trash, item }: Sent): Promise<RequestedItem> {
  const { collection, context, parameters } = writes;
  const field = collection.status?.field;
  const { trashed, status } = factsOf(collection, context.schema);
  const [gone] = trashed;
  if (!field || !trash || gone === undefined) return {};
  if (trash === 'in') return (await isAmong(writes, key, trashed)) ? {} : { [field.name]: gone };
  const live = status?.drafts[0] ?? collection.status?.mapping.values.find((value) => !trashed.includes(value));
  const restores = truthOf(parameters.get('trash')) && live !== undefined && (await isAmong(writes, key, trashed));
  const said = item[field.name];
  return restores && (said === undefined || trashed.includes(String(said))) ? { [field.name]: live } : {};
}

/** A row is the only copy: there is no draft beside what is public (P-123). */
async function refuseDraft(writes: Writes, key: string, document: JsonObject): Promise<void> {
  const { status } = factsOf(writes.collection, writes.context.schema);
  if (!status || !truthOf(writes.parameters.get('draft')) || document['_status'] === 'published') return;
  if (!(await isAmong(writes, key, status.published))) return;
  throw new GatewayError('bad_request', {
    message:
      'A published document cannot be saved as a draft beside its public copy here; update it without draft=true, or unpublish it first.',
  });
}

/** Deletes the document of that key; it is shown as it was. */
export async function deleteDocument(writes: Writes, key: string): Promise<Shown> {
  const { collection, parameters } = writes;
  const within = withinOf(writes);
  const prepared = await prepareWrite(within, { is: 'delete', collection: collection.name, keys: [key] }, {});
  if (!truthOf(parameters.get('trash'))) await refuseTrashed(writes, key);
  return run(writes, within, async (session) => {
    const shown = await shownOf(session.within, writes, key);
    await session.write(prepared);
    return { plain: false, read: async () => shown };
  });
}

async function refuseTrashed(writes: Writes, key: string): Promise<void> {
  const { trashed } = factsOf(writes.collection, writes.context.schema);
  if (trashed.length > 0 && (await isAmong(writes, key, trashed))) throw new GatewayError('item_not_found', { id: key });
}

/** Runs a write with the schema of now, once more where that of then is gone. */
export function writeFresh<T>(
  serving: Serving,
  context: CallerContext,
  name: string,
  parameters: Parameters,
  write: (writes: Writes) => Promise<T>,
): Promise<T> {
  return retryRequestOnSchemaChange(context, async (now) => {
    const collection = now.schema.collections.get(name);
    if (!collection) throw new GatewayError('route_not_found');
    return write({ serving, context: now, collection, parameters, asDryRun: false });
  });
}
