/** What extensions are told of answers, and make of their bodies (directus8-system §22.2, §22.3). Nothing is read where nobody listens. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../access/types.ts';
import { afterAnswer, hookGiven, nobodyOf } from '../../auth/after-answer.ts';
import { inBackground } from '../../auth/background.ts';
import { identify } from '../../auth/identify.ts';
import type { AnswerKind } from '../../engine/hooks.ts';
import { GatewayError } from '../../lib/errors.ts';
import { parsePlainJson, writePlainJson } from '../../lib/plain-json.ts';
import { redact } from '../../lib/redact.ts';
import { queryOf } from './context.ts';
import { rawQuery } from './parse.ts';
import { textOf } from './php-query.ts';
import { plainQuery } from './plain-query.ts';

const pathOf = (url: string): string => url.split(/[?#]/, 1)[0] ?? '';

/** The collection that the path names: of items, or one of the system's; empty for any other. */
function collectionIn({ url, project }: FastifyRequest): string {
  const [, , kind = '', name = ''] = pathOf(url).split('/');
  const { collections } = project.schemas.current;
  if (kind !== 'items') return collections.has(`directus_${kind}`) ? `directus_${kind}` : '';
  try {
    return decodeURIComponent(name);
  } catch {
    return '';
  }
}

const kindOf = (request: FastifyRequest): AnswerKind => ({ method: request.method, collection: collectionIn(request) });

/** Whether extensions make another body of the answer: then nobody is told whether the one before is as he guesses. */
export function isRemade(request: FastifyRequest): boolean {
  const { hooks } = request.project;
  return hooks.looksAtAnswers && hooks.filtersAnswer(kindOf(request));
}

/** Who asks; the public where that cannot be told. */
async function callerOf(request: FastifyRequest): Promise<Actor> {
  const { project, url } = request;
  const state = { schema: project.schemas.current, rules: project.rules.current };
  const { sessionCookie } = request;
  try {
    return await identify(request, project, state, textOf(queryOf(rawQuery(url)), 'access_token'));
  } catch {
    return nobodyOf(request);
  } finally {
    // What the answer does to the cookie has been decided.
    request.sessionCookie = sessionCookie;
  }
}

/** Whether tokens or secrets of second factors may stand in the body: extensions are given none. */
function isSecret({ url }: FastifyRequest): boolean {
  return /^\/[^/]*\/auth(?:\/|$)|2fa/i.test(pathOf(url));
}

/** The body's text; undefined for one that is no JSON, is still to come, or is nobody's business. */
function textIn(request: FastifyRequest, reply: FastifyReply, body: unknown): string | undefined {
  if (isSecret(request) || !/^application\/json\b/.test(String(reply.getHeader('content-type') ?? ''))) return undefined;
  return Buffer.isBuffer(body) ? body.toString('utf8') : typeof body === 'string' ? body : undefined;
}

function telling(request: FastifyRequest, reply: FastifyReply, body: string | undefined, known: Actor | undefined): void {
  const { method, url, project } = request;
  const { hooks } = project;
  const shown = redact(url);
  const told = { path: pathOf(shown), query: plainQuery(queryOf(rawQuery(shown))), method };
  const collection = collectionIn(request);
  afterAnswer(request, (status) => {
    const size = Number(reply.getHeader('content-length') ?? Number.NaN);
    const answer = { ...told, status, size: Number.isNaN(size) ? null : size };
    inBackground(project, 'extensions were not told of an answer', async () => {
      const actor = known ?? (await callerOf(request));
      hooks.tell({ action: 'response', collection }, [answer, body], hookGiven(request, actor));
    });
  });
}

async function filtered(request: FastifyRequest, reply: FastifyReply, kind: AnswerKind, body: string, actor: Actor): Promise<string> {
  const { method, project, url } = request;
  const given = { ...hookGiven(request, actor), request: { method, path: pathOf(redact(url)) } };
  const left = writePlainJson(await project.hooks.filterAnswer(kind, parsePlainJson(body), given));
  if (left === undefined) throw new GatewayError('internal', {}, new Error('A filter gave back what is no JSON'));
  // The tag and the length are those of the body that was.
  reply.removeHeader('etag').removeHeader('content-length');
  return left;
}

/** The body that is sent instead; undefined where it stays. Throws what a filter refuses with. */
async function answered(request: FastifyRequest, reply: FastifyReply, body: unknown): Promise<string | undefined> {
  const { hooks } = request.project;
  const kind = kindOf(request);
  const text = textIn(request, reply, body);
  let [left, actor]: [string?, Actor?] = [];
  if (text !== undefined && reply.statusCode < 400 && hooks.filtersAnswer(kind)) {
    actor = await callerOf(request);
    left = await filtered(request, reply, kind, text, actor);
  }
  if (hooks.listens('after', 'response', kind.collection)) telling(request, reply, left ?? text, actor);
  return left;
}

/** Lets extensions see every answer of the surface; the last hook before it is sent. */
export function registerAnswerHook(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, body, done) => {
    if (!request.lease?.project.hooks.looksAtAnswers) return done(null, body);
    answered(request, reply, body).then((left) => done(null, left ?? body), done);
  });
}
