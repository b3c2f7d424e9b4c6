/** A project's configuration as one value: names instead of ids, the same on every database (docs/snapshots.md). */
import type { Json } from '../../lib/json-body.ts';

export type Values = Readonly<Record<string, Json>>;

/** The column of a field, its type by MySQL's name. */
export type ColumnEntry = {
  readonly datatype: string;
  readonly length?: string;
  readonly unsigned?: boolean;
  readonly nullable?: boolean;
  /** Absent for none; an object where the database works it out, which no other database is asked to. */
  readonly default?: Json;
  readonly primary_key?: boolean;
  readonly auto_increment?: boolean;
  readonly unique?: boolean;
  /** The collection that the column points to. */
  readonly foreign_key?: string;
};

export type FieldEntry = {
  readonly field: string;
  readonly type: string;
  /** Absent for fields without a column. */
  readonly column?: ColumnEntry;
  /** What directus_fields says of it; absent where it says nothing. */
  readonly row?: Values;
};

export type CollectionEntry = {
  readonly collection: string;
  readonly view?: boolean;
  /** What directus_collections says of it; absent for tables of the system. */
  readonly row?: Values;
  readonly fields: readonly FieldEntry[];
};

const rowSections = ['roles', 'relations', 'permissions', 'presets', 'settings', 'webhooks'] as const;
export type RowSection = (typeof rowSections)[number];

export type Snapshot = Readonly<Record<RowSection, readonly Values[]>> & {
  /** Of the file. */
  readonly format: 1;
  readonly collections: readonly CollectionEntry[];
};

/** Attributes of a collection's row. */
export const collectionAttributes = ['managed', 'hidden', 'single', 'icon', 'note', 'translation'] as const;
