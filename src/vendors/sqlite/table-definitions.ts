/** What sqlite_schema says of each table: the statements that made it, which tell whether it has changed at a small part of the price of asking. */
import type { Connection } from '../../dialect/types.ts';
import { pause } from '../../lib/slices.ts';
import { folded } from './names.ts';

/** What is said of one table or view. */
interface TableDefinition {
  readonly name: string;
  /** The statements of the table, its indexes and its triggers. */
  readonly text: string;
  /** What a view, or a virtual table over others, looks like may depend on them. */
  readonly dependent: boolean;
}

/** By folded name. */
export type TableDefinitions = ReadonlyMap<string, TableDefinition>;

/** Rows read at a time. */
const page = 2000;

const rows = `select rowid, type, name, tbl_name, sql from sqlite_schema where rowid > ? order by rowid limit ${page}`;

/** Reads it, with pauses. */
export async function readTableDefinitions(connection: Connection): Promise<TableDefinitions> {
  const prints = new Map<string, TableDefinition>();
  for (let last = '0'; ; ) {
    const found = await connection.texts({ text: rows, values: [BigInt(last)] });
    for (const [, type, name, table, sql] of found) {
      const key = folded(table ?? '');
      const known = prints.get(key);
      const own = type === 'table' || type === 'view';
      prints.set(key, {
        name: own ? (name ?? '') : (known?.name ?? table ?? ''),
        text: `${known?.text ?? ''}${type} ${name} ${sql};`,
        dependent: known?.dependent === true || (own && (type === 'view' || /^create\s+virtual\b/i.test(sql ?? ''))),
      });
    }
    last = found.at(-1)?.[0] ?? last;
    if (found.length < page) return prints;
    await pause();
  }
}

/** More changes than this are not told apart by what depends on them. */
const fewChanges = 50;

/** Folded names of what is new, gone or another than before, and of all that may look different because of it. */
export function changedDefinitions(before: TableDefinitions, now: TableDefinitions): Set<string> {
  const changed = new Set<string>();
  for (const [key, print] of now) if (before.get(key)?.text !== print.text) changed.add(key);
  for (const key of before.keys()) if (!now.has(key)) changed.add(key);
  const rest = new Map(
    [...now].filter(([key, print]) => print.dependent && !changed.has(key)).map(([key, { text }]) => [key, folded(text)]),
  );
  if (changed.size === 0) return changed;
  for (let grown = true; grown; ) {
    grown = false;
    const names = [...changed];
    for (const [key, text] of rest) {
      // A quote in a name is doubled in the statements that speak of it.
      if (names.length <= fewChanges && !names.some((name) => /["'`\]]/.test(name) || text.includes(name))) continue;
      changed.add(key);
      rest.delete(key);
      grown = true;
    }
  }
  return changed;
}
