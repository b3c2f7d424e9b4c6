/** Questions to one table through its vendor's dialect, answered by the ids of the rows. */
import type { Connection, Scalar, Vendor, VendorName } from '../../src/dialect/types.ts';
import { type Fragment, name, nothing, print, sql } from '../../src/lib/fragment.ts';
import { coerceOperand } from '../../src/schema/field-types.ts';
import type { Field } from '../../src/schema/types.ts';
import { built } from '../schema/tables.ts';

export interface Asked {
  field(column: string): Field;
  equal(column: string, value: string): Promise<string>;
  within(column: string, ...values: readonly string[]): Promise<string>;
  compare(column: string, operator: '<' | '<=' | '>' | '>=', value: string): Promise<string>;
  like(column: string, pattern: string): Promise<string>;
  likeCased(column: string, pattern: string): Promise<string>;
  /** The ids in the order of the column, then of the key. */
  order(column: string): Promise<string>;
  /** Rows with a condition, or in an order, as the database means to find them. */
  plan(what: { where?: Fragment; order?: Fragment }): Promise<string>;
}

/** MySQL itself, asked for no form, has a tree of its own where MariaDB has a table. */
const explains: Readonly<Record<VendorName, Fragment>> = {
  'better-sqlite3': sql`explain query plan `,
  pg: sql`explain `,
  mysql2: sql`explain format=traditional `,
};

/** The table needs a column `id`. An operand that can be no value of a column finds `none`. */
export async function asked(vendor: Vendor, connection: Connection, table: string): Promise<Asked> {
  const { dialect } = connection;
  const introspection = await vendor.introspect(connection);
  const schema = built(introspection.tables, {}, introspection.defaultSchema);
  const field = (column: string): Field => {
    const found = schema.collections.get(table)?.fields.get(column);
    if (!found) throw new Error(`There is no column ${column}`);
    return found;
  };
  const ids = async (where: Fragment, order: Fragment = nothing): Promise<string> => {
    const statement = print(sql`select ${name('id')} from ${name(table)} where ${where} order by ${order}${name('id')}`, dialect);
    return (await connection.texts(statement)).flat().join(' ');
  };
  const one = (column: string, value: string): Scalar | undefined => coerceOperand(field(column), value);
  return {
    field,
    equal: async (column, value) => {
      const operand = one(column, value);
      return operand === undefined ? 'none' : ids(dialect.equals(field(column), name(column), operand));
    },
    within: async (column, ...values) => {
      const operands = values.flatMap((value) => one(column, value) ?? []);
      return operands.length === 0 ? 'none' : ids(dialect.isIn(field(column), name(column), operands));
    },
    compare: async (column, operator, value) => {
      const operand = one(column, value);
      return operand === undefined ? 'none' : ids(dialect.compares(field(column), name(column), operator, operand));
    },
    like: (column, pattern) => ids(dialect.like(field(column), name(column), pattern)),
    likeCased: (column, pattern) => ids(dialect.likeCased(field(column), name(column), pattern)),
    order: (column) => ids(sql`1 = 1`, sql`${dialect.ordered(field(column), name(column))}, `),
    plan: async ({ where, order }) => {
      const explain = explains[vendor.name];
      const rest = sql`${where ? sql` where ${where}` : nothing}${order ? sql` order by ${order} limit 5` : nothing}`;
      const rows = await connection.texts(print(sql`${explain}select * from ${name(table)}${rest}`, dialect));
      return rows.map((row) => row.join(' ')).join('\n');
    },
  };
}
