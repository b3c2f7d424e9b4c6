/** Who may manage the projects of this server: whoever has its super admin token (directus8-system §2). */
import type { FastifyRequest } from 'fastify';
import { bearerOf } from '../../lib/bearer.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isSameSecret } from '../../lib/same-secret.ts';

/** How projects are managed while the server runs. */
export interface Administration {
  /** At least 16 characters; without one nobody manages projects. */
  readonly superAdminToken?: string | undefined;
  /** The folder of project files; without one there are none to be made. */
  readonly projectsFolder?: string | undefined;
  /** The folder of SQLite databases and files of new projects. */
  readonly dataFolder?: string | undefined;
  /** Has the registry follow the folder of project files. */
  changed(key: string): Promise<void>;
}

/** The parameters of a request's query. */
export function parametersOf(request: FastifyRequest): URLSearchParams {
  const at = request.url.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : request.url.slice(at + 1));
}

/** The token that a request brings: in its body, its query or as a bearer. */
function tokenOf(request: FastifyRequest): string | undefined {
  const { body } = request;
  const inBody = body !== null && typeof body === 'object' && 'super_admin_token' in body ? body.super_admin_token : undefined;
  const given = inBody ?? parametersOf(request).get('super_admin_token') ?? bearerOf(request.headers);
  return typeof given === 'string' && given !== '' ? given : undefined;
}

/** Whether the request brings the token. */
export function isSuperAdmin(request: FastifyRequest, administration: Administration | undefined): boolean {
  return isSameSecret(tokenOf(request), administration?.superAdminToken);
}

/**
 * Lets the super admin pass.
 *
 * @throws GatewayError validation without a token in the request, unauthorized for a wrong one and where the server has none
 */
export function demandSuperAdmin(request: FastifyRequest, administration: Administration | undefined): asserts administration {
  if (tokenOf(request) === undefined)
    throw new GatewayError('validation', { message: 'super_admin_token: This value should not be blank.' });
  if (isSuperAdmin(request, administration)) return;
  const none = administration?.superAdminToken === undefined ? '; this server has no super admin token (SUPER_ADMIN_TOKEN)' : '';
  throw new GatewayError('unauthorized', { message: `Permission denied: Superadmin Only${none}` });
}
