/** Relations of all collections: first what directus_relations and field types say, then what foreign keys add (directus8-data §8). */
import type { Sliced } from '../lib/slices.ts';
import { byText, type Draft, type Report } from './drafts.ts';
import { fieldTypes, isFieldType } from './field-types.ts';
import { columnsOf, type FindParent, type Link, linking, reversed } from './foreign-keys.ts';
import { names, settleNames } from './names.ts';
import type { Field, JoinPair, Relation, RelationMeta } from './types.ts';

type Drafts = ReadonlyMap<string, Draft>;

/** The drafts that get relations; the others have theirs, and are only looked at. */
export interface Affected {
  has(collection: string): boolean;
}

/** A row of directus_relations with both ends found: the column and the key that it holds. */
interface LiveRow {
  readonly row: RelationMeta;
  readonly child: Draft;
  readonly parent: Draft;
  readonly join: JoinPair;
}

/** A column that is the whole key stays a plain column, so that a row always has its key. */
const isWholeKey = (draft: Draft, field: Field): boolean => draft.key.length === 1 && draft.key[0] === field;

function onlyKey(draft: Draft): Field | undefined {
  return draft.key.length === 1 ? draft.key[0] : undefined;
}

/** Rows whose two ends exist, by id; a remark for each of the others. */
function* liveRows(drafts: Drafts, rows: readonly RelationMeta[], affected: Affected, report: Report): Sliced<LiveRow[]> {
  const live: LiveRow[] = [];
  for (const row of [...rows].sort((a, b) => a.id - b.id)) {
    yield;
    if (!affected.has(row.collection_many) && !affected.has(row.collection_one ?? '')) continue;
    const dead = (reason: string): void =>
      report({
        collection: row.collection_many,
        field: row.field_many,
        reason: `row ${row.id} of directus_relations has no effect: ${reason}`,
      });
    const child = drafts.get(row.collection_many);
    const from = child?.fields.get(row.field_many);
    const parent = drafts.get(row.collection_one ?? '');
    if (!child) dead(`there is no collection "${row.collection_many}"`);
    else if (!from) dead(`there is no column "${row.field_many}"`);
    else if (!row.collection_one) dead('it names no collection on its other side');
    else if (!parent) dead(`there is no collection "${row.collection_one}"`);
    else {
      const to = onlyKey(parent);
      if (to) live.push({ row, child, parent, join: { from, to } });
      else dead(`"${parent.name}" ${parent.key.length === 0 ? 'has no key' : 'has a key of several columns'}`);
    }
  }
  return live;
}

function addToOne(draft: Draft, field: Field, parent: Draft, join: readonly JoinPair[]): void {
  draft.relations.set(field.name, { kind: 'm2o', name: field.name, collection: draft.name, to: parent.name, listed: true, field, join });
}

/** The first row of a column wins. A column that is the whole key never becomes a relation this way (§8.2). */
function toOneFromRows(rows: readonly LiveRow[], affected: Affected, report: Report): void {
  for (const { row, child, parent, join } of rows) {
    if (!affected.has(child.name)) continue;
    if (isWholeKey(child, join.from)) {
      const reason = `the column is the key of "${child.name}"; row ${row.id} of directus_relations does not make it a relation`;
      report({ collection: child.name, field: join.from.name, reason });
    } else if (!child.relations.has(join.from.name)) addToOne(child, join.from, parent, [join]);
  }
}

const impliedTargets: Readonly<Record<string, string>> = {
  file: 'directus_files',
  user: 'directus_users',
  owner: 'directus_users',
  user_updated: 'directus_users',
};

/** Files and users need no row (directus8-tables §4). */
function* toOneFromTypes(drafts: Drafts, affected: Affected): Sliced<void> {
  for (const draft of drafts.values()) {
    if (!affected.has(draft.name)) continue;
    yield;
    for (const field of draft.fields.values()) {
      const parent = drafts.get(impliedTargets[field.type] ?? '');
      const to = parent?.fields.get('id');
      if (!parent || !to || draft.relations.has(field.name) || isWholeKey(draft, field)) continue;
      addToOne(draft, field, parent, [{ from: field, to }]);
    }
  }
}

/** The lists that rows name. Types `o2m` and `translation` are in wildcards; everything else is reached by name only (§8.2). */
function toManyFromRows(rows: readonly LiveRow[], affected: Affected, report: Report): void {
  for (const { row, child, parent, join } of rows) {
    const name = row.field_one;
    if (!affected.has(parent.name) || !name || parent.relations.get(name)?.kind === 'o2m') continue;
    if (parent.fields.has(name)) {
      const reason = `row ${row.id} of directus_relations gives the list of "${child.name}" the name of a column; the list is not served`;
      report({ collection: parent.name, field: name, reason });
      continue;
    }
    const meta = parent.rows.get(name);
    const type = meta?.type.toLowerCase();
    const listed = type === 'o2m' || type === 'translation';
    const other = child.relations.get(row.junction_field ?? '');
    const junction = row.junction_field && other?.kind === 'm2o' && other.field ? row.junction_field : undefined;
    parent.relations.set(name, {
      kind: 'o2m',
      name,
      collection: parent.name,
      to: child.name,
      listed,
      join: reversed([join]),
      translation: type === 'translation',
      ...(junction ? { junction } : {}),
      ...(meta ? { meta } : {}),
    });
  }
}

/** What a generated name may not be: a column, a relation, or an alias. */
function takenBy(draft: Draft): { has(name: string): boolean } {
  const isAlias = (name: string): boolean => {
    const type = draft.rows.get(name)?.type.toLowerCase() ?? '';
    return isFieldType(type) && fieldTypes[type].alias;
  };
  return { has: (name) => draft.fields.has(name) || draft.relations.has(name) || isAlias(name) };
}

interface Wanted {
  readonly id: string;
  readonly on: Draft;
  readonly candidates: readonly string[];
  readonly make: (name: string) => Relation;
}

/** Gives each wanted relation its name and adds it, collection by collection. */
function* addNamed(wanted: readonly Wanted[]): Sliced<void> {
  const groups = new Map<Draft, Wanted[]>();
  for (const one of wanted) {
    yield;
    const group = groups.get(one.on);
    if (group) group.push(one);
    else groups.set(one.on, [one]);
  }
  for (const [draft, group] of groups) {
    yield;
    const settled = settleNames(group, takenBy(draft));
    for (const one of [...group].sort((a, b) => byText(a.id, b.id))) {
      const name = settled.get(one.id);
      if (name !== undefined) draft.relations.set(name, one.make(name));
    }
  }
}

/** Foreign keys of one column are named by it. The others are returned: of several columns, on the key, or on a related column. */
function* toOneFromLinks(links: readonly Link[], affected: Affected): Sliced<Link[]> {
  const unnamed: Link[] = [];
  for (const link of links) {
    const { child, parent, join } = link;
    if (!affected.has(child.name)) continue;
    yield;
    const field = join.length === 1 ? join[0]?.from : undefined;
    const present = field && child.relations.get(field.name);
    if (!field || isWholeKey(child, field)) unnamed.push(link);
    else if (!present) addToOne(child, field, parent, join);
    else if (present.kind === 'm2o' && !sameJoin(present.join, join)) unnamed.push(link);
  }
  return unnamed;
}

function toOneWithoutColumn(links: readonly Link[]): Sliced<void> {
  return addNamed(
    links.map(({ id, child, parent, join }) => ({
      id,
      on: child,
      candidates: names.toOne(parent.table.name, columnsOf(join)),
      make: (name) => ({ kind: 'm2o', name, collection: child.name, to: parent.name, listed: false, join }),
    })),
  );
}

function sameJoin(a: readonly JoinPair[], b: readonly JoinPair[]): boolean {
  return a.length === b.length && a.every((pair, i) => pair.from === b[i]?.from && pair.to === b[i]?.to);
}

function* toManyFromLinks(links: readonly Link[], affected: Affected): Sliced<void> {
  const wanted: Wanted[] = [];
  for (const { id, child, parent, join } of links) {
    if (!affected.has(parent.name)) continue;
    yield;
    const back = reversed(join);
    const { schema, name: tableName } = child.table;
    if ([...parent.relations.values()].some((one) => one.kind === 'o2m' && sameJoin(one.join, back))) continue;
    wanted.push({
      id,
      on: parent,
      candidates: names.toMany(tableName, columnsOf(join), schema !== null && child.name !== tableName ? schema : undefined),
      make: (name) => ({ kind: 'o2m', name, collection: parent.name, to: child.name, listed: false, join: back, translation: false }),
    });
  }
  yield* addNamed(wanted);
}

/** The two foreign keys of a table that is nothing but a link between rows: together they are exactly its primary key. */
function linkingPair(draft: Draft, links: readonly Link[]): readonly [Link, Link] | undefined {
  const [first, second] = links;
  if (!first || !second || links.length !== 2) return undefined;
  // A third key whose other end is not served is a third key nevertheless.
  const declared = new Set(draft.table.foreignKeys.map((one) => JSON.stringify([one.columns, one.toSchema, one.toTable, one.toColumns])));
  if (declared.size !== 2) return undefined;
  const columns = [...columnsOf(first.join), ...columnsOf(second.join)];
  const key = new Set(draft.table.primaryKey);
  return columns.length === key.size && columns.every((column) => key.has(column)) && new Set(columns).size === key.size
    ? [first, second]
    : undefined;
}

function* manyToMany(links: readonly Link[], affected: Affected): Sliced<void> {
  const byChild = new Map<Draft, Link[]>();
  for (const link of links) {
    yield;
    const own = byChild.get(link.child);
    if (own) own.push(link);
    else byChild.set(link.child, [link]);
  }
  const wanted: Wanted[] = [];
  const offer = (through: Draft, near: Link, far: Link): void => {
    if (!affected.has(near.parent.name)) return;
    const { schema, name: tableName } = through.table;
    wanted.push({
      id: near.id,
      on: near.parent,
      candidates: names.throughTable(far.parent.table.name, tableName, columnsOf(near.join)),
      make: (name) => ({
        kind: 'm2m',
        name,
        collection: near.parent.name,
        to: far.parent.name,
        listed: false,
        through: through.name,
        throughTable: { schema, name: tableName },
        near: reversed(near.join),
        far: far.join,
      }),
    });
  };
  for (const [through, own] of byChild) {
    yield;
    const pair = linkingPair(through, own);
    if (!pair) continue;
    offer(through, pair[0], pair[1]);
    offer(through, pair[1], pair[0]);
  }
  yield* addNamed(wanted);
}

/** Tables with a foreign key that ends at an affected one, and the affected ones. */
function* near(drafts: Drafts, findParent: FindParent, affected: Affected): Sliced<Draft[]> {
  const found: Draft[] = [];
  for (const draft of drafts.values()) {
    yield;
    const ends = (): boolean => draft.table.foreignKeys.some((key) => affected.has(findParent(draft, key)?.name ?? ''));
    if (affected.has(draft.name) || ends()) found.push(draft);
  }
  return found;
}

/**
 * Fills the relations of the affected drafts, which have none yet. What metadata says comes first and keeps its names; a foreign key
 * whose column a live row of directus_relations speaks of adds nothing. Never throws: what cannot be followed is reported, also of
 * collections that are not affected.
 */
export function* relating(
  drafts: Drafts,
  rows: readonly RelationMeta[],
  findParent: FindParent,
  affected: Affected,
  report: Report,
): Sliced<void> {
  const children = yield* near(drafts, findParent, affected);
  const looked = new Set(children.map(({ name }) => name));
  const live = yield* liveRows(drafts, rows, { has: (name) => affected.has(name) || looked.has(name) }, report);
  toOneFromRows(live, affected, report);
  const covered = new Set(live.filter(({ child, join }) => child.relations.has(join.from.name)).map(({ join }) => join.from));
  yield* toOneFromTypes(drafts, affected);
  const links = yield* linking(children, findParent, report);
  const uncovered = links.filter(({ join }) => join.length !== 1 || !join[0] || !covered.has(join[0].from));
  // Junctions look at the columns; names that metadata gives are taken before we make up ours.
  const unnamed = yield* toOneFromLinks(uncovered, affected);
  toManyFromRows(live, affected, report);
  yield* toOneWithoutColumn(unnamed);
  yield* toManyFromLinks(uncovered, affected);
  yield* manyToMany(links, affected);
}
