/**
 * Which pages of other origins may read answers (directus8-system §1.7): those of any origin where a project says nothing else, and never
 * with cookies but for `auth.origins`.
 */
import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { originOf, readingOrigins } from '../config/cors-schema.ts';
import type { ProjectConfig } from '../config/types.ts';

const usual = {
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'],
  headers: [
    'X-Directus-Project',
    'Content-Type',
    'Authorization',
    'X-HTTP-Method-Override',
    'X-Payload-HTTP-Method-Override',
    'X-Request-Id',
    'If-Match',
    'If-None-Match',
    'Idempotency-Key',
    'Strapi-Response-Format',
    'Tus-Resumable',
    'Upload-Length',
    'Upload-Defer-Length',
    'Upload-Metadata',
    'Upload-Offset',
  ],
  exposedHeaders: [
    'X-Request-Id',
    'ETag',
    'Idempotency-Replayed',
    'Retry-After',
    'Location',
    'Tus-Extension',
    'Tus-Max-Size',
    'Tus-Resumable',
    'Tus-Version',
    'Upload-Expires',
    'Upload-Length',
    'Upload-Offset',
  ],
  maxAge: 600,
} as const;

interface Made {
  readonly options: FastifyCorsOptions;
  /** Origins whose pages may send cookies, and their options. */
  readonly trusted: ReadonlySet<string>;
  readonly withCookies: FastifyCorsOptions;
}

function make({ cors = {}, auth = {} }: Pick<ProjectConfig, 'cors' | 'auth'>): Made {
  const { enabled = true, methods = usual.methods, headers = [], exposedHeaders = [], maxAge = usual.maxAge } = cors;
  const shared = {
    methods: [...methods],
    allowedHeaders: [...usual.headers, ...headers],
    exposedHeaders: [...usual.exposedHeaders, ...exposedHeaders],
    maxAge,
    optionsSuccessStatus: 200,
    strictPreflight: false,
  };
  const trusted = enabled ? (auth.origins ?? []).flatMap((origin) => originOf(origin) ?? []) : [];
  return {
    options: { ...shared, origin: readingOrigins(cors), credentials: false },
    trusted: new Set(trusted),
    withCookies: { ...shared, origin: trusted, credentials: true },
  };
}

const everybody = make({});
const made = new WeakMap<ProjectConfig, Made>();

type ConfigOf = (request: FastifyRequest) => ProjectConfig | undefined;

/**
 * Adds the headers by which browsers let pages of other origins read. Pages say their origin; what says none is spared the plugin's work,
 * which is a seventh of what the server itself does for the smallest request.
 */
export function registerCors(app: FastifyInstance, configOf: ConfigOf): Promise<void> {
  const addHook = (name: 'onRequest', hook: onRequestHookHandler): FastifyInstance =>
    app.addHook(name, (request, reply, done) => {
      if (request.headers.origin !== undefined || request.method === 'OPTIONS') return hook.call(app, request, reply, done);
      reply.header('vary', 'Origin');
      done();
    });
  const spared: FastifyInstance = Object.create(app, { addHook: { value: addHook } });
  const delegate = (request: FastifyRequest, done: (error: null, options: FastifyCorsOptions) => void): void =>
    done(null, corsOptions(request, configOf(request)));
  return new Promise((done, fail) => {
    cors(spared, delegate, (error) => (error ? fail(error) : done()));
  });
}

/** What holds for the request, of the project that its URL names; without one, what holds without a word. */
function corsOptions({ headers }: FastifyRequest, config: ProjectConfig | undefined): FastifyCorsOptions {
  let own = everybody;
  if (config) {
    own = made.get(config) ?? make(config);
    made.set(config, own);
  }
  const { origin } = headers;
  return origin !== undefined && own.trusted.has(origin) ? own.withCookies : own.options;
}
