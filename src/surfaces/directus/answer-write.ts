/** What all routes that write have in common: who asks, one transaction, and an answer that is made in it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { notProven, type WriteAnswer, type WriteContext, type WriteOptions, type WriteSession, writing } from '../../engine/write.ts';
import { type Json, jsonTextOf } from '../../lib/json-body.ts';
import { answerOnce, type Keep, type KeyedText, sendAnswer } from '../idempotency.ts';
import { itemFiles } from '../item-files.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { writeContextOf } from '../write-context.ts';
import { contextOf, type DirectusContext, recalledContext } from './context.ts';
import { asksForDryRun, dryRunWrite } from './dry-run.ts';
import { writeListeners } from './extension-services.ts';

import { directusNested } from './parse-nested.ts';
import { textOf } from './php-query.ts';
import { isSame, timed } from './read.ts';
import { type Envelope, jsonType, written, writtenNothing } from './respond.ts';

/** What a write is prepared with. */
export interface Writes {
  readonly context: DirectusContext;
  readonly within: WriteContext;
}

/** Runs inside the transaction, more than once where others are in the way. What it reads may be nothing to show. */
export type ReadyWrite = (session: WriteSession) => Promise<Shown>;

export interface Shown extends WriteAnswer<Envelope | undefined> {
  /** Where hooks look at what is read: they may take their time, and connections, so it is read after the commit. */
  readonly afterwards?: () => Promise<Envelope | undefined>;
}

export const nothingToRead: WriteAnswer<undefined> = { plain: true, read: async () => undefined };

/** What is to be shown is known already. */
export function shown(envelope: Envelope): WriteAnswer<Envelope> {
  return { plain: true, read: async () => envelope };
}

/** `comment` and `activity_skip` (directus8-data §5.9). Only administrators may leave no trace. */
export function optionsOf({ query, actor }: DirectusContext): WriteOptions {
  const comment = textOf(query, 'comment');
  const unrecorded = textOf(query, 'activity_skip') === '1' && actor.is === 'user' && actor.admin;
  return { ...(comment === undefined || comment === '' ? {} : { comment }), unrecorded };
}

type Preparing = (writes: Writes) => Promise<ReadyWrite>;

/**
 * Prepares the write, runs it and answers. Who asks is proven in the transaction where that is known from before; with a key for requests
 * that may be sent again he is identified first, as an answer may be there already; and where the proof would fix what the transaction sees.
 */
export async function answerWrite(request: FastifyRequest, reply: FastifyReply, prepare: Preparing): Promise<FastifyReply> {
  const known =
    request.url.includes('dry_run') || request.headers['idempotency-key'] !== undefined || request.project.connection.dialect.snapshotReads;
  const recalled = known ? undefined : recalledContext(request);
  if (!recalled) return attempt(request, reply, await contextOf(request), prepare);
  try {
    return await attempt(request, reply, recalled, prepare);
  } catch (error) {
    // Nothing was written. What was refused stands if the caller is who he was taken for.
    const context = recalled.proof ? await contextOf(request) : recalled;
    if (error !== notProven && (context === recalled || isSame(request, context, recalled))) throw error;
    return attempt(request, reply, context, prepare);
  }
}

async function attempt(request: FastifyRequest, reply: FastifyReply, context: DirectusContext, prepare: Preparing): Promise<FastifyReply> {
  const asDryRun = asksForDryRun(context);
  const files = itemFiles(context);
  const once = async (keep?: Keep): Promise<KeptAnswer> => {
    try {
      let afterwards: Shown['afterwards'];
      const answer = await retryRequestOnSchemaChange(context, async (now) => {
        await files.settle();
        const within = withinOf(request, now, files.store);
        const run = await prepare({ context: now, within });
        context.timings?.mark('bind');
        const work = async (session: WriteSession): Promise<WriteAnswer<KeptAnswer>> => {
          // The kept answer is written in the same transaction.
          const { read, plain, ...more } = await run(keep ? { ...session, write: (prepared) => session.write(prepared) } : session);
          afterwards = more.afterwards;
          return {
            plain: plain && !keep,
            async read(inside) {
              const made = answerOf(context, await read(inside));
              await keep?.(inside.connection, made);
              return made;
            },
          };
        };
        return asDryRun ? dryRunWrite(now, within, work, () => afterwards === undefined) : writing(within, work);
      });
      timed(context, reply);
      if (asDryRun) await files.settle();
      return afterwards && !asDryRun ? answerOf(context, await afterwards()) : answer;
    } catch (error) {
      await files.settle();
      throw error;
    }
  };
  return asDryRun ? sendAnswer(reply, await once()) : answerOnce(request, reply, context, () => bodyText(request), once);
}

/** What the request says beside its path. */
export function keyedText({ body }: Pick<FastifyRequest, 'body'>, { rawQuery }: Pick<DirectusContext, 'rawQuery'>): KeyedText {
  return { query: rawQuery, body: bodyText({ body }) };
}

/** The body as text; empty where there is none. */
export function bodyText({ body }: Pick<FastifyRequest, 'body'>): string {
  return body === undefined ? '' : jsonTextOf(body as Json);
}

function withinOf(request: FastifyRequest, context: DirectusContext, store: WriteContext['store']): WriteContext {
  const { project } = context;
  const userAgent = request.headers['user-agent'] ?? '';
  const listeners = writeListeners(project, context.actor, undefined, asksForDryRun(context));
  return writeContextOf(context, { userAgent, syntax: directusNested, store }, listeners);
}

function answerOf({ actor }: DirectusContext, envelope: Envelope | undefined): KeptAnswer {
  const body = envelope ? written(actor, envelope) : writtenNothing(actor);
  return body === undefined ? { status: 204 } : { status: 200, body, contentType: jsonType };
}
