/** Tells the extensions of a project that it has opened (directus8-system §22.2). */
import { publicRole } from '../access/compile-rules.ts';
import type { Actor } from '../access/types.ts';
import { callerOf } from '../engine/hooks.ts';
import type { Project } from '../projects/project.ts';
import { hookServices } from '../surfaces/directus/extension-services.ts';

/** Nobody has asked for it: the services do what the public may do, until an extension says why it needs more. */
const nobody: Actor = { is: 'public', role: publicRole, ip: '' };

/** For the registry, which calls it with each project. */
export function tellOpened(project: Project): void {
  const given = { caller: callerOf(nobody), services: hookServices(project, nobody) };
  project.hooks.tell({ action: 'application.boot' }, { project: project.key }, given);
}
