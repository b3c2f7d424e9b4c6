/** The change feed as Server-Sent Events: GET /:project/changes. */
import type { ServerResponse } from 'node:http';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { FeedHooks } from '../../changes/caller-changes.ts';
import type { Feed, FeedRequest, Listener } from '../../changes/feeds.ts';
import { hubOf } from '../../changes/hub.ts';
import type { FeedEvent } from '../../changes/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { connectionIdentityFor } from '../connection-identity.ts';
import { relativeFileData } from '../file-data.ts';
import { registerTokens } from '../register-tokens.ts';
import { type AskedFeed, askedOf, wishesOf } from './asked.ts';
import '../types.ts';

export interface ChangesSurfaceOptions {
  readonly hooks: FeedHooks;
}

/** Milliseconds after which a client that was cut off comes back by itself. */
const retry = 2_000;

/** The one route, whose streams all end before the server closes. `hooks`: what extensions make of the rows that are read for them. */
export const changesSurface: FastifyPluginAsync<ChangesSurfaceOptions> = async (app, { hooks }) => {
  await registerTokens(app);
  const open = new Set<ServerResponse>();
  app.addHook('preClose', (done) => {
    for (const response of open) if (!response.writableEnded) response.end();
    done();
  });

  app.get('/:project/changes', { exposeHeadRoute: false }, async (request, reply) => {
    const { project } = request;
    const asked = askedOf(request);
    const hub = hubOf(project, hooks, relativeFileData(project));
    const identity = await connectionIdentityFor(request, asked.token);
    const response = reply.raw;
    const listener = hub.join(identity, (error) => last(response, 'end', error));
    open.add(response);
    // Told nothing more from then on: what is written behind the end of an answer is an error that nobody listens to.
    const stayed = app.longLived.add(() => {
      listener.leave();
      if (response.headersSent) response.end();
      else response.destroy();
    });
    response.once('close', () => {
      open.delete(response);
      stayed();
      listener.leave();
    });
    try {
      const feed = await begun(request, reply, listener, asked);
      // The client may have gone meanwhile.
      if (response.destroyed) return reply;
      await tell(response, feed, hub.limits.keepAliveSeconds * 1000);
      return reply;
    } catch (error) {
      listener.leave();
      open.delete(response);
      throw error;
    }
  });
};

/** Where the position to go on from is too old, the reader is told so, and told what comes now. */
async function begun(request: FastifyRequest, reply: FastifyReply, listener: Listener, asked: AskedFeed): Promise<Feed> {
  const response = reply.raw;
  let first = true;
  const wanted: FeedRequest = {
    signature: asked.signature,
    selections: async (state) => wishesOf(asked, state, first),
    cut: () => response.destroy(),
    after: asked.after,
  };
  // What is asked wrongly is refused with a status of its own.
  let reset: GatewayError | undefined;
  const feed = await listener.subscribe(wanted).catch((error: unknown) => {
    if (!(error instanceof GatewayError) || error.kind !== 'unprocessable' || asked.after === undefined) throw error;
    reset = error;
    return listener.subscribe({ ...wanted, after: undefined });
  });
  first = false;
  reply.hijack();
  if (response.destroyed || response.writableEnded) return feed;
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value : String(value);
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    // Nothing else comes on this connection.
    connection: 'close',
  });
  request.raw.socket.setNoDelay(true);
  // A client that hangs up is not noticed otherwise before something is written to it.
  request.raw.socket.once('end', () => response.destroy());
  response.write(
    `retry: ${retry}\n\n${reset ? eventText('reset', { message: reset.message }) : ''}${eventText('open', {}, feed.position)}`,
  );
  return feed;
}

function eventText(name: string, data: object, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A change; its item is JSON already, in one line. */
function changeText({ event, collection, key, item, activity, position }: FeedEvent): string {
  const head = JSON.stringify({ event, collection, key, ...(activity === undefined ? {} : { activity }) });
  return `id: ${position}\ndata: ${item === undefined ? head : `${head.slice(0, -1)},"item":${item.replaceAll('\n', ' ')}}`}\n\n`;
}

function last(response: ServerResponse, name: string, { message }: Error): void {
  if (response.writableEnded) return;
  if (response.headersSent) response.end(eventText(name, { message }));
  else response.destroy();
}

/** Until the client is gone. A client that takes nothing between two signs of life is cut off. */
async function tell(response: ServerResponse, { events: told }: Feed, keepAlive: number): Promise<void> {
  let stuck = false;
  const timer = setInterval(() => {
    if (response.writableEnded) return;
    if (stuck && response.writableNeedDrain) response.destroy();
    stuck = response.writableNeedDrain;
    if (!stuck) response.write(':\n\n');
  }, keepAlive);
  timer.unref();
  const next = (): Promise<void> =>
    new Promise((done) => {
      const over = (): void => {
        response.off('drain', over);
        response.off('close', over);
        done();
      };
      response.once('drain', over);
      response.once('close', over);
    });
  try {
    for await (const one of told) {
      if (response.writableEnded) break;
      if (response.write(changeText(one))) continue;
      if (response.destroyed) break;
      await next();
    }
    if (!response.writableEnded) response.end();
  } catch (error) {
    last(response, 'end', error instanceof GatewayError ? error : new GatewayError('internal'));
  } finally {
    clearInterval(timer);
  }
}
