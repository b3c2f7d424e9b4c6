/** Short ways to write introspected tables and metadata rows for the tests of schema/. */
import type { IntrospectedColumn, IntrospectedForeignKey, IntrospectedTable, Introspection, Storage } from '../../src/dialect/types.ts';
import { buildSchema } from '../../src/schema/build.ts';
import type { Collection, Field, FieldMeta, FieldType, Metadata, Relation, RelationMeta, Schema } from '../../src/schema/types.ts';

export function column(name: string, storage: Storage, more: Partial<IntrospectedColumn> = {}): IntrospectedColumn {
  return {
    name,
    type: storage,
    nativeType: storage,
    storage,
    unsigned: false,
    nullable: true,
    default: null,
    generated: false,
    autoIncrement: false,
    comment: null,
    ...more,
  };
}

export interface TableOptions extends Partial<Omit<IntrospectedTable, 'columns' | 'foreignKeys'>> {
  /** `[columns, table, referenced columns]`; the table may be `schema.table`. */
  foreignKeys?: readonly (readonly [columns: string, table: string, toColumns?: string])[];
}

const listed = (text: string): string[] => (text === '' ? [] : text.split(' '));

/** `columns` maps names to storages. The key is `id` where there is such a column, unless told. */
export function table(
  name: string,
  columns: Readonly<Record<string, Storage | IntrospectedColumn>>,
  options: TableOptions = {},
): IntrospectedTable {
  const { foreignKeys = [], ...rest } = options;
  const schema = options.schema ?? null;
  return {
    schema,
    name,
    kind: 'table',
    materialized: false,
    updatable: true,
    columns: Object.entries(columns).map(([key, value]) => (typeof value === 'string' ? column(key, value) : value)),
    primaryKey: Object.hasOwn(columns, 'id') ? ['id'] : [],
    unique: [],
    indexes: [],
    foreignKeys: foreignKeys.map(([from, target, to = 'id'], i): IntrospectedForeignKey => {
      const [first = '', second] = target.split('.');
      return {
        name: `fk_${i}`,
        columns: listed(from),
        toSchema: second === undefined ? schema : first,
        toTable: second ?? first,
        toColumns: listed(to),
      };
    }),
    rowEstimate: null,
    comment: null,
    ...rest,
  };
}

export function introspected(tables: readonly IntrospectedTable[], defaultSchema: string | null = null): Introspection {
  return { version: 'test', defaultSchema, tables };
}

let lastId = 0;

export function fieldRow(collection: string, field: string, type: string, more: Partial<FieldMeta> = {}): FieldMeta {
  lastId += 1;
  return {
    id: lastId,
    collection,
    field,
    type,
    interface: null,
    options: null,
    locked: false,
    validation: null,
    required: false,
    readonly: false,
    hidden_detail: false,
    hidden_browse: false,
    sort: null,
    width: null,
    group: null,
    note: null,
    translation: null,
    ...more,
  };
}

/** `many.field -> one`, with what the row may hold besides. */
export function relationRow(
  many: string,
  one: string | null,
  fieldOne: string | null = null,
  junction: string | null = null,
): RelationMeta {
  lastId += 1;
  const [collection = '', field = ''] = many.split('.');
  return { id: lastId, collection_many: collection, field_many: field, collection_one: one, field_one: fieldOne, junction_field: junction };
}

export function built(tables: readonly IntrospectedTable[], metadata: Partial<Metadata> = {}, defaultSchema: string | null = null): Schema {
  return buildSchema(introspected(tables, defaultSchema), { collections: [], fields: [], relations: [], ...metadata }, 1);
}

export function collection(schema: Schema, name: string): Collection {
  const found = schema.collections.get(name);
  if (!found) throw new Error(`the schema has no collection ${name}`);
  return found;
}

export function field(storage: Storage, type: FieldType = 'string', more: Partial<IntrospectedColumn> = {}): Field {
  return { name: 'f', collection: 'c', type, storage, column: column('f', storage, more), primaryKey: false, unique: false, iso: false };
}

const join = (pairs: readonly { from: Field; to: Field }[]): string => pairs.map(({ from, to }) => `${from.name}=${to.name}`).join('&');

function spelled(relation: Relation): string {
  const listed = relation.listed ? '' : ' unlisted';
  if (relation.kind === 'm2m') return `m2m ${relation.to} ${join(relation.near)} ${relation.through} ${join(relation.far)}${listed}`;
  if (relation.kind === 'm2o') return `m2o ${relation.to} ${join(relation.join)}${relation.field ? '' : ' fieldless'}${listed}`;
  const junction = relation.junction === undefined ? '' : ` junction ${relation.junction}`;
  return `o2m ${relation.to} ${join(relation.join)}${junction}${relation.translation ? ' translation' : ''}${listed}`;
}

/** The relations of a collection in one line each, by name. */
export function relations(schema: Schema, name: string): Record<string, string> {
  return Object.fromEntries([...collection(schema, name).relations].map(([key, relation]) => [key, spelled(relation)]));
}

/** Remarks as `collection.field: reason`. */
export function remarks(schema: Schema): string[] {
  return schema.remarks.map(
    ({ collection: name, field: fieldName, reason }) => `${name}${fieldName === undefined ? '' : `.${fieldName}`}: ${reason}`,
  );
}
