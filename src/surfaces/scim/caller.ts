/** Who a SCIM request comes from: the provisioning client by its own token, or anybody as on the other surfaces (directus8-system §17). */
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../../access/types.ts';
import { type ChangeContext, flat } from '../../auth/change-users.ts';
import { identify } from '../../auth/identify.ts';
import { bearerOf } from '../../lib/bearer.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isSameSecret } from '../../lib/same-secret.ts';
import { isProvisional } from '../../projects/provisional.ts';
import { refuseActing } from '../acting.ts';
import { originOfRequest } from '../origin.ts';

export interface ScimContext extends ChangeContext {
  /** The address of the base, `https://host/project/scim/v2`. */
  readonly base: string;
}

/** Identifies the caller and pins schema and rules for the request. */
export async function scimContext(request: FastifyRequest): Promise<ScimContext> {
  const { project } = request;
  refuseActing(request);
  if (isProvisional(project.schemas.current)) await project.schemas.settled();
  const state = { schema: project.schemas.current, rules: project.rules.current };
  const isClient = isSameSecret(bearerOf(request.headers), project.config.scim?.token);
  const actor: Actor = isClient
    ? { is: 'system', reason: 'the SCIM client of the project' }
    : await identify(request, project, state, undefined);
  const { connection, limits, sealer } = project;
  const userAgent = request.headers['user-agent'] ?? '';
  const base = `${originOfRequest(request)}/${project.key}/scim/v2`;
  const listeners = request.server.writeListeners;
  const written = { userAgent, syntax: flat, listeners, recorded: () => project.recorded(), ...listeners(project, actor) };
  return { ...state, actor, project, connection, limits, sealer, base, ...written };
}

/** Only the SCIM client and administrators change users and groups here: whoever may do less could give out roles. */
export function demandWriter({ actor }: ScimContext): void {
  if (actor.is === 'public') throw new GatewayError('unauthorized');
  if (actor.is === 'user' && !actor.admin) {
    throw new GatewayError('forbidden', { message: 'Only administrators and the SCIM client of the project change users and groups' });
  }
}
