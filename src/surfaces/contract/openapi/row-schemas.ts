/** What the rows of a collection look like, as they are read and as they are written, and what lists of them are asked for by. */
import { isCompared, readStatuses, writtenStatuses } from '../../../access/reach.ts';
import { aggregateFunctions, dateParts } from '../../../query/aggregates.ts';
import { hasFileData } from '../../../query/file-data.ts';
import type { Collection, Field } from '../../../schema/types.ts';
import type { TypePart } from '../../graphql/type-names.ts';
import { requiredNames } from '../required.ts';
import { anyObject, formOf, type JsonSchema, kindOf, kinds, mayBeNull, nullable } from '../values.ts';
import { readFields, readLists, type Served, type View, writtenFields, writtenLists } from '../view.ts';

/** The parts that this document has of a collection. */
export type RowPart =
  | Extract<TypePart, 'Item' | 'Create' | 'Update' | 'One' | 'Many' | 'Filter' | 'Group' | 'Aggregated'>
  | 'Fields'
  | 'Sort';

/** Refers to a part, which is made then. */
export type Refer = (served: Served, part: RowPart) => JsonSchema;

type Maker = (served: Served, view: View, refer: Refer) => JsonSchema;

/** Columns may be called anything, `__proto__` too. */
const properties = (of: ReadonlyMap<string, JsonSchema>): JsonSchema => Object.fromEntries(of);

const nothing: JsonSchema = { type: 'null' };

const statusesOf = (view: View, collection: Collection, field: Field, of: (reach: View, collection: Collection) => readonly string[]) =>
  collection.status?.field === field ? of(view, collection) : undefined;

const described = (schema: JsonSchema, text: string | null | undefined): JsonSchema =>
  text ? { ...schema, description: [text, schema['description']].filter(Boolean).join('. ') } : schema;

function readValue(view: View, collection: Collection, field: Field): JsonSchema {
  const form = formOf(field, 'read', statusesOf(view, collection, field, readStatuses));
  return (mayBeNull(collection, field) ? nullable(form) : form).schema;
}

/** Rows with all that may be in them: what is there depends on `fields`, on rights and, of some, on the status of the row. */
const item: Maker = ({ collection }, view, refer) => {
  const found = new Map<string, JsonSchema>();
  for (const { field, target } of readFields(view, collection)) {
    const value = readValue(view, collection, field);
    // Beside rows that are expanded, those that may not be read are objects with nothing but their key.
    const schema = target ? { anyOf: [value, target === 'denied' ? anyObject : refer(target, 'Item')] } : value;
    const secret = field.secret === 'masked' ? 'Shown as stars' : undefined;
    found.set(field.name, described(schema, secret ?? field.meta?.note ?? field.column.comment));
  }
  if (hasFileData(collection) && view.visible.field({ name: 'data', collection: collection.name }) === 'yes')
    found.set('data', { $ref: '#/components/schemas/FileData' });
  for (const { relation, target } of readLists(view, collection)) {
    const one = refer(target, 'Item');
    found.set(relation.name, relation.kind === 'm2o' ? { anyOf: [one, nothing] } : { type: 'array', items: one });
  }
  return described({ type: 'object', properties: properties(found) }, collection.meta?.note ?? collection.comment);
};

function sentValue(view: View, collection: Collection, field: Field): JsonSchema {
  const form = formOf(field, 'sent', statusesOf(view, collection, field, writtenStatuses));
  return (field.column.nullable ? nullable(form) : form).schema;
}

/** Values to be written. */
const update: Maker = ({ collection }, view, refer) => {
  const found = new Map<string, JsonSchema>();
  for (const { field, target } of writtenFields(view, collection)) {
    const value = sentValue(view, collection, field);
    found.set(field.name, target ? { anyOf: [value, refer(target, 'One')] } : value);
  }
  if (hasFileData(collection)) {
    found.set('data', { type: 'string', description: 'The content: base64, a data URL, or a URL to fetch it from' });
  }
  for (const { relation, target } of writtenLists(view, collection)) {
    found.set(relation.name, refer(target, relation.kind === 'm2o' ? 'One' : 'Many'));
  }
  return { type: 'object', properties: properties(found) };
};

const create: Maker = (served, view, refer) => {
  const required = requiredNames(view, served.collection);
  const values = refer(served, 'Update');
  return required.length > 0 ? { allOf: [values], required } : values;
};

/** A row that is written along with another: a new one, or one that is there by its key. */
const one: Maker = (served, _, refer) => ({
  allOf: [refer(served, 'Update'), { type: 'object', properties: { $delete: { type: 'boolean', description: 'Deletes it' } } }],
});

const keySchema: JsonSchema = { type: ['string', 'integer'] };

/** Rows of a list that are written along with the row, or what is to be done with which of them. */
const many: Maker = (served, _, refer) => {
  const rows = { type: 'array', items: refer(served, 'Update') };
  const byAction = { create: rows, update: rows, delete: { type: 'array', items: { anyOf: [keySchema, anyObject] } } };
  return {
    anyOf: [
      { type: 'array', items: { anyOf: [refer(served, 'One'), keySchema] } },
      { type: 'object', properties: byAction },
    ],
  };
};

const compared = (view: View, collection: Collection): Field[] =>
  readFields(view, collection).flatMap(({ field }) => (isCompared(view, field) ? field : []));

/** Conditions by field, through relations, and joined with each other. */
const filter: Maker = (served, view, refer) => {
  const { collection } = served;
  const self = refer(served, 'Filter');
  const all = { type: 'array', items: self };
  const found = new Map<string, JsonSchema>([
    ['_and', all],
    ['_or', all],
    ['_not', self],
  ]);
  for (const { field, target } of readFields(view, collection)) {
    if (!isCompared(view, field)) continue;
    const own = { $ref: `#/components/schemas/${kinds[kindOf(field)].condition}Condition` };
    found.set(field.name, target && target !== 'denied' ? { anyOf: [own, refer(target, 'Filter')] } : own);
  }
  for (const { relation, target } of readLists(view, collection)) {
    const rows = refer(target, 'Filter');
    const quantified = { type: 'object', properties: { _some: rows, _none: rows, _every: rows } };
    found.set(
      relation.name,
      relation.kind === 'm2o' ? rows : { anyOf: [rows, quantified, { $ref: '#/components/schemas/ListCondition' }] },
    );
  }
  return { type: 'object', properties: properties(found) };
};

const through = (why: string): JsonSchema => ({ type: 'string', pattern: '[.*]', description: why });

const fields: Maker = ({ collection }, view) => {
  const own = [
    ...readFields(view, collection).map(({ field }) => field.name),
    ...readLists(view, collection).map(({ relation }) => relation.name),
  ];
  const names = [...own, ...own.map((name) => `-${name}`)];
  return { type: 'array', items: { anyOf: [{ enum: names }, through('A path through relations, or * for everything')] } };
};

const sort: Maker = ({ collection }, view) => {
  const whole = compared(view, collection).filter((field) => field.primaryKey || view.visible.field(field) === 'yes');
  const names = whole.flatMap(({ name }) => [name, `-${name}`]);
  return { type: 'array', items: { anyOf: [{ enum: ['?', ...names] }, through('A path through relations to one row')] } };
};

/** What groups are formed by. */
const group: Maker = ({ collection }, view) => {
  const distinct = aggregateFunctions.find(({ id }) => id === 'countDistinct');
  const able = compared(view, collection).filter((field) => distinct?.takes(field));
  const parts = able.flatMap((field) =>
    [...dateParts.values()].filter(({ of }) => of.has(field.storage)).map(({ id }) => `${id}(${field.name})`),
  );
  const path = through('A path through relations to one row');
  const names = [...able.map(({ name }) => name), ...parts];
  return { type: 'array', items: names.length > 0 ? { anyOf: [{ enum: names }, path] } : path };
};

/** What is worked out over rows: the fields of each function. */
const aggregated: Maker = ({ collection }, view) => {
  const all = compared(view, collection);
  const found = new Map<string, JsonSchema>();
  for (const { id, takes, meaning } of aggregateFunctions) {
    const names = [...(id === 'count' ? ['*'] : []), ...all.filter(takes).map(({ name }) => name)];
    if (names.length > 0) found.set(id, { type: 'array', items: { enum: names }, description: `Gives ${meaning}` });
  }
  return { type: 'object', properties: properties(found) };
};

export const rowMakers: Readonly<Record<RowPart, Maker>> = {
  Item: item,
  Create: create,
  Update: update,
  One: one,
  Many: many,
  Filter: filter,
  Fields: fields,
  Sort: sort,
  Group: group,
  Aggregated: aggregated,
};

/** What the part of a collection is called. */
export function componentName({ names }: Served, part: RowPart): string {
  return part === 'Fields' || part === 'Sort' ? `${names.type('')}${part}` : names.type(part);
}
