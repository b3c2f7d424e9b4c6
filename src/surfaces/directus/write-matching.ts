/** Changing and deleting the items that a filter names; the answer tells how many they were. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { prepareWrite } from '../../engine/prepare-write.ts';
import { GatewayError } from '../../lib/errors.ts';
import { collectionOf } from '../../query/bind.ts';
import type { RequestedItem, RequestedMutation, RequestedRows } from '../../query/mutation.ts';
import type { Schema } from '../../schema/types.ts';
import { answerWrite, optionsOf, shown } from './answer-write.ts';
import type { DirectusContext } from './context.ts';
import { parseStatuses } from './parse.ts';
import { parseFilter } from './parse-filter.ts';
import { listOf, textOf } from './php-query.ts';
import { refusePrecondition } from './precondition.ts';

/** Parameters of lists that would have the rows be others than the filter says. */
const others = ['q', 'search', 'offset', 'page', 'cursor', 'sort', 'single', 'export'];

/** Gives the rows the item's values, or deletes them where there is no item. Without a filter both are answered as Directus 8 has them. */
export function sendMatching(
  request: FastifyRequest,
  reply: FastifyReply,
  collection: string,
  item: RequestedItem | undefined,
): Promise<FastifyReply> {
  return answerWrite(request, reply, async ({ context, within }) => {
    if (!context.query.has('filter')) {
      if (item) throw notFound(context.schema, collection);
      throw new GatewayError('method_not_allowed', {
        message: 'Method Not Allowed: name the rows that are meant by "filter", or by their keys in the path',
      });
    }
    refusePrecondition(request);
    const rows = rowsOf(context);
    const mutation: RequestedMutation = item ? { is: 'updateWhere', collection, rows, item } : { is: 'deleteWhere', collection, rows };
    const prepared = await prepareWrite(within, mutation, optionsOf(context));
    return async (session) => shown({ data: JSON.stringify({ count: (await session.write(prepared)).length }) });
  });
}

/** What is said of items that nothing names. */
function notFound(schema: Schema, collection: string): GatewayError {
  collectionOf(schema, collection);
  return new GatewayError('item_not_found');
}

function refuse(message: string): never {
  throw new GatewayError('unprocessable', { message });
}

function rowsOf({ query, limits }: DirectusContext): RequestedRows {
  const other = others.find((name) => query.has(name));
  if (other !== undefined) refuse(`${other}: rows to be changed are named by "filter" alone, with "status" and a "limit"`);
  const where = parseFilter(query.get('filter'));
  if (!where) refuse('filter: name the rows that are meant, or their keys in the path');
  const statuses = parseStatuses(listOf(query.get('status')), false);
  return { where, most: demandMost(textOf(query, 'limit') ?? '', limits.writeRows), ...(statuses === undefined ? {} : { statuses }) };
}

/** `limit`, which is no page here: where more rows match, nothing happens. Throws unprocessable for what is none. */
export function demandMost(text: string, writeRows: number): number {
  const most = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return most >= 1 && most <= writeRows ? most : refuse(`limit: say how many rows may change at most, 1 to ${writeRows}`);
}
