/** Who opens a connection that stays open, on every surface; an administrator may act as a role there too. */
import type { FastifyRequest } from 'fastify';
import { type ConnectionIdentity, connectionIdentityOf } from '../auth/connection-identity.ts';
import { actingRole, inRole } from './acting.ts';
import './types.ts';

/** As `standingOf` has it. Throws also what `inRole` throws. */
export async function connectionIdentityFor(request: FastifyRequest, token: string | undefined): Promise<ConnectionIdentity> {
  const { project } = request;
  const identity = await connectionIdentityOf(request, project, token);
  const role = actingRole(request);
  return role === undefined ? identity : { ...identity, actor: inRole(identity.actor, role, project.rules.current) };
}
