/** /:project/auth/sso: signing in by an identity provider (directus8-system §3.9). */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { refuseForeignPage } from '../../auth/cookies.ts';
import { authSettingsOf } from '../../auth/settings.ts';
import { tellingRefusal } from '../../auth/sign-in-events.ts';
import { checkedRedirect, isLed, remembered } from '../../auth/sso-page.ts';
import { signIn, ssoMode } from '../../auth/sso-sign-in.ts';
import { exchange, requestToken, type SsoTicket, sealedTicket, setTicket, ticketIn, ticketOf, useTicket } from '../../auth/sso-ticket.ts';
import { userOfIdentity } from '../../auth/sso-user.ts';
import { type UserRow, userById } from '../../auth/users.ts';
import type { SsoProvider, SsoSettings } from '../../config/sso-schema.ts';
import { describeError, GatewayError } from '../../lib/errors.ts';
import { describeForLog } from '../../lib/redact.ts';
import { originOfRequest } from '../origin.ts';
import { type Body, bodyOf, textsIn } from './auth-body.ts';
import { toGatewayError } from './errors.ts';
import { jsonType } from './respond.ts';

type Named = FastifyRequest<{ Params: { provider: string } }>;

const none: SsoSettings = { providers: [] };

function settingsOf({ project }: FastifyRequest): SsoSettings {
  return project.config.sso ?? none;
}

function providerOf(request: Named): SsoProvider {
  const found = settingsOf(request).providers.find(({ name }) => name === request.params.provider);
  if (!found) throw new GatewayError('route_not_found');
  return found;
}

function queryOf({ url }: FastifyRequest): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : url.slice(at + 1));
}

/** The address the provider sends the browser back to; it must be registered there. */
function callbackOf(request: Named): string {
  const base = settingsOf(request).publicUrl?.replace(/\/+$/, '') ?? originOfRequest(request);
  return `${base}/${request.project.key}/auth/sso/${encodeURIComponent(request.params.provider)}/callback`;
}

const isSecure = (request: Named): boolean => callbackOf(request).startsWith('https:');

function send(reply: FastifyReply, data: unknown): FastifyReply {
  return reply.type(jsonType).send(JSON.stringify({ data, public: true }));
}

function extended(redirect: string, values: Readonly<Record<string, string>>): string {
  const url = new URL(redirect);
  for (const [name, value] of Object.entries(values)) url.searchParams.append(name, value);
  return url.href;
}

/** On the way back an error is told to the page that the sign-in began at, where there is one. */
function sendFailure(request: FastifyRequest, reply: FastifyReply, error: unknown, redirect: string | null): FastifyReply {
  const gateway = toGatewayError(error);
  if (redirect === null) throw gateway;
  const { status, directus } = describeError(gateway);
  if (status >= 500) request.log.warn({ error: describeForLog(gateway.cause ?? gateway) }, 'single sign-on failed');
  const { email } = gateway.details;
  const whose = gateway.kind === 'sso_user_unknown' && email !== undefined ? { 'attributes[email]': String(email) } : {};
  return reply.redirect(extended(redirect, { error: '1', code: String(directus ?? -1), ...whose }));
}

const callback = { exposeHeadRoute: false, config: { writesByGet: true } };

/** What a client sends that has the code itself. Throws `validation` for OAuth 1, which no provider of ours speaks. */
function codeIn(body: Body): { readonly code: string; readonly state?: string; readonly iss?: string; readonly ticket?: string } {
  const old = ['oauth_token', 'oauth_verifier'].find((name) => body[name] !== undefined);
  if (old) throw new GatewayError('validation', { message: `${old}: OAuth 1 is not served; send the code of OAuth 2 as code` });
  const given = (['state', 'iss', 'ticket'] as const).filter((name) => body[name] !== undefined);
  const wanted = Object.fromEntries(given.map((name) => [name, 'text' as const]));
  return { ...textsIn(body, wanted, 'validation'), ...textsIn(body, { code: 'text' }, 'validation') };
}

/**
 * The ticket of whoever began the sign-in, used up with this: that of the body, or else that of the cookie. The state alone is none: it stands
 * in the provider's addresses beside the code, and would let in whoever sees them.
 */
async function ticketOfClient(request: Named, provider: SsoProvider, given: ReturnType<typeof codeIn>): Promise<SsoTicket> {
  const { project } = request;
  const cookie = ticketIn(project, request.headers.cookie);
  if (given.ticket === undefined && cookie !== undefined) refuseForeignPage(request, authSettingsOf(project.config.auth));
  const ticket = ticketOf(project, given.ticket ?? cookie, provider.name);
  const begin = `begin at GET /${project.key}/auth/sso/${provider.name} and send its cookie, or its ticket as ticket`;
  if (!ticket) throw new GatewayError('sso_failed', { message: `There is no sign-in that this code belongs to; ${begin}` });
  if (given.state !== undefined && given.state !== ticket.state) {
    throw new GatewayError('sso_failed', { message: `state: This is the state of another sign-in; ${begin}` });
  }
  await useTicket(project, ticket);
  return ticket;
}

/** Lists providers, sends the browser to one, takes it back from there, and gives a token for the ticket it came back with. */
export const ssoRoutes: FastifyPluginAsync = async (app) => {
  app.get('/:project/auth/sso', async (request, reply) =>
    send(
      reply,
      settingsOf(request).providers.map(({ name, icon = null }) => ({ name, icon })),
    ),
  );

  app.get('/:project/auth/sso/:provider', { config: { writesByGet: true } }, async (request: Named, reply) => {
    const provider = providerOf(request);
    const query = queryOf(request);
    const mode = ssoMode(query.get('mode') ?? undefined);
    const settings = settingsOf(request);
    const redirect = checkedRedirect(settings, query.get('redirect_url') ?? undefined) ?? remembered(settings, request);
    const { authorization } = await import('../../auth/sso-provider.ts');
    const { url, checks } = await authorization(provider, callbackOf(request));
    const ticket = sealedTicket(request.project, { ...checks, provider: provider.name, redirect, mode });
    reply.header('set-cookie', setTicket(request.project, pathOf(request), isSecure(request), ticket)).header('cache-control', 'no-store');
    return isLed(request, settings) ? reply.redirect(url) : send(reply, { authorization_url: url, state: checks.state, ticket });
  });

  app.get('/:project/auth/sso/:provider/callback', callback, async (request: Named, reply) => {
    const { project } = request;
    const provider = providerOf(request);
    const ticket = ticketOf(project, ticketIn(project, request.headers.cookie), provider.name);
    reply.header('set-cookie', setTicket(project, pathOf(request), isSecure(request), undefined)).header('cache-control', 'no-store');
    if (!ticket) throw new GatewayError('sso_failed');
    let user: UserRow;
    try {
      user = await tellingRefusal(request, async () => {
        await useTicket(project, ticket);
        const answer = new URL(callbackOf(request));
        answer.search = queryOf(request).toString();
        const { identityOf } = await import('../../auth/sso-provider.ts');
        return userOfIdentity(request, provider, await identityOf(provider, answer, ticket));
      });
    } catch (error) {
      return sendFailure(request, reply, error, ticket.redirect);
    }
    if (ticket.redirect === null) return send(reply, await signIn(request, user, ticket.mode));
    if (ticket.mode === 'cookie') {
      await signIn(request, user, 'cookie');
      return reply.redirect(ticket.redirect);
    }
    return reply.redirect(extended(ticket.redirect, { request_token: requestToken(project, user.id) }));
  });

  app.post('/:project/auth/sso/:provider', async (request: Named, reply) => {
    const provider = providerOf(request);
    const given = codeIn(bodyOf(request));
    const user = await tellingRefusal(request, async () => {
      const ticket = await ticketOfClient(request, provider, given);
      reply
        .header('set-cookie', setTicket(request.project, pathOf(request), isSecure(request), undefined))
        .header('cache-control', 'no-store');
      const { identityOfCode } = await import('../../auth/sso-provider.ts');
      return userOfIdentity(request, provider, await identityOfCode(provider, callbackOf(request), given, ticket));
    });
    return send(reply, await signIn(request, user, 'jwt'));
  });

  app.post('/:project/auth/sso/access_token', async (request, reply) => {
    const { project, body } = request;
    const given = body !== null && typeof body === 'object' && 'request_token' in body ? body.request_token : undefined;
    if (typeof given !== 'string') throw new GatewayError('sso_token_invalid');
    const user = await tellingRefusal(request, async () => {
      const found = await userById(project.connection, project.schemas.current, await exchange(project, given));
      if (!found) throw new GatewayError('sso_user_unknown');
      return found;
    });
    return send(reply, await signIn(request, user, 'jwt'));
  });
};

/** Where the cookie of the way out is sent to: nowhere but to this provider's routes. */
function pathOf({ project, params }: Named): string {
  return `/${project.key}/auth/sso/${encodeURIComponent(params.provider)}`;
}
