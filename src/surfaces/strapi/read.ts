/** Lists and entries: read as the caller may, answered in Strapi's envelope. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { prepareRead, runRead } from '../../engine/read.ts';
import { type CachedRead, createReadCache, isPlainKey, keyIndexes, type ReadCache, sampleKeys, withKey } from '../../engine/read-cache.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { JoinedTexts } from '../../lib/joined-texts.ts';
import type { Project } from '../../projects/project.ts';
import type { Collection } from '../../schema/types.ts';
import type { CallerContext } from '../caller.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { provenAnswer } from '../proven.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { type ReadAnswer, withinOutputs } from './answer.ts';
import { readHooked } from './hooked-read.ts';
import { pageText } from './pagination.ts';
import { type Asked, parseRead, type Wanted } from './parse.ts';
import { askedOf, callerOf, rawQuery, recalledCaller } from './request.ts';
import { inUsualLanguage } from './usual-language.ts';

export const jsonType = 'application/json; charset=utf-8';

/** What is read: which entries, and of which collection, by the schema of the moment. */
export interface Reading {
  readonly collection: (context: CallerContext) => Collection;
  readonly wanted: (collection: Collection) => Wanted;
}

type Page = ReadAnswer['asked'];

type Ready = CachedRead<Page>;

const memories = new WeakMap<Project, ReadCache<Page>>();

function memoryOf(project: Project): ReadCache<Page> {
  let memory = memories.get(project);
  if (!memory) {
    memory = createReadCache();
    memories.set(project, memory);
  }
  return memory;
}

/** The read made ready. */
function makeReady(context: CallerContext, collection: Collection, asked: Asked, wanted: Wanted): Ready {
  const parsed = parseRead(context, collection, asked, wanted);
  return { asked: { page: parsed.page }, prepared: prepareRead(withinOutputs(context), parsed.read) };
}

function ready(context: CallerContext, raw: string, asked: Asked, collection: Collection, wanted: Wanted): Ready {
  const { serial, schema, rules, project } = context;
  const key = 'keys' in wanted ? wanted.keys[0] : undefined;
  if (serial === undefined || (key !== undefined && !isPlainKey(key))) return makeReady(context, collection, asked, wanted);
  const memory = memoryOf(project);
  const name = `${serial} ${schema.version} ${rules.version} ${asked.format} ${asked.usual} ${wanted.is}\n${raw}\n${collection.name}`;
  const known = memory.get(name);
  if (known) return key === undefined ? known : { ...known, prepared: withKey(known, key) };
  const made = makeReady(context, collection, asked, wanted);
  if (made.prepared.dated) return made;
  if (key === undefined) memory.set(name, made);
  else {
    const [one, two] = sampleKeys.map((sample) => makeReady(context, collection, asked, { is: 'entry', keys: [sample] }));
    const keyAt = one && two && keyIndexes(one.prepared, two.prepared);
    if (one && keyAt) memory.set(name, { ...one, keyAt });
  }
  return made;
}

/** Reads as the caller, who is known from before where the statement proves it. */
async function readEntries(request: FastifyRequest, hooks: SurfaceHooks, reading: Reading): Promise<ReadAnswer> {
  const given = askedOf(request);
  const raw = rawQuery(request.url);
  const read = (context: CallerContext): Promise<ReadAnswer> =>
    retryRequestOnSchemaChange(context, async (now) => {
      const collection = reading.collection(now);
      const asked = await inUsualLanguage(now, collection, given);
      const wanted = reading.wanted(collection);
      if (hooks.reads.listens(now.project, collection.name)) return readHooked(await callerOf(request), hooks, collection, asked, wanted);
      const { asked: page, prepared } = ready(now, raw, asked, collection, wanted);
      return { asked: page, wanted, result: await runRead(now, prepared) };
    });
  const { answer } = await provenAnswer({
    recall: () => recalledCaller(request),
    identify: () => callerOf(request),
    read,
    isProven: ({ result }) => result.proven,
  });
  return answer;
}

/** Answers with them. Throws `item_not_found` where the only one is not there. */
export async function sendEntries(
  request: FastifyRequest,
  reply: FastifyReply,
  hooks: SurfaceHooks,
  reading: Reading,
): Promise<FastifyReply> {
  const { asked, wanted, result } = await readEntries(request, hooks, reading);
  const { texts, counts } = result;
  if (wanted.is === 'list') {
    return reply.type(jsonType).send(texts.between('{"data":[', `],"meta":{"pagination":${pageText(asked.page, counts.filtered)}}}`));
  }
  if (texts.count === 0) throw new GatewayError('item_not_found');
  return sendEntry(reply, texts);
}

/** One entry in its envelope. */
function sendEntry(reply: FastifyReply, texts: JoinedTexts): FastifyReply {
  return reply.type(jsonType).send(entryText(texts));
}

/** The text of the one entry that was read. */
export function entryText(texts: JoinedTexts): string | Buffer {
  return texts.count === 0 ? '{"data":null,"meta":{}}' : texts.between('{"data":', ',"meta":{}}');
}
