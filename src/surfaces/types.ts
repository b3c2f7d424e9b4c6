/** What every surface finds on a request. */

import type { Project } from '../projects/project.ts';
import type { Lease } from '../projects/registry.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The project that the URL names. Throws GatewayError `unauthorized` on routes outside a project. */
    readonly project: Project;
    /** Holds the project open until the answer is sent; null on routes outside a project. Set by server/project-hook. */
    lease: Lease | null;
  }
}
