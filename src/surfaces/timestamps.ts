/** Which columns tell when a row was made and last changed (strapi-rest S-12, payload-rest P-07). */
import type { Storage } from '../dialect/types.ts';
import type { Collection, Field, FieldType } from '../schema/types.ts';

const createdNames = ['createdat', 'createdon', 'datecreated', 'created'];
const updatedNames = [
  'updatedat',
  'updatedon',
  'modifiedat',
  'modifiedon',
  'dateupdated',
  'datemodified',
  'lastupdate',
  'lastupdated',
  'updated',
  'modified',
];

const moments: ReadonlySet<Storage> = new Set<Storage>(['datetime', 'instant']);
const isMoment = ({ storage, type }: Field): boolean => moments.has(storage) || type.startsWith('datetime');
const plainName = (name: string): string => name.toLowerCase().replaceAll('_', '');

function fieldOf({ fields }: Collection, type: FieldType, names: readonly string[]): Field | undefined {
  const all = [...fields.values()];
  const typed = all.find((field) => field.type === type);
  if (typed) return typed;
  for (const name of names) {
    const named = all.find((field) => plainName(field.name) === name && isMoment(field));
    if (named) return named;
  }
  return undefined;
}

/** The column that tells when a row was made; undefined where none does. */
export function createdField(collection: Collection): Field | undefined {
  return fieldOf(collection, 'datetime_created', createdNames);
}

/** The column that tells when a row was last changed; undefined where none does. */
export function updatedField(collection: Collection): Field | undefined {
  return fieldOf(collection, 'datetime_updated', updatedNames);
}
