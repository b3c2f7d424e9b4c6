/** Hooks of extensions around a read: the query before it is parsed, the rows before they are sent. */
import { callerOf, type HookGiven, type Hooks } from '../../engine/hooks.ts';
import type { ReadResult } from '../../engine/read.ts';
import type { ReadStream } from '../../engine/stream.ts';
import { joinTexts } from '../../lib/joined-texts.ts';
import { parsePlainJson, writePlainJson } from '../../lib/plain-json.ts';
import type { RequestedFilter } from '../../query/types.ts';
import type { CallerContext } from '../caller.ts';
import type { DirectusContext } from './context.ts';
import { extensionServices } from './extension-services.ts';
import { parseFilter } from './parse-filter.ts';
import { phpQuery, plainQuery } from './plain-query.ts';

/** What is read, and whose hooks look at it. */
export interface HookedRead {
  readonly hooks: Hooks;
  readonly collection: string;
  readonly keys?: readonly string[] | undefined;
}

/** Whether a hook wants to know of reads of the collection. */
export function hooksRead(hooks: Hooks, collection: string): boolean {
  return hooks.listens('before', 'read', collection) || hooks.listens('after', 'read', collection);
}

const givenOf = ({ actor, project }: CallerContext, { keys }: HookedRead): HookGiven => ({
  caller: callerOf(actor),
  services: (hook) => extensionServices(project, actor, { extension: `hook ${hook}` }),
  ...(keys ? { keys } : {}),
});

/** The context of the query that the hooks make of the caller's; nothing of it is remembered for the next one. */
export async function askedThroughHooks(context: DirectusContext, read: HookedRead): Promise<DirectusContext> {
  const { hooks, collection } = read;
  if (!hooks.listens('before', 'read', collection)) return context;
  const { serial: _, ...rest } = context;
  const query = await hooks.beforeRead(collection, plainQuery(context.query), givenOf(context, read));
  return { ...rest, query: phpQuery(query) };
}

/** The result with the rows that the hooks make of it. */
export async function answeredThroughHooks(context: CallerContext, read: HookedRead, result: ReadResult): Promise<ReadResult> {
  const { hooks, collection } = read;
  if (!hooks.listens('after', 'read', collection)) return result;
  const rows = parsePlainJson(String(result.texts.between('[', ']'))) as readonly unknown[];
  const texts = joinTexts();
  for (const row of await hooks.afterRead(collection, rows, givenOf(context, read))) texts.add(writePlainJson(row) ?? 'null');
  return { ...result, texts };
}

/** The same of an export, batch by batch. */
export function streamedThroughHooks(context: DirectusContext, read: HookedRead, stream: ReadStream): ReadStream {
  const { hooks, collection } = read;
  if (!hooks.listens('after', 'read', collection)) return stream;
  const changed = async function* (): AsyncGenerator<readonly string[], void, void> {
    for await (const texts of stream.batches) {
      const rows = await hooks.afterRead(collection, texts.map(parsePlainJson), givenOf(context, read));
      yield rows.map((row) => writePlainJson(row) ?? 'null');
    }
  };
  return { ...stream, batches: changed() };
}

/** What hooks before reads make of a list that another surface reads: nothing is told of its query, and their filter is what counts. */
export async function filterOfHooks(context: CallerContext, collection: string): Promise<RequestedFilter | undefined> {
  const { hooks } = context.project;
  if (!hooks.listens('before', 'read', collection)) return undefined;
  const query = phpQuery(await hooks.beforeRead(collection, {}, givenOf(context, { hooks, collection })));
  return parseFilter(query.get('filter'));
}

/** Rows of another surface as hooks after reads leave them. */
export function rowsThroughHooks(context: CallerContext, result: ReadResult): Promise<ReadResult> {
  return answeredThroughHooks(context, { hooks: context.project.hooks, collection: result.collection.name }, result);
}
