/** What follows a write that is kept, whichever surface it came by: content that no row names goes, rules are read anew, and feeds are told. */
import type { WriteContext } from '../engine/write.ts';
import { releaseFiles } from '../files/release.ts';
import type { Project } from '../projects/project.ts';

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
