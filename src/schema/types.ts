/** The schema as the engine sees it: frozen, shared by all requests of one version. */
import type { IntrospectedColumn, Storage, TextIndexForm } from '../dialect/types.ts';

/** Directus field types (directus8-data §6.2), with what introspection adds for columns no metadata speaks of. */
export type FieldType =
  | 'alias'
  | 'array'
  | 'binary'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'datetime_created'
  | 'datetime_updated'
  | 'decimal'
  | 'file'
  | 'group'
  | 'hash'
  | 'integer'
  | 'json'
  | 'lang'
  | 'm2o'
  | 'o2m'
  | 'owner'
  | 'slug'
  | 'sort'
  | 'status'
  | 'string'
  | 'time'
  | 'translation'
  | 'user'
  | 'user_updated'
  | 'uuid';

export interface Field {
  readonly name: string;
  /** The collection it belongs to. */
  readonly collection: string;
  readonly type: FieldType;
  readonly storage: Storage;
  readonly column: IntrospectedColumn;
  readonly primaryKey: boolean;
  /** Alone under a unique constraint. */
  readonly unique: boolean;
  /** Stands in some index, or in a key. */
  readonly indexed?: true;
  /** Date and time of system collections leave in ISO form with offset (directus8-data §6.3). */
  readonly iso: boolean;
  /** `never`: not served at all; `masked`: served as stars, not filtered or sorted by; `own`: only on the caller's own row. */
  readonly secret?: 'never' | 'masked' | 'own';
  /** The directus_fields row, decoded, where there is one. */
  readonly meta?: FieldMeta;
}

/** A row of directus_fields. Truth values and JSON are decoded. */
export interface FieldMeta {
  id: number;
  collection: string;
  field: string;
  type: string;
  interface: string | null;
  options: Record<string, unknown> | null;
  locked: boolean;
  validation: string | null;
  required: boolean;
  readonly: boolean;
  hidden_detail: boolean;
  hidden_browse: boolean;
  sort: number | null;
  width: string | null;
  group: number | null;
  note: string | null;
  translation: unknown;
}

/** A row of directus_collections. */
export interface CollectionMeta {
  collection: string;
  managed: boolean;
  hidden: boolean;
  single: boolean;
  icon: string | null;
  note: string | null;
  translation: unknown;
}

/** A row of directus_relations. */
export interface RelationMeta {
  id: number;
  collection_many: string;
  field_many: string;
  collection_one: string | null;
  field_one: string | null;
  junction_field: string | null;
}

/** All that the directus_* tables say about the schema; empty lists on a database that has never seen Directus. */
export interface Metadata {
  collections: readonly CollectionMeta[];
  fields: readonly FieldMeta[];
  relations: readonly RelationMeta[];
  /** The setting `status_mapping`, for status fields without a mapping of their own (directus8-data §11.1). */
  statusMapping?: unknown;
}

/** A pair of columns that a join equates: `from` on the relation's own collection, `to` on the other side. */
export interface JoinPair {
  readonly from: Field;
  readonly to: Field;
}

interface RelationBase {
  /** The key under which a request names it. */
  readonly name: string;
  readonly collection: string;
  readonly to: string;
  /** In wildcards. Those derived from foreign keys on the one side are reached by name only. */
  readonly listed: boolean;
}

export type Relation =
  /** To-one. `field` is the column that holds the key; absent for a composite foreign key, which has a name of its own. */
  | (RelationBase & { readonly kind: 'm2o'; readonly field?: Field; readonly join: readonly JoinPair[] })
  /** To-many. `junction` names the other m2o of the child collection where that is a junction (directus8-data §8.1). */
  | (RelationBase & {
      readonly kind: 'o2m';
      readonly join: readonly JoinPair[];
      readonly junction?: string;
      readonly translation: boolean;
      readonly meta?: FieldMeta;
    })
  /** To-many through a table of two foreign keys; `near` joins this side to it, `far` joins it to the target. */
  | (RelationBase & {
      readonly kind: 'm2m';
      readonly through: string;
      readonly throughTable: Collection['table'];
      readonly near: readonly JoinPair[];
      readonly far: readonly JoinPair[];
    });

export type ToOne = Extract<Relation, { kind: 'm2o' }>;

export interface StatusMapping {
  /** All mapped values as text, in mapping order. */
  readonly values: readonly string[];
  readonly softDeleted: readonly string[];
  /** Those that an item is open to everybody in: by their entries, else the one called `published`. */
  readonly published: readonly string[];
  /** Those by which an item has to be complete; where there are any, items of other statuses need not be. */
  readonly requiredFields: readonly string[];
}

export interface Collection {
  readonly name: string;
  readonly table: { readonly schema: string | null; readonly name: string };
  readonly kind: 'table' | 'view';
  readonly updatable: boolean;
  /** Triggers may change its rows once they are written. */
  readonly changedAfter?: true;
  /** Rows of other tables are among its own, to which its constraints do not apply. */
  readonly inherited?: true;
  readonly system: boolean;
  /** Key columns in order: none, one or several. */
  readonly key: readonly Field[];
  /** The key is metadata's word alone: the database would let it repeat. */
  readonly declaredKey?: true;
  /** The columns of each unique constraint beside the primary key. */
  readonly unique: readonly (readonly Field[])[];
  /** Physical columns in table order. */
  readonly fields: ReadonlyMap<string, Field>;
  /** By name. A m2o over one column has that column's name. */
  readonly relations: ReadonlyMap<string, Relation>;
  /** Alias rows of directus_fields that are no relation: dividers, groups, unfinished relations. */
  readonly aliases: ReadonlyMap<string, FieldMeta>;
  readonly status?: { readonly field: Field; readonly mapping: StatusMapping };
  readonly sort?: Field;
  readonly owner?: Field;
  readonly lang?: Field;
  readonly meta?: CollectionMeta;
  readonly rowEstimate: number | null;
  readonly comment: string | null;
}

/** An index by which rows of a collection are found by the words in its fields. */
export interface TextIndex {
  readonly name: string;
  readonly form: TextIndexForm;
  /** All that it tells something of. */
  readonly fields: readonly Field[];
  /** It holds no words of fewer or more characters, nor these, which are in lower case. */
  readonly least: number;
  readonly most: number;
  readonly common: ReadonlySet<string>;
}

export interface Schema {
  readonly version: number;
  readonly collections: ReadonlyMap<string, Collection>;
  /** By collection, for those that have any. */
  readonly textIndexes?: ReadonlyMap<string, readonly TextIndex[]>;
  /** What could not be served in full, each with its reason; shown by `doctor` and in the log. */
  readonly remarks: readonly Remark[];
}

export interface Remark {
  readonly collection: string;
  readonly field?: string;
  readonly reason: string;
}
