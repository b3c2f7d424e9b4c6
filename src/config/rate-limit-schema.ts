/** The part of a project file about how often somebody may ask. */
import { type Fault, list, object, optional, type Right, text, whole, word } from './shape.ts';

const requests = whole(1, 1_000_000_000);
const seconds = whole(1, 86_400);

export const rateLimitSchema = object({
  windowSeconds: optional(seconds),
  address: optional(requests),
  token: optional(requests),
  routes: optional(
    list(
      object({
        path: text(1),
        method: optional(word('GET', 'POST', 'PUT', 'PATCH', 'DELETE')),
        requests,
        windowSeconds: optional(seconds),
        by: optional(word('address', 'token')),
      }),
      'leave it out to have the same limits on all routes',
    ),
  ),
});

export type RateLimitSettings = Right<typeof rateLimitSchema>;

/** Paths are below the project, with `*` for any one step. */
export function rateLimitFaults({ routes = [] }: RateLimitSettings): Fault[] {
  return routes.flatMap(({ path }, i) =>
    /^(?:\/[^/?#\s]+)+$/.test(path)
      ? []
      : [
          {
            path: `/rateLimit/routes/${i}/path`,
            message: 'must be a path below the project such as /items/orders, with * for any one step',
          },
        ],
  );
}
