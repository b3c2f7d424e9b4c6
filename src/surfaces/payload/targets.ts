/** Links to documents that are not there (payload-rest P-114). Where a foreign key holds a link the database says so, elsewhere nobody would. */
import { accessOf, type ReadContext, read } from '../../engine/read.ts';
import { isJsonList, isJsonObject, type Json, parseJsonBody } from '../../lib/json-body.ts';
import type { RequestedItem } from '../../query/mutation.ts';
import type { RequestedOutput } from '../../query/requested-template.ts';
import type { Collection, Relation } from '../../schema/types.ts';
import { uncounted } from './find.ts';
import { invalid, type PathFault, selection, type Writing } from './invalid.ts';
import { idText } from './to-item.ts';

async function rowsOf(
  context: ReadContext,
  collection: Collection,
  keys: readonly string[],
  template: ReadonlyMap<string, RequestedOutput>,
): Promise<readonly Json[]> {
  const limits = { ...context.limits, keys: Math.max(keys.length, context.limits.keys) };
  const { texts } = await read(
    { ...context, limits },
    {
      collection: collection.name,
      selection: { all: false, named: new Map(), without: new Set() },
      template,
      absent: 'out',
      keys,
      statuses: 'any',
      offset: 0,
      counts: uncounted,
      stubs: false,
    },
  );
  const rows = parseJsonBody(String(texts.between('[', ']')));
  return isJsonList(rows) ? rows : [];
}

/** Whether the caller finds documents of all of these ids. Of a collection that he may not read nothing is told, and nothing asked. */
export async function areThere(context: ReadContext, target: Collection, ids: readonly Json[]): Promise<boolean> {
  if (ids.length === 0 || target.key.length !== 1 || !accessOf(context).visible.collection(target)) return true;
  const keys = [...new Set(ids.map(idText))];
  return (await rowsOf(context, target, keys, new Map([['id', { is: 'key' }]]))).length === keys.length;
}

/** The collection that a column leads to by its key; undefined where it leads elsewhere. */
function targetOf({ schema }: ReadContext, relation: Relation | undefined): Collection | undefined {
  const target = relation?.kind === 'm2o' ? schema.collections.get(relation.to) : undefined;
  const [pair, ...more] = relation?.kind === 'm2o' ? relation.join : [];
  return target && more.length === 0 && pair?.to === target.key[0] ? target : undefined;
}

/** What the columns hold now, as far as the caller may read it: a document that was read may be sent back (P-112). */
async function held(
  context: ReadContext,
  collection: Collection,
  key: string | undefined,
  names: readonly string[],
): Promise<Readonly<Record<string, Json>>> {
  const { visible } = accessOf(context);
  if (key === undefined || !visible.collection(collection)) return {};
  const shown = names.filter((name) => {
    const field = collection.fields.get(name);
    return field && visible.field(field) !== 'no';
  });
  if (shown.length === 0) return {};
  const template = new Map(shown.map((name): [string, RequestedOutput] => [name, { is: 'field', name, form: 'text' }]));
  const [row = null] = await rowsOf(context, collection, [key], template);
  return row !== null && isJsonObject(row) ? row : {};
}

/** Throws the refusal that names the columns of the item which lead to documents that are not there. `key` is that of a document that is changed. */
export async function demandTargets(context: ReadContext, writing: Writing, item: RequestedItem, key: string | undefined): Promise<void> {
  const { collection } = writing;
  const linked = Object.entries(item).flatMap(([name, id]) => {
    const target = id === null || id === undefined ? undefined : targetOf(context, collection.relations.get(name));
    return target && id !== undefined ? [{ name, id, target }] : [];
  });
  if (linked.length === 0) return;
  const now = await held(
    context,
    collection,
    key,
    linked.map(({ name }) => name),
  );
  const faults: PathFault[] = [];
  for (const { name, id, target } of linked) {
    if (idText(now[name] ?? null) === idText(id)) continue;
    if (!(await areThere(context, target, [id]))) faults.push({ path: name, message: selection });
  }
  if (faults.length > 0) throw invalid(writing, faults);
}
