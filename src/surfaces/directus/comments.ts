/** POST /:project/activity/comment, PATCH and DELETE /:project/activity/comment/:id (directus8-data §12.4, directus8-system §15). */

import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { activityOf, addComment, deleteComment, editComment } from '../../engine/comments.ts';
import type { WriteSession } from '../../engine/write.ts';
import { GatewayError } from '../../lib/errors.ts';
import { dryRunnable } from '../dry-run.ts';
import { answerWrite, nothingToRead } from './answer-write.ts';
import type { DirectusContext } from './context.ts';
import { textOf } from './php-query.ts';
import { checkItemRead } from './read.ts';
import { readingBack, shownRows } from './write.ts';

const activity = 'directus_activity';

function objectOf(body: unknown): Readonly<Record<string, unknown>> {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw new GatewayError('invalid_payload');
  return body as Record<string, unknown>;
}

/** What else an entry has is the server's to fill, and may be sent; what it does not have may not. */
function refuseUnknown(body: Readonly<Record<string, unknown>>, context: DirectusContext): void {
  const { fields } = activityOf(context);
  const unknown = Object.keys(body).find((name) => !fields.has(name));
  if (unknown !== undefined) throw new GatewayError('unprocessable', { message: `A comment has no "${unknown}"` });
}

const notBlank = 'This value should not be blank.';

/** Texts of the body by name; a key may be a number, as long as that is exact. */
function textsOf<Name extends string>(body: Readonly<Record<string, unknown>>, names: readonly Name[]): Record<Name, string> {
  const faults: string[] = [];
  const texts = names.map((name): [Name, string] => {
    const value = body[name];
    const text = name === 'item' && Number.isSafeInteger(value) ? String(value) : value;
    if (text === undefined || text === null || (typeof text === 'string' && text.trim() === '')) faults.push(`${name}: ${notBlank}`);
    else if (typeof text !== 'string') faults.push(`${name}: This value should be of type string.`);
    else if (text.includes('\0')) faults.push(`${name}: This value should not hold the character U+0000.`);
    return [name, String(text)];
  });
  if (faults.length > 0) throw new GatewayError('validation', { message: faults.join(' ') });
  return Object.fromEntries(texts) as Record<Name, string>;
}

/** Whether the request says why it changes something (directus8-data §10.6). */
const explained = ({ query }: DirectusContext): boolean => (textOf(query, 'comment') ?? '').trim() !== '';

/** The entry as its author may read it; nothing where that is not at all. */
function changing(
  request: FastifyRequest,
  reply: FastifyReply,
  change: (context: DirectusContext, body: Readonly<Record<string, unknown>>) => (session: WriteSession) => Promise<string>,
): Promise<FastifyReply> {
  return answerWrite(request, reply, async ({ context }) => {
    const body = objectOf(request.body);
    refuseUnknown(body, context);
    checkItemRead(context, activity);
    const run = change(context, body);
    const answers = readingBack(context, activity, true);
    return async (session) => shownRows(request, context, activity, answers, [{ key: await run(session) }]);
  });
}

/** A comment is made, changed and deleted; all three have a dry run. */
export const commentRoutes: FastifyPluginAsync = async (app) => {
  app.post('/:project/activity/comment', dryRunnable, (request, reply) =>
    changing(request, reply, (context, body) => {
      const { collection, item, comment } = textsOf(body, ['collection', 'item', 'comment']);
      const asked = { collection, item, text: comment, explained: explained(context), userAgent: request.headers['user-agent'] ?? '' };
      return async ({ within, wrote }) => {
        const id = await addComment(within, asked);
        wrote({ action: 'create', collection: activity, item: id });
        return id;
      };
    }),
  );

  app.patch<{ Params: { id: string } }>('/:project/activity/comment/:id', dryRunnable, (request, reply) =>
    changing(request, reply, (context, body) => {
      const { id } = request.params;
      const { comment } = textsOf(body, ['comment']);
      return async ({ within, wrote }) => {
        await editComment(within, { id, text: comment, explained: explained(context) });
        wrote({ action: 'update', collection: activity, item: id });
        return id;
      };
    }),
  );

  app.delete<{ Params: { id: string } }>('/:project/activity/comment/:id', dryRunnable, (request, reply) =>
    answerWrite(request, reply, async () => async ({ within, wrote }) => {
      const { id } = request.params;
      await deleteComment(within, id);
      // The entry stays, without its text.
      wrote({ action: 'update', collection: activity, item: id });
      return nothingToRead;
    }),
  );
};
