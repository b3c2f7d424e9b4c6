/** What must be there, or must fail, in tests of vendors. */
import type { IntrospectedColumn, IntrospectedTable, Introspection } from '../../src/dialect/types.ts';
import { GatewayError } from '../../src/lib/errors.ts';

/** Why work failed, whatever it is. */
export async function reason(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => new Error('It did not fail'),
    (error: unknown) => error,
  );
}

/** Why work failed: one of our errors, or a failure of the test. */
export async function failure(work: Promise<unknown>): Promise<GatewayError> {
  const error = await reason(work);
  if (error instanceof GatewayError) return error;
  throw error;
}

/** A table that must be there; of any schema where none is named. */
export function tableOf(found: Introspection, name: string, schema?: string): IntrospectedTable {
  const table = found.tables.find((one) => one.name === name && (schema === undefined || one.schema === schema));
  if (table === undefined) throw new Error(`There is no table ${schema === undefined ? '' : `${schema}.`}${name}`);
  return table;
}

/** A column that must be there. */
export function columnOf(table: IntrospectedTable, name: string): IntrospectedColumn {
  const column = table.columns.find((one) => one.name === name);
  if (column === undefined) throw new Error(`There is no column ${name} in ${table.name}`);
  return column;
}
