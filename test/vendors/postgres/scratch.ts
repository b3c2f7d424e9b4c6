/** A database of one's own on the PostgreSQL server, filled by statements, closed and dropped at the end. */
import type { Test } from 'tap';
import type { Connection, DatabaseConfig, IntrospectedTable, Introspection } from '../../../src/dialect/types.ts';
import type { Statement } from '../../../src/lib/fragment.ts';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { createDatabase } from '../../support/vendors.ts';
import { tableOf as tableNamed } from '../expected.ts';

export { columnOf, failure, reason } from '../expected.ts';

export interface Scratch {
  readonly config: DatabaseConfig;
  readonly connection: Connection;
}

export const of = (text: string, ...values: readonly unknown[]): Statement => ({ text, values });

/** Opens it for the time of the test; every statement of `statements` runs first. */
export async function scratch(t: Test, statements: readonly string[] = []): Promise<Scratch> {
  const database = await createDatabase('postgres');
  t.teardown(() => database.drop());
  const connection = await postgres.connect(database.config);
  t.teardown(() => connection.close());
  for (const text of statements) await connection.execute(of(text));
  return { config: database.config, connection };
}

/** Another connection to the same database, closed with the test. */
export async function another(t: Test, s: Scratch, pool?: DatabaseConfig['pool']): Promise<Connection> {
  const connection = await postgres.connect({ ...s.config, ...(pool ? { pool } : {}) });
  t.teardown(() => connection.close());
  return connection;
}

/** The database's URL with some of its parts changed. */
export function urlWith(s: Scratch, change: (copy: URL) => void): string {
  const copy = new URL(String(s.config.connection));
  change(copy);
  return copy.href;
}

/** A table that must be there, in `public` unless another schema is named. */
export const tableOf = (found: Introspection, name: string, schema = 'public'): IntrospectedTable => tableNamed(found, name, schema);
