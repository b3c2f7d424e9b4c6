/** DELETE of collections, fields and relations with their foreign keys; with `dry_run=1` what would go with them is told, and stays. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { dryRunRemoval } from '../../engine/editing/dry-run-removal.ts';
import { type Removal, remove } from '../../engine/editing/removal.ts';
import { dryRunLists } from '../dry-run-changes.ts';
import { answerEdit } from './answer-edit.ts';
import type { DirectusContext } from './context.ts';
import { asksForDryRun } from './dry-run.ts';
import { type Editing, edited, editingNow } from './edited.ts';
import { send } from './respond.ts';
import { filteredChange, type SchemaEvent, tellChange } from './schema-hooks.ts';

/** Takes away what `plan` says, or tells what that would be. */
export async function answerRemoval(
  request: FastifyRequest,
  reply: FastifyReply,
  context: DirectusContext,
  event: SchemaEvent,
  plan: (edit: Editing) => Removal,
): Promise<FastifyReply> {
  if (asksForDryRun(context)) return tell(request, reply, context, event, plan);
  return answerEdit(request, reply, context, {
    async run(done) {
      await filteredChange(context, event);
      await edited(request, context, (edit) => remove(edit, plan(edit)), done);
      tellChange(context, event, [{}]);
      return '';
    },
    answer: () => undefined,
  });
}

/** No filter runs: what one writes is not taken back here, where nothing is begun. */
async function tell(
  request: FastifyRequest,
  reply: FastifyReply,
  context: DirectusContext,
  { action, collection }: SchemaEvent,
  plan: (edit: Editing) => Removal,
): Promise<FastifyReply> {
  const { actor, project } = context;
  const edit = await editingNow(request, context);
  const { metadata } = project.schemas;
  const dryRun = await dryRunRemoval({ edit, metadata, read: { ...context, schema: edit.schema } }, plan(edit));
  const { gone, fields, foreignKeys } = dryRun;
  const changes = edit.unrecorded ? dryRun.changes.map((one) => ({ ...one, recorded: false })) : dryRun.changes;
  const filtered = project.hooks.listens('before', action, collection);
  const data = [
    `{"dry_run":true,"gone":${JSON.stringify(gone)},"fields":${JSON.stringify(fields)},"foreign_keys":${JSON.stringify(foreignKeys)}`,
    dryRunLists(changes, actor),
    `"answer":${filtered ? 'null' : '{"status":204,"body":null}'}}`,
  ].join(',');
  return send(reply, actor, { data });
}
