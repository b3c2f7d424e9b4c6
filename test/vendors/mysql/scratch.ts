/** A database of one's own on the MySQL or MariaDB server, filled by statements, closed and dropped at the end. */
import type { Connection, DatabaseConfig, IntrospectedColumn, IntrospectedTable, Introspection } from '../../../src/dialect/types.ts';
import { GatewayError } from '../../../src/lib/errors.ts';
import { mysql } from '../../../src/vendors/mysql/index.ts';
import { createDatabase } from '../../support/vendors.ts';

export interface Scratch {
  readonly config: DatabaseConfig;
  readonly connection: Connection;
  end(): Promise<void>;
}

/** Opens it; every statement of `statements` runs first. */
export async function scratch(statements: readonly string[] = []): Promise<Scratch> {
  const database = await createDatabase('mysql');
  const connection = await mysql.connect(database.config);
  for (const text of statements) await connection.execute({ text, values: [] });
  return {
    config: database.config,
    connection,
    async end() {
      await connection.close();
      await database.drop();
    },
  };
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
