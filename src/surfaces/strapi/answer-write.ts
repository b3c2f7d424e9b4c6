/** What all routes that write have in common: who asks, one transaction, and an answer that is made in it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { dryRun } from '../../engine/dry-run.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import type { ReadResult } from '../../engine/read.ts';
import { type WriteAnswer, type WriteContext, type WriteSession, writing } from '../../engine/write.ts';
import { type Json, jsonTextOf } from '../../lib/json-body.ts';
import type { Collection } from '../../schema/types.ts';
import type { CallerContext } from '../caller.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { writeContext } from '../write-context.ts';
import { asksForDryRun, doneOnce, sendDryRun } from './done-once.ts';
import { readHooked } from './hooked-read.ts';
import { strapiNested } from './nested-syntax.ts';
import type { Asked, Outline } from './parse.ts';
import { askedOf, callerOf } from './request.ts';
import { sightOf } from './sight.ts';
import { inUsualLanguage } from './usual-language.ts';
import { orNothing, readBack, type Step, type Writing } from './write.ts';

export interface WriteRoute {
  readonly collection: (context: CallerContext) => Collection;
  /** What is to be done, after the rights and the query were looked at. */
  readonly prepare: (writing: Writing) => Promise<{ readonly step: Step; readonly asked?: Asked }>;
  readonly outline: Outline;
  /** Instead of the body: what the request is known by when it is sent again. */
  readonly sent?: string;
  readonly answer: (answered: Answered) => KeptAnswer;
}

/** What a write left, as its caller may read it; undefined where nothing of it may be read. */
export interface Answered {
  readonly result: ReadResult | undefined;
  readonly asked: Asked;
}

/** Prepares a write as the caller, runs it and answers with what it left. A request with a key that was answered before is not done again. */
export async function answerWrite(
  request: FastifyRequest,
  reply: FastifyReply,
  hooks: SurfaceHooks,
  route: WriteRoute,
): Promise<FastifyReply> {
  const { query, format } = askedOf(request);
  const { dry_run: _, ...rest } = query;
  const asked: Asked = { query: rest, format };
  const context = await callerOf(request);
  if (asksForDryRun({ query })) return answerDryRun(request, reply, context, hooks, route, asked);
  const body = route.sent ?? (request.body === undefined ? '' : jsonTextOf(request.body as Json));
  return doneOnce(request, reply, context, body, async (keep) => {
    const { answer, afterwards } = await retryRequestOnSchemaChange(context, async (now) => {
      const { within, work, afterwards } = await prepared(request, now, hooks, route, asked, false);
      const answer = await writing(within, async (session) => {
        const { read } = await work(session);
        return {
          plain: false,
          async read(inside): Promise<KeptAnswer> {
            const made = route.answer(await read(inside));
            await keep?.(inside.connection, made);
            return made;
          },
        };
      });
      return { answer, afterwards };
    });
    const later = await afterwards();
    return later ? route.answer(later) : answer;
  });
}

/** The write as it would have been answered, and what it would have changed. */
async function answerDryRun(
  request: FastifyRequest,
  reply: FastifyReply,
  context: CallerContext,
  hooks: SurfaceHooks,
  route: WriteRoute,
  asked: Asked,
): Promise<FastifyReply> {
  const { answer, changes } = await retryRequestOnSchemaChange(context, async (now) => {
    const { within, work } = await prepared(request, now, hooks, route, asked, true);
    return dryRun(within, work);
  });
  const { texts } = answer.result ?? {};
  return sendDryRun(reply, context, texts?.count ? String(texts.between('', '')) : 'null', changes);
}

interface Prepared {
  readonly within: WriteContext;
  readonly work: (session: WriteSession) => Promise<WriteAnswer<Answered>>;
  /** Where hooks look at what is read: they may take their time, and connections, so it is read after the commit. */
  readonly afterwards: () => Promise<Answered | undefined>;
}

async function prepared(
  request: FastifyRequest,
  now: CallerContext,
  hooks: SurfaceHooks,
  route: WriteRoute,
  given: Asked,
  asDryRun: boolean,
): Promise<Prepared> {
  const within = writeContext(request, now, strapiNested, hooks, asDryRun);
  const collection = route.collection(now);
  const usual = await inUsualLanguage(now, collection, given);
  const { step, asked = usual } = await route.prepare({ context: now, within, sight: sightOf(now), collection, asked: usual });
  const listens = hooks.reads.listens(now.project, collection.name);
  let later: string | undefined;
  return {
    within,
    async work(session) {
      const { key, before } = await step(session);
      later = listens && !before ? key : undefined;
      return {
        plain: false,
        async read(inside) {
          if (before || listens) return { result: before, asked };
          const reading = { ...now, ...inside, connection: now.connection };
          return { result: await readBack(reading, inside, collection, asked, key, route.outline), asked };
        },
      };
    },
    async afterwards() {
      if (later === undefined) return undefined;
      const wanted = { is: 'any', keys: [later] } as const;
      return { result: await orNothing(async () => (await readHooked(now, hooks, collection, asked, wanted)).result), asked };
    },
  };
}
