/** What the write of a dry run would have changed, as members of JSON. */
import type { Actor } from '../access/types.ts';
import type { Change } from '../engine/dry-run.ts';

/** The rows, and what would be recorded of them: members of an object, without its brackets. */
export function dryRunLists(changes: readonly Change[], actor: Actor): string {
  const user = actor.is === 'user' ? Number(actor.id) : 0;
  const recorded = changes.filter((one) => one.recorded);
  return [
    `"changes":[${changes.map(changeText).join(',')}]`,
    `"activity":[${recorded.map((one) => activityText(one, user)).join(',')}]`,
    `"revisions":[${recorded.flatMap(revisionText).join(',')}]`,
  ].join(',');
}

/** The members of an object, as JSON text without its last bracket. */
const opened = (members: object): string => JSON.stringify(members).slice(0, -1);

function changeText({ action, collection, item, before, after }: Change): string {
  return `${opened({ action, collection, item })},"before":${before},"after":${after}}`;
}

function activityText({ action, collection, item, comment }: Change, user: number): string {
  return JSON.stringify({ action, action_by: user, collection, item, comment });
}

function revisionText({ collection, item, revision, parent }: Change): string[] {
  if (!revision) return [];
  const { collection: parent_collection = null, item: parent_item = null } = parent ?? {};
  const { data, delta } = revision;
  return [
    `${opened({ collection, item })},"data":${data},"delta":${delta},${opened({ parent_collection, parent_item, parent_changed: parent !== undefined }).slice(1)}}`,
  ];
}
