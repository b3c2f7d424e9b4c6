/** What `payload/<name>/index.js` exports becomes endpoints of collections, of globals and of the API's root (payload-rest §14). */
import type { HookCaller } from '../engine/hooks.ts';
import type { Log } from '../lib/log.ts';
import type { EndpointAnswer, ExtensionContext, Services } from './types.ts';

/** What a handler is given. */
export interface PayloadRequest {
  readonly method: string;
  /** The whole path, with its query. */
  readonly url: string;
  readonly routeParams: Readonly<Record<string, string>>;
  readonly searchParams: URLSearchParams;
  /** The parameters of the query; brackets make objects and lists. */
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
  /** Who asks; null for nobody. */
  readonly user: (HookCaller & { readonly id: string; readonly collection: string }) | null;
  readonly project: string;
  readonly log: Log;
  /** Does what the caller may do, and nothing else. */
  readonly services: Services;
  /** Makes an answer with a status, headers or a body of its own. */
  respond(answer: EndpointAnswer): unknown;
  /** The body is read by these alone. */
  json(): Promise<unknown>;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Gives a `Response`, a JSON body, nothing for 204, or what `respond` made. */
type PayloadHandler = (request: PayloadRequest) => unknown;

interface PayloadEndpoint {
  /** Behind the slug: `/:id/tracking`. */
  readonly path: string;
  /** `get`, `head`, `post`, `put`, `patch` or `delete`. */
  readonly method: string;
  readonly handler: PayloadHandler;
}

interface PayloadDefinition {
  /** By slug. */
  readonly collections?: Readonly<Record<string, readonly PayloadEndpoint[]>>;
  readonly globals?: Readonly<Record<string, readonly PayloadEndpoint[]>>;
  /** At the root of the API. */
  readonly endpoints?: readonly PayloadEndpoint[];
}

export type PayloadExport = PayloadDefinition | ((context: ExtensionContext) => PayloadDefinition | Promise<PayloadDefinition>);

/** Where endpoints stand. */
export type PayloadScope = 'root' | `collections/${string}` | `globals/${string}`;

export interface PayloadRoute {
  /** The extension's name. */
  readonly extension: string;
  readonly place: PayloadScope;
  readonly method: string;
  /** Steps of the path; those that begin with a colon take any text. */
  readonly steps: readonly string[];
  readonly handler: PayloadHandler;
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Methods that no handler would ever hear of. */
const unheard: Readonly<Record<string, string>> = {
  OPTIONS: 'OPTIONS is answered by the server itself, for pages of other origins',
  CONNECT: 'CONNECT asks for a tunnel and never reaches an API',
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function routeOf(extension: string, place: PayloadScope, given: unknown): PayloadRoute {
  const { path, method, handler } = isObject(given) ? given : {};
  const where = `${place === 'root' ? 'endpoints' : place}: "${String(path)}"`;
  if (typeof path !== 'string' || !path.startsWith('/')) throw new TypeError(`${where} is no path; it begins with /`);
  if (typeof handler !== 'function') throw new TypeError(`${where} has no handler`);
  const verb = String(method ?? '').toUpperCase();
  const why = unheard[verb];
  if (why !== undefined) throw new TypeError(`${where}: ${why}`);
  if (!methods.has(verb))
    throw new TypeError(`${where}: "${String(method)}" is no method; there are ${[...methods].join(', ').toLowerCase()}`);
  const steps = path.split('/').filter((step) => step !== '');
  return { extension, place, method: verb, steps, handler: handler as PayloadHandler };
}

function routesOf(extension: string, place: PayloadScope, list: unknown): PayloadRoute[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw new TypeError(`${place}: endpoints are a list`);
  return list.map((one: unknown) => routeOf(extension, place, one));
}

const known: ReadonlySet<string> = new Set(['collections', 'globals', 'endpoints']);

/**
 * The routes of what a file exports, in the order in which they are tried.
 *
 * @throws TypeError with a sentence about the first thing that is wrong
 */
export function readPayloadEndpoints(extension: string, exported: unknown): PayloadRoute[] {
  if (!isObject(exported)) throw new TypeError('its default export is no object of endpoints, and no function that gives one');
  const odd = Object.keys(exported).find((name) => !known.has(name));
  if (odd !== undefined) throw new TypeError(`"${odd}" is not known; there are ${[...known].join(', ')}`);
  const places = (['collections', 'globals'] as const).flatMap((kind) => {
    const given = exported[kind] ?? {};
    if (!isObject(given)) throw new TypeError(`"${kind}" is an object of lists by slug`);
    return Object.entries(given).flatMap(([slug, list]) => routesOf(extension, `${kind}/${slug}`, list));
  });
  return [...places, ...routesOf(extension, 'root', exported['endpoints'])];
}

export interface FoundPayloadRoute {
  readonly route: PayloadRoute;
  readonly params: Readonly<Record<string, string>>;
}

function paramsOf(steps: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  if (steps.length !== path.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, step] of steps.entries()) {
    const given = path[i] ?? '';
    if (step.startsWith(':')) params[step.slice(1)] = given;
    else if (step !== given) return undefined;
  }
  return params;
}

/** The first endpoint of that place, method and path. What answers GET answers HEAD too. */
export function findPayloadRoute(
  routes: readonly PayloadRoute[],
  place: PayloadScope,
  method: string,
  path: readonly string[],
): FoundPayloadRoute | undefined {
  const wanted = method === 'HEAD' ? ['HEAD', 'GET'] : [method];
  for (const verb of wanted) {
    for (const route of routes) {
      if (route.place !== place || route.method !== verb) continue;
      const params = paramsOf(route.steps, path);
      if (params) return { route, params };
    }
  }
  return undefined;
}
