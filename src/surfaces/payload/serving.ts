/** A request under way. */
import type { FastifyReply } from 'fastify';
import type { SurfaceHooks } from '../hooks.ts';
import type { Asking } from './context.ts';

export interface Serving {
  readonly asking: Asking;
  readonly reply: FastifyReply;
  readonly hooks: SurfaceHooks;
}
