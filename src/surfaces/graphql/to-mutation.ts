/** A root field of a mutation as what the core is to write, and how its answer is read back. */
import { type GraphQLInputObjectType, getNamedType, isInputObjectType } from 'graphql';
import { GatewayError } from '../../lib/errors.ts';
import type { RequestedItem, RequestedMutation } from '../../query/mutation.ts';
import type { RequestedRead } from '../../query/types.ts';
import { argumentsOf, type Operation, type Selected, selectionsOf } from './selections.ts';
import { objectOf, type Text } from './texts.ts';
import { type Coerced, filterOf } from './to-filter.ts';
import { itemOf } from './to-item.ts';
import { countAmong, shapeOf, textsAmong } from './to-template.ts';
import type { RootMeaning, Written } from './types.ts';

type Writing = Extract<RootMeaning, { does: Written }>;

/** The argument's input type. */
function inputOf({ field }: Selected, name: string): GraphQLInputObjectType {
  const type = field?.args.find((arg) => arg.name === name)?.type;
  const input = type && getNamedType(type);
  if (!isInputObjectType(input)) throw new Error(`"${name}" is no object`);
  return input;
}

/** Of a revert the item is what the revision says, which is looked up before. */
export function mutationOf(
  operation: Operation,
  meaning: Writing,
  selected: Selected,
  writeRows: number,
  reverted?: RequestedItem,
): RequestedMutation {
  const args = argumentsOf(operation, selected);
  const collection = meaning.collection.name;
  const items = (): RequestedItem[] => [args['data']].flat().map((one) => itemOf(inputOf(selected, 'data'), one as Coerced));
  const item = (): RequestedItem => items()[0] ?? {};
  const keys = (args['ids'] === undefined ? [args['id']] : (args['ids'] as readonly unknown[])).map(String);
  switch (meaning.does) {
    case 'createOne':
    case 'createMany':
      return { is: 'create', collection, items: items() };
    case 'upsert':
      return { is: 'upsert', collection, by: textsAmong(args, 'by') ?? [], items: items() };
    case 'updateOne':
    case 'updateMany': {
      const one = item();
      return { is: 'update', collection, changes: keys.map((key) => ({ key, item: one })) };
    }
    case 'revert':
      return { is: 'update', collection, changes: keys.map((key) => ({ key, item: reverted ?? {} })) };
    case 'deleteOne':
    case 'deleteMany':
      return { is: 'delete', collection, keys };
    case 'updateWhere':
      return { is: 'updateWhere', collection, rows: rowsOf(selected, args, writeRows), item: item() };
    case 'deleteWhere':
      return { is: 'deleteWhere', collection, rows: rowsOf(selected, args, writeRows) };
  }
}

function rowsOf(selected: Selected, args: Coerced, writeRows: number) {
  const where = args['where'] as Coerced;
  if (Object.keys(where).length === 0) throw new GatewayError('unprocessable', { message: 'where: name the rows that are meant' });
  const most = countAmong(args, 'limit') ?? 0;
  if (most < 1 || most > writeRows)
    throw new GatewayError('unprocessable', { message: `limit: say how many rows may change at most, 1 to ${writeRows}` });
  return { where: filterOf(inputOf(selected, 'where'), where), most };
}

/** How what was written is shown. */
export type Shown =
  | { readonly is: 'rows'; readonly read: (keys: readonly string[]) => RequestedRead; readonly many: boolean; readonly rows: number }
  /** Their keys, or how many they were. */
  | { readonly is: 'text'; readonly text: (keys: readonly string[], count: number) => Text };

/** Reads rows of the selected shape by their keys. */
export function readingBack(operation: Operation, meaning: Pick<Writing, 'collection' | 'item'>, selected: Selected, many: boolean): Shown {
  const { collection, item } = meaning;
  if (!item) return told(operation, selected);
  const { template, rows } = shapeOf(operation, item, selected);
  const counts = { filtered: false, total: false, byStatus: false };
  const selection = { all: false, named: new Map(), without: new Set<string>() };
  return {
    is: 'rows',
    many,
    rows,
    read: (keys) => ({ collection: collection.name, selection, template, keys, offset: 0, counts, stubs: false }),
  };
}

/** The keys or the count of what was written. */
export function told(operation: Operation, selected: Selected): Shown {
  const type = selected.field && getNamedType(selected.field.type);
  const members =
    type && 'getFields' in type && !isInputObjectType(type) && type.astNode === undefined
      ? selectionsOf(operation, type as never, selected)
      : [];
  const value = (name: string, keys: readonly string[], count: number): unknown =>
    name === 'ids' ? keys : name === 'count' ? count : type?.name;
  return {
    is: 'text',
    text: (keys, count) => objectOf(members.map(({ key, name }) => [key, JSON.stringify(value(name, keys, count))])),
  };
}
