/** What every surface finds on a request and on its server. */

import type { Timings } from '../lib/timings.ts';
import type { Project } from '../projects/project.ts';
import type { Lease } from '../projects/registry.ts';

/** Connections that are no requests with an answer: sockets and streams of events. */
export interface LongLived {
  /**
   * `close` is called when the server stops, at once where that has begun already; it tells the other side and ends the connection. The
   * function returned is to be called when the connection has ended by itself.
   */
  add(close: () => void): () => void;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The project that the URL names. Throws GatewayError `unauthorized` on routes outside a project. */
    readonly project: Project;
    /** Holds the project open until the answer is sent; null on routes outside a project. Set by server/project-hook. */
    lease: Lease | null;
  }

  interface FastifyContextConfig {
    /** For routes that answer OPTIONS themselves, beside what pages of other origins are told. */
    readonly cors?: { readonly preflightContinue: true };
  }

  interface FastifyInstance {
    readonly longLived: LongLived;
    /**
     * Counts what is asked on a connection that stays open as a request by the project's `rateLimit`: there no hook does.
     *
     * @throws GatewayError rate_limited
     */
    readonly limitRate: (request: FastifyRequest) => Promise<void>;
    /** Starts the clock of a request; null where nobody wants to know. */
    readonly startTimings: (() => Timings) | null;
  }
}
