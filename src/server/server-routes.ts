/** What the server answers outside of projects (directus8-system §2). */
import { existsSync } from 'node:fs';
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../lib/errors.ts';
import type { Registry } from '../projects/registry.ts';
import { sendProjectsPage } from '../surfaces/explorer/index.ts';

export interface ServerRoutesOptions {
  readonly registry: Registry;
  /** Folder of an admin app; `/` leads there when it exists. */
  readonly adminFolder?: string | undefined;
}

/** The keys of the projects that anybody may know of. */
function publicKeysOf(registry: Registry): string[] {
  return registry
    .list()
    .filter((project) => !project.private)
    .map((project) => project.key);
}

/** GET /server/ping, /server/projects (those of `registry` at that moment), and the pages at / and /admin/. */
export const serverRoutes: FastifyPluginCallback<ServerRoutesOptions> = (app, { registry, adminFolder }, done) => {
  app.get('/server/ping', async (_request, reply) => reply.type('text/html; charset=utf-8').send('pong'));

  app.get('/server/projects', async () => {
    // The very code that sends clients to their installer (§2.2).
    if (registry.list().length === 0) throw new GatewayError('not_installed');
    return { data: publicKeysOf(registry), public: true };
  });

  const isBrowser = ({ headers }: FastifyRequest): boolean => headers.accept?.includes('text/html') === true;
  const projects = (request: FastifyRequest, reply: FastifyReply) =>
    isBrowser(request) ? sendProjectsPage(reply, publicKeysOf(registry)) : reply.send({ data: publicKeysOf(registry), public: true });

  app.get('/', async (request, reply) => {
    // Clients of Directus 8 send their token here too, and are led to the app whatever is there (§2.8).
    const isDirectus = request.headers.authorization !== undefined && !isBrowser(request);
    if (!isDirectus && (adminFolder === undefined || !existsSync(adminFolder))) return projects(request, reply);
    return reply.code(302).header('location', './admin/').send({ public: true });
  });

  // Asked by those who are led here where no app stands before this server.
  app.get('/admin/', async (request, reply) => projects(request, reply));

  done();
};
