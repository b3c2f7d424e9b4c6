/** What `doctor` says about each table; pure, so that it can be tested without a database. */
import type { IntrospectedTable, Introspection } from '../dialect/types.ts';
import type { Collection, Schema } from '../schema/types.ts';

export interface TableReport {
  readonly table: string;
  readonly kind: 'table' | 'view' | 'materialized view';
  /** The planner's estimate; null when there is none. */
  readonly rows: number | null;
  readonly key: readonly string[];
  readonly served: 'fully' | 'partly' | 'not';
  /** Why it is not served fully. */
  readonly reasons: readonly string[];
  readonly foreignKeysWithoutIndex: readonly string[];
  /** Columns whose type is served as plain text. */
  readonly unknownTypes: readonly string[];
}

export interface DoctorReport {
  readonly project: string;
  readonly database: string;
  readonly tables: readonly TableReport[];
}

/** Columns of a foreign key are served by an index that begins with them, in any order. */
function isIndexed(table: IntrospectedTable, columns: readonly string[]): boolean {
  return [table.primaryKey, ...table.unique, ...table.indexes].some((index) => {
    const start = new Set(index.slice(0, columns.length));
    return columns.every((column) => start.has(column));
  });
}

const placeOf = (table: { schema: string | null; name: string }): string => JSON.stringify([table.schema, table.name]);

function reasonsByCollection(schema: Schema): Map<string, string[]> {
  const reasons = new Map<string, string[]>();
  for (const { collection, field, reason } of schema.remarks) {
    const list = reasons.get(collection) ?? [];
    list.push(field === undefined ? reason : `${field}: ${reason}`);
    reasons.set(collection, list);
  }
  return reasons;
}

function reportOf(
  table: IntrospectedTable,
  collection: Collection | undefined,
  reasonsOf: ReadonlyMap<string, string[]>,
  defaultSchema: string | null,
): TableReport {
  const name = table.schema === null || table.schema === defaultSchema ? table.name : `${table.schema}.${table.name}`;
  const reasons = reasonsOf.get(collection?.name ?? name) ?? [];
  return {
    table: name,
    kind: table.kind === 'table' ? 'table' : table.materialized ? 'materialized view' : 'view',
    rows: table.rowEstimate,
    key: collection?.key.map((field) => field.name) ?? table.primaryKey,
    served: collection === undefined ? 'not' : reasons.length > 0 ? 'partly' : 'fully',
    reasons,
    foreignKeysWithoutIndex: table.foreignKeys.filter((key) => !isIndexed(table, key.columns)).map((key) => key.columns.join(', ')),
    unknownTypes: table.columns.filter((column) => column.storage === 'unknown').map((column) => `${column.name} ${column.nativeType}`),
  };
}

/** Puts introspection and schema side by side, one entry a table; the gateway's own tables are left out. */
export function makeReport(project: string, introspection: Introspection, schema: Schema): DoctorReport {
  const { version, defaultSchema, tables } = introspection;
  const byPlace = new Map([...schema.collections.values()].map((collection) => [placeOf(collection.table), collection]));
  const reasons = reasonsByCollection(schema);
  const theirs = tables.filter((table) => !byPlace.get(placeOf(table))?.system);
  return {
    project,
    database: version,
    tables: theirs.map((table) => reportOf(table, byPlace.get(placeOf(table)), reasons, defaultSchema)),
  };
}

/** The report as lines for people: a line a table, and below it what there is to say. */
export function printReport(report: DoctorReport): string[] {
  const rows = report.tables.map((table) => [
    table.table,
    table.kind,
    table.rows === null ? '?' : String(table.rows),
    table.key.length === 0 ? 'no key' : table.key.join(', '),
    table.served === 'not' ? 'not served' : `${table.served} served`,
  ]);
  const head = ['table', 'kind', 'rows', 'key', ''];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 2 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();

  const lines = [`${report.project}: ${report.database}`, '', line(head)];
  report.tables.forEach((table, i) => {
    lines.push(line(rows[i] ?? []));
    for (const reason of table.reasons) lines.push(`    ${reason}`);
    for (const key of table.foreignKeysWithoutIndex)
      lines.push(`    foreign key (${key}) has no index: reading it backwards scans the table`);
    for (const column of table.unknownTypes) lines.push(`    ${column}: a type not known here, served as text`);
  });
  const partly = report.tables.filter((table) => table.served !== 'fully').length;
  lines.push('', `${report.tables.length} tables and views, ${report.tables.length - partly} fully served, ${partly} partly or not`);
  return lines;
}
