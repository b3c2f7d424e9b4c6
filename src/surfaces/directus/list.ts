/** What a list's route answers with: rows, or groups of them. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asksToExplain } from '../explain-answer.ts';
import { sendAggregate } from './aggregate.ts';
import { queryOf } from './context.ts';
import { rawQuery } from './parse.ts';
import { asksAggregate } from './parse-aggregate.ts';
import { sendRead } from './read.ts';
import type { Wanted } from './requested-read.ts';

/** Sends rows, or groups where the query asks for them. */
export function sendList(
  request: FastifyRequest,
  reply: FastifyReply,
  collection: string,
  { shape, ...part }: Pick<Wanted, 'within' | 'shape'> = {},
): Promise<FastifyReply> {
  const query = queryOf(rawQuery(request.url));
  return asksAggregate(query) && !asksToExplain(query.get('explain'))
    ? sendAggregate(request, reply, { collection, ...part })
    : sendRead(request, reply, { collection, ...part, ...(shape ? { shape } : {}) });
}
