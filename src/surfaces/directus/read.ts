/** Lists and items of any collection in the Directus envelope; items and the system listings share it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Hooks } from '../../engine/hooks.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { prepareRead, type ReadResult, runRead } from '../../engine/read.ts';
import { type CachedRead, createReadCache, isPlainKey, keyIndexes, type ReadCache, sampleKeys, withKey } from '../../engine/read-cache.ts';
import { type ReadStream, streamRead } from '../../engine/stream.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Project } from '../../projects/project.ts';
import { sameActor, tellTimings } from '../caller.ts';
import { namesTag } from '../entity-tags.ts';
import { asksToExplain } from '../explain-answer.ts';
import { provenAnswer } from '../proven.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { isRemade } from './answer-hooks.ts';
import { contextOf, type DirectusContext, queryOf, recalledContext } from './context.ts';
import { tagOf, tagQuery } from './entity-tag.ts';
import { sendExplained } from './explain-read.ts';
import { sendExport } from './export.ts';
import { locationOf, metaText } from './meta.ts';
import { type DirectusRead, rawQuery, wantsExport } from './parse.ts';
import { refuseAggregate } from './parse-aggregate.ts';
import { answeredThroughHooks, askedThroughHooks, type HookedRead, hooksRead, streamedThroughHooks } from './read-hooks.ts';
import { askedRead, narrowedRead, type Wanted } from './requested-read.ts';
import { jsonType, written } from './respond.ts';

/** An unreadable collection, as this request's form has it told (directus8-data §3.2). */
function denied(error: unknown, context: DirectusContext, asked: DirectusRead, keys: readonly string[] | undefined): unknown {
  if (!(error instanceof GatewayError) || error.kind !== 'read_denied') return error;
  if (keys?.length === 1) return new GatewayError('item_not_found', { id: keys[0] });
  if (keys) return error;
  if (context.actor.is !== 'user') return new GatewayError('unauthorized');
  return asked.single ? new GatewayError('item_not_found') : error;
}

interface Answer {
  readonly asked: DirectusRead;
  readonly keys: readonly string[] | undefined;
  readonly result: ReadResult;
}

/** Answers with the collection's list, or with the items of the keys: one object for one key, a list for several. */
export async function sendRead(request: FastifyRequest, reply: FastifyReply, wanted: Wanted): Promise<FastifyReply> {
  const query = queryOf(rawQuery(request.url));
  if (asksToExplain(query.get('explain'))) return sendExplained(request, reply, wanted);
  const { hooks } = request.project;
  if (hooksRead(hooks, wanted.collection)) return sendHooked(request, reply, wanted, hooks);
  const identify = (): Promise<DirectusContext> => contextOf(request, 'provisional');
  // What came empty would have left already: here the caller is looked up first.
  if (wantsExport(query)) {
    const recalled = recalledContext(request);
    return exportRead(request, reply, !recalled || recalled.proof ? await identify() : recalled, wanted);
  }
  const { context, answer } = await provenAnswer({
    recall: () => recalledContext(request),
    identify,
    read: (asking) => readAs(asking, wanted),
    isProven: ({ result }) => result.proven,
  });
  return respond(request, reply, context, answer);
}

/** Whether a caller who was identified anew is still the one who was recalled. */
export function isSame(request: FastifyRequest, identified: DirectusContext, recalled: DirectusContext): boolean {
  return sameActor(identified, recalled) && recalledContext(request)?.serial === recalled.serial;
}

/** With hooks around it, which see who asks: nobody is recalled. */
async function sendHooked(request: FastifyRequest, reply: FastifyReply, given: Wanted, hooks: Hooks) {
  const identified = await contextOf(request, 'provisional');
  const { collection, keys: keysFor } = given;
  const keys = keysFor?.(identified);
  const read: HookedRead = { hooks, collection, keys };
  const context = await askedThroughHooks(identified, read);
  const wanted: Wanted = { ...given, ...(keys ? { keys: () => keys } : {}) };
  if (wantsExport(context.query))
    return exportRead(request, reply, context, wanted, (stream) => streamedThroughHooks(context, read, stream));
  const answer = await readAs(context, wanted);
  return respond(request, reply, context, { ...answer, result: await answeredThroughHooks(context, read, answer.result) });
}

/** A list as JSON, to be kept: hooks have their say in it. Throws as `sendRead` does. */
export async function readAnswer(request: FastifyRequest, identified: DirectusContext, wanted: Wanted): Promise<KeptAnswer> {
  const { hooks } = request.project;
  const read: HookedRead = { hooks, collection: wanted.collection, keys: undefined };
  const hooked = hooksRead(hooks, wanted.collection);
  const context = hooked ? await askedThroughHooks(identified, read) : identified;
  const answer = await readAs(context, wanted);
  const result = hooked ? await answeredThroughHooks(context, read, answer.result) : answer.result;
  return { status: 200, body: bodyOf(request, context, { ...answer, result }).body, contentType: jsonType };
}

function readAs(context: DirectusContext, wanted: Wanted): Promise<Answer> {
  const keys = wanted.keys?.(context);
  const { shape } = wanted;
  return retryRequestOnSchemaChange(context, async (state) => {
    const { asked, prepared } = readyRead(state, wanted, keys);
    const result = await runRead(state, prepared);
    return { asked, keys, result: shape ? await shape(state, result) : result };
  });
}

function exportRead(
  request: FastifyRequest,
  reply: FastifyReply,
  context: DirectusContext,
  wanted: Wanted,
  through: (stream: ReadStream) => ReadStream = (stream) => stream,
): Promise<FastifyReply> {
  const { streams } = context.project;
  return sendExport(request, reply, context, (signal) =>
    retryRequestOnSchemaChange(context, async (state) => {
      const { asked, prepared } = readyRead(state, wanted, wanted.keys?.(context));
      return { format: asked.export ?? 'json', stream: through(await streamRead({ ...state, streams }, prepared, signal)) };
    }),
  );
}

function bodyOf(request: FastifyRequest, context: DirectusContext, { asked, keys, result }: Answer) {
  const meta = asked.meta && metaText(asked, result, locationOf(request, context.rawQuery));
  const { texts } = result;
  if (asked.single && texts.count === 0) throw new GatewayError('item_not_found', keys ? { id: keys[0] } : {});
  const list = !asked.single;
  // Put together before it is hashed: the hash is that of the bytes that leave.
  const body = written(context.actor, {
    meta,
    data: (head, tail) => texts.between(list ? `${head}[` : head, list ? `]${tail}` : tail),
    warnings: result.warnings,
  });
  return { body, meta };
}

function respond(request: FastifyRequest, reply: FastifyReply, context: DirectusContext, answer: Answer): FastifyReply {
  timed(context, reply);
  const { body, meta } = bodyOf(request, context, answer);
  const { keys, result } = answer;
  const { texts } = result;
  const about = { meta, warnings: result.warnings, public: context.actor.is !== 'user' };
  const tag = tagOf(texts, keys ? tagQuery(context.rawQuery) : '', about);
  if (tag !== undefined) {
    reply.header('etag', tag);
    if (namesTag(request.headers['if-none-match'], tag) && !isRemade(request)) return reply.code(304).send();
  }
  return reply.type(jsonType).send(body);
}

/** The times of all stages as a header, where they are wanted. */
export function timed({ timings }: DirectusContext, reply: FastifyReply): void {
  timings?.mark('respond');
  if (timings) tellTimings(reply, timings);
}

export type Ready = CachedRead<DirectusRead>;

const memories = new WeakMap<Project, ReadCache<DirectusRead>>();

/** The read made ready, as it was the last time where the same caller asked the same before. */
export function readyRead(context: DirectusContext, wanted: Wanted, keys: readonly string[] | undefined): Ready {
  const key = keys?.length === 1 ? keys[0] : undefined;
  const name = wanted.within ? undefined : memoryKey(context, wanted.collection, keys, key);
  if (name === undefined) return makeReady(context, wanted, keys);
  let memory = memories.get(context.project);
  if (!memory) {
    memory = createReadCache();
    memories.set(context.project, memory);
  }
  const known = memory.get(name);
  if (known) {
    context.timings?.mark('recall');
    return key === undefined ? known : { ...known, prepared: withKey(known, key) };
  }
  const ready = makeReady(context, wanted, keys);
  // What depends on the time of day is made anew each time.
  if (ready.prepared.dated) return ready;
  if (key === undefined) memory.set(name, ready);
  else {
    const [one, two] = sampleKeys.map((sample) => makeReady(context, wanted, [sample]));
    const keyAt = one && two && keyIndexes(one.prepared, two.prepared);
    if (one && keyAt) memory.set(name, { ...one, keyAt });
  }
  return ready;
}

/** Undefined for what is not worth remembering: several keys, keys that are no plain numbers. */
function memoryKey(
  { schema, rules, serial, rawQuery, query }: DirectusContext,
  collection: string,
  keys: readonly string[] | undefined,
  key: string | undefined,
): string | undefined {
  if (serial === undefined || (keys && (key === undefined || !isPlainKey(key)))) return undefined;
  // A cursor is followed once.
  if (query.has('access_token') || query.has('cursor')) return undefined;
  // The collection stands last, as its name may hold anything; what stands in a URL holds no line break.
  return `${serial} ${schema.version} ${rules.version} ${key === undefined ? 'list' : 'item'}\n${rawQuery}\n${collection}`;
}

function makeReady(context: DirectusContext, wanted: Wanted, keys: readonly string[] | undefined): Ready {
  if (keys || wanted.index !== undefined) refuseAggregate(context.query);
  const asked = askedRead(context, wanted, keys);
  context.timings?.mark('parse');
  try {
    const read = narrowedRead(context, wanted, asked);
    return { asked, prepared: prepareRead(asked.export ? unpaged(context) : context, read) };
  } catch (error) {
    throw denied(error, context, asked, keys);
  }
}

/**
 * To be called before something is changed that is answered with the item: what is wrong with the request's `fields` and the like is
 * thrown before anything happened.
 */
export function checkItemRead(context: DirectusContext, collection: string): void {
  try {
    makeReady(context, { collection }, [sampleKeys[0]]);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind !== 'item_not_found') throw error;
  }
}

/** What is written out row by row may have any number of rows. */
function unpaged(context: DirectusContext): DirectusContext {
  return { ...context, limits: { ...context.limits, pageRows: Number.POSITIVE_INFINITY } };
}
