/** JSON web tokens of a project: signed with its secret, for it alone (directus8-system §3.1). */
import type {} from '@fastify/jwt';
import type { FastifyRequest } from 'fastify';
import type { Project } from '../projects/project.ts';

interface Scope {
  readonly key: string;
  readonly project: string;
}

/** The claims of a token that this project signed and that has not expired; else what is wrong with it. */
export function claimsOf<T extends object>(request: FastifyRequest, project: Project, token: string): T | 'invalid' | 'expired' {
  try {
    const claims = request.server.jwt.verify<T & Partial<Scope>>(token, {
      key: project.config.secret,
      algorithms: ['HS256'],
      requiredClaims: ['exp'],
    });
    return claims.project === project.key && claims.key === project.key ? claims : 'invalid';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'FAST_JWT_EXPIRED' || code === 'FST_JWT_AUTHORIZATION_TOKEN_EXPIRED' ? 'expired' : 'invalid';
  }
}

/** A token with those claims, which expires after so many minutes. */
export function signed(request: FastifyRequest, project: Project, claims: object, minutes: number): string {
  const scope: Scope = { key: project.key, project: project.key };
  // A number would be seconds to one of the two libraries beneath and milliseconds to the other.
  const expiresIn = `${minutes}m`;
  return request.server.jwt.sign({ ...claims, ...scope }, { key: project.config.secret, algorithm: 'HS256', expiresIn, noTimestamp: true });
}
