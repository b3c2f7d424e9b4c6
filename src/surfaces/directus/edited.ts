/** Runs a change of the schema for a request, on the schema as it is by then. */
import type { FastifyRequest } from 'fastify';
import type { Undisturbed } from '../../dialect/ddl.ts';
import type { Attributes } from '../../engine/editing/attributes.ts';
import { type EditContext, inTurn } from '../../engine/editing/run-edit.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json } from '../../lib/json-body.ts';
import type { RelationMeta } from '../../schema/types.ts';
import type { DirectusContext } from './context.ts';
import { textOf } from './php-query.ts';

export interface Editing extends EditContext {
  readonly relations: readonly RelationMeta[];
}

/** Runs the change on the schema as it is now, and answers when everybody has the one it left. */
export async function edited<T>(
  request: FastifyRequest,
  context: DirectusContext,
  run: (edit: Editing) => Promise<T>,
  done?: EditContext['done'],
): Promise<T> {
  const { project, actor } = context;
  const { schemas, connection, vendor } = project;
  const work = async (undisturbed: Undisturbed): Promise<T> =>
    run({ ...(await editingNow(request, context)), undisturbed, ...(done ? { done } : {}) });
  return inTurn(connection, async () => {
    const result = await vendor.ddl.exclusively(connection, work);
    // What is done is done: a reading that fails is no reason to say that it is not.
    await schemas.reload().catch(() => schemas.reload());
    await schemas.settled();
    await project.replicas?.wrote(actor);
    return result;
  });
}

/** What a change would run with, on the schema as the database has it by then, whoever has changed it. */
export async function editingNow(request: FastifyRequest, { project, actor, query }: DirectusContext): Promise<Editing> {
  const { schemas, connection, vendor, log } = project;
  if (!project.installed) throw new GatewayError('not_installed', { message: 'This project has no system tables yet; install them first' });
  await schemas.renew();
  await schemas.settled();
  return {
    schema: schemas.current,
    introspection: schemas.introspection,
    relations: schemas.metadata.relations,
    connection,
    vendor,
    actor,
    log,
    userAgent: request.headers['user-agent'] ?? '',
    unrecorded: textOf(query, 'activity_skip') === '1',
    force: textOf(query, 'force') === '1',
  };
}

/** The body as the attributes of one thing. Throws `invalid_payload`. */
export function objectOf(body: Json): Attributes {
  if (isJsonList(body) || !isJsonObject(body)) throw new GatewayError('invalid_payload');
  return body;
}
