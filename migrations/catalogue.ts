/** What tables of the system, their columns and indexes a database already has. */
import type { Knex } from 'knex';
import { vendorOfKnex } from './shape.ts';

export interface ExistingIndex {
  readonly columns: readonly string[];
  readonly unique: boolean;
}

export interface ExistingTable {
  /** Column name to the vendor's type name, lower case. */
  readonly columns: ReadonlyMap<string, string>;
  /** Full indexes over plain columns, the primary key included. */
  readonly indexes: readonly ExistingIndex[];
}

interface ColumnRow {
  table: string;
  column: string;
  type: string;
}

interface IndexRow {
  table: string;
  index: string;
  column: string | null;
  uniq: unknown;
}

/** Tables by name; those the default schema does not hold are absent. Two statements, whatever the number of tables. */
export async function systemTables(knex: Knex): Promise<Map<string, ExistingTable>> {
  const tables = new Map<string, { columns: Map<string, string>; indexes: { columns: string[]; unique: boolean }[] }>();
  for (const row of await columns(knex)) {
    const table = tables.get(row.table) ?? { columns: new Map(), indexes: [] };
    tables.set(row.table, table);
    table.columns.set(row.column, String(row.type).toLowerCase());
  }
  const indexes = new Map<string, { columns: string[]; unique: boolean }>();
  for (const row of await indexColumns(knex)) {
    const key = `${row.table}\n${row.index}`;
    let known = indexes.get(key);
    if (!known) {
      known = { columns: [], unique: row.uniq === true || Number(row.uniq) === 1 };
      indexes.set(key, known);
      tables.get(row.table)?.indexes.push(known);
    }
    // An expression has no name and matches no column.
    known.columns.push(row.column ?? '');
  }
  return tables;
}

const isSystem = (name: string) => `(substr(${name}, 1, 9) = 'directus_' or substr(${name}, 1, 10) = 'sallyport_')`;

function columns(knex: Knex): PromiseLike<ColumnRow[]> {
  switch (vendorOfKnex(knex)) {
    case 'pg':
      return knex
        .select({ table: 'table_name', column: 'column_name', type: 'data_type' })
        .from('information_schema.columns')
        .whereRaw(`table_schema = current_schema() and ${isSystem('table_name')}`);
    case 'mysql':
      return knex
        .select({ table: 'table_name', column: 'column_name', type: 'data_type' })
        .from('information_schema.columns')
        .whereRaw(`table_schema = database() and ${isSystem('table_name')}`);
    case 'sqlite':
      return knex
        .select({ table: 'm.name', column: 'c.name', type: 'c.type' })
        .fromRaw('sqlite_master as m, pragma_table_info(m.name) as c')
        .whereRaw(`m.type in ('table', 'view') and ${isSystem('m.name')}`);
  }
}

function indexColumns(knex: Knex): PromiseLike<IndexRow[]> {
  switch (vendorOfKnex(knex)) {
    case 'pg':
      return knex
        .select({ table: 't.relname', index: 'i.relname', column: 'a.attname', uniq: 'x.indisunique' })
        .fromRaw(
          `pg_index as x
           join pg_class as t on t.oid = x.indrelid
           join pg_class as i on i.oid = x.indexrelid
           cross join lateral unnest(x.indkey) with ordinality as k(attnum, place)
           left join pg_attribute as a on a.attrelid = t.oid and a.attnum = k.attnum and k.attnum > 0`,
        )
        .whereRaw('t.relnamespace = (select oid from pg_namespace where nspname = current_schema())')
        .whereRaw(`x.indpred is null and k.place <= x.indnkeyatts and ${isSystem('t.relname')}`)
        .orderByRaw('t.relname, i.relname, k.place');
    case 'mysql':
      return knex
        .select({ table: 'table_name', index: 'index_name', column: 'column_name' })
        .select(knex.raw('1 - non_unique as uniq'))
        .from('information_schema.statistics')
        .whereRaw(`table_schema = database() and ${isSystem('table_name')}`)
        .orderByRaw('table_name, index_name, seq_in_index');
    case 'sqlite':
      return knex
        .select({ table: 'm.name', index: 'l.name', column: 'i.name', uniq: 'l.unique' })
        .fromRaw('sqlite_master as m, pragma_index_list(m.name) as l, pragma_index_info(l.name) as i')
        .whereRaw(`m.type = 'table' and l.partial = 0 and ${isSystem('m.name')}`)
        .orderByRaw('m.name, l.name, i.seqno');
  }
}
