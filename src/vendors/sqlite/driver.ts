/** One statement on one raw connection of the driver: prepared by text, its values bound exactly, its integers whole. */
import type { Database, Statement as Prepared } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import type { Row } from '../../dialect/types.ts';
import type { Statement } from '../../lib/fragment.ts';
import { startPulse } from './pulse.ts';

/** Prepared statements that a connection keeps. */
const kept = 200;

type AnyStatement = Prepared<unknown[], unknown>;

const statements = new WeakMap<Database, LRUCache<string, AnyStatement>>();

function prepared(raw: Database, text: string): AnyStatement {
  let cache = statements.get(raw);
  if (cache === undefined) {
    cache = new LRUCache({ max: kept });
    statements.set(raw, cache);
  }
  let statement = cache.get(text);
  if (statement === undefined) {
    statement = raw.prepare<unknown[], unknown>(text).safeIntegers(true);
    cache.set(text, statement);
  }
  return statement;
}

/** A whole number goes as an integer, since the driver would bind a double; SQLite has no booleans. */
export function bound(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** Rows as arrays of text or null: numbers in their shortest exact spelling, bytes as base64. `milliseconds` as for `startPulse`. */
export function texts(raw: Database, statement: Statement, milliseconds: number): (string | null)[][] {
  const found = arrays(raw, statement, milliseconds);
  for (const row of found) for (let i = 0; i < row.length; i += 1) row[i] = textOf(row[i]);
  return found as (string | null)[][];
}

function arrays(raw: Database, statement: Statement, milliseconds: number): unknown[][] {
  const query = prepared(raw, statement.text);
  const values = statement.values.map(bound);
  startPulse(raw, milliseconds);
  if (query.reader) return query.raw(true).all(...values) as unknown[][];
  query.run(...values);
  return [];
}

/** The text of a cell; null for NULL. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString('base64') : String(value);
}

/** Rows as objects: integers as numbers where that is exact, else as text; bytes as a Buffer. */
export function rows(raw: Database, statement: Statement, milliseconds: number): Row[] {
  const query = prepared(raw, statement.text);
  const found = arrays(raw, statement, milliseconds);
  const names = found.length === 0 ? [] : query.columns().map((column) => column.name);
  return found.map((row) => Object.fromEntries(names.map((name, i) => [name, safeOf(row[i])])));
}

function safeOf(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** The number of rows an INSERT, UPDATE or DELETE touched. */
export function execute(raw: Database, statement: Statement): number {
  const query = prepared(raw, statement.text);
  const values = statement.values.map(bound);
  // With RETURNING it is a reader, which the driver does not run without reading.
  return query.reader ? query.raw(true).all(...values).length : query.run(...values).changes;
}
