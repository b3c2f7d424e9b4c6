/** A SQLite database of one's own, in a file that is removed at the end or in memory, filled by statements. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Connection } from '../../../src/dialect/types.ts';
import { sqlite } from '../../../src/vendors/sqlite/index.ts';

export { columnOf, failure, tableOf } from '../expected.ts';

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
