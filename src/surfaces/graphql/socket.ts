/** GraphQL over a WebSocket, by the protocol graphql-transport-ws: subscriptions, and whatever else a client sends there. */
import type { FastifyRequest } from 'fastify';
import { type ExecutionArgs, GraphQLError, OperationTypeNode } from 'graphql';
import { type Context, makeServer, type Server } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { FeedHooks } from '../../changes/caller-changes.ts';
import type { Listener } from '../../changes/feeds.ts';
import { hubOf } from '../../changes/hub.ts';
import { endedAtOnce } from '../../changes/queue.ts';
import { bearerOf } from '../../lib/bearer.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonObject, type Json, parseJsonBody } from '../../lib/json-body.ts';
import { reason } from '../../lib/redact.ts';
import type { CallerContext } from '../caller.ts';
import { identified } from '../caller.ts';
import { connectionIdentityFor } from '../connection-identity.ts';
import { relativeFileData } from '../file-data.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { answerAsked, operationOf, type Serving } from './answer.ts';
import type { Asked } from './documents.ts';
import { faultBody, RequestFault, renderGraphqlError } from './errors.ts';
import { askedOf } from './request.ts';
import { graphqlLimitsOf } from './settings.ts';
import { type Text, textOf } from './texts.ts';
import { type PlannedFeed, planFeed } from './to-feed.ts';

/** One connection. */
interface Connection {
  readonly request: FastifyRequest;
  readonly hooks: SurfaceHooks & { readonly reads: FeedHooks };
  readonly socket: WebSocket;
  /** The payloads of messages as they were sent: their numbers keep all digits. */
  readonly payloads: Map<string, Json>;
  token: string | undefined;
  listener: Listener | undefined;
  /** Operations that are worked on, whether their client still waits for them or not. */
  running: number;
}

type Params = Record<string, unknown> | undefined;

/** What a client says who it is: `{authorization: "Bearer …"}`, or `access_token` or `token` alone. */
function tokenIn(params: Params): string | undefined {
  for (const name of ['authorization', 'Authorization']) {
    const value = params?.[name];
    if (typeof value === 'string' && value !== '') return bearerOf({ authorization: value }) ?? value;
  }
  for (const name of ['access_token', 'token']) {
    const value = params?.[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** How a connection is closed that met this: the codes of the protocol, 1012 and 1013 for what a client is to try again. */
function closeCode({ kind }: GatewayError): number {
  switch (kind) {
    case 'busy':
      return 1013;
    case 'rate_limited':
      return 4429;
    case 'invalid_token':
    case 'expired_token':
      return 4401;
    default:
      return 4403;
  }
}

/** A reason of at most so many bytes fits a closing frame. */
const closing = ({ message }: Error): string => message.slice(0, 110);

/** What is told of an error; nothing of one that is ours. */
function told(error: unknown, { request }: Connection): GraphQLError[] {
  const known = error instanceof RequestFault || error instanceof GatewayError || error instanceof GraphQLError;
  if (!known) request.log.error({ reason: reason(error) }, 'an operation over a WebSocket failed');
  const faults =
    error instanceof RequestFault
      ? error.errors
      : [error instanceof GraphQLError ? error : known ? (error as GatewayError) : new GatewayError('internal')];
  return faults.map((one) => {
    const { message, extensions } = renderGraphqlError(one, undefined, error instanceof RequestFault ? error.code : undefined);
    return new GraphQLError(message, { extensions });
  });
}

const servingOf = ({ request, hooks, token }: Connection, text: string): Serving => ({
  request,
  hooks,
  limits: graphqlLimitsOf(request.project.config.graphql),
  token,
  text,
  live: true,
});

/** What stands for a payload that is JSON already, until the message leaves. */
const marked = (mark: string) => ({ data: { '': mark } });
const marks = /"payload":\{"data":\{"":"(text \d+)"\}\}/;

interface Prepared {
  readonly connection: Connection;
  readonly asked: Asked;
  readonly text: string;
  readonly plan: PlannedFeed | undefined;
  /** Whether the client still waits for it. */
  readonly isWanted: () => boolean;
  /** Puts a text aside; gives its mark. */
  readonly mark: (text: Text) => string;
}

async function worked<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  connection.running += 1;
  try {
    return await work();
  } finally {
    connection.running -= 1;
  }
}

const preparedOf = ({ contextValue }: ExecutionArgs): Prepared => contextValue as Prepared;

/** The protocol's server, for connections of ours. */
function protocolServer(texts: Map<string, Text>): Server<Connection> {
  let count = 0;
  const mark = (text: Text): string => {
    count += 1;
    const name = `text ${count}`;
    texts.set(name, text);
    return name;
  };
  return makeServer<Record<string, unknown>, Connection>({
    // Set by the connection itself, which knows the project's.
    connectionInitWaitTimeout: 0,
    async onConnect({ extra, connectionParams }) {
      const { request, socket } = extra;
      const { project } = request;
      extra.token = tokenIn(connectionParams) ?? new URL(request.url, 'http://_').searchParams.get('access_token') ?? undefined;
      try {
        const identity = await connectionIdentityFor(request, extra.token);
        const hub = hubOf(project, extra.hooks.reads, relativeFileData(project));
        extra.listener = hub.join(identity, (error) => socket.close(closeCode(error), closing(error)));
        if (socket.readyState !== socket.OPEN) extra.listener.leave();
        return true;
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        socket.close(closeCode(error), closing(error));
        return false;
      }
    },
    async onSubscribe(context: Context<Record<string, unknown>, Connection>, id) {
      const { extra } = context;
      const payload = extra.payloads.get(id) ?? null;
      extra.payloads.delete(id);
      try {
        const { request } = extra;
        const { subscriptions } = hubOf(request.project, extra.hooks.reads, relativeFileData(request.project)).limits;
        // Those that their client has given up are worked on to their end.
        if (extra.running >= subscriptions || Object.keys(context.subscriptions).length > subscriptions) {
          throw new GatewayError('limit_exceeded', {
            message: `There may be ${subscriptions} operations on a connection at once (subscriptions)`,
          });
        }
        return await worked(extra, async () => {
          await request.server.limitRate(request);
          await request.project.checkFresh();
          const asked = askedOf(payload);
          const serving = servingOf(extra, JSON.stringify(payload));
          const operation = await operationOf(serving, await identified(extra.request, extra.token), asked);
          const plan = operation.node.operation === OperationTypeNode.SUBSCRIPTION ? planFeed(operation, serving.limits) : undefined;
          const isWanted = (): boolean => id in context.subscriptions;
          const contextValue: Prepared = { connection: extra, asked, text: serving.text, plan, isWanted, mark };
          return {
            schema: operation.schema,
            document: operation.document,
            operationName: operation.node.name?.value ?? null,
            contextValue,
          };
        });
      } catch (error) {
        return told(error, extra);
      }
    },
    async execute(args) {
      const { connection, asked, text, isWanted } = preparedOf(args);
      try {
        const answer = await worked(connection, () => answerAsked(servingOf(connection, text), () => asked));
        // What nobody waits for is not sent, and would be kept for as long as the connection.
        return isWanted() ? marked(mark(answer)) : {};
      } catch (error) {
        const body = error instanceof Error ? faultBody(error) : undefined;
        return body ? marked(mark(JSON.stringify(body))) : { errors: told(error, connection) };
      }
    },
    subscribe: async (args) => {
      const prepared = preparedOf(args);
      try {
        return await fed(prepared);
      } catch (error) {
        return { errors: told(error, prepared.connection) };
      }
    },
  });
}

async function fed({ connection, asked, text, plan, mark }: Prepared) {
  const { listener, socket } = connection;
  if (!listener || !plan) throw new GatewayError('bad_request');
  const serving = servingOf(connection, text);
  const feed = await listener.subscribe({
    signature: `graphql ${text}`,
    after: plan.after,
    cut: () => socket.terminate(),
    async selections(state) {
      const context = { ...state, project: connection.request.project } as CallerContext;
      const own = planFeed(await operationOf(serving, context, asked), serving.limits);
      return new Map([[own.collection, own.wish]]);
    },
  });
  return endedAtOnce(
    (async function* () {
      try {
        for await (const one of feed.events) yield marked(mark(plan.payload(one)));
      } catch (error) {
        const [first] = told(error, connection);
        throw first ?? new GraphQLError('The subscription has ended');
      }
    })(),
    () => void feed.events.return(),
  );
}

/** Serves an open socket until it is closed. */
export function serveSocket(socket: WebSocket, request: FastifyRequest, hooks: Connection['hooks']): void {
  const connection: Connection = { request, hooks, socket, payloads: new Map(), token: undefined, listener: undefined, running: 0 };
  const { limits } = hubOf(request.project, hooks.reads, relativeFileData(request.project));
  const texts = new Map<string, Text>();
  const server = protocolServer(texts);
  const fill = (message: string): string => {
    const name = marks.exec(message)?.[1];
    const text = name === undefined ? undefined : texts.get(name);
    if (name === undefined || text === undefined) return message;
    texts.delete(name);
    return message.replace(marks, () => `"payload":${textOf(text)}`);
  };
  let initialised = false;
  const wait = setTimeout(() => {
    if (!initialised) socket.close(4408, 'Connection initialisation timeout');
  }, limits.initSeconds * 1000);
  let alive = true;
  const pulse = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, limits.keepAliveSeconds * 1000);
  socket.on('pong', () => {
    alive = true;
  });
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (message) => new Promise((done) => socket.send(fill(message), () => done())),
      close: (code, why) => socket.close(code, why),
      onMessage(take) {
        socket.on('message', (data) => {
          alive = true;
          const text = String(data);
          const { type, id, payload } = messageOf(text);
          if (type === 'connection_init') initialised = true;
          if (type === 'subscribe' && typeof id === 'string' && payload !== undefined) connection.payloads.set(id, payload);
          take(text).catch((error: unknown) => {
            request.log.error({ reason: reason(error) }, 'a message of a WebSocket could not be served');
            socket.close(4500, 'Internal server error');
          });
        });
      },
    },
    connection,
  );
  const stayed = request.server.longLived.add(() => socket.close(1012, 'The server is closing'));
  socket.on('error', () => socket.terminate());
  socket.once('close', (code, why) => {
    clearTimeout(wait);
    clearInterval(pulse);
    stayed();
    connection.listener?.leave();
    closed(code, String(why)).catch((error: unknown) => request.log.warn({ reason: reason(error) }, 'a WebSocket did not close cleanly'));
  });
}

function messageOf(text: string): { readonly type?: Json; readonly id?: Json; readonly payload?: Json } {
  try {
    const message = parseJsonBody(text);
    return isJsonObject(message) ? message : {};
  } catch {
    return {};
  }
}
