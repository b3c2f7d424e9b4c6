/** GET /:project/ (directus8-system §2.1). */
import type { FastifyPluginAsync } from 'fastify';
import type { Rules } from '../../access/types.ts';
import { mostBytes, uploadSettings } from '../../files/upload-settings.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { send } from './respond.ts';

/** The version of the API that is spoken here; clients compare it. */
export const apiVersion = '8.8.1';

function setting(rules: Rules, key: string): string | null {
  const value = rules.settings.get(key);
  return value === undefined || value === '' ? null : value;
}

function publicPart(context: DirectusContext): Record<string, unknown> {
  const { rules, actor } = context;
  const role = actor.is === 'user' ? rules.roles.get(actor.role) : undefined;
  return {
    requires2FA: role?.enforceTwoFactor ?? false,
    project_name: setting(rules, 'project_name'),
    project_logo: null,
    project_color: setting(rules, 'project_color'),
    project_foreground: null,
    project_background: null,
    project_public_note: setting(rules, 'project_public_note'),
    default_locale: setting(rules, 'default_locale'),
    telemetry: false,
  };
}

/** What anybody may know of a project, and more for whoever is signed in. */
export const projectInfoRoute: FastifyPluginAsync = async (app) => {
  app.get('/:project/', async (request, reply) => {
    const context = await contextOf(request);
    if (context.actor.is !== 'user') return send(reply, context.actor, { data: JSON.stringify({ api: publicPart(context) }) });
    const database = { pg: 'postgresql', mysql2: 'mysql', 'better-sqlite3': 'sqlite' }[context.connection.vendor];
    const server = {
      max_upload_size: mostBytes(uploadSettings(context.project.key, context.project.config.uploads), context.rules.settings),
      // The admin app prints it; there is no PHP here.
      ...(context.actor.admin ? { general: { php_version: '0', php_api: 'none' } } : {}),
    };
    return send(reply, context.actor, { data: JSON.stringify({ api: { version: apiVersion, database, ...publicPart(context) }, server }) });
  });
};
