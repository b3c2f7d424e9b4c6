/** Makes a table anew from its own text, with other columns: rows, row numbers, indexes, triggers and all other clauses stay as they are. */
import { clausesText, parseColumn, withClause } from '../../dialect/column-definition.ts';
import type { ColumnChange } from '../../dialect/ddl.ts';
import type { IntrospectedTable, Reader } from '../../dialect/types.ts';
import { type Fragment, join, name, nothing, param, print, sql, trusted } from '../../lib/fragment.ts';
import { commaParts, type Token, tokensOf, unquoted } from '../../lib/sql-tokens.ts';

export interface Rebuild {
  readonly change: readonly (ColumnChange & { readonly defaultText?: string })[];
  readonly drop: readonly string[];
  /** Tables to which foreign keys are given up. */
  readonly unreferenced: readonly string[];
  /** Columns whose foreign keys are given up, and constraints that are new. */
  readonly unlinked?: readonly string[];
  readonly constraints?: readonly Fragment[];
}

interface Stored {
  readonly type: string;
  readonly name: string;
  /** Null of an index that a constraint made. */
  readonly sql: string | null;
}

/** A text constant; these statements take no parameters. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const constraintWords = new Set(['constraint', 'primary', 'unique', 'check', 'foreign']);

/** The words of a constraint of the table, without its name. */
function constraintOf(part: string): Token[] | undefined {
  const tokens = tokensOf(part);
  const [first] = tokens;
  if (first?.kind !== 'word' || !constraintWords.has(first.text.toLowerCase())) return undefined;
  return same(first.text, 'constraint') ? tokens.slice(2) : tokens;
}

/** The names of the columns in the first group. */
function columnsOf(tokens: readonly Token[]): string[] {
  const group = tokens.find(({ kind }) => kind === 'group');
  return commaParts(group?.text.slice(1, -1) ?? '').flatMap((part) => {
    const [first] = tokensOf(part);
    return first ? [unquoted(first)] : [];
  });
}

/** The table that a REFERENCES names. */
function targetOf(tokens: readonly Token[]): string | undefined {
  const at = tokens.findIndex(({ kind, text }) => kind === 'word' && same(text, 'references'));
  const target = at < 0 ? undefined : tokens[at + 1];
  return target && unquoted(target);
}

const isOneOf = (names: readonly string[], wanted: string | undefined): boolean =>
  wanted !== undefined && names.some((one) => same(one, wanted));

/** A constraint of the table as it stays; undefined where it goes. */
function keptConstraint(
  part: string,
  tokens: readonly Token[],
  { change, drop, unreferenced, unlinked = [] }: Rebuild,
): string | undefined {
  const [first] = tokens;
  if (same(first?.text ?? '', 'check')) return part;
  const columns = columnsOf(tokens);
  if (columns.some((column) => isOneOf(drop, column))) return undefined;
  if (same(first?.text ?? '', 'foreign') && isOneOf(unreferenced, targetOf(tokens))) return undefined;
  if (same(first?.text ?? '', 'foreign') && columns.length === 1 && isOneOf(unlinked, columns[0])) return undefined;
  const apart = change.filter(({ unique }) => unique === false).map((one) => one.name);
  if (same(first?.text ?? '', 'unique') && columns.length === 1 && isOneOf(apart, columns[0])) return undefined;
  return part;
}

/** A column as it is to be; undefined where it goes. */
function keptColumn(part: string, { change, drop, unreferenced, unlinked = [] }: Rebuild): string | undefined {
  let definition = parseColumn(part);
  if (isOneOf(drop, definition.name)) return undefined;
  const own = change.find((one) => same(one.name, definition.name));
  const lost =
    isOneOf(unlinked, definition.name) ||
    definition.clauses.some(({ kind, text }) => kind === 'references' && isOneOf(unreferenced, targetOf(tokensOf(text))));
  if (!own && !lost) return part;
  if (lost) definition = withClause(definition, 'references', undefined);
  if (own?.type !== undefined) definition = withClause(definition, 'type', own.type);
  if (own?.nullable !== undefined) definition = withClause(definition, 'null', own.nullable ? undefined : 'not null');
  if (own?.default !== undefined)
    definition = withClause(definition, 'default', own.default === null ? undefined : `default ${own.defaultText}`);
  if (own?.unique === false) definition = withClause(definition, 'unique', undefined);
  const [written] = tokensOf(part);
  // Comments before it are its own.
  return `${part.slice(0, written?.end ?? 0)} ${clausesText(definition)}`;
}

/** The statement that makes the table under another name. */
function remade(text: string, fresh: string, edits: Rebuild, constraints: readonly string[]): string {
  const tokens = tokensOf(text);
  const body = tokens.find(({ kind }) => kind === 'group');
  if (!body) throw new Error('A table without columns in its text');
  const parts = commaParts(body.text.slice(1, -1)).flatMap((part) => {
    const constraint = constraintOf(part);
    return (constraint ? keptConstraint(part, constraint, edits) : keptColumn(part, edits)) ?? [];
  });
  return `create table ${fresh} (${[...parts, ...constraints].join('\n,')}\n)${text.slice(body.end)}`;
}

/** The columns that an index of its own text is over, those of expressions and conditions among them. */
function mentions(text: string, columns: readonly string[]): boolean {
  const words = (part: string): boolean =>
    tokensOf(part).some((token) =>
      token.kind === 'group' ? words(token.text.slice(1, -1)) : token.kind !== 'text' && isOneOf(columns, unquoted(token)),
    );
  return words(text.slice(text.indexOf('(')));
}

/** Unique indexes of that column alone, which are no constraint of the table's text. */
function isUniqueOf(text: string, columns: readonly string[]): boolean {
  const tokens = tokensOf(text);
  const over = columnsOf(tokens);
  return same(tokens[1]?.text ?? '', 'unique') && over.length === 1 && isOneOf(columns, over[0]);
}

async function storedOf(reader: Reader, table: string): Promise<Stored[]> {
  const statement = sql`select type, name, sql from sqlite_schema where tbl_name = ${param(table)} collate nocase and type in ('table', 'index', 'trigger')`;
  const found = await reader.texts(print(statement, reader.dialect));
  return found.map(([type, own, text]) => ({ type: type ?? '', name: own ?? '', sql: text ?? null }));
}

/** How a value comes into a column of another type. */
function moved(column: string, edits: Rebuild): Fragment {
  const change = edits.change.find((one) => same(one.name, column));
  const length = /^(?:var)?char\((\d+)\)$/.exec(change?.type ?? '')?.[1];
  if (!change?.force || change.type === undefined) return name(column);
  if (length !== undefined) return sql`substr(cast(${name(column)} as text), 1, ${trusted(length)})`;
  const scale = /^decimal\(\d+,(\d+)\)$/.exec(change.type)?.[1];
  if (scale !== undefined) return sql`round(${name(column)}, ${trusted(scale)})`;
  if (/int|boolean/.test(change.type)) return sql`cast(round(${name(column)}) as integer)`;
  return /text/.test(change.type) ? sql`cast(${name(column)} as text)` : name(column);
}

/** A statement, and whether it is sent again as long as it touches rows. */
export interface Part {
  readonly part: Fragment;
  readonly again?: true;
}

/** A part that is run as one statement. */
export const once = (part: Fragment): Part => ({ part });

/** Rows that are copied at once: the driver lets nobody else in while a statement lasts. */
const batch = 2000;

/** Copies the rows, those with numbers of their own a part at a time. */
function copies(insert: Fragment, from: Fragment, fresh: Fragment, numbered: boolean): Part[] {
  if (!numbered) return [once(sql`${insert}${from}`)];
  const least = trusted('-9223372036854775808');
  const rest = sql` where rowid > coalesce((select max(rowid) from ${fresh}), ${least}) order by rowid limit ${trusted(String(batch))}`;
  return [once(sql`${insert}${from} where rowid = ${least}`), { part: sql`${insert}${from}${rest}`, again: true }];
}

/** The statements; see SQLite's own advice on "Making Other Kinds Of Table Schema Changes". */
export async function rebuild(reader: Reader, table: IntrospectedTable, edits: Rebuild): Promise<Part[]> {
  const found = await storedOf(reader, table.name);
  const text = found.find(({ type }) => type === 'table')?.sql ?? '';
  const fresh = `sallyport_rebuilt_${table.name}`;
  const written = reader.dialect.identifier(fresh);
  const columns = table.columns.filter(({ generated, name: column }) => !generated && !isOneOf(edits.drop, column)).map((one) => one.name);
  // A row's own number is what text indexes know it by.
  const rekeyed = edits.change.some(({ type, name: column }) => type !== undefined && isOneOf(table.primaryKey, column));
  const rowids = !/\bwithout\s+rowid\b/i.test(text.slice(text.lastIndexOf(')'))) && !table.columns.some((one) => same(one.name, 'rowid'));
  // A key of another type may become that number, or be it no longer.
  const numbered = rowids && !rekeyed;
  const key = table.primaryKey.length === 1 && table.columns.some((one) => one.autoIncrement);
  const number = numbered && !key ? sql`rowid, ` : nothing;
  const apart = edits.change.filter(({ unique }) => unique === false).map((one) => one.name);
  const beside = found.flatMap((one) => {
    if (one.type === 'table' || one.sql === null) return [];
    if (one.type === 'index' && (mentions(one.sql, edits.drop) || isUniqueOf(one.sql, apart))) return [];
    return [trusted(one.sql)];
  });
  const list = join(
    columns.map((column) => name(column)),
    ', ',
  );
  const values = join(
    columns.map((column) => moved(column, edits)),
    ', ',
  );
  const counted = /\bautoincrement\b/i.test(text)
    ? [
        sql`update sqlite_sequence set seq = (select seq from sqlite_sequence where name = ${param(table.name)}) where name = ${param(fresh)} and exists (select 1 from sqlite_sequence where name = ${param(table.name)})`,
        sql`insert into sqlite_sequence (name, seq) select ${param(fresh)}, seq from sqlite_sequence where name = ${param(table.name)} and not exists (select 1 from sqlite_sequence where name = ${param(fresh)})`,
      ]
    : [];
  const constraints = (edits.constraints ?? []).map((one) => print(one, reader.dialect).text);
  const insert = sql`insert into ${name(fresh)} (${number}${list}) select ${number}${values}`;
  return [
    once(trusted(remade(text, written, edits, constraints))),
    ...copies(insert, sql` from ${name(table.name)}`, name(fresh), numbered),
    ...[
      ...counted,
      sql`drop table ${name(table.name)}`,
      sql`pragma legacy_alter_table = on`,
      sql`alter table ${name(fresh)} rename to ${name(table.name)}`,
      sql`pragma legacy_alter_table = off`,
      ...beside,
    ].map(once),
  ];
}
