/** Rows of the directus_* tables: read a page at a time, and decoded anew only where they say something else than before. */
import type { IntrospectedTable, Introspection, Queryable, Row } from '../dialect/types.ts';
import { join, name, type Printer, param, print, sql } from '../lib/fragment.ts';
import { inSlices, pause, type Sliced } from '../lib/slices.ts';

/** Where and what to read. */
export interface Source {
  readonly queryable: Queryable;
  readonly printer: Printer;
  readonly introspection: Introspection;
}

export interface Wanted<T> {
  readonly table: string;
  /** The column that the rows come ordered by. */
  readonly order: string;
  /** All columns where it is left out. */
  readonly columns?: readonly string[];
  /** What a row says; undefined when that is nothing. */
  decode(row: Row): T | undefined;
}

/** What was read of one table. */
export interface Decoded<T> {
  readonly rows: readonly T[];
  /** Of every row what it said, and what that was decoded to. */
  readonly said: readonly Said<T>[];
}

interface Said<T> {
  readonly text: string;
  readonly value: T | undefined;
}

/** Rows of one statement. */
const page = 1000;

/** The table of that name in the default schema. */
function tableOf(introspection: Introspection, tableName: string): IntrospectedTable | undefined {
  return introspection.tables.find(
    (table) => table.name === tableName && (table.schema === null || table.schema === introspection.defaultSchema),
  );
}

/** A key as it is bound: drivers hand out large ones as text, as which they would not compare as numbers. */
function bound(key: unknown): unknown {
  return typeof key === 'string' && /^\d+$/.test(key) ? BigInt(key) : key;
}

/** Rows ordered by a column, a page at a time, with those of the wanted columns that exist; none where the table or that column is missing. */
async function* readPages({ queryable, printer, introspection }: Source, wanted: Omit<Wanted<unknown>, 'decode'>): AsyncGenerator<Row[]> {
  const { order } = wanted;
  const table = tableOf(introspection, wanted.table);
  if (!table) return;
  const present = table.columns.map((column) => column.name).filter((column) => !wanted.columns || wanted.columns.includes(column));
  if (!present.includes(order)) return;
  const columns = present.map((column) => name(column));
  const from = table.schema === null ? name(table.name) : name(table.schema, table.name);
  const select = sql`select ${join(columns, ', ')} from ${from}`;
  // Only a key that is a number can tell, on every database alike, where the next page begins.
  const [key] = table.primaryKey;
  const numbered = table.columns.find((column) => column.name === order)?.storage === 'integer';
  if (!numbered || table.primaryKey.length !== 1 || key !== order) {
    yield await queryable.rows(print(sql`${select} order by ${name(order)}`, printer));
    return;
  }
  for (let after = sql``; ; ) {
    const found = await queryable.rows(print(sql`${select}${after} order by ${name(order)} limit ${param(page)}`, printer));
    yield found;
    if (found.length < page) return;
    after = sql` where ${name(order)} > ${param(bound(found.at(-1)?.[order]))}`;
    // A driver that works in this process would go straight on.
    await pause();
  }
}

function* byText<T>(before: Decoded<T> | undefined): Sliced<Map<string, Said<T>>> {
  const known = new Map<string, Said<T>>();
  for (const one of before?.said ?? []) {
    yield;
    known.set(one.text, one);
  }
  return known;
}

/** Compares what is read with what was read before. Nothing is kept as long as both say the same. */
function comparing<T>(decode: Wanted<T>['decode'], before: Decoded<T> | undefined) {
  let same = 0;
  let said: Said<T>[] | undefined;
  let known: Map<string, Said<T>> | undefined;
  return {
    *add(rows: readonly Row[]): Sliced<void> {
      for (const row of rows) {
        yield;
        const text = JSON.stringify(row);
        if (!said && before?.said[same]?.text === text) {
          same += 1;
          continue;
        }
        known ??= yield* byText(before);
        said ??= before?.said.slice(0, same) ?? [];
        said.push(known.get(text) ?? { text, value: decode(row) });
      }
    },
    *result(): Sliced<Decoded<T>> {
      if (!said && before?.said.length === same) return before;
      const all = said ?? before?.said.slice(0, same) ?? [];
      const rows: T[] = [];
      for (const { value } of all) {
        yield;
        if (value !== undefined) rows.push(value);
      }
      return { rows, said: all };
    },
  };
}

/** Reads a table. Rows that say what they said before are the same objects; when all are, so is the whole. */
export async function readDecoded<T>(source: Source, wanted: Wanted<T>, before: Decoded<T> | undefined): Promise<Decoded<T>> {
  const comparison = comparing(wanted.decode, before);
  for await (const rows of readPages(source, wanted)) await inSlices(comparison.add(rows));
  return inSlices(comparison.result());
}
