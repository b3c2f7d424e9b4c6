/** What extensions have to say to reads and writes of surfaces beside that of Directus. The composition root hands it in, as extensions work with the services of another surface. */

import type { Actor } from '../access/types.ts';
import type { ReadResult } from '../engine/read.ts';
import type { WriteContext, WriteSession } from '../engine/write.ts';
import type { Services } from '../extensions/types.ts';
import type { Log } from '../lib/log.ts';
import type { Project } from '../projects/project.ts';
import type { RequestedFilter } from '../query/types.ts';
import type { CallerContext } from './caller.ts';

export interface ReadThroughHooks {
  /** The rows as hooks after reads leave them. */
  rows(context: CallerContext, result: ReadResult): Promise<ReadResult>;
  /** Whether anybody listens to reads of the collection. */
  listens(project: Project, collection: string): boolean;
  /** What hooks before reads add to the filter of lists of the collection; undefined where they add nothing. */
  filter(context: CallerContext, collection: string): Promise<RequestedFilter | undefined>;
}

export interface SurfaceHooks {
  readonly reads: ReadThroughHooks;
  /** Of a dry run nothing stays that the services of filters write. */
  readonly writes: (project: Project, actor: Actor, session?: WriteSession, asDryRun?: boolean) => Pick<WriteContext, 'filters' | 'watch'>;
  /** What endpoints work with, as that actor. */
  readonly services: (project: Project, actor: Actor, of: { readonly extension: string; readonly log: Log }) => Services;
}
