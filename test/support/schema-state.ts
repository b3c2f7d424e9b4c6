/** What a database has of tables, to see that nothing has changed. */
import type { Connection } from '../../src/dialect/types.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import type { OwnGarden } from './own-garden.ts';

/** The connection of the garden's own gateway. */
export function connectionOf({ gateway }: OwnGarden): Connection {
  if (!gateway.connection) throw new Error('The garden is not open');
  return gateway.connection;
}

/** The tables whose names look so, as the database has them, without their rows. */
export async function tablesNow(garden: OwnGarden, named = /./): Promise<object[]> {
  const { tables } = await vendorOf(garden.config.client).introspect(connectionOf(garden));
  // A server that makes an index anew puts it behind the others.
  const sorted = (indexes: readonly (readonly string[])[]) => indexes.map((columns) => columns.join()).sort();
  return tables
    .filter(({ name }) => named.test(name))
    .map(({ rowEstimate: _, indexes, unique, ...table }) => ({ ...table, indexes: sorted(indexes), unique: sorted(unique) }));
}
