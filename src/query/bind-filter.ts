/** Binds filters: paths through relations become `some`, operators become comparisons with coerced operands. */
import { GatewayError } from '../lib/errors.ts';
import { searchable } from '../schema/field-types.ts';
import { parseKey } from '../schema/keys.ts';
import type { Collection, Field, Relation } from '../schema/types.ts';
import { isComparable } from './comparable.ts';
import type { BindContext } from './context.ts';
import { allOf, always, anyOf, compare, containing, never, not } from './filters.ts';
import { checkGeoCondition } from './limits.ts';
import { listed } from './operands.ts';
import { operatorOf } from './operators.ts';
import type { Filter, RequestedFilter } from './types.ts';

/** Binds a filter against a collection. Throws unknown_field (one name), unknown_path (a path), unknown_operator, related_denied. */
export function bindFilter(collection: Collection, filter: RequestedFilter, context: BindContext): Filter {
  if (filter.is === 'all') return allOf(filter.of.map((part) => bindFilter(collection, part, context)));
  if (filter.is === 'any') return anyOf(filter.of.map((part) => bindFilter(collection, part, context)));
  if (filter.is === 'not') return not(bindFilter(collection, filter.of, context));
  if (filter.is === 'each') return { is: 'each', key: collection.key };
  if (filter.is === 'related') return bindRelated(collection, filter, context);
  return bindPath(collection, filter.path, 0, filter, context);
}

type Compare = Extract<RequestedFilter, { is: 'compare' }>;

function bindPath(collection: Collection, path: readonly string[], at: number, asked: Compare, context: BindContext): Filter {
  const name = path[at] ?? '';
  if (at < path.length - 1) {
    const relation = collection.relations.get(name);
    if (!relation || !context.visible.relation(relation)) throw new GatewayError('unknown_path', { field: name });
    const target = readableTarget(relation, context);
    return { is: 'some', relation, collection: target, where: bindPath(target, path, at + 1, asked, context) };
  }
  const field = collection.fields.get(name);
  if (field && isComparable(context.visible.field(field)) && field.secret !== 'masked') return onField(collection, field, asked, context);
  const relation = collection.relations.get(name);
  if (relation && !field && context.visible.relation(relation)) return onRelation(relation, asked, context);
  if (path.length > 1) throw new GatewayError('unknown_path', { field: name });
  throw new GatewayError('unknown_field', { field: name, collection: collection.name });
}

function bindRelated(collection: Collection, asked: Extract<RequestedFilter, { is: 'related' }>, context: BindContext): Filter {
  const relation = collection.relations.get(asked.relation);
  if (!relation || !context.visible.relation(relation)) {
    const field = collection.fields.get(asked.relation);
    if (!field || context.visible.field(field) === 'no') throw new GatewayError('unknown_path', { field: asked.relation });
    throw new GatewayError('unprocessable', {
      message: `"${asked.relation}" is a column, which leads to no rows; compare it with a value`,
    });
  }
  const target = readableTarget(relation, context);
  const where = bindFilter(target, asked.where, context);
  const some = (matching: Filter): Filter => ({ is: 'some', relation, collection: target, where: matching });
  if (asked.quantifier === 'some') return some(where);
  return asked.quantifier === 'none' ? not(some(where)) : not(some(not(where)));
}

function readableTarget(relation: Relation, context: BindContext): Collection {
  const target = context.schema.collections.get(relation.to);
  if (!target) throw new GatewayError('unknown_path', { field: relation.name });
  const through = relation.kind === 'm2m' ? context.schema.collections.get(relation.through) : undefined;
  if (!context.visible.collection(target) || (through && !context.visible.collection(through))) {
    throw new GatewayError('related_denied', { field: relation.name });
  }
  return target;
}

function onField(collection: Collection, field: Field, asked: Compare, context: BindContext): Filter {
  const operator = operatorOf(asked.operator);
  if (!operator.onField) throw new GatewayError('unknown_operator', { operator: asked.operator });
  const relation = collection.relations.get(field.name);
  if (relation?.kind === 'm2o' && context.visible.relation(relation) && (operator.id === 'contains' || operator.id === 'ncontains')) {
    return likeRelated(relation, asked, context);
  }
  const filter = operator.onField(field, asked.value, context.at, asked.strict);
  if (filter.is === 'geo') checkGeoCondition(filter.condition, context.limits);
  return filter;
}

/** `filter[author][like]=ann` looks into the related row's text and number columns (directus8-data §5.2). */
function likeRelated(relation: Relation, asked: Compare, context: BindContext): Filter {
  const text = String(asked.value ?? '');
  if (text === '') return always;
  if (text.includes('\0')) return never;
  const target = readableTarget(relation, context);
  const columns = [...target.fields.values()]
    .filter((field) => searchable(field) && !field.secret && isComparable(context.visible.field(field)))
    .map((field): Filter => ({ is: 'like', field, pattern: containing(text), negated: false }));
  const found: Filter = { is: 'some', relation, collection: target, where: anyOf(columns) };
  return asked.operator === 'ncontains' ? not(found) : found;
}

function onRelation(relation: Relation, asked: Compare, context: BindContext): Filter {
  const operator = operatorOf(asked.operator);
  const meaning = operator.onRelation;
  if (!meaning || (relation.kind === 'm2o' && meaning !== 'empty' && meaning !== 'not-empty')) {
    throw new GatewayError('unprocessable', {
      message: `"${relation.name}" is a relation; filter it by has, nhas, all, in, empty, nempty or by a path such as "${relation.name}.<field>"`,
    });
  }
  const collection = readableTarget(relation, context);
  const some = (where: Filter): Filter => ({ is: 'some', relation, collection, where });
  if (meaning === 'empty') return not(some(always));
  if (meaning === 'not-empty') return some(always);
  if (meaning === 'has' || meaning === 'has-not') {
    const text = String(Array.isArray(asked.value) ? asked.value[0] : (asked.value ?? '')).trim();
    if (!/^\d{1,9}$/.test(text)) return never;
    const value = Number(text);
    if (value === 0) return meaning === 'has' ? not(some(always)) : never;
    return { is: 'count', relation, collection, where: always, operator: meaning === 'has' ? 'gte' : 'lt', value };
  }
  const wanted = listed(asked.value).map((value) => related(relation, collection, String(value), context));
  if (wanted.length === 0) return never;
  return meaning === 'all' ? allOf(wanted.map(some)) : some(anyOf(wanted));
}

/** The related row of that key: the junction's other column for a m2m in Directus form, else the child's own key. */
function related(relation: Relation, child: Collection, text: string, context: BindContext): Filter {
  const far = relation.kind === 'o2m' && relation.junction !== undefined ? child.fields.get(relation.junction) : undefined;
  if (far && isComparable(context.visible.field(far))) return operatorOf('eq').onField?.(far, text, context.at) ?? never;
  const key = child.key.length === 0 ? undefined : parseKey(child, text);
  if (!key) return never;
  return allOf(
    child.key.map((field, i) => {
      const value = key[i];
      return value === undefined ? never : compare(field, 'eq', value);
    }),
  );
}
