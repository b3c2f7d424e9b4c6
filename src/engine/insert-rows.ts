/** Inserts rows in few statements and tells the key of each. */
import type { Scalar, Transaction } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Template } from '../query/types.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Collection, Field } from '../schema/types.ts';
import { compileInsert, compileSnapshot, type Key, type Telling } from '../sql/write.ts';
import { demandNew, mayRepeat } from './one-row-each.ts';
import { keyIn, keyRow } from './row-text.ts';

type Row = ReadonlyMap<Field, Stored>;

export interface Inserted {
  /** Undefined for a table without a key. */
  readonly key: Key | undefined;
  /** The row as the template wants it. */
  readonly text: string | undefined;
}

/** Bound values of one statement, within what every database takes. */
const mostValues = 20_000;
const mostRows = 1000;
/** Characters of one statement's values: servers refuse what is larger than their buffers. */
export const mostCharacters = 1_000_000;

/** Of all values of a row. */
export function charactersOf(values: Iterable<Stored>): number {
  let count = 0;
  for (const value of values) if (typeof value === 'string') count += value.length;
  return count;
}

interface Batch {
  characters: number;
  readonly fields: readonly Field[];
  readonly rows: Row[];
}

interface Rules {
  /** A value can be left to its column in the middle of others; else only rows that have values for the same columns go together. */
  readonly anyColumns: boolean;
  /** Rows whose key the database makes go by themselves. */
  readonly madeApart: boolean;
}

/** The columns that any of the rows has a value for. */
function namedBy(rows: readonly Row[]): Field[] {
  const named = new Set<Field>();
  for (const row of rows) for (const field of row.keys()) named.add(field);
  return [...named];
}

const areSame = (some: readonly Field[], others: readonly Field[]): boolean =>
  some.length === others.length && some.every((field) => others.includes(field));

/** Neighbours in one statement. */
function batches(collection: Collection, rows: readonly Row[], { anyColumns, madeApart }: Rules): Batch[] {
  const made: Batch[] = [];
  const all = anyColumns ? namedBy(rows) : [];
  for (const row of rows) {
    const last = made.at(-1);
    const fields = anyColumns ? all : [...row.keys()];
    const characters = charactersOf(row.values());
    const values = last ? (last.rows.length + 1) * Math.max(1, fields.length) : 0;
    const room = last && last.rows.length < mostRows && values <= mostValues && last.characters + characters <= mostCharacters;
    const fits = last && (fields === last.fields || areSame(fields, last.fields));
    const [before] = last?.rows ?? [];
    const together = !madeApart || (before && (givenKey(collection, before) === undefined) === (givenKey(collection, row) === undefined));
    if (room && fits && together && (anyColumns || fields.length > 0)) {
      last.rows.push(row);
      last.characters += characters;
    } else made.push({ fields, rows: [row], characters });
  }
  return made;
}

/** In the order of `rows`. With a template each row is read back as it was stored. */
export async function insertRows(
  { connection }: { readonly connection: Transaction },
  collection: Collection,
  rows: readonly Row[],
  template?: Template,
): Promise<Inserted[]> {
  const { dialect } = connection;
  const found: Inserted[] = [];
  const rules = { anyColumns: dialect.defaultValue !== undefined, madeApart: !dialect.returning.insert };
  for (const { fields, rows: some } of batches(collection, rows, rules)) {
    const wanted = template ?? keyRow(collection);
    const tells = dialect.returning.insert && (template !== undefined || collection.key.length > 0);
    const insert = compileInsert(collection, fields, some, dialect, tells ? wanted : undefined);
    if (tells) {
      const texts = await textsOf(connection, insert);
      demandAll(collection, some, texts.length);
      const made = paired(collection, some, texts);
      found.push(...(template && collection.changedAfter ? await asTheyAre(connection, collection, made, template) : made));
    } else {
      demandAll(collection, some, await connection.execute(insert.statement));
      const keys = await keysOf(connection, collection, some);
      const texts = template && keys ? await textsOf(connection, compileSnapshot(collection, keys, template, dialect)) : undefined;
      if (texts) found.push(...paired(collection, some, texts, keys));
      else found.push(...some.map((_, i) => ({ key: keys?.[i], text: undefined })));
    }
    if (mayRepeat(collection)) {
      const keys = found.slice(-some.length).flatMap(({ key }) => (key ? [key] : []));
      await demandNew(connection, collection, keys);
    }
  }
  return found;
}

/** The rows as triggers have left them; one whose key they changed is not found, and stays as it was inserted. */
async function asTheyAre(
  connection: Transaction,
  collection: Collection,
  made: readonly Inserted[],
  template: Template,
): Promise<Inserted[]> {
  const keys = made.flatMap(({ key }) => (key ? [key] : []));
  const texts = keys.length === 0 ? [] : await textsOf(connection, compileSnapshot(collection, keys, template, connection.dialect));
  const byKey = new Map(texts.map((text) => [JSON.stringify(keyIn(text, collection)), text]));
  return made.map(({ key, text }) => ({ key, text: byKey.get(JSON.stringify(key)) ?? text }));
}

/** A trigger may have left rows out without a word: they are not said to have been made. Views do not count what their triggers put elsewhere. */
function demandAll({ kind }: Collection, rows: readonly Row[], made: number): void {
  if (kind === 'table' && made < rows.length) throw new GatewayError('constraint', { message: 'A rule of the database takes no such row' });
}

/** The texts of the statement's rows. */
export async function textsOf(connection: Transaction, { statement, write }: Telling): Promise<string[]> {
  const { finish } = connection.dialect;
  return (await connection.texts(statement)).map((cells) => (finish ? finish(write(cells)) : write(cells)));
}

function givenKey(collection: Collection, row: Row): Scalar[] | undefined {
  const values = collection.key.map((field) => row.get(field));
  return values.length > 0 && values.every((value) => value !== null && value !== undefined) ? values : undefined;
}

/** Where the database tells nothing: keys that were given, or the numbers that it made; of one batch, so all the one or all the other. */
async function keysOf(connection: Transaction, collection: Collection, rows: readonly Row[]): Promise<Key[] | undefined> {
  const given = rows.flatMap((row) => {
    const key = givenKey(collection, row);
    return key ? [key] : [];
  });
  if (given.length === rows.length) return given;
  const ids = collection.key.length === 1 ? await connection.insertedIds?.(rows.length) : undefined;
  return ids?.length === rows.length ? ids.map((id) => [id]) : undefined;
}

function byNumber(a: Key, b: Key): number {
  const [one, other] = [BigInt(String(a[0])), BigInt(String(b[0]))];
  return one < other ? -1 : one > other ? 1 : 0;
}

const isWhole = (key: Key | undefined): key is Key => key?.length === 1 && /^-?\d+$/.test(String(key[0]));

/**
 * Which text belongs to which row: databases do not promise to answer in the order of insertion. Rows whose key was given are known by
 * it; of the others, numbers are made in the order of the rows.
 */
function paired(collection: Collection, rows: readonly Row[], texts: readonly string[], known?: readonly Key[]): Inserted[] {
  const keyed = texts.map((text) => ({ key: keyIn(text, collection), text }));
  if (collection.key.length === 0 || rows.length === 1) return keyed;
  const wanted = rows.map((row, i) => known?.[i] ?? givenKey(collection, row));
  const named = new Set(wanted.flatMap((key) => (key ? [JSON.stringify(key)] : [])));
  const byKey = named.size === 0 ? new Map<string, Inserted>() : new Map(keyed.map((one) => [JSON.stringify(one.key), one]));
  const others = named.size === 0 ? keyed : keyed.filter(({ key }) => !named.has(JSON.stringify(key)));
  if (others.every(({ key }) => isWhole(key))) others.sort((a, b) => byNumber(a.key ?? [], b.key ?? []));
  let next = 0;
  return wanted.map((key) => {
    const own = key && byKey.get(JSON.stringify(key));
    return own ?? others[next++] ?? { key, text: undefined };
  });
}
