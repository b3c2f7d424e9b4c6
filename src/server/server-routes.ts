/** What the server answers outside of projects (directus8-system §2). */
import { existsSync } from 'node:fs';
import type { FastifyPluginCallback } from 'fastify';
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

export const serverRoutes: FastifyPluginCallback<ServerRoutesOptions> = (app, { registry, adminFolder }, done) => {
  app.get('/server/ping', async (_request, reply) => reply.type('text/html; charset=utf-8').send('pong'));

  app.get('/server/projects', async () => {
    // The very code that sends clients to their installer (§2.2).
    if (registry.list().length === 0) throw new GatewayError('not_installed');
    return { data: publicKeysOf(registry), public: true };
  });

  app.get('/', async (request, reply) => {
    const { accept, authorization } = request.headers;
    const isBrowser = accept?.includes('text/html') === true;
    // Clients of Directus 8 send their token here too, and know of no list (§2.8).
    const isDirectus = authorization !== undefined && !isBrowser;
    if (isDirectus || (adminFolder !== undefined && existsSync(adminFolder))) {
      return reply.code(302).header('location', './admin/').send({ public: true });
    }
    if (isBrowser) return sendProjectsPage(reply, publicKeysOf(registry));
    return { data: publicKeysOf(registry), public: true };
  });

  done();
};
