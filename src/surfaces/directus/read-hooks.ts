/** Hooks of extensions around a read: the query before it is parsed, the rows before they are sent. */
import { callerOf, type HookGiven, type Hooks } from '../../engine/hooks.ts';
import type { ReadResult } from '../../engine/read.ts';
import type { ReadStream } from '../../engine/stream.ts';
import { joinTexts } from '../../lib/joined-texts.ts';
import { parsePlainJson, writePlainJson } from '../../lib/plain-json.ts';
import type { DirectusContext } from './context.ts';
import { extensionServices } from './extension-services.ts';
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

const givenOf = ({ actor, project }: DirectusContext, { keys }: HookedRead): HookGiven => ({
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
export async function answeredThroughHooks(context: DirectusContext, read: HookedRead, result: ReadResult): Promise<ReadResult> {
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
