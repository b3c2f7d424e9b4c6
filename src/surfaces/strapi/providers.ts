/** Signing in by the project's identity providers, under the addresses that Strapi's pages know (strapi-rest S-179). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { tellingRefusal } from '../../auth/sign-in-events.ts';
import { checkedRedirect } from '../../auth/sso-page.ts';
import { signIn } from '../../auth/sso-sign-in.ts';
import { exchange } from '../../auth/sso-ticket.ts';
import { userById } from '../../auth/users.ts';
import type { SsoSettings } from '../../config/sso-schema.ts';
import { GatewayError } from '../../lib/errors.ts';
import { invalid, refused, signInRefusals, translated } from './auth-common.ts';
import { api } from './content.ts';
import { jsonType } from './read.ts';
import { askedOf } from './request.ts';
import { userObject } from './user-object.ts';

type Named = FastifyRequest<{ Params: { provider: string } }>;

/** Throws what Strapi says of a provider that is none. */
function settingsOf({ project, params }: Named): SsoSettings {
  const { sso } = project.config;
  if (sso?.providers.some(({ name }) => name === params.provider)) return sso;
  throw refused('This provider is disabled');
}

function textIn(request: FastifyRequest, name: string): string | undefined {
  const { [name]: value } = askedOf(request).query;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The page that the browser comes back to: the one that is asked for, or the first of the settings. */
function pageOf(settings: SsoSettings, asked: string | undefined): string | null {
  try {
    return checkedRedirect(settings, asked ?? settings.redirects?.[0]);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind !== 'validation') throw error;
    throw invalid('callback: this address is not among sso.redirects of the project file', 'callback');
  }
}

/** Leads to where every sign-in by this provider begins. */
async function connect(request: Named, reply: FastifyReply): Promise<FastifyReply> {
  const page = pageOf(settingsOf(request), textIn(request, 'callback'));
  const query = page === null ? '' : `?redirect_url=${encodeURIComponent(page)}`;
  return reply.redirect(`/${request.project.key}/auth/sso/${encodeURIComponent(request.params.provider)}${query}`);
}

const badToken = (): GatewayError => invalid('The token that came back from the provider is wrong or too old', 'request_token');

/** A session for what the page was given in its address. */
async function callback(request: Named, reply: FastifyReply): Promise<FastifyReply> {
  settingsOf(request);
  const { project } = request;
  const token = textIn(request, 'request_token') ?? textIn(request, 'access_token');
  if (token === undefined) throw invalid('request_token is a required field', 'request_token');
  const tokens = { sso_token_invalid: badToken, sso_token_expired: badToken, sso_user_unknown: badToken };
  const named = async () => {
    const found = await userById(project.connection, project.schemas.current, await exchange(project, token));
    if (!found) throw new GatewayError('sso_user_unknown');
    return found;
  };
  const user = await translated(() => tellingRefusal(request, named), tokens);
  const { token: jwt } = await translated(() => signIn(request, user, 'jwt'), signInRefusals);
  return reply.type(jsonType).send(JSON.stringify({ jwt, user: userObject(user) }));
}

/** Registers the routes of both ways. */
export function providerRoutes(app: FastifyInstance): void {
  const signsIn = { exposeHeadRoute: false, config: { writesByGet: true } };
  app.get(`${api}/auth/:provider/callback`, signsIn, callback);
  app.get(`${api}/connect/:provider`, signsIn, connect);
}
