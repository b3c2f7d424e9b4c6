/** What an endpoint file exports becomes routes: paths as Directus 8 writes them (directus8-system §22). */
import type { EndpointHandler } from './types.ts';

export interface Route {
  /** The extension's name. */
  readonly endpoint: string;
  readonly methods: readonly string[];
  /** Of the path behind the name, as it stands in the URL. */
  readonly pattern: RegExp;
  readonly handler: EndpointHandler;
}

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const piece = /\{(\w+)(?::((?:[^{}]|\{[\d,]+\})+))?\}|\[|\]|[^{}[\]]+/gy;
const literal = (text: string): string => text.replace(/[\\^$.*+?()|/-]/g, '\\$&');

/**
 * The pattern of a path: `{name}` is a step, `{name:regex}` a part that looks so, `[...]` may be left out.
 *
 * @throws TypeError for a path that is none
 */
export function patternOf(path: string): RegExp {
  const refuse = (why: string): never => {
    throw new TypeError(`the path "${path}" ${why}`);
  };
  if (path !== '' && !/^[/[]/.test(path)) refuse('does not begin with /');
  let text = '';
  let open = 0;
  let end = 0;
  for (const [whole, name, like] of path.matchAll(piece)) {
    end += whole.length;
    if (whole === '[') {
      open += 1;
      text += '(?:';
    } else if (whole === ']') {
      open -= 1;
      text += ')?';
    } else text += name === undefined ? literal(whole) : `(?<${name}>${like ?? '[^/]+'})`;
    if (open < 0) break;
  }
  if (end !== path.length || open !== 0) refuse('has brackets that do not match');
  try {
    return new RegExp(`^${text.replace(/(?:\\\/)+$/, '')}/?$`);
  } catch {
    return refuse('makes no pattern: its names must differ, and its expressions be valid');
  }
}

function methodsOf(place: string, given: unknown): readonly string[] {
  const list = (given === undefined ? ['GET'] : [given].flat()).map((one) => String(one).toUpperCase());
  const wrong = list.find((one) => !methods.some((method) => method === one));
  if (wrong !== undefined) throw new TypeError(`"${place}": ${wrong} is no method of an endpoint; there are ${methods.join(', ')}`);
  return list;
}

/**
 * The routes of what a file of endpoints exports, those below `prefix`.
 *
 * @throws TypeError with a sentence about the first thing that is wrong
 */
export function readEndpoint(endpoint: string, exported: unknown, prefix = ''): Route[] {
  if (!isObject(exported)) throw new TypeError('its default export is no object of handlers by path, and no function that gives one');
  return Object.entries(exported).flatMap(([path, given]) => {
    const place = prefix + path;
    if (isObject(given) && given['group'] === true) return readEndpoint(endpoint, given['endpoints'], place);
    const pattern = patternOf(place);
    return [given].flat().map((one: unknown): Route => {
      const { method, handler } = isObject(one) ? one : {};
      if (typeof handler !== 'function') throw new TypeError(`"${place}" has no handler`);
      return { endpoint, methods: methodsOf(place, method), pattern, handler: handler as EndpointHandler };
    });
  });
}

export interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** The first route of that path and method; otherwise the methods that the path has. Throws URIError for a broken encoding. */
export function findRoute(routes: readonly Route[], method: string, path: string): Found | { readonly methods: readonly string[] } {
  const allowed: string[] = [];
  for (const route of routes) {
    const match = route.pattern.exec(path);
    if (!match) continue;
    if (!route.methods.includes(method)) {
      allowed.push(...route.methods);
      continue;
    }
    const params = Object.entries(match.groups ?? {}).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, decodeURIComponent(value)]],
    );
    return { route, params: Object.fromEntries(params) };
  }
  return { methods: [...new Set(allowed)] };
}
