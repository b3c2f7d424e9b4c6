/** What `doctor` says about each table; pure, so that it can be tested without a database. */
import type { IntrospectedTable, Introspection } from '../dialect/types.ts';
import type { Extensions } from '../extensions/load.ts';
import { isOwnTable } from '../schema/system.ts';
import type { Collection, Schema } from '../schema/types.ts';
import type { ReplicaReport } from './doctor-replicas.ts';

interface TableReport {
  readonly table: string;
  readonly kind: 'table' | 'view' | 'materialized view';
  /** The planner's estimate, or a count where it has none; null for views. */
  readonly rows: number | null;
  /** The count was ended at `rows`. */
  readonly rowsAtLeast?: true;
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
  /** Told where texts are equal and sorted as the collations of their columns have it. */
  readonly texts?: 'native';
  /** Whether the system tables are there. */
  readonly installed: boolean;
  readonly tables: readonly TableReport[];
  /** Hooks and endpoints that are loaded, and those that are not. */
  readonly extensions: Pick<Extensions, 'loaded' | 'faults'>;
  /** Calls of webhooks that are still to be made, and those that were given up. */
  readonly calls?: Calls;
  /** Where reads are spread over copies of the database. */
  readonly replicas?: readonly ReplicaReport[];
}

interface Calls {
  readonly pending: number;
  readonly dead: number;
}

/** Columns of a foreign key are served by an index that begins with them, in any order. */
function isIndexed(table: IntrospectedTable, columns: readonly string[]): boolean {
  return [table.primaryKey, ...table.unique, ...table.indexes].some((index) => {
    const start = new Set(index.slice(0, columns.length));
    return columns.every((column) => start.has(column));
  });
}

const tableKey = (table: { schema: string | null; name: string }): string => JSON.stringify([table.schema, table.name]);

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
  counted: Counted | undefined,
): TableReport {
  const name = table.schema === null || table.schema === defaultSchema ? table.name : `${table.schema}.${table.name}`;
  const reasons = reasonsOf.get(collection?.name ?? name) ?? [];
  return {
    table: name,
    kind: table.kind === 'table' ? 'table' : table.materialized ? 'materialized view' : 'view',
    rows: table.rowEstimate ?? counted?.rows ?? null,
    ...(table.rowEstimate === null && counted?.atLeast ? { rowsAtLeast: true } : {}),
    key: collection?.key.map((field) => field.name) ?? table.primaryKey,
    served: collection === undefined ? 'not' : reasons.length > 0 ? 'partly' : 'fully',
    reasons,
    foreignKeysWithoutIndex: table.foreignKeys.filter((key) => !isIndexed(table, key.columns)).map((key) => key.columns.join(', ')),
    unknownTypes: table.columns.filter((column) => column.storage === 'unknown').map((column) => `${column.name} ${column.nativeType}`),
  };
}

/** Rows of a table that the planner knows nothing of. */
export interface Counted {
  readonly rows: number;
  readonly atLeast: boolean;
}

export interface Examined {
  readonly project: string;
  readonly introspection: Introspection;
  /** As `Dialect.native`. */
  readonly native: boolean;
  readonly schema: Schema;
  readonly installed: boolean;
  readonly counts: ReadonlyMap<IntrospectedTable, Counted>;
  readonly extensions: Extensions;
  readonly calls?: Calls | undefined;
  readonly replicas: readonly ReplicaReport[];
}

/** Puts introspection and schema side by side, one entry a table; the gateway's own tables are left out. */
export function makeReport({
  project,
  introspection,
  native,
  schema,
  installed,
  counts,
  extensions: { loaded, faults },
  calls,
  replicas,
}: Examined): DoctorReport {
  const { version, defaultSchema, tables } = introspection;
  const byPlace = new Map([...schema.collections.values()].map((collection) => [tableKey(collection.table), collection]));
  const reasons = reasonsByCollection(schema);
  const reports = tables.flatMap((table) => {
    const collection = byPlace.get(tableKey(table));
    const own = isOwnTable(table.name) && (table.schema === null || table.schema === defaultSchema);
    return own || collection?.system ? [] : [reportOf(table, collection, reasons, defaultSchema, counts.get(table))];
  });
  return {
    project,
    database: version,
    ...(native ? { texts: 'native' as const } : {}),
    installed,
    tables: reports,
    extensions: { loaded, faults },
    ...(calls ? { calls } : {}),
    ...(replicas.length > 0 ? { replicas } : {}),
  };
}

/** The report as lines for people: a line a table, and below it what there is to say. */
export function printReport(report: DoctorReport): string[] {
  const rows = report.tables.map((table) => [
    table.table,
    table.kind,
    table.rows === null ? '' : `${table.rows}${table.rowsAtLeast ? '+' : ''}`,
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

  const texts = report.texts ? ', texts as its collations have them' : '';
  const lines = [`${report.project}: ${report.database}${texts}`, '', line(head)];
  report.tables.forEach((table, i) => {
    lines.push(line(rows[i] ?? []));
    for (const reason of table.reasons) lines.push(`    ${reason}`);
    for (const key of table.foreignKeysWithoutIndex)
      lines.push(`    foreign key (${key}) has no index: reading it backwards scans the table`);
  });
  const partly = report.tables.filter((table) => table.served !== 'fully').length;
  lines.push(...printExtensions(report.extensions), ...printCalls(report.calls), ...printReplicas(report.replicas));
  if (!report.installed) lines.push('', `The system tables are not there: no users, no rights. Run: sallyport install ${report.project}`);
  lines.push('', `${report.tables.length} tables and views, ${report.tables.length - partly} fully served, ${partly} partly or not`);
  return lines;
}

function printExtensions({ loaded, faults }: DoctorReport['extensions']): string[] {
  if (loaded.length === 0 && faults.length === 0) return [];
  const broken = faults.map(({ extension, reason }) => `    ${extension} is not loaded: ${reason}`);
  return ['', `extensions: ${loaded.length === 0 ? 'none' : loaded.join(', ')}`, ...broken];
}

function printCalls({ pending, dead }: Calls = { pending: 0, dead: 0 }): string[] {
  return pending + dead === 0 ? [] : ['', `webhooks: ${pending} calls to be made, ${dead} given up`];
}

function printReplicas(replicas: readonly ReplicaReport[] = []): string[] {
  const states = {
    near: ({ secondsBehind }: ReplicaReport) => `answers, at most ${secondsBehind} s behind`,
    behind: ({ secondsBehind }: ReplicaReport) => `answers, more than ${secondsBehind} s behind`,
    away: ({ reason }: ReplicaReport) => `is not read from: ${reason}`,
  };
  const lines = replicas.map((replica) => `    ${replica.number} ${replica.name} ${states[replica.state](replica)}`);
  return lines.length === 0 ? [] : ['', 'replicas:', ...lines];
}
