/** WebSockets on Fastify's server: an upgrade goes through the routes like any request, so that hooks, project and errors are the same. */
import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebSocket, WebSocketServer } from 'ws';

interface Upgrade {
  readonly socket: Duplex;
  readonly head: Buffer;
}

export interface Upgrades {
  /** Whether the request asks for a WebSocket. */
  asked(request: FastifyRequest): boolean;
  /** Answers the request with an open socket. */
  accept(request: FastifyRequest, reply: FastifyReply, opened: (socket: WebSocket) => void): Promise<void>;
}

/** Bytes of a message: as much as a request by POST with a document of the longest kind needs. */
const longest = 1024 * 1024;

/**
 * Whether it can become a WebSocket at all. Clients that ask for HTTP/2 by the way (Java's does, of every request) get their answer without,
 * as they would from a server that takes no upgrades.
 */
const mayUpgrade = ({ method, headers }: IncomingMessage): boolean => method === 'GET' && /^websocket$/i.test(headers.upgrade ?? '');

/**
 * Whether an answer to what was asked before is still to go out on it: there is no place for another one meanwhile, and who sends an upgrade
 * behind a request that is not answered yet is no client of either.
 */
function isBusy(request: IncomingMessage, socket: Duplex): boolean {
  const probe = new ServerResponse(request);
  try {
    probe.assignSocket(socket as Socket);
    probe.detachSocket(socket as Socket);
    return false;
  } catch {
    return true;
  }
}

/** Has the server read the request again, as one that asks for no upgrade: otherwise nobody reads its body. */
function readAnew({ method, url, httpVersion, rawHeaders }: IncomingMessage, server: Server, socket: Duplex, head: Buffer): void {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    if (!/^(?:upgrade|http2-settings)$/i.test(name)) lines.push(`${name}: ${value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

/** Loaded with the first socket. */
async function openSockets(): Promise<WebSocketServer> {
  const [{ WebSocketServer: Sockets }, { handleProtocols }] = await Promise.all([import('ws'), import('graphql-ws')]);
  return new Sockets({ noServer: true, maxPayload: longest, handleProtocols: (protocols) => handleProtocols(protocols) });
}

/** Takes the upgrades of the server. Sockets are closed when the server closes. */
export function takeUpgrades(app: FastifyInstance): Upgrades {
  const waiting = new WeakMap<IncomingMessage, Upgrade>();
  let opening: Promise<WebSocketServer> | undefined;
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (isBusy(request, socket)) {
      socket.destroy();
      return;
    }
    if (!mayUpgrade(request)) {
      readAnew(request, app.server, socket, head);
      return;
    }
    waiting.set(request, { socket, head });
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    // What is answered without an upgrade is the last thing on this connection.
    response.once('finish', () => socket.end());
    socket.on('error', () => socket.destroy());
    response.assignSocket(socket as Socket);
    app.routing(request, response);
  };
  app.server.on('upgrade', onUpgrade);
  app.addHook('preClose', async () => {
    app.server.off('upgrade', onUpgrade);
    for (const socket of (await opening)?.clients ?? []) socket.close(1012, 'The server is closing');
  });
  return {
    asked: ({ raw }) => waiting.has(raw),
    async accept({ raw }, reply, opened) {
      const upgrade = waiting.get(raw);
      if (!upgrade) throw new Error('This request asks for no upgrade');
      opening ??= openSockets();
      const sockets = await opening;
      reply.hijack();
      sockets.handleUpgrade(raw, upgrade.socket, upgrade.head, opened);
    },
  };
}
