/** The part of a project file about pages of other origins: which of them may read answers. */
import { type Fault, list, object, optional, type Right, text, truth, whole, word } from './shape.ts';

export const corsSchema = object({
  enabled: optional(truth),
  origins: optional(list(text(1), 'leave it out to let pages of any origin read, or set enabled to false')),
  methods: optional(list(word('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'), 'leave it out to allow all')),
  headers: optional(list(text(1), 'leave it out to allow the usual ones')),
  exposedHeaders: optional(list(text(1), 'leave it out to expose the usual ones')),
  maxAge: optional(whole(0, 86_400)),
});

export type CorsSettings = Right<typeof corsSchema>;

/** A page's origin as browsers name it; undefined for what is none. */
export function originOf(address: string): string | undefined {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return undefined;
  const { origin, pathname, search, hash, username } = new URL(address);
  return pathname === '/' && search === '' && hash === '' && username === '' ? origin : undefined;
}

/** The origins whose pages may read answers: all of them by `true`, none by `false`. Without a word all may (directus8-system §1.7). */
export function readingOrigins({ enabled = true, origins = ['*'] }: CorsSettings = {}): boolean | string[] {
  return enabled && (origins.includes('*') || origins.flatMap((origin) => originOf(origin) ?? []));
}

const headerName = /^[\w!#$%&'*+.^`|~-]+$/;

/** Origins that are none; `any` is what stands for all of them. */
export function originFaults(path: string, origins: readonly string[], any?: '*'): Fault[] {
  const message = `must be an origin such as https://app.example${any ? ', or "*"' : ''}`;
  return origins.flatMap((origin, i) => (origin === any || originOf(origin) !== undefined ? [] : [{ path: `${path}/${i}`, message }]));
}

/** Rules beyond the shape: origins are such, and headers have names that can be sent. */
export function corsFaults({ origins = [], headers = [], exposedHeaders = [] }: CorsSettings): Fault[] {
  const nameless = Object.entries({ headers, exposedHeaders }).flatMap(([key, names]) =>
    names.flatMap((name, i) => (headerName.test(name) ? [] : [{ path: `/cors/${key}/${i}`, message: 'must be the name of a header' }])),
  );
  return [...originFaults('/cors/origins', origins, '*'), ...nameless];
}
