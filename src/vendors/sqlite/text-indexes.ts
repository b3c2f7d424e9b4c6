/** FTS5 tables about another table: `using fts5(title, body, content='articles', content_rowid='id')`. */
import type { Connection, IntrospectedTable, IntrospectedTextIndex } from '../../dialect/types.ts';

const statements = `select name, sql from sqlite_schema where type = 'table' and lower(sql) glob 'create virtual table*using fts5*' order by name`;

const withoutRowid = `select name from pragma_table_list where schema = 'main' and wr = 1`;

/** The arguments of a virtual table, as they stand between its brackets, split at the commas outside quotes. */
function argumentsOf(text: string): string[] {
  const inside = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
  return (inside.match(/(?:'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[^,'"`[])+/g) ?? []).map((part) => part.trim());
}

/** A name or a text without its quotes. */
function bare(text: string): string {
  const trimmed = text.trim();
  const [first = ''] = trimmed;
  if (first === '[') return trimmed.slice(1, -1);
  if (!'\'"`'.includes(first) || first === '') return trimmed;
  return trimmed.slice(1, -1).replaceAll(first + first, first);
}

/** The first word of an argument, which is a column's name, and what stands behind it. */
const columnPattern = /^('(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[^\s]+)\s*(.*)$/s;

interface Declared {
  readonly columns: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

const named = `(?:'(?:[^']|'')*'|"(?:[^"]|"")*"|\`(?:[^\`]|\`\`)*\`|\\[[^\\]]*\\]|[^\\s.('"\`[]+)`;
const head = new RegExp(
  `^\\s*create\\s+virtual\\s+table\\s+(?:if\\s+not\\s+exists\\s+)?${named}(?:\\s*\\.\\s*${named})?\\s+using\\s+fts5\\b`,
  'i',
);

/** What a statement that makes an FTS5 table declares. */
export function declared(text: string): Declared {
  const columns: string[] = [];
  const options = new Map<string, string>();
  for (const part of argumentsOf(text.slice(head.exec(text)?.[0].length ?? text.length))) {
    const option = /^([a-z0-9_]+)\s*=\s*(.*)$/is.exec(part);
    if (option) options.set((option[1] ?? '').toLowerCase(), bare(option[2] ?? ''));
    else {
      const [, name = '', more = ''] = columnPattern.exec(part) ?? [];
      if (name !== '' && !/\bunindexed\b/i.test(more)) columns.push(bare(name));
    }
  }
  return { columns, options };
}

/** Words of fewer letters are in no index of trigrams. */
const trigram = 3;

/**
 * Takes the FTS5 tables that are about other tables out of the list, as they hold no data of their own, and adds what they find words in.
 * One that keeps less than everything cannot be asked about single columns.
 */
export async function withTextIndexes(
  connection: Connection,
  tables: readonly IntrospectedTable[],
): Promise<{ tables: readonly IntrospectedTable[]; textIndexes: readonly IntrospectedTextIndex[] }> {
  const found = await connection.texts({ text: statements, values: [] });
  if (found.length === 0) return { tables, textIndexes: [] };
  const numberless = new Set((await connection.texts({ text: withoutRowid, values: [] })).map(([name]) => name));
  const byName = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
  const about = new Set<string>();
  const textIndexes: IntrospectedTextIndex[] = [];
  for (const [name, text] of found) {
    const { columns, options } = declared(text ?? '');
    const table = byName.get((options.get('content') ?? '').toLowerCase());
    if (!table || name === null || name === undefined) continue;
    about.add(name);
    const key = rowNumber(table, options.get('content_rowid') ?? 'rowid', !numberless.has(table.name));
    if (key === undefined || (options.get('detail') ?? 'full').toLowerCase() !== 'full') continue;
    const few = /^trigram\b/i.test(options.get('tokenize') ?? '') ? { least: trigram } : {};
    const known = columns.flatMap((column) => spelled(table, column) ?? []);
    textIndexes.push({ name, schema: null, table: table.name, form: { is: 'fts5', table: name, key }, columns: known, ...few });
  }
  return { tables: tables.filter((table) => !about.has(table.name)), textIndexes };
}

/** A column's name as the table has it. */
function spelled(table: IntrospectedTable, name: string): string | undefined {
  return table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.name;
}

/** The column that holds the rows' numbers; those of a table without one of its own go by `rowid`. */
function rowNumber(table: IntrospectedTable, name: string, numbered: boolean): string | undefined {
  return spelled(table, name) ?? (numbered && table.kind === 'table' && /^(?:rowid|oid|_rowid_)$/i.test(name) ? name : undefined);
}
