/** FULLTEXT indexes of InnoDB. Other engines leave out words of a list that only their source tells. */
import type { Connection, IntrospectedTextIndex } from '../../dialect/types.ts';

const indexes = `select table_name, index_name, column_name from information_schema.statistics
  where table_schema = database() and index_type = 'FULLTEXT' order by table_name, index_name, seq_in_index`;

/** Asked about the tables of those indexes alone: to tell engines the server looks into every table. */
const engines = (tables: number): string =>
  `select table_name from information_schema.tables where table_schema = database() and engine = 'InnoDB'
    and table_name in (${Array.from({ length: tables }, () => '?').join(', ')})`;

const settings = `select @@innodb_ft_min_token_size, @@innodb_ft_max_token_size, @@innodb_ft_enable_stopword`;

/** InnoDB's own list; where a table of the server's or the user's takes its place, words of that find nothing. */
const common =
  'a about an are as at be by com de en for from how i in is it la of on or that the this to was what when where who will with und the www'.split(
    ' ',
  );

/** Reads the FULLTEXT indexes of the connection's own database. */
export async function readTextIndexes(connection: Connection): Promise<IntrospectedTextIndex[]> {
  const read = (text: string, values: readonly string[] = []) => connection.texts({ text, values }, { timeout: 0 });
  const found = new Map<string, { table: string; name: string; columns: string[] }>();
  for (const [table, name, column] of await read(indexes)) {
    const key = `${table}\0${name}`;
    const index = found.get(key) ?? { table: table ?? '', name: name ?? '', columns: [] };
    index.columns.push(column ?? '');
    found.set(key, index);
  }
  if (found.size === 0) return [];
  const names = [...new Set([...found.values()].map((index) => index.table))];
  const ofInnoDb = new Set((await read(engines(names.length), names)).map(([table]) => table));
  const [[least, most, stopping] = []] = await read(settings);
  const left = { least: Number(least), most: Number(most), common: stopping === '0' ? [] : common };
  return [...found.values()]
    .filter((index) => ofInnoDb.has(index.table))
    .map((index) => ({ ...index, schema: null, form: { is: 'fulltext' }, ...left }));
}
