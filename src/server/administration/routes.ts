/** Managing projects and looking after the server: /server/projects, /server/info and /server/health (directus8-system §2). */
import { arch, platform, release } from 'node:os';
import type { FastifyPluginCallback, FastifyRequest } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import type { Registry } from '../../projects/registry.ts';
import { apiVersion } from '../../surfaces/directus/project-info.ts';
import { createProject } from './create-project.ts';
import { deleteProject } from './delete-project.ts';
import { healthOf } from './health.ts';
import { newProjectOf } from './new-project.ts';
import { type Administration, demandSuperAdmin, isSuperAdmin, parametersOf } from './super-admin.ts';

export interface AdministrationOptions {
  readonly registry: Registry;
  readonly administration?: Administration | undefined;
}

/** The folder in which project files are made. */
function folderOf({ projectsFolder }: Administration): string {
  if (projectsFolder !== undefined) return projectsFolder;
  throw new GatewayError('forbidden', { message: 'This server has no folder of project files' });
}

/** What the app's installer compares with what it needs, none of which is there: constants that satisfy it (§2.5). */
function information() {
  const extensions = { pdo: true, mysqli: true, curl: true, gd: true, fileinfo: true, mbstring: true, json: true };
  return {
    directus: apiVersion,
    server: { type: 'apache', rewrites: true, os: platform(), os_version: `${release()} ${arch()}` },
    php: { version: '7.4.0', max_upload_size: 104_857_600, extensions },
    permissions: { public: '0755', logs: '0755', uploads: '0755' },
  };
}

/** No database is there to keep an answer in, and by its own key a project is made once and deleted once. */
function refuseKey({ headers }: FastifyRequest): void {
  if (headers['idempotency-key'] === undefined) return;
  const message = 'Idempotency-Key: a project is made once and deleted once by its own key; send the request without';
  throw new GatewayError('unprocessable', { message });
}

/** Makes and deletes projects, and tells of the server's state. Whoever is not the super admin is refused (`demandSuperAdmin`). */
export const administrationRoutes: FastifyPluginCallback<AdministrationOptions> = (app, { registry, administration }, done) => {
  const health = healthOf(registry);

  for (const path of ['/server/projects', '/projects']) {
    app.post(path, async (request) => {
      demandSuperAdmin(request, administration);
      refuseKey(request);
      const folder = folderOf(administration);
      const project = newProjectOf(request.body, administration.dataFolder ?? 'data');
      await createProject(folder, registry, project);
      await administration.changed(project.key);
      request.log.info({ project: project.key }, `project ${project.key} made`);
      return { public: true };
    });
  }

  app.delete<{ Params: { key: string } }>('/server/projects/:key', async (request) => {
    demandSuperAdmin(request, administration);
    refuseKey(request);
    const { key } = request.params;
    const drop = ['1', 'true'].includes(parametersOf(request).get('drop_tables') ?? '');
    await deleteProject(folderOf(administration), registry, { key, drop });
    await administration.changed(key);
    request.log.info({ project: key, drop }, `project ${key} deleted`);
    return { public: true };
  });

  app.get('/server/info', async (request) => {
    // Whoever installs the very first project has nothing to show yet.
    if (registry.list().length > 0) demandSuperAdmin(request, administration);
    return { data: information(), public: true };
  });

  app.get('/server/health', async (request, reply) => {
    const { status, projects } = await health();
    const data = isSuperAdmin(request, administration) ? { status, projects } : { status };
    return reply
      .code(status === 'error' ? 503 : 200)
      .header('cache-control', 'no-store')
      .send({ data, public: true });
  });

  done();
};
