/** The page that a single sign-on begins at: whether it is led to the provider, and whether it is where the sign-in ends. */
import type { FastifyRequest } from 'fastify';
import { readingOrigins } from '../config/cors-schema.ts';
import type { SsoSettings } from '../config/sso-schema.ts';
import { GatewayError } from '../lib/errors.ts';

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** Whether one of the settings allows it: the same address, or below one with a slash. */
function isAllowed({ redirects = [] }: SsoSettings, url: URL): boolean {
  return redirects.some((one) => {
    const own = parsed(one);
    if (!own || own.origin !== url.origin || own.origin === 'null' || url.username !== '' || url.password !== '') return false;
    return own.pathname === url.pathname || (own.pathname.endsWith('/') && url.pathname.startsWith(own.pathname));
  });
}

/** The address to go to afterwards. Throws `validation` unless one of the settings allows it. */
export function checkedRedirect(settings: SsoSettings, asked: string | undefined): string | null {
  if (asked === undefined || asked === '') return null;
  const url = parsed(asked);
  if (url && isAllowed(settings, url)) return url.href;
  throw new GatewayError('validation', { message: 'redirect_url: this address is not among sso.redirects of the project file' });
}

/** The page that the caller came from, where it may be gone back to. */
export function remembered(settings: SsoSettings, { headers }: FastifyRequest): string | null {
  const url = parsed(headers.referer ?? '');
  return url && isAllowed(settings, url) ? url.href : null;
}

/**
 * Whether the caller is a browser to be led to the provider, rather than a client that wants to know the way (directus8-system §3.9): it
 * comes from a page that may read answers, that sign-ins lead back to, or of this very host. Pages may hide where they are, and an address
 * may be typed: then a browser says that it is about to show what comes.
 */
export function isLed({ headers, host, project }: FastifyRequest, { redirects = [] }: SsoSettings): boolean {
  const { cors, auth } = project.config;
  const reading = readingOrigins(cors);
  if (reading === true) return true;
  const from = parsed(headers.referer ?? '');
  if (!from) return headers['sec-fetch-mode'] === 'navigate';
  const known = [...(reading || []), ...(auth?.origins ?? []), ...redirects].some((one) => parsed(one)?.origin === from.origin);
  return known || (from.protocol.startsWith('http') && from.host === host.toLowerCase());
}
