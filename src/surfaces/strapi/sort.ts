/** `sort`: attributes, through relations too, each with its direction (strapi-rest §5). */
import { GatewayError } from '../../lib/errors.ts';
import type { RequestedOrder } from '../../query/types.ts';
import type { Collection } from '../../schema/types.ts';
import { type BracketValue, isGroup } from '../bracket-query.ts';
import { invalidName } from './faults.ts';
import { createdField, inside, leadOf, named, publishingOf, type Sight, updatedField } from './sight.ts';
import { textOrder, translatedAttribute } from './translated.ts';

interface Term {
  readonly path: readonly string[];
  readonly descending: boolean;
}

const isDirection = (text: string): boolean => /^(?:asc|desc)$/i.test(text);

function descending(direction: string | undefined): boolean {
  if (direction === undefined || direction === '') return false;
  if (isDirection(direction)) return direction.toLowerCase() === 'desc';
  throw noDirection();
}

const noDirection = (): GatewayError =>
  new GatewayError('validation', { message: 'Invalid order. order can only be one of asc|desc|ASC|DESC', field: 'sort' });

/** `a.b:desc`, several with commas between; blank parts are skipped. */
function written(text: string, before: readonly string[]): Term[] {
  return text.split(',').flatMap((part) => {
    const [path = '', direction, ...more] = part.trim().split(':');
    if (more.length > 0) throw noDirection();
    const names = path.trim() === '' ? [] : path.trim().split('.');
    return names.length === 0 ? [] : [{ path: [...before, ...names], descending: descending(direction?.trim()) }];
  });
}

function termsOf(value: BracketValue, before: readonly string[] = []): Term[] {
  if (Array.isArray(value)) return value.flatMap((one) => termsOf(one, before));
  if (!isGroup(value)) {
    if (typeof value !== 'string') return [];
    // At the end of a path in brackets stands the direction, or the attribute (S-80).
    if (before.length > 0 && (value === '' || isDirection(value))) return [{ path: before, descending: descending(value) }];
    return written(value, before);
  }
  return Object.entries(value).flatMap(([name, one]) => termsOf(one, [...before, ...name.split('.')]));
}

/** The terms asked for, and behind them the key (S-82); undefined leaves it to the collection, where the key may not be named. */
export function orderOf(sight: Sight, collection: Collection, value: BracketValue | undefined): readonly RequestedOrder[] | undefined {
  const terms = value === undefined ? [] : termsOf(value).flatMap((term) => resolved(sight, collection, term));
  if (terms.length > 0) return terms;
  const named = collection.key.every((field) => sight.visible.field(field) === 'yes');
  return named && collection.key.length > 0 ? collection.key.map(({ name }) => ({ path: [name], descending: false })) : undefined;
}

function resolved(sight: Sight, collection: Collection, { path, descending }: Term): RequestedOrder[] {
  const names: string[] = [];
  let here = collection;
  if (path.includes('')) throw invalidName(path.join('.'), 'sort');
  for (const [i, name] of path.entries()) {
    const text = i === path.length - 1 ? translatedAttribute(i === 0 ? sight : inside(sight), here, name) : undefined;
    if (text) return textOrder(text, names, descending);
    if (i === path.length - 1)
      return lastNames(sight, here, name).map((last) => ({
        path: [...names, last],
        descending,
        nulls: 'native',
        lists: { emptyLast: true },
      }));
    const relation = named(sight, here, name)?.relation;
    const lead = relation && leadOf(sight, relation);
    if (!relation || !lead) throw invalidName(name, 'sort', path.slice(0, i));
    names.push(relation.name, ...(lead.far ? [lead.far.name] : []));
    here = lead.end;
  }
  return [];
}

/** The columns that an attribute is sorted by: those of the key for `id`. */
function lastNames(sight: Sight, collection: Collection, name: string): readonly string[] {
  if (name === 'id' || name === 'documentId') {
    if (collection.key.length === 0) throw invalidName(name, 'sort');
    return collection.key.map((field) => field.name);
  }
  const stamps = {
    createdAt: () => createdField(sight, collection),
    updatedAt: () => updatedField(sight, collection),
    publishedAt: () => publishingOf(sight, collection)?.at,
  };
  const stamp = Object.hasOwn(stamps, name) ? stamps[name as keyof typeof stamps]() : undefined;
  const field = stamp ?? named(sight, collection, name)?.field;
  if (!field) throw invalidName(name, 'sort');
  return [field.name];
}
