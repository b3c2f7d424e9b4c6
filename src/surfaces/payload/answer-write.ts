/** Answers to writes: of what was done, of what would be (`dry_run=1`), or as given before to the same request (`Idempotency-Key`). */
import type { FastifyReply } from 'fastify';
import type { Change } from '../../engine/dry-run.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { type JsonObject, jsonTextOf } from '../../lib/json-body.ts';
import { asksForDryRun } from '../dry-run.ts';
import { answerOnce, type Keep, sendAnswer } from '../idempotency.ts';
import { callerOf } from './context.ts';
import type { Parameters } from './parameters.ts';
import { jsonType } from './respond.ts';
import type { Serving } from './serving.ts';
import { slugsOf } from './slugs.ts';
import { type Shown, type Writes, withLocale, writeFresh } from './write.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Two objects as one: what stands in the second one counts. */
export function merged(document: string, more: string): string {
  return document === '{}' ? more : `${document.slice(0, -1)},${more.slice(1)}`;
}

/** The parameters of a write, some of which may stand in its document. */
export function parametersOfWrite({ asking }: Serving, document: JsonObject): Parameters {
  return withLocale(asking.parameters(), document);
}

interface Written {
  /** The collection's name. */
  readonly name: string;
  readonly parameters: Parameters;
  /** What was sent; the same key with something else is refused. */
  readonly document?: JsonObject;
}

/** A write of one document. */
interface OneWrite extends Written {
  write(writes: Writes): Promise<Shown>;
  answer(writes: Writes, shown: Shown): Answer;
}

/** The answer is kept in the transaction of the write: either both are there or neither. */
export function answerOne(serving: Serving, { write, answer, ...written }: OneWrite): Promise<FastifyReply> {
  return answered(serving, written, async (writes, keep) => {
    const keeping: Pick<Writes, 'keep'> = keep ? { keep: (transaction, shown) => keep(transaction, kept(answer(writes, shown))) } : {};
    const shown = await write({ ...writes, ...keeping });
    return dryRunAnswer(writes, answer(writes, shown), shown.changes ?? []);
  });
}

/** A write of several documents, each in a transaction of its own. */
interface ManyWrites extends Written {
  write(writes: Writes): Promise<Answer & { readonly changes: readonly Change[] }>;
}

/** The answer is kept once the last document is written. */
export function answerMany(serving: Serving, { write, ...written }: ManyWrites): Promise<FastifyReply> {
  return answered(serving, written, async (writes) => {
    const { changes, ...answer } = await write(writes);
    return dryRunAnswer(writes, answer, changes);
  });
}

async function answered(
  serving: Serving,
  { name, parameters, document = {} }: Written,
  run: (writes: Writes, keep?: Keep) => Promise<Answer>,
): Promise<FastifyReply> {
  const { asking, reply } = serving;
  const { request } = asking;
  const context = await callerOf(asking);
  const asDryRun = asksForDryRun(request);
  const once = async (keep?: Keep): Promise<KeptAnswer> =>
    kept(await writeFresh(serving, context, name, parameters, (writes) => run({ ...writes, asDryRun }, keep)));
  return asDryRun ? sendAnswer(reply, await once()) : answerOnce(request, reply, context, () => jsonTextOf(document), once);
}

const kept = ({ status, text }: Answer): KeptAnswer => ({ status, body: text, contentType: jsonType });

/** The answer that the write would have had, and what it would have changed. */
function dryRunAnswer({ asDryRun, context }: Writes, { status, text }: Answer, changes: readonly Change[]): Answer {
  if (!asDryRun) return { status, text };
  const { collections } = context.schema;
  const list = changes.map(({ action, collection: name, item, before, after }) => {
    const collection = collections.get(name);
    const slug = (collection && slugsOf(context.schema).of(collection)) ?? name;
    return `${JSON.stringify({ action, collection: slug, id: item }).slice(0, -1)},"before":${before},"after":${after}}`;
  });
  return { status, text: merged(text, `{"dry_run":true,"changes":[${list.join(',')}]}`) };
}
