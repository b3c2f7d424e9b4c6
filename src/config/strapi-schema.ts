/** `strapi`: how the Strapi surface answers (surfaces/strapi/settings.ts). */
import { type Fault, list, object, optional, type Right, text, truth, whole, word } from './shape.ts';

const limit = (least: number, most: number) => optional(whole(least, most));

export const strapiSchema = object({
  format: optional(word('v4', 'v5')),
  limit: limit(1, 1_000_000),
  pageSize: limit(1, 1_000_000),
  maxLimit: limit(1, 1_000_000),
  populateDepth: limit(1, 30),
  types: optional(list(object({ id: text(1), collection: text(1) }), 'leave it out to call all types by their tables')),
  registerRole: limit(3, 2_147_483_647),
  confirmEmail: optional(truth),
  confirmedUrl: optional(text(8)),
});

export type StrapiSettings = Right<typeof strapiSchema>;

/** First segments that belong to the system: no type is called so. */
export const reservedTypes: ReadonlySet<string> = new Set(['users', 'auth', 'upload', 'users-permissions', 'i18n', 'connect']);

/** Rules beyond the shape: names of types can stand in a path, each once; browsers are sent to an address. */
export function strapiFaults({ types = [], confirmedUrl }: StrapiSettings): Fault[] {
  const faults = types.flatMap(({ id }, i): Fault[] => {
    const path = `/strapi/types/${i}/id`;
    if (!/^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u.test(id)) return [{ path, message: 'may hold letters, digits, "-" and "_"' }];
    if (reservedTypes.has(id)) return [{ path, message: `"${id}" belongs to the system` }];
    return types.findIndex((one) => one.id === id) < i ? [{ path, message: `"${id}" is there twice` }] : [];
  });
  const right = confirmedUrl === undefined || (/^https?:\/\//i.test(confirmedUrl) && URL.canParse(confirmedUrl));
  return right ? faults : [...faults, { path: '/strapi/confirmedUrl', message: 'must be an address such as https://app.example/welcome' }];
}
