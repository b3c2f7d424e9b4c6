/** One operation of a batch, as it stands in the body. */
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, type Json, jsonTextOf, numberText } from '../../lib/json-body.ts';
import type { RequestedItem, RequestedMutation } from '../../query/mutation.ts';
import { parseFilter } from './parse-filter.ts';
import { isItem } from './parse-nested.ts';
import { demandMost } from './write-matching.ts';

const methods = ['create', 'update', 'upsert', 'delete'] as const;

export interface Operation {
  readonly method: (typeof methods)[number];
  readonly collection: string;
  /** What later operations call its result. */
  readonly as?: string;
  readonly by?: readonly string[];
  readonly items: readonly RequestedItem[];
  readonly keys: readonly Json[];
  readonly filter?: Json;
  readonly limit: string;
  /** One item or key instead of a list. */
  readonly single: boolean;
  /** Of the rows in the answer; in the form of the parameter. */
  readonly fields: string;
}

function refuse(message: string): never {
  throw new GatewayError('unprocessable', { message });
}

const known = ['method', 'collection', 'as', 'by', 'item', 'items', 'key', 'keys', 'filter', 'limit', 'fields'];

/** What may and what must stand beside a method: one of each list. */
const demanded: Readonly<Record<Operation['method'], readonly (readonly string[])[]>> = {
  create: [['item', 'items']],
  upsert: [['by'], ['item', 'items']],
  update: [['item'], ['key', 'keys', 'filter']],
  delete: [['key', 'keys', 'filter']],
};

function texts(value: Json, name: string): string[] {
  const list = isJsonList(value) ? value : [value];
  return list.map((one) => (typeof one === 'string' ? one : refuse(`"${name}" is a text or a list of texts`)));
}

/** Throws unprocessable for what is no operation. */
export function parseOperation(value: Json): Operation {
  if (!isItem(value)) return refuse('an operation is an object');
  const method = methods.find((one) => one === value['method']);
  if (!method) return refuse(`"method" is one of ${methods.join(', ')}`);
  const { collection } = value;
  if (typeof collection !== 'string') return refuse('"collection" is the name of a collection');
  checkMembers(value, method);
  const as = value['as'];
  if (as !== undefined && !(typeof as === 'string' && /^[A-Za-z_]\w{0,63}$/.test(as))) refuse('"as" is a name of letters, digits and _');
  return {
    method,
    collection,
    items: itemsOf(value),
    keys: listed(value, 'key', 'keys'),
    single: 'item' in value ? !('keys' in value) && !('filter' in value) : 'key' in value,
    limit: numberText(value['limit']) ?? '',
    fields: value['fields'] === undefined ? '' : texts(value['fields'], 'fields').join(','),
    ...(typeof as === 'string' ? { as } : {}),
    ...(value['by'] === undefined ? {} : { by: texts(value['by'], 'by') }),
    ...(value['filter'] === undefined ? {} : { filter: value['filter'] }),
  };
}

function checkMembers(value: RequestedItem, method: Operation['method']): void {
  // Rows that a filter names are counted, not shown.
  const shown = 'filter' in value ? ['limit'] : method === 'delete' ? [] : ['fields'];
  const allowed = ['method', 'collection', 'as', ...shown, ...demanded[method].flat()];
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) refuse(`"${name}" is not known; known are ${known.join(', ')}`);
    if (!allowed.includes(name)) refuse(`"${name}" has no meaning in "${method}"`);
  }
  for (const names of demanded[method]) {
    const count = names.filter((name) => name in value).length;
    if (count !== 1) refuse(`"${method}" takes ${names.map((name) => `"${name}"`).join(' or ')}${names.length > 1 ? ', one of them' : ''}`);
  }
}

function listed(value: RequestedItem, one: string, many: string): readonly Json[] {
  if (value[one] !== undefined) return [value[one]];
  const list = value[many];
  if (list === undefined) return [];
  return isJsonList(list) && list.length > 0 ? list : refuse(`"${many}" is a list that is not empty`);
}

function itemsOf(value: RequestedItem): RequestedItem[] {
  return listed(value, 'item', 'items').map((item) => (isItem(item) ? item : refuse('an item is an object of values')));
}

/** The mutation, once its references are values. Throws unprocessable, and what filters throw. */
export function mutationOf({ method, collection, items, keys, filter, limit, by }: Operation, writeRows: number): RequestedMutation {
  if (method === 'create') return { is: 'create', collection, items };
  if (method === 'upsert') return { is: 'upsert', collection, by: by ?? [], items };
  const [item = {}] = items;
  if (filter === undefined) {
    const named = keys.map((key) => (typeof key === 'string' ? key : (numberText(key) ?? refuse('a key is a text or a number'))));
    return method === 'delete'
      ? { is: 'delete', collection, keys: named }
      : { is: 'update', collection, changes: named.map((key) => ({ key, item })) };
  }
  const where = isItem(filter) ? parseFilter(jsonTextOf(filter)) : undefined;
  const rows = { where: where ?? refuse('"filter" is an object of conditions'), most: demandMost(limit, writeRows) };
  return method === 'delete' ? { is: 'deleteWhere', collection, rows } : { is: 'updateWhere', collection, rows, item };
}
