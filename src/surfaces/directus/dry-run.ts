/** `dry_run=1` on a write: what it would change, and nothing is changed (docs/writing.md). */
import { dryRun } from '../../engine/dry-run.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import type { WriteAnswer, WriteContext, WriteSession } from '../../engine/write.ts';
import { asksForDryRun as asked, isDryRun } from '../dry-run.ts';
import { dryRunLists } from '../dry-run-changes.ts';
import type { DirectusContext } from './context.ts';
import { textOf } from './php-query.ts';
import { jsonType, written } from './respond.ts';

/** Whether the query asks for a dry run. */
export function asksForDryRun({ query, rawQuery }: DirectusContext): boolean {
  return isDryRun(textOf(query, 'dry_run')) || asked({ url: `?${rawQuery}` });
}

/**
 * Runs the write, takes it back and tells what it would have done. `run` makes the answer that the write would have had, unless hooks have
 * a say in it after the commit.
 */
export async function dryRunWrite(
  context: DirectusContext,
  within: WriteContext,
  run: (session: WriteSession) => Promise<WriteAnswer<KeptAnswer>>,
  isAnswer: () => boolean,
): Promise<KeptAnswer> {
  const { answer, changes } = await dryRun(within, run);
  const { actor } = context;
  const shown = isAnswer() ? answerText(answer) : 'null';
  const data = `{"dry_run":true,${dryRunLists(changes, actor)},"answer":${shown}}`;
  return { status: 200, body: written(actor, { data }), contentType: jsonType };
}

const answerText = ({ status, body }: KeptAnswer): string => `{"status":${status},"body":${body === undefined ? 'null' : String(body)}}`;
