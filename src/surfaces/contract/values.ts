/** What the values of a field are: as JSON Schema and as TypeScript, as they are read and as they are sent (docs/values.md). */
import { fieldTypes } from '../../schema/field-types.ts';
import type { Collection, Field } from '../../schema/types.ts';

export type JsonSchema = { readonly [key: string]: unknown };

/** An object of which nothing is known. */
export const anyObject: JsonSchema = { type: 'object', additionalProperties: true };

/** The two forms of a value that is not null. */
export interface Form {
  readonly schema: JsonSchema;
  readonly type: string;
}

export interface Kind {
  readonly read: Form;
  readonly sent: Form;
  /** The component of conditions on such values. */
  readonly condition: string;
}

const form = (type: string, schema: JsonSchema): Form => ({ schema, type });
const kind = (condition: string, read: Form, sent: Form = read): Kind => ({ read, sent, condition });

const text = form('string', { type: 'string' });
const exactly = { description: 'All digits count; JSON.parse rounds beyond 2^53. May be sent as a text.' };

/** Every kind of value. A new one is a row here. */
export const kinds = {
  integer: kind('Integer', form('number', { type: 'integer' })),
  big: kind(
    'Number',
    form('BigInteger', { type: 'integer', format: 'int64' }),
    form('BigInteger | string', { type: ['integer', 'string'], format: 'int64', ...exactly }),
  ),
  decimal: kind('Number', form('Decimal', { type: 'number' }), form('Decimal | string', { type: ['number', 'string'], ...exactly })),
  float: kind('Number', form('number', { type: 'number' })),
  boolean: kind('Boolean', form('boolean', { type: 'boolean' })),
  text: kind('Text', text),
  uuid: kind('Text', form('string', { type: 'string', format: 'uuid' })),
  date: kind('Text', form('string', { type: 'string', description: 'YYYY-MM-DD' })),
  time: kind('Text', form('string', { type: 'string', description: 'HH:MM:SS[.ffffff]' })),
  datetime: kind('Text', form('string', { type: 'string', description: 'YYYY-MM-DD HH:MM:SS[.ffffff]' })),
  moment: kind('Text', form('string', { type: 'string', format: 'date-time' })),
  bytes: kind('Text', form('string', { type: 'string', contentEncoding: 'base64' })),
  texts: kind('Any', form('string[]', { type: 'array', items: { type: 'string' } })),
  list: kind('Any', form('Json[]', { type: 'array', items: {} })),
  json: kind('Any', form('Json', {})),
  bits: kind('Any', form('string | number', { type: ['string', 'integer'] })),
  any: kind('Any', form('string | number | boolean', { type: ['string', 'number', 'boolean'] })),
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

/** A whole number that may lie beyond 2^53. */
const isBig = ({ column, storage }: Field): boolean => storage === 'integer' && /big|int8/.test(column.type);

function isMoment({ type, iso, storage }: Field): boolean {
  if (storage === 'instant') return true;
  return storage === 'datetime' && (iso || type === 'datetime_created' || type === 'datetime_updated');
}

/** The kind of a field's values. */
export function kindOf(field: Field): KindName {
  const { type, storage } = field;
  if (type === 'json' || storage === 'json') return 'json';
  if (fieldTypes[type].wire.json === 'array' && storage === 'text') return 'texts';
  if (type === 'boolean' && (storage === 'integer' || storage === 'boolean')) return 'boolean';
  if (isMoment(field)) return 'moment';
  switch (storage) {
    case 'integer':
      return isBig(field) ? 'big' : 'integer';
    case 'decimal':
    case 'float':
    case 'boolean':
    case 'uuid':
    case 'date':
    case 'time':
    case 'datetime':
      return storage;
    case 'year':
      return 'integer';
    case 'bit':
      return 'bits';
    case 'binary':
      return 'bytes';
    case 'array':
      return 'list';
    case 'unknown':
      return 'any';
    default:
      return 'text';
  }
}

const isNumeric = (name: KindName): boolean => name === 'integer' || name === 'big' || name === 'decimal' || name === 'float';

/** One of these values, where the field has no others. */
function oneOf(field: Field, values: readonly string[]): Form {
  const numeric = isNumeric(kindOf(field));
  const all = values.map((value) => (numeric ? Number(value) : value));
  return form(all.map((value) => JSON.stringify(value)).join(' | '), { enum: all });
}

/** The form of a field's values; `statuses` are those that a status field may have. */
export function formOf(field: Field, direction: 'read' | 'sent', statuses: readonly string[] | undefined): Form {
  if (statuses && statuses.length > 0) return oneOf(field, statuses);
  const { storage, column, type } = field;
  const labels = storage === 'enum' && type !== 'json' && type !== 'array' ? column.values : undefined;
  if (labels && labels.length > 0) return oneOf(field, labels);
  return kinds[kindOf(field)][direction];
}

/** Whether NULL may be met in the field of a row where it may be read. */
export function mayBeNull(collection: Collection, field: Field): boolean {
  if (kindOf(field) === 'texts') return false;
  if (field.primaryKey && collection.kind === 'table' && !collection.declaredKey) return false;
  return field.column.nullable || field.secret !== undefined || collection.kind !== 'table' || kindOf(field) === 'json';
}

/** The form with null. */
export function nullable({ schema, type }: Form): Form {
  const { type: types, enum: values } = schema;
  const orNull = `${type} | null`;
  if (Array.isArray(values)) return form(orNull, { ...schema, enum: [...values, null] });
  if (typeof types === 'string' || Array.isArray(types)) return form(orNull, { ...schema, type: [types, 'null'].flat() });
  return form(orNull, schema);
}
