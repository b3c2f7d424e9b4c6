/** Puts the HTTP server together: routes of the server, hooks, headers, errors and the surfaces. */
import { randomUUID } from 'node:crypto';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import { redact } from '../lib/redact.ts';
import type { Registry } from '../projects/registry.ts';
import { changesSurface } from '../surfaces/changes/index.ts';
import { contractSurface } from '../surfaces/contract/index.ts';
import { extensionServices, hookServices, writeListeners } from '../surfaces/directus/extension-services.ts';
import { directusSurface } from '../surfaces/directus/index.ts';
import { filterOfHooks, hooksRead, rowsThroughHooks } from '../surfaces/directus/read-hooks.ts';
import { registerDryRunHook } from '../surfaces/dry-run.ts';
import { explorerSurface } from '../surfaces/explorer/index.ts';
import { graphqlSurface } from '../surfaces/graphql/index.ts';
import type { SurfaceHooks } from '../surfaces/hooks.ts';
import { payloadSurface } from '../surfaces/payload/index.ts';
import { scimSurface } from '../surfaces/scim/index.ts';
import { strapiSurface } from '../surfaces/strapi/index.ts';
import { administrationRoutes } from './administration/routes.ts';
import type { Administration } from './administration/super-admin.ts';
import { registerCors } from './cors.ts';
import { answerBrokenRequest, answerError, registerErrorHandlers } from './error-handler.ts';
import { collectRoutes } from './known-routes.ts';
import { overrideMethod } from './method-override.ts';
import { healthRoutes } from './operations/health-routes.ts';
import { createLifecycle, type Lifecycle } from './operations/lifecycle.ts';
import { metricsRoute } from './operations/metrics-routes.ts';
import { shedLoad } from './operations/pressure.ts';
import { createRateLimits } from './operations/rate-limits.ts';
import { type OperationsSettings, usualOperations } from './operations/settings.ts';
import type { Telemetry } from './operations/telemetry.ts';
import { keyIn, pathOf, registerProjectHook } from './project-hook.ts';
import { requestLog } from './request-log.ts';
import { securityHeaders } from './security-headers.ts';
import { serverRoutes } from './server-routes.ts';
import { tellOpened } from './tell-opened.ts';

export type Server = FastifyInstance;

export interface ServerOptions {
  readonly registry: Registry;
  /** Without one nothing is logged. */
  readonly logger?: FastifyBaseLogger | undefined;
  /** Proxies whose X-Forwarded headers are believed; as in Fastify. By default none. */
  readonly trustProxy?: FastifyServerOptions['trustProxy'] | undefined;
  /** Folder of an admin app; `/` leads there when it exists. */
  readonly adminFolder?: string | undefined;
  /** How the process is run; the usual way without it. */
  readonly operations?: OperationsSettings | undefined;
  /** What watches requests; made by `createTelemetry` of the same settings, and given to the registry as well. */
  readonly telemetry?: Telemetry | undefined;
  /** Whether the server is about to end; without one it never is. */
  readonly lifecycle?: Lifecycle | undefined;
  /** How projects are made and deleted; without it they are not. */
  readonly administration?: Administration | undefined;
}

/** A caller's own id is kept when it is one word, so that it can be found again in the log; else one is made. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

/** A doubled slash is a slip of clients that put addresses together (directus8-system §1.1). */
function withoutDoubledSlashes(url: string): string {
  const path = pathOf(url);
  return path.startsWith('/') && path.includes('//') ? path.replace(/\/{2,}/g, '/') + url.slice(path.length) : url;
}

function fastifyOptions({ logger, operations = usualOperations, trustProxy = operations.trustProxy }: ServerOptions) {
  const { bodyBytes: bodyLimit, headerBytes: maxHeaderSize, requestSeconds, keepAliveSeconds } = operations;
  return {
    ...(logger === undefined ? { logger: false } : { loggerInstance: logger, childLoggerFactory: requestLog }),
    trustProxy,
    logController: new LogController({ disableRequestLogging: true }),
    // Of JSON; files come as multipart with a limit of their own.
    bodyLimit,
    // URL and headers together. Each project has a limit for the URL alone.
    http: { maxHeaderSize },
    requestTimeout: requestSeconds * 1000,
    keepAliveTimeout: keepAliveSeconds * 1000,
    // What still arrives on an open connection while the server closes is served, not refused.
    return503OnClosing: false,
    genReqId: (request) => requestId(request.headers['x-request-id']),
    rewriteUrl(request) {
      // The one place before routing; it is reached by injected requests as well.
      overrideMethod(request);
      return withoutDoubledSlashes(request.url ?? '/');
    },
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    clientErrorHandler: answerBrokenRequest,
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: maxHeaderSize,
      // Each surface has a syntax of its own and reads the text.
      querystringParser: (raw) => ({ raw }),
    },
  } satisfies FastifyServerOptions & { http: object };
}

function logAnswer(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const ms = Math.round(reply.elapsedTime * 10) / 10;
  request.log.debug({ method: request.method, url: redact(request.url), status: reply.statusCode, ms }, 'request');
  done();
}

/**
 * Builds the server; it does not listen yet.
 * The registry stays the caller's: closing the server does not close it.
 */
export async function buildServer(options: ServerOptions): Promise<Server> {
  const { registry, operations = usualOperations, telemetry, lifecycle = createLifecycle() } = options;
  const app: Server = Fastify(fastifyOptions(options));
  await telemetry?.tracing?.attach(app);
  const methodsOf = collectRoutes(app);
  registerErrorHandlers(app, methodsOf);

  const fixed = Object.entries(securityHeaders());
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    for (const [name, value] of fixed) reply.header(name, value);
    done();
  });
  if (app.log.level === 'debug') app.addHook('onResponse', logAnswer);

  await shedLoad(app, operations.pressure, registry);
  await registerCors(app, (request) => registry.config(keyIn(request.url) ?? ''));
  const limitRate = await createRateLimits(app);
  registerProjectHook(app, registry, limitRate);
  registerDryRunHook(app);
  telemetry?.metrics?.attach(app, registry, lifecycle);

  app.decorate('writeListeners', writeListeners);
  app.decorate('hookServices', hookServices);
  app.decorate('longLived', lifecycle.longLived);
  app.decorate('limitRate', (request: FastifyRequest) => limitRate(request, request.project));
  app.decorate('startTimings', telemetry?.startTimings ?? null);
  await app.register(healthRoutes, { registry, lifecycle });
  if (telemetry?.metrics && operations.metrics) metricsRoute(app, telemetry.metrics, operations.metrics);
  await app.register(serverRoutes, { registry, adminFolder: options.adminFolder });
  await app.register(administrationRoutes, { registry, administration: options.administration });
  await app.register(explorerSurface);
  await app.register(directusSurface);
  await app.register(scimSurface);
  await app.register(contractSurface);
  // Extensions work with the services of the Directus surface, whoever asks.
  const hooks: SurfaceHooks = {
    reads: { rows: rowsThroughHooks, filter: filterOfHooks, listens: ({ hooks }, collection) => hooksRead(hooks, collection) },
    writes: writeListeners,
    services: extensionServices,
  };
  registry.opened(tellOpened);
  await app.register(graphqlSurface, { hooks });
  await app.register(changesSurface, { hooks: hooks.reads });
  await app.register(payloadSurface, { hooks });
  await app.register(strapiSurface, { hooks });
  return app;
}
