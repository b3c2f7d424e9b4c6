/** Which collections have to be made anew when some have changed: those, and all whose relations may differ because of it. */
import type { Sliced } from '../lib/slices.ts';
import type { Draft, Drafted } from './drafts.ts';
import { type FindParent, findingParents } from './foreign-keys.ts';
import type { RelationMeta } from './types.ts';

/** One state of the database: its drafts, and what leads from each of them to others. */
interface Graph {
  readonly drafts: ReadonlyMap<string, Draft>;
  readonly rows: ReadonlyMap<string, readonly RelationMeta[]>;
  readonly findParent: FindParent;
}

function* graphOf({ drafts, metadata, introspection }: Drafted): Sliced<Graph> {
  const rows = new Map<string, RelationMeta[]>();
  for (const row of metadata.relations) {
    yield;
    const own = rows.get(row.collection_many);
    if (own) own.push(row);
    else rows.set(row.collection_many, [row]);
  }
  return { drafts, rows, findParent: yield* findingParents(drafts, introspection.defaultSchema) };
}

/** The collections that a table points at, by foreign keys and rows of directus_relations. */
function targetsOf(draft: Draft, { rows, findParent }: Graph): string[] {
  const byKey = draft.table.foreignKeys.flatMap((key) => findParent(draft, key)?.name ?? []);
  const byRow = (rows.get(draft.name) ?? []).flatMap((row) => row.collection_one ?? []);
  return [...byKey, ...byRow];
}

/** Whether what one of its targets gets may depend on the others: it may be a table of links, or a junction. */
function couples(draft: Draft, { rows }: Graph): boolean {
  const links = draft.table.foreignKeys.length > 1 && draft.table.primaryKey.length > 1;
  return links || (rows.get(draft.name) ?? []).some((row) => row.junction_field !== null);
}

function* reach(graph: Graph, changed: ReadonlySet<string>, affected: Set<string>): Sliced<void> {
  for (const draft of graph.drafts.values()) {
    yield;
    const own = changed.has(draft.name);
    const targets = targetsOf(draft, graph);
    if (!own && !targets.some((target) => changed.has(target))) continue;
    affected.add(draft.name);
    if (own || couples(draft, graph)) for (const target of targets) affected.add(target);
  }
}

/** Field types that make relations to files and users without naming them (relations.ts): everything may depend on these two. */
const impliedTargets = ['directus_files', 'directus_users'];

/**
 * The names of the collections whose relations may be others than before, given those that have changed. Undefined: all of them.
 *
 * A relation is made of the two tables at its ends and of the one between them. Its name depends on what else the collection has,
 * so every neighbour of a changed collection is affected, and where a table of links is between, the neighbour behind it.
 */
export function* affecting(before: Drafted, now: Drafted, changed: ReadonlySet<string>): Sliced<ReadonlySet<string> | undefined> {
  const seeds = new Set(changed);
  if (before.metadata !== now.metadata) {
    const [old, current] = [new Set(before.metadata.relations), new Set(now.metadata.relations)];
    for (const row of [...old, ...current]) {
      if (old.has(row) && current.has(row)) continue;
      seeds.add(row.collection_many);
      if (row.collection_one !== null) seeds.add(row.collection_one);
    }
  }
  if (seeds.size === 0) return seeds;
  if (impliedTargets.some((name) => seeds.has(name))) return undefined;
  const affected = new Set(seeds);
  yield* reach(yield* graphOf(before), seeds, affected);
  yield* reach(yield* graphOf(now), seeds, affected);
  return affected;
}
