/** What follows a write that is kept, whichever surface it came by: content that no row names goes, rules are read anew, and feeds are told. */
import type { WriteContext } from '../engine/write.ts';
import { releaseFiles } from '../files/release.ts';
import type { Project } from '../projects/project.ts';
import type { CallerContext } from './caller.ts';

type AfterWrites = Required<Pick<WriteContext, 'released' | 'rewritten' | 'recorded'>>;

const known = new WeakMap<Project, AfterWrites>();

/** For the context of a write. */
export function afterWrites(project: Project): AfterWrites {
  let made = known.get(project);
  if (!made) {
    made = {
      released: (files) => releaseFiles(project.files.storage, files, project.log),
      rewritten: (collections) => project.rewritten(collections),
      recorded: () => project.recorded(),
    };
    known.set(project, made);
  }
  return made;
}

/** What a write runs with: what the caller's reads run with, and what follows. Written out, as two objects spread into one take ten times the room. */
export function writeContextOf(
  { actor, schema, rules, connection, limits, sealer, proof, readOnly, fileData, timings, project }: CallerContext,
  { userAgent, syntax }: Pick<WriteContext, 'userAgent' | 'syntax'>,
  { filters, watch }: Pick<WriteContext, 'filters' | 'watch'>,
): WriteContext {
  const { released, rewritten, recorded } = afterWrites(project);
  return {
    actor,
    schema,
    rules,
    connection,
    limits,
    sealer,
    proof,
    readOnly,
    fileData,
    timings,
    userAgent,
    syntax,
    filters,
    watch,
    released,
    rewritten,
    recorded,
  };
}
