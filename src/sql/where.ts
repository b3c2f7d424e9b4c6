/** Filters as conditions. A filter through a relation is an EXISTS, never a join: no row doubles. */
import type { Scalar } from '../dialect/types.ts';
import { type Fragment, join, sql, trusted } from '../lib/fragment.ts';
import type { Filter } from '../query/types.ts';
import type { Collection, Field, JoinPair, Relation } from '../schema/types.ts';
import { amongCondition } from './among.ts';
import { geoCondition } from './geo-condition.ts';
import { byValue, named } from './named.ts';
import { numberField } from './number-field.ts';
import { column, joinedRow, type Scope, table } from './scope.ts';

/** The condition on the row under `alias`; undefined when it always holds. */
export function condition(filter: Filter, alias: string, scope: Scope): Fragment | undefined {
  switch (filter.is) {
    case 'always':
      return undefined;
    case 'never':
      return sql`1 = 0`;
    case 'all': {
      const parts = filter.of.flatMap((part) => condition(part, alias, scope) ?? []);
      return parts.length === 0 ? undefined : sql`(${join(parts, ' and ')})`;
    }
    case 'any': {
      const parts = filter.of.map((part) => condition(part, alias, scope) ?? sql`1 = 1`);
      return parts.length === 0 ? sql`1 = 0` : oneOf(parts);
    }
    case 'not': {
      const inner = condition(filter.of, alias, scope);
      // NOT of an unknown (NULL) is unknown; here it counts as not matching, so its opposite matches.
      return inner ? sql`not coalesce(${inner}, false)` : sql`1 = 0`;
    }
    case 'null':
      return filter.negated ? sql`${column(alias, filter.field)} is not null` : sql`${column(alias, filter.field)} is null`;
    case 'like': {
      const matching = filter.cased ? scope.dialect.likeCased : scope.dialect.like;
      const like = matching(filter.field, column(alias, filter.field), filter.pattern);
      return filter.negated ? sql`not (${like})` : like;
    }
    case 'compare':
      return comparison(filter.field, filter.operator, filter.values, alias, scope);
    case 'geo':
      return geoCondition(filter.field, filter.condition, alias, scope);
    case 'each':
      return eachRow(filter.key, alias, scope);
    case 'words':
      return scope.dialect.textMatch({ ...filter, alias });
    case 'among':
      return amongCondition(filter, alias, scope, condition);
    case 'byValue':
      return byValue(filter, alias, scope, condition);
    case 'named':
      return named(filter, alias, scope, condition);
    case 'some': {
      const known = joinedRow(scope, filter.relation, alias);
      if (known && filter.where.is === 'always') return sql`${column(known.alias, known.key)} is not null`;
      return sql`exists (select 1 ${related(filter, alias, scope)})`;
    }
    case 'count':
      return sql`(select count(*) ${related(filter, alias, scope)}) ${trusted(symbols[filter.operator])} ${scope.dialect.operand(countField, String(filter.value))}`;
  }
}

/** Whether the row under `alias` is the one of the list that a row of the page comes for (sql/each.ts). */
function eachRow(key: readonly Field[], alias: string, { eachAlias }: Scope): Fragment {
  if (eachAlias === undefined || key.length === 0) return sql`1 = 0`;
  return join(
    key.map((field) => sql`${column(alias, field)} = ${column(eachAlias, field)}`),
    ' and ',
  );
}

/** Databases look at a row of ORs as at a chain of pairs, and some take no chain of more than a thousand. */
const longestChain = 100;

function oneOf(parts: readonly Fragment[]): Fragment {
  if (parts.length <= longestChain) return sql`(${join(parts, ' or ')})`;
  const size = Math.ceil(parts.length / longestChain);
  const groups: Fragment[] = [];
  for (let i = 0; i < parts.length; i += size) groups.push(oneOf(parts.slice(i, i + size)));
  return sql`(${join(groups, ' or ')})`;
}

const symbols = { eq: '=', neq: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

/** A count is compared like a 64-bit integer column would be. */
const countField = numberField('bigint', 'integer');

function comparison(
  field: Field,
  operator: Extract<Filter, { is: 'compare' }>['operator'],
  values: readonly Scalar[],
  alias: string,
  scope: Scope,
): Fragment {
  const { dialect } = scope;
  const left = column(alias, field);
  const [first, second] = values;
  if (first === undefined) return sql`1 = 0`;
  switch (operator) {
    case 'exact':
      return dialect.exactly(field, left, first);
    case 'eq':
      return dialect.equals(field, left, first);
    case 'neq':
      return sql`not (${dialect.equals(field, left, first)})`;
    case 'in':
      return dialect.isIn(field, left, values);
    case 'nin':
      return sql`not (${dialect.isIn(field, left, values)})`;
    case 'between':
    case 'nbetween': {
      const range = sql`(${dialect.compares(field, left, '>=', first)} and ${dialect.compares(field, left, '<=', second ?? first)})`;
      return operator === 'between' ? range : sql`not ${range}`;
    }
    default:
      return dialect.compares(field, left, symbols[operator], first);
  }
}

const numbers = new Set<Field['storage']>(['integer', 'decimal', 'float', 'year']);

/** Metadata may relate columns of different types, a number and its text, say; those are compared as texts. */
function equated(pair: JoinPair, from: string, to: string, scope: Scope): Fragment {
  const [left, right] = [column(to, pair.to), column(from, pair.from)];
  const alike = pair.to.storage === pair.from.storage || (numbers.has(pair.to.storage) && numbers.has(pair.from.storage));
  const [one, other] = [pair.to.column.collation, pair.from.column.collation];
  if (alike && one && other && one.name !== other.name) return scope.dialect.sameText(left, right, one);
  return alike ? sql`${left} = ${right}` : sql`${scope.dialect.text(pair.to, left)} = ${scope.dialect.text(pair.from, right)}`;
}

/** `a.x = b.y and …` over the pairs of a join. */
export function joined(pairs: readonly JoinPair[], from: string, to: string, scope: Scope): Fragment {
  return join(
    pairs.map((pair) => equated(pair, from, to, scope)),
    ' and ',
  );
}

/** From and where of the rows that a relation leads to from the row under `alias`. */
function related(filter: Extract<Filter, { is: 'some' | 'count' }>, alias: string, scope: Scope): Fragment {
  const target = scope.alias();
  const { from, lead } = relatedRows(filter.relation, filter.collection, filter.through, alias, target, scope);
  const where = condition(filter.where, target, scope);
  return sql`${from} where ${where ? sql`${lead} and ${where}` : lead}`;
}

/** `from` names the tables and `lead` the condition that ties them to the row under `alias`. */
export function relatedRows(...of: Parameters<typeof relatedTables>): { from: Fragment; lead: Fragment } {
  const { tables, lead } = relatedTables(...of);
  return { from: sql`from ${tables}`, lead };
}

/** The same without the word before the tables. */
export function relatedTables(
  relation: Relation,
  collection: Collection,
  through: Filter | undefined,
  alias: string,
  target: string,
  scope: Scope,
): { tables: Fragment; lead: Fragment } {
  const pulsed = (lead: Fragment): Fragment => (scope.dialect.pulse ? sql`${lead} and ${scope.dialect.pulse}` : lead);
  if (relation.kind !== 'm2m') {
    return { tables: table(collection, target), lead: pulsed(joined(relation.join, alias, target, scope)) };
  }
  const middle = scope.alias();
  const tables = sql`${table({ table: relation.throughTable }, middle)} inner join ${table(collection, target)} on ${joined(relation.far, middle, target, scope)}`;
  const near = joined(relation.near, alias, middle, scope);
  const rules = through && condition(through, middle, scope);
  return { tables, lead: pulsed(rules ? sql`${near} and ${rules}` : near) };
}
