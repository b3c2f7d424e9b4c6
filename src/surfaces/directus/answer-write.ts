/** What all routes that write have in common: who asks, one transaction, and an answer that is made in it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { notProven, type WriteAnswer, type WriteContext, type WriteOptions, type WriteSession, writing } from '../../engine/write.ts';
import { type Json, jsonTextOf } from '../../lib/json-body.ts';
import { fresh } from '../fresh.ts';
import { claimOf, type KeyedText } from '../idempotency.ts';
import { writeContextOf } from '../write-context.ts';
import { contextOf, type DirectusContext, recalledContext } from './context.ts';
import { asksForTrial, triedWrite } from './dry-run.ts';
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
  const trial = asksForTrial(context);
  const keyed = !trial && request.headers['idempotency-key'] !== undefined;
  const claim = keyed ? await claimOf(request, context, keyedText(request, context)) : undefined;
  if (claim?.is === 'answered') return answered(reply.header('idempotency-replayed', 'true'), claim.answer);
  try {
    let afterwards: Shown['afterwards'];
    const answer = await fresh(context, async (now) => {
      const within = withinOf(request, now);
      const run = await prepare({ context: now, within });
      context.timings?.mark('bind');
      const work = async (session: WriteSession): Promise<WriteAnswer<KeptAnswer>> => {
        const { read, plain, ...more } = await run(session);
        afterwards = more.afterwards;
        return {
          plain: plain && !claim,
          async read(inside) {
            const made = answerOf(context, await read(inside));
            await claim?.keep(inside.connection, made);
            return made;
          },
        };
      };
      return trial ? triedWrite(now, within, work, () => afterwards === undefined) : writing(within, work);
    });
    timed(context, reply);
    return answered(reply, afterwards && !trial ? answerOf(context, await afterwards()) : answer);
  } catch (error) {
    // What was refused may be sent again, corrected or not.
    await claim?.release();
    throw error;
  }
}

function keyedText({ body }: FastifyRequest, { rawQuery }: DirectusContext): KeyedText {
  return { query: rawQuery, body: body === undefined ? '' : jsonTextOf(body as Json) };
}

function withinOf(request: FastifyRequest, context: DirectusContext): WriteContext {
  const { project } = context;
  const userAgent = request.headers['user-agent'] ?? '';
  const listeners = writeListeners(project, context.actor, undefined, asksForTrial(context));
  return writeContextOf(context, { userAgent, syntax: directusNested }, listeners);
}

function answerOf({ actor }: DirectusContext, envelope: Envelope | undefined): KeptAnswer {
  const body = envelope ? written(actor, envelope) : writtenNothing(actor);
  return body === undefined ? { status: 204 } : { status: 200, body, contentType: jsonType };
}

function answered(reply: FastifyReply, { status, body, contentType }: KeptAnswer): FastifyReply {
  reply.code(status);
  return body === undefined ? reply.send() : reply.type(contentType ?? jsonType).send(body);
}
