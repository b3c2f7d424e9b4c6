/** Finding documents: lists, one by its id, counts (payload-rest §2, §6). One statement, whose texts are passed on unread. */
import { LRUCache } from 'lru-cache';
import { type PreparedRead, prepareRead, type ReadContext, type ReadResult, runRead } from '../../engine/read.ts';
import { isPlainKey, keyIndexes, sampleKeys, withKey } from '../../engine/read-cache.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Project } from '../../projects/project.ts';
import type { RequestedTemplate } from '../../query/requested-template.ts';
import type { RequestedFilter, RequestedRead } from '../../query/types.ts';
import type { Collection } from '../../schema/types.ts';
import type { CallerContext } from '../caller.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { provenAnswer } from '../proven.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { type Asking, callerOf, recalledCaller, shapeOf } from './context.ts';
import { pageText } from './page.ts';
import { depthOf, type Page, type Parameters, pageOf, truthOf, whereValue } from './parameters.ts';
import { type Shape, selectionOf, tooLarge } from './shape.ts';
import { filterOf, keyOfId } from './to-filter.ts';
import { orderOf } from './to-order.ts';
import { documentTemplate } from './to-template.ts';

/** What is wanted of a collection. */
export type Wanted =
  | { readonly is: 'list' | 'count' | 'first'; readonly collection: string }
  | { readonly is: 'document'; readonly collection: string; readonly id: string };

export type Text = string | Buffer;

const nothingNamed = { all: false, named: new Map(), without: new Set<string>() };
export const uncounted = { filtered: false, total: false, byStatus: false };

/** A read of documents by that template. */
export function documentsRead(collection: Collection, template: RequestedTemplate, parameters: Parameters): Omit<RequestedRead, 'counts'> {
  const statuses = truthOf(parameters.get('trash')) ? ({ statuses: 'any' } as const) : {};
  return { collection: collection.name, selection: nothingNamed, template, absent: 'out', offset: 0, stubs: false, ...statuses };
}

/**
 * The document as the request asks for it, to the depth at which its shape has no more outputs than `limits.fields`: where relations lead
 * in circles, what would be deeper stays an id (P-100).
 */
export function templateOf(shape: Shape, collection: Collection, parameters: Parameters): RequestedTemplate {
  const selection = selectionOf(parameters.get('select'));
  for (let depth = depthOf(parameters); depth > 0; depth -= 1) {
    try {
      return documentTemplate({ ...shape, room: { left: shape.limits.fields } }, collection, depth, selection);
    } catch (error) {
      if (error !== tooLarge) throw error;
    }
  }
  return documentTemplate(shape, collection, 0, selection);
}

/** What callers say is counted where it is read; the shape that is made of it has measures of its own. */
export function roomy<Context extends ReadContext>(context: Context): Context {
  const { limits } = context;
  const most = Number.MAX_SAFE_INTEGER;
  return { ...context, limits: { ...limits, sort: most, filterNodes: most, fields: most, depth: limits.depth + 30 } };
}

interface Ready {
  readonly prepared: PreparedRead;
  readonly page: Page;
  readonly text: (result: ReadResult) => Text;
  /** Where the key stands among the statement's values, for a document by its id. */
  readonly keyAt?: readonly number[];
}

function collectionOf({ schema }: ReadContext, name: string): Collection {
  const collection = schema.collections.get(name);
  if (!collection) throw new GatewayError('route_not_found');
  return collection;
}

/** Rows are counted alone; nothing of them is shown. */
const present: RequestedTemplate = new Map([['n', { is: 'constant', json: '1' }]]);

function readyRead(context: CallerContext, parameters: Parameters, wanted: Wanted, narrowed: RequestedFilter | undefined): Ready {
  const collection = collectionOf(context, wanted.collection);
  const shape = shapeOf(context, parameters);
  if (!shape.visible.collection(collection)) throw new GatewayError('read_denied', { collection: collection.name });
  const page = pageOf(parameters);
  if (wanted.is === 'document') {
    const key = keyOfId(collection, wanted.id);
    if (key === undefined) throw new GatewayError('item_not_found', { id: wanted.id });
    const read = { ...documentsRead(collection, templateOf(shape, collection, parameters), parameters), keys: [key] };
    const where = narrowed ? { where: narrowed } : {};
    return { page, prepared: prepareRead(roomy(context), { ...read, ...where, counts: uncounted }), text: onlyText(wanted.id) };
  }
  if (wanted.is === 'first') return readyFirst(context, shape, collection, parameters, page);
  const looked = whereValue(parameters.get('where'));
  const asked = filterOf(shape, collection, looked);
  const where = asked && narrowed ? both(asked, narrowed) : (asked ?? narrowed);
  const counted = where || truthOf(parameters.get('trash')) ? 'filtered' : 'total';
  const filter = where ? { where } : {};
  if (wanted.is === 'count') {
    const read = { ...documentsRead(collection, present, parameters), ...filter, limit: 0, counts: { ...uncounted, [counted]: true } };
    return { page, prepared: prepareRead(roomy(context), read), text: ({ counts }) => `{"totalDocs":${counts[counted] ?? 0}}` };
  }
  const read: RequestedRead = {
    ...documentsRead(collection, templateOf(shape, collection, parameters), parameters),
    ...filter,
    order: orderOf(shape, collection, parameters.get('sort'), looked),
    offset: page.limit === 0 ? 0 : offsetOf(page),
    ...(page.limit === 0 ? {} : { limit: page.limit }),
    counts: { ...uncounted, [counted]: page.paged },
  };
  return { page, prepared: prepareRead(roomy(context), read), text: ({ texts, counts }) => pageText(texts, page, counts[counted]) };
}

const both = (one: RequestedFilter, other: RequestedFilter): RequestedFilter => ({ is: 'all', of: [one, other] });

/** Beyond what any database counts to there is no row either. */
export const offsetOf = ({ page, limit }: Page): number => Math.min((page - 1) * limit, Number.MAX_SAFE_INTEGER);

function readyFirst(context: CallerContext, shape: Shape, collection: Collection, parameters: Parameters, page: Page): Ready {
  const order = collection.key.map((field) => ({ path: [field.name], descending: false }));
  const read = { ...documentsRead(collection, templateOf(shape, collection, parameters), parameters), order, limit: 1, counts: uncounted };
  return { page, prepared: prepareRead(roomy(context), read), text: ({ texts }) => (texts.count === 0 ? '' : texts.between('', '')) };
}

function onlyText(id: string): Ready['text'] {
  return ({ texts }) => {
    if (texts.count === 0) throw new GatewayError('item_not_found', { id });
    return texts.between('', '');
  };
}

const memories = new WeakMap<Project, LRUCache<string, Ready>>();

function memoryOf(project: Project): LRUCache<string, Ready> {
  let memory = memories.get(project);
  if (!memory) {
    memory = new LRUCache({
      max: 5000,
      maxSize: 16_000_000,
      sizeCalculation: ({ prepared }, name) => 2000 + name.length + 3 * (prepared.compiled?.statement.text.length ?? 0),
    });
    memories.set(project, memory);
  }
  return memory;
}

/** The read made ready, as it was the last time where the same caller asked the same before. */
function remembered(context: CallerContext, asking: Asking, wanted: Wanted): Ready {
  const { serial, schema, rules, project } = context;
  const make = (of: Wanted): Ready => readyRead(context, asking.parameters(), of, undefined);
  if (serial === undefined || (wanted.is === 'document' && !isPlainKey(wanted.id))) return make(wanted);
  const name = JSON.stringify([serial, schema.version, rules.version, wanted.is, wanted.collection, asking.raw]);
  const memory = memoryOf(project);
  const known = memory.get(name);
  if (wanted.is !== 'document') {
    const ready = known ?? make(wanted);
    if (!known && !ready.prepared.dated) memory.set(name, ready);
    return ready;
  }
  const { id } = wanted;
  if (known?.keyAt) return { ...known, prepared: withKey({ ...known, asked: wanted }, id), text: onlyText(id) };
  const [one, two] = sampleKeys.map((sample) => make({ ...wanted, id: sample }));
  const keyAt = one && two && !one.prepared.dated ? keyIndexes(one.prepared, two.prepared) : undefined;
  if (one && keyAt) memory.set(name, { ...one, keyAt });
  return make(wanted);
}

interface Found {
  readonly text: Text;
  readonly proven: boolean;
}

async function foundAs(context: CallerContext, asking: Asking, wanted: Wanted): Promise<Found> {
  return retryRequestOnSchemaChange(context, async (now) => {
    const { prepared, text } = remembered(now, asking, wanted);
    const result = await runRead(now, prepared);
    return { text: text(result), proven: result.proven };
  });
}

/** Reads as the caller who is known from before where the statement proves who he is, else as one identified anew. */
export async function findText(asking: Asking, wanted: Wanted, hooks: SurfaceHooks): Promise<Text> {
  const { project } = asking.request;
  if (hooks.reads.listens(project, wanted.collection)) return hookedText(await callerOf(asking), asking, wanted, hooks);
  const { answer } = await provenAnswer({
    recall: () => recalledCaller(asking),
    identify: () => callerOf(asking),
    read: (context) => foundAs(context, asking, wanted),
    isProven: ({ proven }) => proven,
  });
  return answer.text;
}

/** With hooks of extensions around it, which see who asks. */
async function hookedText(context: CallerContext, asking: Asking, wanted: Wanted, { reads }: SurfaceHooks): Promise<Text> {
  const narrowed = await reads.filter(context, wanted.collection);
  return retryRequestOnSchemaChange(context, async (now) => {
    const { prepared, text } = readyRead(now, asking.parameters(), wanted, narrowed);
    const result = await runRead(now, prepared);
    return text(wanted.is === 'count' ? result : await reads.rows(now, result));
  });
}
