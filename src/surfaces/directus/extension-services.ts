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

/** The write that services are used in. */
interface Part {
  /** Once it is under way: everything becomes part of it. */
  readonly session?: WriteSession | undefined;
  /** It is a dry run, and so is what services write before it is under way. */
  readonly asDryRun?: boolean | undefined;
}

function accessOf(project: Project, actor: Actor, extension: string, { session, asDryRun }: Part): Access {
  return {
    reader: itemReader(project, actor, session?.within),
    writer: itemWriter(project, actor, {
      extension,
      listeners: () => writeListeners(project, actor, session, asDryRun),
      session,
      asDryRun,
    }),
  };
}

export interface ServicesOf extends Part {
  /** As it is told in the log, such as `endpoint feed`. */
  readonly extension: string;
  readonly log?: Log;
}

/** The services that an extension works with for an actor. */
export function extensionServices(project: Project, actor: Actor, { extension, log = project.log, ...part }: ServicesOf): Services {
  const system = (reason: string): Access => accessOf(project, { is: 'system', reason: `${extension}: ${reason}` }, extension, part);
  return createServices({ extension, log, caller: accessOf(project, actor, extension, part), system });
}

/** The services of each hook for an actor, outside of any write. */
export function hookServices(project: Project, actor: Actor): (hook: string) => Services {
  return (hook) => extensionServices(project, actor, { extension: `hook ${hook}` });
}

/**
 * What the project wants to know of the actor's writes. Filters that run while a write is under way work within it: with another connection
 * they would wait for what it holds. Of a dry run nothing stays that their services write.
 */
export function writeListeners(project: Project, actor: Actor, session?: WriteSession, asDryRun = false): ReturnType<typeof listenersOf> {
  return listenersOf(project, actor, (hook) => extensionServices(project, actor, { extension: `hook ${hook}`, session, asDryRun }));
}
