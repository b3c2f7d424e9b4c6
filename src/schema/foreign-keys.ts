/** Foreign keys as the catalogue tells them, resolved to fields on both sides. */
import type { IntrospectedForeignKey } from '../dialect/types.ts';
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
function findName<T>(entries: ReadonlyMap<string, T>, name: string, anyCase: boolean): T | undefined {
  const exact = entries.get(name);
  if (exact !== undefined || !anyCase) return exact;
  const lower = name.toLowerCase();
  for (const [key, value] of entries) if (key.toLowerCase() === lower) return value;
  return undefined;
}

/** Drafts by schema and table name. */
function tablesBySchema(drafts: ReadonlyMap<string, Draft>): Map<string | null, Map<string, Draft>> {
  const schemas = new Map<string | null, Map<string, Draft>>();
  for (const draft of drafts.values()) {
    const tables = schemas.get(draft.table.schema) ?? new Map<string, Draft>();
    schemas.set(draft.table.schema, tables);
    tables.set(draft.table.name, draft);
  }
  return schemas;
}

function joinOf(child: Draft, parent: Draft, key: IntrospectedForeignKey): JoinPair[] | undefined {
  const anyCase = child.table.schema === null;
  // SQLite lets the referenced columns be left out: the primary key is meant.
  const toColumns = key.toColumns.length > 0 ? key.toColumns : parent.table.primaryKey;
  if (key.columns.length === 0 || key.columns.length !== toColumns.length) return undefined;
  const join: JoinPair[] = [];
  for (const [i, column] of key.columns.entries()) {
    const from: Field | undefined = findName(child.fields, column, anyCase);
    const to: Field | undefined = findName(parent.fields, toColumns[i] ?? '', anyCase);
    if (!from || !to) return undefined;
    join.push({ from, to });
  }
  return join;
}

/** Every foreign key whose two ends are served, once, in an order that does not depend on the catalogue's. */
export function resolveLinks(drafts: ReadonlyMap<string, Draft>, defaultSchema: string | null, report: Report): Link[] {
  const schemas = tablesBySchema(drafts);
  const links = new Map<string, Link>();
  for (const child of drafts.values()) {
    for (const key of child.table.foreignKeys) {
      const schema = key.toSchema ?? (child.table.schema === null ? null : defaultSchema);
      const parent = findName(schemas.get(schema) ?? new Map<string, Draft>(), key.toTable, child.table.schema === null);
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
  }
  return [...links.values()].sort((a, b) => byText(a.id, b.id));
}
