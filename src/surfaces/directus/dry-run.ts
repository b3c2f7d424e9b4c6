/** `dry_run=1` on a write: what it would change, and nothing is changed (docs/writing.md). */
import { type Change, dryRun } from '../../engine/dry-run.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import type { WriteAnswer, WriteContext, WriteSession } from '../../engine/write.ts';
import { isTrial } from '../trial.ts';
import type { DirectusContext } from './context.ts';
import { textOf } from './php-query.ts';
import { jsonType, written } from './respond.ts';

/** Whether the query asks for a trial. */
export function asksForTrial({ query }: DirectusContext): boolean {
  return isTrial(textOf(query, 'dry_run'));
}

/**
 * Runs the write, takes it back and tells what it would have done. `run` makes the answer that the write would have had, unless hooks have
 * a say in it after the commit.
 */
export async function triedWrite(
  context: DirectusContext,
  within: WriteContext,
  run: (session: WriteSession) => Promise<WriteAnswer<KeptAnswer>>,
  isAnswer: () => boolean,
): Promise<KeptAnswer> {
  const { answer, changes } = await dryRun(within, run);
  const { actor } = context;
  const user = actor.is === 'user' ? Number(actor.id) : 0;
  const recorded = changes.filter((one) => one.recorded);
  const lists = [
    `"changes":[${changes.map(changeText).join(',')}]`,
    `"activity":[${recorded.map((one) => activityText(one, user)).join(',')}]`,
    `"revisions":[${recorded.flatMap(revisionText).join(',')}]`,
    `"answer":${isAnswer() ? answerText(answer) : 'null'}`,
  ];
  return { status: 200, body: written(actor, { data: `{"dry_run":true,${lists.join(',')}}` }), contentType: jsonType };
}

const answerText = ({ status, body }: KeptAnswer): string => `{"status":${status},"body":${body === undefined ? 'null' : String(body)}}`;

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
