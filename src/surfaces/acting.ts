/**
 * Acting as a role: an administrator sees what another role would, by the header `X-Act-As-Role`. Rights are only ever lost by it: who is
 * no administrator is refused, and nothing is written meanwhile.
 */
import type { FastifyRequest } from 'fastify';
import { administratorRole, publicRole } from '../access/compile-rules.ts';
import type { Actor, Rules } from '../access/types.ts';
import { GatewayError } from '../lib/errors.ts';

const actingHeader = 'x-act-as-role';

/** The role that the request acts as; undefined where it acts as nobody else. */
export function actingRole({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const value = headers[actingHeader];
  return value === undefined ? undefined : String(value);
}

/** Throws `forbidden` for whoever is no administrator, said of `what`. */
export function demandAdministrator(actor: Actor, what: string): void {
  if (actor.is !== 'user' || !actor.admin) throw new GatewayError('forbidden', { message: `Only administrators may ${what}` });
}

/**
 * The administrator as one of the role's users: the same person, so that what is a user's own is the administrator's own.
 *
 * @throws GatewayError forbidden for others than administrators, validation where there is no such role
 */
export function inRole(actor: Actor, role: string, rules: Rules): Actor {
  demandAdministrator(actor, 'act as another role');
  if (actor.is !== 'user') throw new GatewayError('forbidden');
  if (!rules.roles.has(role)) throw new GatewayError('validation', { message: `There is no role "${role.slice(0, 20)}" to act as.` });
  if (role === publicRole) return { is: 'public', role, ip: actor.ip };
  return { ...actor, role, admin: role === administratorRole };
}

/** Throws `forbidden` where the request acts as a role: for what does not look at the header, or cannot be undone. */
export function refuseActing(request: Pick<FastifyRequest, 'headers'>): void {
  if (actingRole(request) !== undefined) throw new GatewayError('forbidden', { message: 'Acting as another role is for reading alone' });
}
