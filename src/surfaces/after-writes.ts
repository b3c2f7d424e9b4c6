/** What follows a write that is kept, whichever surface it came by: content that no row names goes, rules are read anew, and feeds are told. */
import type { WriteContext } from '../engine/write.ts';
import { releaseFiles } from '../files/release.ts';
import type { Project } from '../projects/project.ts';

/** For the context of a write. */
export function afterWrites(project: Project): Required<Pick<WriteContext, 'released' | 'rewritten' | 'recorded'>> {
  return {
    released: (files) => releaseFiles(project.files.storage, files, project.log),
    rewritten: (collections) => project.rewritten(collections),
    recorded: () => project.recorded(),
  };
}
