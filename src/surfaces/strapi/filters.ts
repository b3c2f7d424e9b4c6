/** `filters`: conditions on attributes and through relations (strapi-rest §4). */
import { refuse } from '../../query/limits.ts';
import type { RequestedFilter } from '../../query/types.ts';
import type { Collection } from '../../schema/types.ts';
import { type BracketGroup, type BracketValue, isGroup } from '../bracket-query.ts';
import { invalidName, invalidValue } from './faults.ts';
import { fieldFilter, isOperator, operatorNamed } from './filter-operators.ts';
import { keyValues } from './keys.ts';
import { opposite } from './opposite.ts';
import { truthOf } from './pagination.ts';
import { createdField, inside, type Lead, leadOf, named, publishingOf, type Sight, updatedField } from './sight.ts';
import { textCondition, translatedAttribute } from './translated.ts';

const nothing: RequestedFilter = { is: 'any', of: [] };
export const everything: RequestedFilter = { is: 'all', of: [] };

const deepest = 40;

/** All of them, as one. */
function together(filters: readonly RequestedFilter[]): RequestedFilter {
  const [only] = filters;
  return only && filters.length === 1 ? only : { is: 'all', of: filters.slice() };
}

/** All of the conditions; undefined of none. */
export function allOf(filters: readonly (RequestedFilter | undefined)[]): RequestedFilter | undefined {
  const kept = filters.flatMap((one) => one ?? []);
  const [only] = kept;
  return kept.length > 1 ? { is: 'all', of: kept } : only;
}

const compare = (name: string, operator: string, value: unknown): RequestedFilter => ({
  is: 'compare',
  path: [name],
  operator,
  value,
  strict: true,
});

/** The conditions on entries of a collection. Throws `unknown_field` and `validation`, which name what is wrong. */
export function filtersOf(sight: Sight, collection: Collection, value: BracketValue, path: readonly string[] = []): RequestedFilter {
  if (path.length > deepest) refuse('levels of filters', deepest);
  if (Array.isArray(value)) return together(value.map((one, i) => filtersOf(sight, collection, one, [...path, String(i)])));
  if (!isGroup(value)) {
    if (value === '') return everything;
    throw invalidValue('filters', 'conditions are written filters[attribute][$operator]=value');
  }
  return together(Object.entries(value).map(([name, one]) => condition(sight, collection, name, one, path)));
}

function condition(sight: Sight, collection: Collection, name: string, value: BracketValue, path: readonly string[]): RequestedFilter {
  const here = [...path, name];
  if (name.startsWith('$')) return logical(name, value, (one) => filtersOf(sight, collection, one, here), sight, collection);
  if (name === 'id' || name === 'documentId') return keyFilter(sight, collection, value, here);
  const text = translatedAttribute(sight, collection, name);
  if (text) return textCondition(text, (of, field) => onField(sight, of, field.name, value, here), collection);
  const moment =
    name === 'createdAt' ? createdField(sight, collection) : name === 'updatedAt' ? updatedField(sight, collection) : undefined;
  if (moment) return onField(sight, collection, moment.name, value, here);
  if (name === 'publishedAt') return publishedFilter(sight, collection, value, here);
  const found = named(sight, collection, name);
  if (!found) throw invalidName(name, 'filters', path);
  const lead = found.relation && leadOf(sight, found.relation);
  if (isDeep(value)) {
    if (!lead) throw invalidName(Object.keys(isGroup(value) ? value : {})[0] ?? name, 'filters', here);
    return deep(sight, lead, value, here);
  }
  if (lead) demandOneOperator(value, here);
  // A key that no row has leads nowhere too (S-72).
  const empty = lead && emptiness(lead, value);
  if (empty) return empty;
  if (found.field) return onField(sight, collection, found.name, value, here);
  if (!lead) throw invalidName(name, 'filters', path);
  return onRelation(sight, lead, value, here);
}

/** `$and`, `$or` and `$not` around what `read` understands. */
function logical(
  name: string,
  value: BracketValue,
  read: (one: BracketValue) => RequestedFilter,
  sight: Sight,
  collection: Collection,
): RequestedFilter {
  const operator = name.toLowerCase();
  if (operator === '$not') return opposite(sight.schema, collection, read(value));
  if (operator !== '$and' && operator !== '$or') throw invalidName(name, 'filters');
  if (!Array.isArray(value)) throw invalidValue(`filters[${name}]`, 'a list of conditions stands here');
  if (value.length === 0) return everything;
  return { is: operator === '$and' ? 'all' : 'any', of: value.map(read) };
}

const isLogical = (name: string): boolean => ['$and', '$or', '$not'].includes(name.toLowerCase());

/** Whether names of attributes stand in the value, in lists of conditions too. */
function isDeep(value: BracketValue): boolean {
  if (Array.isArray(value)) return value.some((one) => isDeep(one));
  return isGroup(value) && Object.entries(value).some(([name, one]) => !name.startsWith('$') || (isLogical(name) && isDeep(one)));
}

/** Conditions on the rows that a relation leads to: one and the same row meets all of them (S-70). */
function deep(sight: Sight, lead: Lead, value: BracketValue, path: readonly string[]): RequestedFilter {
  if (isGroup(value)) {
    const names = Object.keys(value);
    const mixed = names.find((name) => isOperator(name));
    if (mixed !== undefined) throw invalidValue(`filters[${path.join('][')}]`, `the operator ${mixed} cannot stand beside attributes`);
    // Whether there is a related row at all (S-72).
    const [only] = names;
    const key = only === undefined ? undefined : value[only];
    if (names.length === 1 && (only === 'id' || only === 'documentId') && key !== undefined) {
      const empty = emptiness(lead, key);
      if (empty) return empty;
    }
  }
  return through(lead, filtersOf(inside(sight), lead.end, value, path));
}

/** Some row behind the relation matches. */
function through({ relation, far }: Lead, where: RequestedFilter): RequestedFilter {
  const inner: RequestedFilter = far ? { is: 'related', relation: far.name, quantifier: 'some', where } : where;
  return { is: 'related', relation: relation.name, quantifier: 'some', where: inner };
}

/** `$null` and `$notNull` of a relation: whether it leads nowhere. */
function emptiness(lead: Lead, value: BracketValue): RequestedFilter | undefined {
  const [[name, told] = [], ...more] = isGroup(value) ? Object.entries(value) : [];
  const operator = name?.toLowerCase();
  if (told === undefined || more.length > 0 || (operator !== '$null' && operator !== '$notnull')) return undefined;
  const truth = truthOf(told);
  if (truth === undefined) throw invalidValue(`filters[${lead.relation.name}][${name}]`, 'true or false stands here');
  const none: RequestedFilter = { is: 'not', of: through(lead, everything) };
  // Twice, so that its opposite is that there is none, and not that the one which is there does not match.
  return truth === (operator === '$null') ? none : { is: 'not', of: none };
}

/** Whatever the relation: a column that is a key of another table is none but a relation here (S-73). */
function demandOneOperator(value: BracketValue, path: readonly string[]): void {
  if (!isGroup(value) || Array.isArray(value) || Object.keys(value).length < 2) return;
  throw invalidValue(`filters[${path.join('][')}]`, 'one operator stands directly under a relation');
}

/** Operators on a relation itself compare the key of the rows behind it (S-71). */
function onRelation(sight: Sight, lead: Lead, value: BracketValue, path: readonly string[]): RequestedFilter {
  return through(lead, keyFilter(sight, lead.end, value, path));
}

function onField(sight: Sight, collection: Collection, name: string, value: BracketValue, path: readonly string[]): RequestedFilter {
  const field = collection.fields.get(name);
  if (!field) throw invalidName(name, 'filters');
  const read = (one: BracketValue): RequestedFilter => onField(sight, collection, name, one, path);
  if (Array.isArray(value)) return { is: 'any', of: value.map(read) };
  if (!isGroup(value)) return fieldFilter(field, operatorNamed('$eq'), value);
  return together(
    Object.entries(value).map(([operator, one]) => {
      if (isLogical(operator)) return logical(operator, one, read, sight, collection);
      if (!isOperator(operator)) throw invalidName(operator, 'filters', path);
      return fieldFilter(field, operatorNamed(operator), one);
    }),
  );
}

/** Conditions on the key. One of several columns is compared as a whole, by its text. */
function keyFilter(sight: Sight, collection: Collection, value: BracketValue, path: readonly string[]): RequestedFilter {
  const { key } = collection;
  const [only] = key;
  if (only && key.length === 1) return onField(sight, collection, only.name, value, path);
  if (key.length === 0) throw invalidName('id', 'filters');
  if (Array.isArray(value)) return { is: 'any', of: value.map((one) => keyFilter(sight, collection, one, path)) };
  if (!isGroup(value)) return wholeKey(collection, value);
  return {
    is: 'all',
    of: Object.entries(value).map(([name, one]) => {
      const listed = (Array.isArray(one) ? one : [one]).map((text) => wholeKey(collection, text));
      switch (name.toLowerCase()) {
        case '$eq':
        case '$in':
          return { is: 'any', of: listed };
        case '$ne':
        case '$notin':
          return { is: 'not', of: { is: 'any', of: listed } };
        default:
          throw invalidValue(`filters[${path.join('][')}][${name}]`, 'a key of several columns is compared by $eq, $ne, $in and $notIn');
      }
    }),
  };
}

function wholeKey(collection: Collection, text: BracketValue): RequestedFilter {
  const values = typeof text === 'string' ? keyValues(collection, text) : undefined;
  if (!values) return nothing;
  return { is: 'all', of: collection.key.map(({ name }, i) => compare(name, 'eq', values[i])) };
}

/** `$null` and `$notNull` ask of the status, other operators of the column that tells when (S-13). */
function publishedFilter(sight: Sight, collection: Collection, value: BracketValue, path: readonly string[]): RequestedFilter {
  const publishing = publishingOf(sight, collection);
  if (!publishing) {
    const own = named(sight, collection, 'publishedAt');
    if (own?.field) return onField(sight, collection, own.name, value, path);
    throw invalidName('publishedAt', 'filters');
  }
  const { status, published, at } = publishing;
  const isPublished = compare(status.name, 'in', published);
  const asked = isGroup(value) ? Object.entries(value) : [['$eq', value] as const];
  return {
    is: 'all',
    of: asked.map(([name, one]): RequestedFilter => {
      const operator = name.toLowerCase();
      if (operator === '$null' || operator === '$notnull') {
        const truth = typeof one === 'string' ? truthOf(one) : undefined;
        if (truth === undefined) throw invalidValue(`filters[publishedAt][${name}]`, 'true or false stands here');
        return truth === (operator === '$notnull') ? isPublished : { is: 'not', of: isPublished };
      }
      if (!at) throw invalidName('publishedAt', 'filters');
      return onField(sight, collection, at.name, { [name]: one } satisfies BracketGroup, path);
    }),
  };
}

/** `published_at_null`, the older spelling (S-75). */
export function publishedNull(sight: Sight, collection: Collection, value: BracketValue): RequestedFilter {
  return publishedFilter(sight, collection, { $null: value }, ['publishedAt']);
}
