/** Creating, changing and deleting items (directus8-data §4.2 to §4.4); the system routes share it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FileWrites } from '../../engine/file-writes.ts';
import { prepareWrite } from '../../engine/prepare-write.ts';
import { prepareRead, type ReadContext, type ReadResult, runRead } from '../../engine/read.ts';
import type { WriteAnswer, WrittenRow } from '../../engine/write.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Json } from '../../lib/json-body.ts';
import type { RequestedItem, RequestedMutation } from '../../query/mutation.ts';
import { defaultLimit } from '../default-limit.ts';
import { addressOfRequest } from '../origin.ts';
import { answerWrite, nothingToRead, optionsOf, type ReadyWrite, type Shown, type Writes } from './answer-write.ts';
import type { DirectusContext } from './context.ts';
import { metaText } from './meta.ts';
import { type DirectusRead, parseRead } from './parse.ts';
import { isItem } from './parse-nested.ts';
import { preconditionOf, refusePrecondition } from './precondition.ts';
import { type Ready, readyRead } from './read.ts';
import { answeredThroughHooks } from './read-hooks.ts';
import { forActor } from './requested-read.ts';
import type { Envelope } from './respond.ts';

/** A body that must hold something. Throws `invalid_payload` without one. */
export function demandBody(request: FastifyRequest): Json {
  const body = request.body as Json | undefined;
  if (body === undefined || body === null || typeof body !== 'object') throw new GatewayError('invalid_payload');
  return body;
}

/** The items of a list; each must be an object. */
function itemsOf(list: readonly Json[]): RequestedItem[] {
  return list.map((entry) => {
    if (isItem(entry)) return entry;
    throw new GatewayError('unprocessable', { message: 'A list of items holds objects, one for each item' });
  });
}

/** One object or a list of them; an empty list is an empty object, as in PHP. */
export function bodyItems(request: FastifyRequest): { readonly items: readonly RequestedItem[]; readonly single: boolean } {
  const body = demandBody(request);
  if (Array.isArray(body)) return body.length === 0 ? { items: [{}], single: true } : { items: itemsOf(body), single: false };
  if (!isItem(body)) throw new GatewayError('invalid_payload');
  return { items: [body], single: true };
}

/** The one object of values for every item that the path names. */
export function singleItem(request: FastifyRequest): RequestedItem {
  const [item, ...more] = bodyItems(request).items;
  if (!item || more.length > 0) throw new GatewayError('invalid_payload', { message: 'One object holds the values for every item named' });
  return item;
}

export interface Writing {
  readonly request: RequestedMutation;
  /** One object instead of a list. */
  readonly single: boolean;
  /** Of items that the path names: they must be as `If-Match` says. */
  readonly keys?: readonly string[];
  readonly revert?: boolean;
  /** What files come with. */
  readonly files?: FileWrites;
  /** Answers with all columns, whatever `fields` says. */
  readonly whole?: boolean;
  /** Has the rows look otherwise than they are stored. */
  readonly shape?: (within: ReadContext, result: ReadResult) => Promise<ReadResult>;
}

interface Answer {
  readonly asked: DirectusRead;
  readonly result: ReadResult;
}

/** Runs the write and answers with the rows as the caller may read them, or with nothing. */
export function sendWrite(
  request: FastifyRequest,
  reply: FastifyReply,
  asks: (context: DirectusContext) => Writing | Promise<Writing>,
): Promise<FastifyReply> {
  return answerWrite(request, reply, async (writes) => readyWrite(request, writes, await asks(writes.context)));
}

async function readyWrite(
  request: FastifyRequest,
  { context: asking, within }: Writes,
  { request: mutation, single, keys, revert, shape, files, whole }: Writing,
): Promise<ReadyWrite> {
  const context = whole ? unselected(asking) : asking;
  if (!keys) refusePrecondition(request);
  const demand = keys && preconditionOf(request, context);
  const answers = mutation.is === 'delete' ? undefined : readingBack(context, mutation.collection, single);
  const options = { ...optionsOf(context), ...(revert ? { revert } : {}), ...(files ? { files } : {}) };
  const prepared = await prepareWrite(within, mutation, options);
  return async (session) => {
    if (keys) await demand?.(session, mutation.collection, keys);
    const rows = await session.write(prepared, mutation.is === 'delete' && !demand);
    context.timings?.mark('write');
    return shownRows(request, context, mutation.collection, answers, rows, shape);
  };
}

/** The context without what the query says of columns; nothing of it is remembered for one that means them. */
function unselected({ serial: _, ...context }: DirectusContext): DirectusContext {
  return { ...context, query: new Map([...context.query].filter(([name]) => name !== 'fields')) };
}

/** The rows that were written, as they are read back. */
export function shownRows(
  request: FastifyRequest,
  context: DirectusContext,
  collection: string,
  answers: Answering | undefined,
  rows: readonly WrittenRow[],
  shape?: Writing['shape'],
): Shown {
  const answer = answers?.(rows);
  if (!answer) return nothingToRead;
  const { hooks } = context.project;
  if (hooks.listens('after', 'read', collection)) {
    const hooked = { hooks, collection, keys: rows.flatMap(({ key }) => key ?? []) };
    return {
      ...nothingToRead,
      async afterwards() {
        const { asked, result } = await answer.read(context);
        const seen = await answeredThroughHooks(context, hooked, result);
        return seen.texts.count > 0 ? envelopeOf(request, context, { asked, result: seen }) : undefined;
      },
    };
  }
  return {
    plain: answer.plain && !shape,
    async read(inside) {
      const found = await answer.read(inside);
      if (found.result.texts.count === 0) return undefined;
      return envelopeOf(request, context, shape ? { ...found, result: await shape(inside, found.result) } : found);
    },
  };
}

/** What is answered, with the meta that is asked for. */
export function envelopeOf(request: FastifyRequest, context: DirectusContext, { asked, result }: Answer): Envelope {
  const self = asked.meta && addressOfRequest(request);
  const meta = self === undefined ? undefined : metaText(asked, result, { self, query: context.rawQuery });
  return {
    meta,
    data: (head, tail) => result.texts.between(asked.single ? head : `${head}[`, asked.single ? tail : `]${tail}`),
    warnings: result.warnings,
  };
}

/** How the rows are read back; undefined for rows that have no key. */
export type Answering = (rows: readonly WrittenRow[]) => ReadBack | undefined;

interface ReadBack extends WriteAnswer<Answer> {
  /** In the transaction or after it. */
  read(within: ReadContext): Promise<Answer>;
}

/** What is wrong with the question is found before anything is written; undefined where nothing may be read. */
export function readingBack(context: DirectusContext, collection: string, single: boolean): Answering | undefined {
  const ready = (keys: readonly string[]): Ready =>
    single ? readyRead(context, { collection }, keys) : readyList(context, collection, keys);
  let plain: boolean;
  try {
    const parts = context.schema.collections.get(collection)?.key.length ?? 1;
    plain = !ready(single ? [Array(parts).fill('1').join(';')] : []).prepared.compiled?.guarded;
  } catch (error) {
    if (error instanceof GatewayError && ['read_denied', 'item_not_found'].includes(error.kind)) return undefined;
    throw error;
  }
  return (rows) => {
    const keys = rows.flatMap(({ key }) => key ?? []);
    if (keys.length === 0) return undefined;
    return {
      plain,
      async read(within) {
        const { asked, prepared } = ready(keys);
        return { asked, result: await runRead(within, prepared) };
      },
    };
  };
}

/** Several rows, all of them, and without meta (directus8-data §4.2). */
function readyList(context: DirectusContext, collection: string, keys: readonly string[]): Ready {
  const { meta: _, ...asked } = parseRead(collection, context.query, defaultLimit(context), keys);
  const { limit: __, ...read } = forActor(context, asked);
  // What may be written in one request may be answered in one.
  const limits = { ...context.limits, keys: keys.length, pageRows: Math.max(context.limits.pageRows, keys.length) };
  return { asked: { ...asked, read, single: false }, prepared: prepareRead({ ...context, limits }, read) };
}
