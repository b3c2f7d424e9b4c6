/** Foreign keys as the catalogue tells them, resolved to fields on both sides. */
import type { IntrospectedForeignKey } from '../dialect/types.ts';
import type { Sliced } from '../lib/slices.ts';
import { byText, type Draft, type Report } from './drafts.ts';
import type { Field, JoinPair } from './types.ts';

/** A foreign key whose both ends are served. */
export interface Link {
  /** Names both ends with their columns; equal for keys that say the same. */
  readonly id: string;
  readonly child: Draft;
  readonly parent: Draft;
  /** From the child's columns to the parent's. */
  readonly join: readonly JoinPair[];
}

/** The same join seen from the other side. */
export function reversed(join: readonly JoinPair[]): JoinPair[] {
  return join.map(({ from, to }) => ({ from: to, to: from }));
}

/** The columns of a join on its own side. */
export function columnsOf(join: readonly JoinPair[]): string[] {
  return join.map(({ from }) => from.name);
}

/** Exact names first; SQLite and some MySQL servers also take another spelling of the case. */
function findField(fields: ReadonlyMap<string, Field>, name: string, anyCase: boolean): Field | undefined {
  const exact = fields.get(name);
  if (exact !== undefined || !anyCase) return exact;
  const lower = name.toLowerCase();
  for (const [key, field] of fields) if (key.toLowerCase() === lower) return field;
  return undefined;
}

/** Finds the draft that a foreign key of `child` points at. */
export type FindParent = (child: Draft, key: IntrospectedForeignKey) => Draft | undefined;

interface Tables {
  readonly exact: Map<string, Draft>;
  readonly folded: Map<string, Draft>;
}

/** The first of several spellings of a name counts. */
export function* findingParents(drafts: ReadonlyMap<string, Draft>, defaultSchema: string | null): Sliced<FindParent> {
  const schemas = new Map<string | null, Tables>();
  for (const draft of drafts.values()) {
    yield;
    const { schema, name } = draft.table;
    let tables = schemas.get(schema);
    if (!tables) {
      tables = { exact: new Map(), folded: new Map() };
      schemas.set(schema, tables);
    }
    tables.exact.set(name, draft);
    const lower = name.toLowerCase();
    if (schema === null && !tables.folded.has(lower)) tables.folded.set(lower, draft);
  }
  return (child, key) => {
    const tables = schemas.get(key.toSchema ?? (child.table.schema === null ? null : defaultSchema));
    const exact = tables?.exact.get(key.toTable);
    return exact ?? (child.table.schema === null ? tables?.folded.get(key.toTable.toLowerCase()) : undefined);
  };
}

function joinOf(child: Draft, parent: Draft, key: IntrospectedForeignKey): JoinPair[] | undefined {
  const anyCase = child.table.schema === null;
  // SQLite lets the referenced columns be left out: the primary key is meant.
  const toColumns = key.toColumns.length > 0 ? key.toColumns : parent.table.primaryKey;
  if (key.columns.length === 0 || key.columns.length !== toColumns.length) return undefined;
  const join: JoinPair[] = [];
  for (const [i, column] of key.columns.entries()) {
    const from = findField(child.fields, column, anyCase);
    const to = findField(parent.fields, toColumns[i] ?? '', anyCase);
    if (!from || !to) return undefined;
    join.push({ from, to });
  }
  return join;
}

/** The foreign keys of one table whose other ends are served, each once, in an order that does not depend on the catalogue's. */
function linksOf(child: Draft, findParent: FindParent, report: Report): Link[] {
  const links = new Map<string, Link>();
  for (const key of child.table.foreignKeys) {
    const parent = findParent(child, key);
    const join = parent && joinOf(child, parent, key);
    if (!parent || !join) {
      const target = key.toSchema === null ? key.toTable : `${key.toSchema}.${key.toTable}`;
      const reason = `the foreign key "${key.name}" points at "${target}" (${key.toColumns.join(', ')}), which is not served`;
      report({
        collection: child.name,
        ...(key.columns.length === 1 && key.columns[0] !== undefined ? { field: key.columns[0] } : {}),
        reason,
      });
      continue;
    }
    const id = JSON.stringify([child.name, columnsOf(join), parent.name, join.map(({ to }) => to.name)]);
    if (!links.has(id)) links.set(id, { id, child, parent, join });
  }
  return [...links.values()].sort((a, b) => byText(a.id, b.id));
}

/** The foreign keys of those tables, by table. */
export function* linking(children: Iterable<Draft>, findParent: FindParent, report: Report): Sliced<Link[]> {
  const links: Link[] = [];
  for (const child of children) {
    yield;
    links.push(...linksOf(child, findParent, report));
  }
  return links;
}
