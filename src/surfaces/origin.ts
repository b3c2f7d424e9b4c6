/** Under which address callers reach the server: what links in answers begin with. */
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../lib/errors.ts';
import './types.ts';

/** `name`, `1.2.3.4` or `[::1]`, and a port. Anything else would be somebody's own text inside our links. */
const hostAndPort = /^(?:[a-z0-9_](?:[a-z0-9_.-]{0,253}[a-z0-9_.])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

const refusal = (): GatewayError => new GatewayError('bad_request', { message: 'The Host header of this request is no host and port' });

/** Almost all requests name the same host, and one comparison is enough for them. */
let lastGood: string | undefined;

/**
 * To be called before anything is done for a request: its Host header, or what a trusted proxy says of it, has a right form or is absent.
 *
 * @throws GatewayError bad_request
 */
export function checkHost({ host }: FastifyRequest): void {
  if (host === lastGood || host === '') return;
  if (!hostAndPort.test(host)) throw refusal();
  lastGood = host;
}

/**
 * `https://host`, without a slash at its end: the project's `publicUrl`, or else what the request was sent to.
 *
 * @throws GatewayError bad_request where the request does not say it
 */
export function originOfRequest(request: FastifyRequest): string {
  const { publicUrl } = request.project.config;
  if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '');
  if (request.host === '') throw refusal();
  return `${request.protocol === 'https' ? 'https' : 'http'}://${request.host}`;
}

/** The address of the request as its caller wrote it, without its query. */
export function addressOfRequest(request: FastifyRequest): string {
  return originOfRequest(request) + (request.url.split('?')[0] ?? '');
}
