/** `/metrics`: for those alone that the operator named, beside the API or on a port of its own. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { addressList } from '../../access/address-list.ts';
import { bearerOf } from '../../lib/bearer.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isSameSecret } from '../../lib/same-secret.ts';
import type { Metrics } from './metrics.ts';
import type { MetricsSettings } from './settings.ts';

/** Where they are found. */
export const metricsPath = '/metrics';

function answers(metrics: Metrics, { token, addresses }: MetricsSettings) {
  const allowed = addressList(addresses);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    // Whoever comes from elsewhere is not even told that they are there.
    if (!allowed.open && !allowed.has(request.ip)) throw new GatewayError('route_not_found');
    if (token !== undefined && !isSameSecret(bearerOf(request.headers), token)) throw new GatewayError('unauthorized');
    return reply
      .type(metrics.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.text());
  };
}

/** Adds the route to the API, unless the metrics have a port of their own, or nothing would keep strangers out. */
export function metricsRoute(app: FastifyInstance, metrics: Metrics, settings: MetricsSettings): void {
  const guarded = settings.token !== undefined || settings.addresses.length > 0;
  if (settings.port === undefined && guarded) app.get(metricsPath, answers(metrics, settings));
}

/** The server of that port, which does not listen yet; undefined where the metrics have none. */
export function metricsServer(metrics: Metrics, settings: MetricsSettings): FastifyInstance | undefined {
  if (settings.port === undefined) return undefined;
  const own = Fastify({ logger: false, forceCloseConnections: true });
  own.setErrorHandler((error, _request, reply) => {
    const status = error instanceof GatewayError && error.kind === 'unauthorized' ? 401 : error instanceof GatewayError ? 404 : 500;
    return reply.code(status).type('text/plain').send(`${status}\n`);
  });
  own.get(metricsPath, answers(metrics, settings));
  return own;
}
