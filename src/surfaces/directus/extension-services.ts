/** The services of extensions: with the permissions of one actor, or of none. */
import type { Actor } from '../../access/types.ts';
import type { WriteSession } from '../../engine/write.ts';
import { createServices } from '../../extensions/services.ts';
import type { Access, Services } from '../../extensions/types.ts';
import type { Log } from '../../lib/log.ts';
import type { Project } from '../../projects/project.ts';
import { itemReader } from './item-reader.ts';
import { itemWriter } from './item-writer.ts';
import { listenersOf } from './write-watch.ts';

function accessOf(project: Project, actor: Actor, extension: string, session?: WriteSession): Access {
  return {
    reader: itemReader(project, actor, session?.within),
    writer: itemWriter(project, actor, { extension, listeners: () => writeListeners(project, actor, session), session }),
  };
}

export interface ServicesOf {
  /** As it is told in the log, such as `endpoint feed`. */
  readonly extension: string;
  readonly log?: Log;
  /** The write that they are part of. */
  readonly session?: WriteSession | undefined;
}

/** The services that an extension works with for an actor. */
export function extensionServices(project: Project, actor: Actor, { extension, log = project.log, session }: ServicesOf): Services {
  const system = (reason: string): Access => accessOf(project, { is: 'system', reason: `${extension}: ${reason}` }, extension, session);
  return createServices({ extension, log, caller: accessOf(project, actor, extension, session), system });
}

/**
 * What the project wants to know of the actor's writes. Filters that run while a write is under way work within it: with another connection
 * they would wait for what it holds.
 */
export function writeListeners(project: Project, actor: Actor, session?: WriteSession): ReturnType<typeof listenersOf> {
  return listenersOf(project, actor, (hook) => extensionServices(project, actor, { extension: `hook ${hook}`, session }));
}
