/** `/server/live`: the process answers. `/server/ready`: requests may be sent here. Both look at nothing that could take time. */
import type { FastifyPluginCallback } from 'fastify';
import type { Registry } from '../../projects/registry.ts';
import type { Lifecycle } from './lifecycle.ts';

export interface HealthRoutesOptions {
  readonly registry: Registry;
  readonly lifecycle: Lifecycle;
}

/** Why requests should go elsewhere; undefined when they are welcome. */
function hindrance({ registry, lifecycle }: HealthRoutesOptions): string | undefined {
  if (lifecycle.draining) return 'stopping';
  const states = registry.list().map(({ state }) => state);
  return states.length > 0 && !states.includes('open') ? 'no project is open' : undefined;
}

/** Both answer `{"data":{"status"}}`; `ready` with 503 and a reason while nothing is to be sent here. */
export const healthRoutes: FastifyPluginCallback<HealthRoutesOptions> = (app, options, done) => {
  app.get('/server/live', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ data: { status: 'ok' }, public: true }),
  );

  app.get('/server/ready', async (_request, reply) => {
    options.lifecycle.asked();
    const reason = hindrance(options);
    const data = reason === undefined ? { status: 'ok' } : { status: 'error', reason };
    return reply
      .code(reason === undefined ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ data, public: true });
  });

  done();
};
