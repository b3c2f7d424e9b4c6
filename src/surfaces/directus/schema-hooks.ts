/** What extensions are told of changes of the schema: filters before them, actions after them (directus8-system §22). */
import type { Attributes } from '../../engine/editing/attributes.ts';
import { type ChangeEvent, callerOf } from '../../engine/hooks.ts';
import { GatewayError } from '../../lib/errors.ts';
import { jsonTextOf, parseJsonBody } from '../../lib/json-body.ts';
import { parsePlainJson, writePlainJson } from '../../lib/plain-json.ts';
import type { DirectusContext } from './context.ts';
import { objectOf } from './edited.ts';
import { extensionServices } from './extension-services.ts';

export interface SchemaEvent extends ChangeEvent {
  /** Fields by name, rows by key. */
  readonly keys?: readonly string[];
}

function given({ project, actor }: DirectusContext, keys: SchemaEvent['keys']) {
  const services = (hook: string) => extensionServices(project, actor, { extension: `hook ${hook}` });
  return { caller: callerOf(actor), services, ...(keys ? { keys } : {}) };
}

/** The body as the filters leave it. Throws what they refuse with; of a deletion nothing but that counts. */
export async function filteredChange(
  context: DirectusContext,
  { keys, ...event }: SchemaEvent,
  body: Attributes = {},
): Promise<Attributes> {
  const { hooks } = context.project;
  if (!hooks.listens('before', event.action, event.collection)) return body;
  const payload = parsePlainJson(jsonTextOf(body)) as Record<string, unknown>;
  const left = writePlainJson(await hooks.before(event, payload, given(context, keys)));
  if (left === undefined) throw new GatewayError('internal', {}, new Error('A filter gave back what is no JSON'));
  return objectOf(parseJsonBody(left));
}

/** Tells the actions what was changed: the body of each, by name or key. */
export function tellChange(context: DirectusContext, { keys, ...event }: SchemaEvent, bodies: readonly Attributes[]): void {
  const { hooks } = context.project;
  if (!hooks.listens('after', event.action, event.collection)) return;
  const items = bodies.map((body) => parsePlainJson(jsonTextOf(body)));
  hooks.after({ ...event, keys: keys ?? [event.collection], items }, given(context, undefined));
}
