/** Puts the start rows into system tables that were just made; rows that are there are left alone. */
import { vendorOfKnex } from '../../migrations/shape.ts';
import type { Connection } from '../dialect/types.ts';
import type { Changes } from './migrate.ts';
import { systemFields } from './seed-fields.ts';
import { systemPresets, systemRelations, systemRoles, systemSettings } from './seed-rows.ts';
import type { FieldSeed } from './seed-types.ts';

type Knex = Connection['knex'];

export interface SeedOptions {
  readonly projectName: string;
  readonly appUrl: string;
}

/**
 * Fills what an installation just made.
 *
 * A database without roles is a fresh one: everything is seeded. Any other was made by Directus 8; there only tables and columns
 * that were missing get their rows.
 */
export async function seed(knex: Knex, changes: Changes, options: SeedOptions): Promise<void> {
  const fresh = await isEmpty(knex, 'directus_roles');
  const wanted = async (table: string) => (fresh || changes.created.includes(table)) && (await isEmpty(knex, table));

  await seedFields(knex, changes, fresh);
  if (await wanted('directus_relations')) {
    await insertNumbered(
      knex,
      'directus_relations',
      systemRelations.map(([collection_many, field_many, collection_one, field_one]) => ({
        collection_many,
        field_many,
        collection_one,
        field_one,
      })),
    );
  }
  if (await wanted('directus_roles')) await insertNumbered(knex, 'directus_roles', [...systemRoles]);
  if (await wanted('directus_settings')) {
    const settings = systemSettings(options.projectName, options.appUrl);
    await insertNumbered(
      knex,
      'directus_settings',
      settings.map(([key, value]) => ({ key, value })),
    );
  }
  if (await wanted('directus_collection_presets')) {
    await insertNumbered(
      knex,
      'directus_collection_presets',
      systemPresets.map(({ view_query, view_options, ...row }) => ({
        ...row,
        view_query: view_query && JSON.stringify(view_query),
        view_options: JSON.stringify(view_options),
      })),
    );
  }
}

async function seedFields(knex: Knex, changes: Changes, fresh: boolean): Promise<void> {
  const rows = systemFields.map(fieldRow);
  if (await isEmpty(knex, 'directus_fields')) return insertNumbered(knex, 'directus_fields', rows);
  const present: { collection: string; field: string }[] = await knex('directus_fields')
    .select('collection', 'field')
    .whereIn('collection', [...new Set(rows.map((row) => row.collection))]);
  const described = new Set(present.map((row) => row.collection));
  const exact = new Set(present.map((row) => `${row.collection}.${row.field}`));
  const missing = rows.filter(({ collection, field }) => {
    if (exact.has(`${collection}.${field}`)) return false;
    const made = fresh || changes.created.includes(collection);
    return (made && !described.has(collection)) || changes.columns.get(collection)?.includes(field);
  });
  if (missing.length > 0) await knex('directus_fields').insert(bindable(knex, missing));
}

/** A field row as the table holds it. */
export function fieldRow({ options, translation, ...row }: FieldSeed) {
  return { ...row, options: options && JSON.stringify(options), translation: translation && JSON.stringify(translation) };
}

async function isEmpty(knex: Knex, table: string): Promise<boolean> {
  return (await knex(table).select(knex.raw('1 as found')).limit(1)).length === 0;
}

/** Inserts with ids from 1 on, which clients and rules rely on whatever the server's increment is. */
async function insertNumbered(knex: Knex, table: string, rows: readonly object[]): Promise<void> {
  const numbered = rows.map((row, i) => ({ id: i + 1, ...row }));
  await knex(table).insert(bindable(knex, numbered));
  // An explicit key moves no sequence on PostgreSQL; the other two follow by themselves.
  if (vendorOfKnex(knex) === 'pg') {
    await knex.raw("select setval(pg_get_serial_sequence(?, 'id'), ?)", [table, numbered.length]);
  }
}

/** Truth values as the vendor's columns take them. */
export function bindable(knex: Knex, rows: readonly object[]): object[] {
  if (vendorOfKnex(knex) === 'pg') return [...rows];
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, typeof value === 'boolean' ? Number(value) : value])),
  );
}
