/** What is asked for of an item, as a template of the core; and how many rows it may lead to. */
import { type GraphQLField, type GraphQLObjectType, isInputObjectType } from 'graphql';
import { GatewayError } from '../../lib/errors.ts';
import type { RequestedOutput, RequestedTemplate } from '../../query/requested-template.ts';
import type { RequestedFilter, RequestedNested } from '../../query/types.ts';
import { parseSort } from '../parse-sort.ts';
import { fileOutput } from './file-fields.ts';
import { argumentsOf, type Operation, type Selected, selectionsOf } from './selections.ts';
import { type Coerced, filterOf } from './to-filter.ts';
import { inputMeaning, itemMeaning } from './types.ts';

/** A template, and the rows that one item brings with it, by what its lists are limited to. */
export interface Shape {
  readonly template: RequestedTemplate;
  readonly rows: number;
}

/** A nested list that says no limit counts as so many rows. */
const assumed = 10;

/** What is selected of an item. */
export function shapeOf(operation: Operation, item: GraphQLObjectType, selected: Selected): Shape {
  const template = new Map<string, RequestedOutput>();
  let rows = 0;
  for (const one of selectionsOf(operation, item, selected)) {
    const meaning = one.field && itemMeaning(one.field);
    if (!meaning) template.set(one.key, { is: 'constant', json: JSON.stringify(item.name) });
    else if (meaning.is === 'field') template.set(one.key, meaning);
    else if (meaning.is === 'file') template.set(one.key, fileOutput(operation, meaning, one));
    else {
      const inner = shapeOf(operation, meaning.item, one);
      const asked = meaning.many ? whichRows(one.field, argumentsOf(operation, one)) : undefined;
      rows += (meaning.many ? (asked?.limit ?? assumed) : 1) * (1 + inner.rows);
      template.set(one.key, { is: 'relation', name: meaning.name, of: inner.template, ...(asked ? { asked } : {}) });
    }
  }
  return { template, rows };
}

/** The filters among the arguments, all of which must hold. */
export function filterAmong(field: GraphQLField<unknown, unknown> | undefined, args: Coerced): RequestedFilter | undefined {
  const filters = ['filter', 'where'].flatMap((name) => {
    const type = field?.args.find((arg) => arg.name === name)?.type;
    const input = type && 'ofType' in type ? type.ofType : type;
    const value = args[name];
    return isInputObjectType(input) && value !== null && value !== undefined ? [filterOf(input, value as Coerced)] : [];
  });
  for (const arg of field?.args ?? []) {
    const meaning = inputMeaning(arg);
    const value = args[arg.name];
    if (meaning?.is !== 'compare' || value === null || value === undefined) continue;
    filters.push({ is: 'compare', path: [meaning.name], operator: meaning.operator, value });
  }
  const [first] = filters;
  return filters.length > 1 ? { is: 'all', of: filters } : first;
}

/** A whole number from 0 on; undefined where none is given. */
export function countAmong(args: Coerced, name: string): number | undefined {
  const value = args[name];
  if (value === null || value === undefined || (name === 'limit' && value === -1)) return undefined;
  if (typeof value === 'number' && value >= 0) return value;
  throw new GatewayError('unprocessable', {
    message: `${name}: a number of rows from 0 on stands here${name === 'limit' ? ', or -1 for all' : ''}`,
  });
}

/** Texts of an argument; undefined where none is given. */
export function textsAmong(args: Coerced, name: string): readonly string[] | undefined {
  const value = args[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined;
}

/** Filter, order and page of a list. */
export function whichRows(field: GraphQLField<unknown, unknown> | undefined, args: Coerced): Omit<RequestedNested, 'nested'> {
  const where = filterAmong(field, args);
  const order = parseSort(textsAmong(args, 'sort'));
  const limit = countAmong(args, 'limit');
  const offset = countAmong(args, 'offset');
  const { search } = args;
  return {
    ...(where ? { where } : {}),
    ...(order ? { order } : {}),
    ...(limit === undefined ? {} : { limit }),
    ...(offset === undefined ? {} : { offset }),
    ...(typeof search === 'string' ? { search } : {}),
  };
}
