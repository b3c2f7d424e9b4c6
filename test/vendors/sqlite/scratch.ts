/** A SQLite database of one's own, in a file that is removed at the end or in memory, filled by statements. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Connection, IntrospectedColumn, IntrospectedTable, Introspection } from '../../../src/dialect/types.ts';
import { GatewayError } from '../../../src/lib/errors.ts';
import { sqlite } from '../../../src/vendors/sqlite/index.ts';

/** A folder that goes with the test. */
export function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'sallyport-sqlite-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Opens a new database and runs the statements. */
export async function open(
  t: Test,
  statements: readonly string[] = [],
  filename = ':memory:',
  statementMilliseconds = 0,
): Promise<Connection> {
  const connection = await sqlite.connect({ client: 'better-sqlite3', connection: { filename, create: true }, statementMilliseconds });
  t.teardown(() => connection.close());
  for (const text of statements) await connection.execute({ text, values: [] });
  return connection;
}

/** Why work failed: one of our errors, or a failure of the test. */
export async function failure(work: Promise<unknown>): Promise<GatewayError> {
  const reason: unknown = await work.then(
    () => new Error('It did not fail'),
    (error: unknown) => error,
  );
  if (reason instanceof GatewayError) return reason;
  throw reason;
}

/** A table that must be there. */
export function tableOf(found: Introspection, name: string): IntrospectedTable {
  const table = found.tables.find((one) => one.name === name);
  if (table === undefined) throw new Error(`There is no table ${name}`);
  return table;
}

/** A column that must be there. */
export function columnOf(table: IntrospectedTable, name: string): IntrospectedColumn {
  const column = table.columns.find((one) => one.name === name);
  if (column === undefined) throw new Error(`There is no column ${name} in ${table.name}`);
  return column;
}
