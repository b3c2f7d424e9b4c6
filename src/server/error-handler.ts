/** Whatever is thrown leaves as the surface's error object; what is our own fault is logged. */
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { afterAnswer, hookGiven, nobodyOf } from '../auth/after-answer.ts';
import { describeError, type ErrorName, GatewayError } from '../lib/errors.ts';
import { describeForLog, reason, redact } from '../lib/redact.ts';
import { renderDirectusError, toGatewayError } from '../surfaces/directus/errors.ts';
import { isGraphqlPath, renderGraphqlFault } from '../surfaces/graphql/fault.ts';
import { isPayloadPath, renderPayloadError } from '../surfaces/payload/errors.ts';
import { isScimPath, renderScimError, scimType } from '../surfaces/scim/errors.ts';
import { isStrapiPath, renderStrapiError } from '../surfaces/strapi/errors.ts';
import { pathOf } from './project-hook.ts';

function logError(error: GatewayError, request: FastifyRequest): void {
  const where = { method: request.method, url: redact(request.url) };
  if (error.kind === 'internal') {
    request.log.error({ ...where, error: describeForLog(error.cause ?? error) }, 'unexpected error');
    // A table or column may be gone: those who ask next should not meet the same error.
    void request.lease?.project.schemas.suspect();
  } else if (describeError(error).status >= 500 && error.kind !== 'overloaded')
    request.log.warn({ ...where, reason: reason(error) }, 'request could not be served');
}

/** Seconds after which it makes sense to ask again. */
const retryAfter: Partial<Record<ErrorName, string>> = {
  database_unavailable: '1',
  storage_unavailable: '1',
  busy: '2',
  overloaded: '2',
  write_conflict: '1',
  rate_limited: '5',
  request_in_flight: '1',
};

/** Tells extensions of what was no fault of the caller: neither what the database said nor what was sent. */
function tellError(error: GatewayError, request: FastifyRequest): void {
  const { status } = describeError(error);
  if (status < 500 || error.kind === 'overloaded' || !request.lease?.project.hooks.listens('after', 'application.error', '')) return;
  const { hooks } = request.lease.project;
  const fault = { kind: error.kind, status, request: request.id, method: request.method, path: redact(pathOf(request.url)) };
  afterAnswer(request, () => hooks.tell({ action: 'application.error' }, fault, hookGiven(request, nobodyOf(request))));
}

/** Answers an error. Also used where Fastify's own error handler is not reached. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const gateway = toGatewayError(error);
  logError(gateway, request);
  tellError(gateway, request);
  const path = pathOf(request.url);
  const scim = isScimPath(path);
  const { status, body } = scim
    ? renderScimError(gateway)
    : isGraphqlPath(path)
      ? renderGraphqlFault(gateway)
      : isPayloadPath(path)
        ? renderPayloadError(gateway, path)
        : isStrapiPath(path)
          ? renderStrapiError(gateway, request)
          : renderDirectusError(gateway);
  const wait = gateway.details['seconds'] ?? retryAfter[gateway.kind];
  if (wait !== undefined) reply.header('retry-after', wait);
  return reply
    .code(status)
    .type(scim ? scimType : 'application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(body);
}

/** Sets the handlers for errors, unknown routes and wrong methods. `methodsOf` comes from known-routes. */
export function registerErrorHandlers(app: FastifyInstance, methodsOf: (path: string) => string[]): void {
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsOf(pathOf(request.url));
    if (methods.length === 0) throw new GatewayError('route_not_found');
    reply.header('allow', methods.join(', '));
    throw new GatewayError('method_not_allowed');
  });
}

const socketErrors: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The URL or the headers of this request are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time'],
};

/** Answers what is no HTTP request at all: nothing else of the server ever sees it. */
export function answerBrokenRequest(error: Error & { code: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, message] = socketErrors[error.code] ?? ['400 Bad Request', 'This is not a valid HTTP request'];
  const body = JSON.stringify({ error: { code: 2, message } });
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroy(error);
}
