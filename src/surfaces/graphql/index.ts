/** The GraphQL surface: POST and GET /:project/gql, a WebSocket and a page for browsers there. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { SurfaceHooks } from '../hooks.ts';
import { registerTokens } from '../register-tokens.ts';
import type { Serving } from './answer.ts';
import type { Asked } from './documents.ts';
import { graphiqlAssets, sendPage } from './page.ts';
import { askedByBody, askedByUrl, queryOf, rawQuery, sendText, takesOwnType, wantsPage } from './request.ts';
import { graphqlLimitsOf } from './settings.ts';
import { takeUpgrades } from './upgrade.ts';

/** The language is loaded with the first request that speaks it: a start need not wait for it. */
const answering = () => Promise.all([import('./answer.ts'), import('./errors.ts')]);

export interface GraphqlSurfaceOptions {
  readonly hooks: SurfaceHooks;
}

/** The routes of GraphQL for all projects, the page and its files among them. */
export const graphqlSurface: FastifyPluginAsync<GraphqlSurfaceOptions> = async (app, { hooks }) => {
  await registerTokens(app);
  app.removeContentTypeParser(['application/json', 'text/plain']);
  // As text: a request that came before is answered without being read again.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: unknown, text: string) => text);

  app.post('/:project/gql', { config: { readsByPost: true, dryRun: true } }, async (request, reply) => {
    const replayed = (): void => void reply.header('idempotency-replayed', 'true');
    const serving = { ...servingOf(request, hooks, String(request.body)), replayed };
    return answer(request, reply, serving, () => askedByBody(request.body, serving.limits));
  });

  const upgrades = takeUpgrades(app);

  app.get('/:project/gql', async (request, reply) => {
    if (upgrades.asked(request)) {
      const { serveSocket } = await import('./socket.ts');
      await upgrades.accept(request, reply, (socket) => serveSocket(socket, request, hooks));
      return reply;
    }
    if (wantsPage(request)) return sendPage(request, reply);
    const serving = { ...servingOf(request, hooks, rawQuery(request.url)), only: 'query' as const };
    return answer(request, reply, serving, () => askedByUrl(queryOf(request.url)));
  });

  await app.register(graphiqlAssets);
};

function servingOf(request: FastifyRequest, hooks: SurfaceHooks, text: string): Serving {
  const limits = graphqlLimitsOf(request.project.config.graphql);
  const token = request.url.includes('access_token') ? (queryOf(request.url).get('access_token') ?? undefined) : undefined;
  return { request, hooks, limits, token, text };
}

/** Faults of the request as a whole have a status of their own; under `application/json` only where it is not understood at all. */
async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  serving: Serving,
  read: () => Asked | readonly Asked[],
): Promise<FastifyReply> {
  const [{ answerAsked }, { faultBody }] = await answering();
  try {
    return sendText(request, reply, await answerAsked(serving, read));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const body = faultBody(error);
    if (body) return sendText(request, reply, JSON.stringify(body), takesOwnType(request) ? 400 : 200);
    throw error;
  }
}
