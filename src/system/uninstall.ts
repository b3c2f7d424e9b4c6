/** Takes the system tables out of a database again. Tables of users are never touched, not even their foreign keys. */
import { vendorOfKnex } from '../../migrations/shape.ts';
import type { Connection, Introspection } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { systemTableNames } from './migrate.ts';

const isSystem = (table: string): boolean => systemTableNames.includes(table);

/** Which of the system tables there are. */
export function presentTables({ tables, defaultSchema }: Introspection): string[] {
  return tables.filter(({ name, schema }) => isSystem(name) && schema === defaultSchema).map(({ name }) => name);
}

/**
 * Drops these system tables.
 *
 * @throws GatewayError `schema_refused` where foreign keys of other tables point to them
 */
export async function dropSystemTables({ knex }: Pick<Connection, 'knex'>, found: Introspection, tables: readonly string[]): Promise<void> {
  const pointing = found.tables.filter(
    ({ name, foreignKeys }) =>
      !isSystem(name) &&
      foreignKeys.some(({ toTable, toSchema }) => {
        return tables.includes(toTable) && (toSchema === null || toSchema === found.defaultSchema);
      }),
  );
  if (pointing.length > 0) {
    const names = pointing.map(({ name }) => `"${name}"`).join(', ');
    throw new GatewayError('schema_refused', { message: `Foreign keys of ${names} point to the system tables; drop these keys first` });
  }
  if (tables.length === 0) return;
  try {
    await knex.transaction(async (transaction) => {
      if (vendorOfKnex(knex) === 'sqlite') for (const table of tables) await transaction.schema.dropTable(table);
      else await transaction.raw(`drop table ${tables.map(() => '??').join(', ')}`, [...tables]);
    });
  } catch (error) {
    const depends = error instanceof Error && 'code' in error;
    throw depends ? new GatewayError('schema_refused', {}, error) : error;
  }
}
