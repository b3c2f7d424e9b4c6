/** How nested rows stand in a payload of Directus 8 (directus8-data §9): lists of changes, `$delete`, and lists by what is to be done. */
import { GatewayError } from '../../lib/errors.ts';
import { type Json, numberText } from '../../lib/json-body.ts';
import type { NestedSyntax, RequestedItem, RequestedRow } from '../../query/mutation.ts';
import type { Relation } from '../../schema/types.ts';

/** A JSON object that is no number. */
export function isItem(value: Json | undefined): value is RequestedItem {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && numberText(value) === undefined;
}

function refuse(relation: Relation, what: string): never {
  throw new GatewayError('validation', { message: `${relation.name}: ${what}`, field: relation.name });
}

/** `$delete`, as PHP takes it for true. */
function isDeletion(item: RequestedItem): boolean {
  const mark = Object.hasOwn(item, '$delete') ? item['$delete'] : undefined;
  return mark !== undefined && mark !== false && mark !== null && mark !== 0 && mark !== '' && mark !== '0' && mark !== 'false';
}

function without(item: RequestedItem, name: string): RequestedItem {
  const { [name]: _, ...rest } = item;
  return rest;
}

/** One row; its key is what stands under the name of the key column, which the engine knows. */
function rowOf(item: RequestedItem): RequestedRow {
  if (!Object.hasOwn(item, '$delete')) return { is: 'save', item };
  return isDeletion(item) ? { is: 'delete', item: without(item, '$delete') } : { is: 'save', item: without(item, '$delete') };
}

const lists = ['create', 'update', 'delete'] as const;

/** `{"create": [...], "update": [...], "delete": [...]}`, which says what is to be done with each row. */
function byAction(value: RequestedItem, relation: Relation): RequestedRow[] {
  const unknown = Object.keys(value).find((name) => !lists.some((list) => list === name));
  if (unknown !== undefined || Object.keys(value).length === 0) {
    refuse(relation, 'This value should be a list of rows, or an object of the lists "create", "update" and "delete".');
  }
  return lists.flatMap((name) => {
    const list = Object.hasOwn(value, name) ? value[name] : [];
    if (!Array.isArray(list)) return refuse(relation, `"${name}" should be a list.`);
    return list.map((entry: Json): RequestedRow => {
      if (name === 'delete') return isItem(entry) ? { is: 'delete', item: entry } : { is: 'deleteKey', key: entry };
      if (!isItem(entry)) return refuse(relation, `"${name}" should hold objects.`);
      return name === 'create' ? { is: 'create', item: entry } : { is: 'update', item: entry };
    });
  });
}

export const directusNested: NestedSyntax = {
  toOne(value, relation) {
    if (Array.isArray(value)) {
      if (value.length === 0) return undefined;
      throw new GatewayError('structured_value', { field: relation.name, collection: relation.collection });
    }
    if (!isItem(value) || Object.keys(value).length === 0) return undefined;
    return rowOf(value);
  },
  toMany(value, relation) {
    if (value === null) return [];
    if (isItem(value)) return byAction(value, relation);
    if (!Array.isArray(value)) return refuse(relation, 'This value should be a list of rows.');
    return value.map((entry: Json): RequestedRow => {
      if (isItem(entry)) return rowOf(entry);
      if (entry === null || typeof entry === 'boolean' || Array.isArray(entry)) {
        return refuse(relation, 'A list of rows holds objects and keys.');
      }
      return { is: 'link', key: entry };
    });
  },
};
