/** The tables behind collections, and what points to them. */
import type { Inbound } from '../../dialect/ddl.ts';
import type { IntrospectedTable } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Collection, Field } from '../../schema/types.ts';
import type { EditContext } from './run-edit.ts';

/** The table behind a collection. */
export function tableOf({ introspection }: EditContext, { table }: Collection): IntrospectedTable {
  const found = introspection.tables.find(({ name, schema }) => name === table.name && schema === table.schema);
  if (!found) throw new GatewayError('unprocessable', { message: 'The table is gone' });
  return found;
}

/** Foreign keys of other tables that point to it. */
export function inboundOf(context: EditContext, collection: Collection): Inbound[] {
  const table = tableOf(context, collection);
  return context.introspection.tables
    .filter((other) => other !== table)
    .flatMap((other) =>
      other.foreignKeys
        .filter((key) => key.toTable === table.name && (key.toSchema ?? table.schema) === table.schema)
        .map((key) => ({ table: other, constraint: key.name })),
    );
}

/** Throws where foreign keys, of whichever table, point to the column of a field: without it they would hold nothing and refuse every write. */
export function refusePointedTo(context: EditContext, collection: Collection, { name, column }: Field): void {
  const table = tableOf(context, collection);
  const pointing = context.introspection.tables.filter((other) =>
    other.foreignKeys.some(
      (key) => key.toTable === table.name && (key.toSchema ?? table.schema) === table.schema && key.toColumns.includes(column.name),
    ),
  );
  if (pointing.length === 0) return;
  const names = pointing.map((other) => `"${other.name}"`).join(', ');
  throw new GatewayError('schema_refused', { message: `Foreign keys of ${names} point to "${name}"; give these up first` });
}
