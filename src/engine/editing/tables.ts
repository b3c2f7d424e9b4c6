/** The tables behind collections, and what points to them. */
import type { Inbound } from '../../dialect/ddl.ts';
import type { IntrospectedTable } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Collection } from '../../schema/types.ts';
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
