/**
 * Who holds a connection that stays open, and whether that is still so: the credential is good, the session has not ended, the user is
 * active and in the same role, which lets him come from that address. What a request proves once, a feed proves before it tells anything.
 */
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../access/types.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Fragment } from '../lib/fragment.ts';
import type { Project } from '../projects/project.ts';
import { isOwnPage } from './cookies.ts';
import { admitted, type Known, knownBy, presented, type RequestState, verified } from './identify.ts';
import { sessionById } from './sessions.ts';
import { authSettingsOf } from './settings.ts';
import { type Credential, looksLikeJwt } from './tokens.ts';
import { stillHolds } from './users.ts';

export interface ConnectionIdentity {
  readonly actor: Actor;
  /** Whether it holds as far as that can be told without the database: the token has not expired, and the rules let the actor in. */
  holds(): boolean;
  /** Whether the session, where there is one, has not ended by its time. Asks the database when it is due. */
  lasts(): Promise<boolean>;
  /** What the database says as long as it holds; undefined where there is nothing to prove. */
  condition(): Fragment | undefined;
}

/**
 * The identity of whoever opens a connection. `token` is one that the caller has sent by itself. A credential that is not good is an error
 * here, other than for a request: whoever listens would wait for what never comes.
 *
 * @throws GatewayError `invalid_token`, `expired_token`, `ip_denied`, `forbidden` for a cookie that the page of somebody else sends along
 */
export async function connectionIdentityOf(
  request: FastifyRequest,
  project: Project,
  token: string | undefined,
): Promise<ConnectionIdentity> {
  const state: RequestState = { schema: project.schemas.current, rules: project.rules.current };
  const credential = presented(request, project, token);
  if (credential === undefined) {
    const actor = admitted(undefined, state.rules, request.ip);
    return { actor, holds: () => isAdmitted(undefined, project, request.ip, actor), lasts: async () => true, condition: () => undefined };
  }
  if (credential.is === 'cookie' && !isOwnPage(request, authSettingsOf(project.config.auth).origins)) {
    throw new GatewayError('forbidden', {
      message: 'A page of another origin may not use the session cookie; add its origin to auth.origins in the project file',
    });
  }
  const signed = credential.is === 'bearer' && looksLikeJwt(credential.token) ? credential.token : undefined;
  if (signed !== undefined && verified(request, project, signed) === 'expired') throw new GatewayError('expired_token');
  const known = await knownBy(request, project, state, credential);
  const actor = admitted(known?.user, state.rules, request.ip);
  if (!known || actor.is !== 'user') throw new GatewayError('invalid_token');
  return userStanding(request, project, credential, known, actor);
}

function userStanding(request: FastifyRequest, project: Project, credential: Credential, known: Known, actor: Actor): ConnectionIdentity {
  const { user, held, session } = known;
  const isJwt = credential.is === 'bearer' && looksLikeJwt(credential.token);
  let until = session?.expires.getTime() ?? Number.POSITIVE_INFINITY;
  return {
    actor,
    holds: () =>
      (!isJwt || typeof verified(request, project, credential.token) !== 'string') && isAdmitted(user, project, request.ip, actor),
    async lasts() {
      if (!session || Date.now() < until) return true;
      // Other requests may have moved its end; a feed alone does not.
      const found = await sessionById(project.connection, project.schemas.current, session.id);
      until = found?.expires.getTime() ?? 0;
      return found !== undefined;
    },
    condition: () => stillHolds(project.connection, project.schemas.current, user, held),
  };
}

/** Whether the rules of now still make the same actor of that user. */
function isAdmitted(user: Known['user'] | undefined, project: Project, ip: string, before: Actor): boolean {
  try {
    const now = admitted(user, project.rules.current, ip);
    return now.is === before.is && (now.is !== 'user' || before.is !== 'user' || now.admin === before.admin);
  } catch (error) {
    if (error instanceof GatewayError) return false;
    throw error;
  }
}
