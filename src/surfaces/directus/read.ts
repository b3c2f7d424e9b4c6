/** Lists and items of any collection in the Directus envelope; items and the system listings share it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Rules } from '../../access/types.ts';
import { type ReadResult, read } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { RequestedRead } from '../../query/types.ts';
import type { DirectusContext } from './context.ts';
import { metaText } from './meta.ts';
import { type DirectusRead, parseRead, rawQuery } from './parse.ts';
import { send } from './respond.ts';

/** Rows of a list when the caller gives no limit: the setting `default_limit`, else 20 (directus8-data §5.4). */
function defaultLimit(rules: Rules): number {
  const setting = rules.settings.get('default_limit');
  return setting && /^-?\d{1,9}$/.test(setting) ? Number(setting) : 20;
}

/** An unreadable collection, as this request's form has it told (directus8-data §3.2). */
function denied(error: unknown, context: DirectusContext, asked: DirectusRead, keys: readonly string[] | undefined): unknown {
  if (!(error instanceof GatewayError) || error.kind !== 'read_denied') return error;
  if (keys?.length === 1) return new GatewayError('item_not_found', { id: keys[0] });
  if (keys) return error;
  if (context.actor.is !== 'user') return new GatewayError('unauthorized');
  return asked.single ? new GatewayError('item_not_found') : error;
}

/** Answers with the collection's list, or with the items of `keys`: one object for one key, a list for several. */
export async function sendRead(
  request: FastifyRequest,
  reply: FastifyReply,
  context: DirectusContext,
  collection: string,
  keys?: readonly string[],
): Promise<FastifyReply> {
  const asked = parseRead(collection, context.query, defaultLimit(context.rules), keys);
  context.timings?.mark('parse');
  const result = await freshRead(context, forActor(context, asked)).catch((error: unknown) => {
    throw denied(error, context, asked, keys);
  });
  const self = `${request.protocol}://${request.host}${request.url.split('?')[0]}`;
  const meta = metaText(asked, result, { self, query: rawQuery(request.url) });
  if (context.timings) {
    context.timings.mark('respond');
    reply.header('server-timing', context.timings.header());
  }
  const [first] = result.texts;
  if (asked.single && first === undefined) throw new GatewayError('item_not_found', keys ? { id: keys[0] } : {});
  const data = asked.single ? (first ?? 'null') : `[${result.texts.join(',')}]`;
  return send(reply, context.actor, { meta, data, warnings: result.warnings });
}

/** A read that met a table or column which is gone is done once more with the schema of now (architecture §9). */
async function freshRead(context: DirectusContext, asked: RequestedRead): Promise<ReadResult> {
  try {
    return await read(context, asked);
  } catch (error) {
    const { project } = context;
    if (!project.vendor.isStale(error)) throw error;
    await project.reload();
    return read({ ...context, schema: project.schemas.current, rules: project.rules.current }, asked);
  }
}

/** By key, `status=*` reaches soft-deleted rows for administrators only (directus8-data §4.1). */
function forActor(context: DirectusContext, asked: DirectusRead): DirectusRead['read'] {
  if (!asked.read.keys || (context.actor.is === 'user' && context.actor.admin)) return asked.read;
  const { statuses: _, ...rest } = asked.read;
  return rest;
}
