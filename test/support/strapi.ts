/** Requests to the Strapi surface, and what their answers hold. */
import type { Who } from '../fixtures/garden-people.ts';
import { type Tester, told } from './expect.ts';
import type { World } from './garden.ts';
import { type Answer, at, type Json } from './http.ts';

export interface StrapiAsk {
  readonly method?: string;
  readonly body?: unknown;
  readonly v5?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request below the surface, as somebody; null is the public. */
export function strapi(
  world: World,
  path: string,
  who: Who | null = 'admin',
  { method = 'GET', body, v5, headers = {} }: StrapiAsk = {},
): Promise<Answer> {
  return world.get(`strapi/api/${path}`, who ?? undefined, {
    method,
    headers: { ...(v5 ? { 'strapi-response-format': 'v5' } : {}), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

/** The ids of a list; what the answer says where it is none. */
function idsOf(answer: Answer): Json {
  const data = at(answer.json, 'data');
  return Array.isArray(data) ? data.map((entry) => at(entry, 'id')) : told(answer);
}

/** The list holds entries of those ids in that order. */
export async function finds(t: Tester, world: World, path: string, ids: readonly Json[], who: Who | null = 'admin'): Promise<void> {
  t.strictSame(idsOf(await strapi(world, path, who)), ids, `${who ?? 'public'}: ${path}`);
}

/** What stands under `data`, or the answer where there is nothing. */
export async function holds(
  t: Tester,
  world: World,
  path: string,
  data: unknown,
  who: Who | null = 'admin',
  asked: StrapiAsk = {},
): Promise<void> {
  const answer = await strapi(world, path, who, asked);
  t.strictSame(at(answer.json, 'data') ?? told(answer), data, `${who ?? 'public'}: ${asked.method ?? 'GET'} ${path}`);
}

/** The answer is an error object of that status and name, whose sentence matches. */
export function refusedBy(t: Tester, answer: Answer, status: number, name: string, message: RegExp | string, what: string): void {
  const error = at(answer.json, 'error');
  const found = [answer.status, at(answer.json, 'data'), at(error, 'status'), at(error, 'name')];
  t.strictSame(found, [status, null, status, name], `${what}: ${told(answer)}`);
  t.match(at(error, 'message'), message, what);
  t.ok(typeof at(error, 'details') === 'object', what);
}

/** Asks and expects a refusal. */
export async function refuses(
  t: Tester,
  world: World,
  path: string,
  status: number,
  message: RegExp | string,
  who: Who | null = 'admin',
  asked: StrapiAsk = {},
): Promise<void> {
  const name = {
    400: 'ValidationError',
    401: 'UnauthorizedError',
    403: 'ForbiddenError',
    404: 'NotFoundError',
    405: 'MethodNotAllowedError',
    415: 'UnsupportedMediaTypeError',
  }[status];
  refusedBy(t, await strapi(world, path, who, asked), status, name ?? '', message, `${asked.method ?? 'GET'} ${path}`);
}
