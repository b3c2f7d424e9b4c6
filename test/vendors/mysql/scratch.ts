/** A database of one's own on the MySQL or MariaDB server, filled by statements, closed and dropped at the end. */
import type { Connection, DatabaseConfig } from '../../../src/dialect/types.ts';
import { mysql } from '../../../src/vendors/mysql/index.ts';
import { createDatabase } from '../../support/vendors.ts';

export { columnOf, failure, tableOf } from '../expected.ts';

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
