/** Lists of SCIM: filter and page of the query, and the envelope around the resources (RFC 7644 §3.4.2). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../access/types.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { GatewayError } from '../../lib/errors.ts';
import { writePlainJson } from '../../lib/plain-json.ts';
import { sendAnswer } from '../idempotency.ts';
import { scimType } from './errors.ts';
import { parseFilter } from './filter.ts';
import type { Listed } from './rows.ts';

const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

export interface Page extends Listed {
  readonly sent: { readonly startIndex?: number; readonly count?: number };
}

function whole(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  throw new GatewayError('validation', { message: `${name}: this should be a whole number` });
}

/** What the query asks for. */
export function pageOf(request: FastifyRequest, collection: Listed['collection']): Page {
  const at = request.url.indexOf('?');
  const query = new URLSearchParams(at === -1 ? '' : request.url.slice(at + 1));
  const [start, count] = [whole(query, 'startIndex'), whole(query, 'count')];
  const filter = query.get('filter');
  return {
    collection,
    where: filter === null || filter === '' ? undefined : parseFilter(filter, collection),
    offset: Math.max(start ?? 1, 1) - 1,
    limit: count === undefined ? undefined : Math.max(count, 0),
    sent: {
      ...(start === undefined ? {} : { startIndex: Math.max(start, 1) }),
      ...(count === undefined ? {} : { count: Math.max(count, 0) }),
    },
  };
}

/** The list's envelope. */
export function listOf({ sent }: Page, total: number, resources: readonly object[]): object {
  const { startIndex, count } = sent;
  return {
    schemas: [listSchema],
    ...(startIndex === undefined ? {} : { startIndex }),
    ...(count === undefined ? {} : { itemsPerPage: Math.min(count, resources.length) }),
    totalResults: total,
    Resources: resources,
  };
}

/** An answer in SCIM's own type. */
export function scimAnswer(actor: Actor, resource: object, status = 200): KeptAnswer {
  const body = writePlainJson(actor.is === 'public' ? { ...resource, public: true } : resource);
  return { status, contentType: scimType, ...(body === undefined ? {} : { body }) };
}

/** Sends it. */
export function sendScim(reply: FastifyReply, actor: Actor, resource: object): FastifyReply {
  return sendAnswer(reply, scimAnswer(actor, resource));
}
