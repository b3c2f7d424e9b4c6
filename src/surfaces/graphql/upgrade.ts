/** WebSockets on Fastify's server: an upgrade goes through the routes like any request, so that hooks, project and errors are the same. */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';

interface Upgrade {
  readonly socket: Duplex;
  readonly head: Buffer;
}

export interface Upgrades {
  /** Whether the request asks for a WebSocket. */
  asked(request: FastifyRequest): boolean;
  /** Answers the request with an open socket. */
  accept(request: FastifyRequest, reply: FastifyReply, opened: (socket: WebSocket) => void): void;
}

/** Bytes of a message: as much as a request by POST with a document of the longest kind needs. */
const longest = 1024 * 1024;

/** Takes the upgrades of the server. Sockets are closed when the server closes. */
export function takeUpgrades(app: FastifyInstance): Upgrades {
  const waiting = new WeakMap<IncomingMessage, Upgrade>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longest, handleProtocols: (protocols) => handleProtocols(protocols) });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    waiting.set(request, { socket, head });
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    // What is answered without an upgrade is the last thing on this connection.
    response.once('finish', () => socket.end());
    socket.on('error', () => socket.destroy());
    response.assignSocket(socket as Parameters<typeof response.assignSocket>[0]);
    app.routing(request, response);
  };
  app.server.on('upgrade', onUpgrade);
  app.addHook('preClose', (done) => {
    app.server.off('upgrade', onUpgrade);
    for (const socket of sockets.clients) socket.close(1012, 'The server is closing');
    done();
  });
  return {
    asked: ({ raw }) => waiting.has(raw) && /^websocket$/i.test(raw.headers.upgrade ?? ''),
    accept({ raw }, reply, opened) {
      const upgrade = waiting.get(raw);
      if (!upgrade) throw new Error('This request asks for no upgrade');
      reply.hijack();
      sockets.handleUpgrade(raw, upgrade.socket, upgrade.head, opened);
    },
  };
}
