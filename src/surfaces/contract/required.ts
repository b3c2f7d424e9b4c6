/** What no row is made without. */
import { needsStatus } from '../../access/reach.ts';
import { mustBeGiven } from '../../query/automatic.ts';
import { hasFileData } from '../../query/file-data.ts';
import type { Collection } from '../../schema/types.ts';
import { type View, writtenFields } from './view.ts';

/** The names of these fields. System tables have rules of their own, which their answers tell. */
export function requiredNames(view: View, collection: Collection): string[] {
  const given = hasFileData(collection) ? ['data'] : [];
  const fields = writtenFields(view, collection).filter(({ field }) => {
    if (field === collection.status?.field && needsStatus(view, collection)) return true;
    return !collection.system && mustBeGiven(collection, field);
  });
  return [...fields.map(({ field }) => field.name), ...given];
}
