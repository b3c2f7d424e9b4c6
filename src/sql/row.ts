/** A row as one JSON expression: fields, to-one relations as left joins, to-many relations as JSON lists. */
import type { OrderTerm } from '../dialect/types.ts';
import { type Fragment, join, nothing, sql, trusted } from '../lib/fragment.ts';
import type { Order, Output, ReadQuery, Template, TemplateCase } from '../query/types.ts';
import type { Field } from '../schema/types.ts';
import { column, type Scope, table, whereClause } from './scope.ts';
import { condition, joined, relatedRows } from './where.ts';

/** MySQL joins at most 61 tables and SQLite 64; past this many, to-one relations become sub-selects with joins of their own. */
const joinsOfOneSelect = 30;

export interface Row {
  /** The JSON object. */
  json: Fragment;
  /** ` left join …`, one after another. */
  joins: Fragment;
}

/** The joins of one select, shared by the relations nested in it. */
type Joins = Fragment[];

/** The row under `alias` as the template wants it. */
export function row(template: Template, cases: readonly TemplateCase[] | undefined, alias: string, scope: Scope): Row {
  const joins: Joins = [];
  const json = object(template, cases, alias, joins, scope);
  return { json, joins: join(joins, '') };
}

function object(template: Template, cases: readonly TemplateCase[] | undefined, alias: string, joins: Joins, scope: Scope): Fragment {
  const values = new Map<string, Fragment>();
  for (const [key, output] of template) {
    const value = outputValue(output, alias, joins, scope);
    if (value) values.set(key, value);
  }
  const built = (without?: ReadonlySet<string>): Fragment => scope.dialect.jsonObject([...values].filter(([key]) => !without?.has(key)));
  let json = built();
  if (cases && cases.length > 0) {
    const branches = cases.map((one) => sql`when ${condition(one.when, alias, scope) ?? sql`1 = 1`} then ${built(one.without)}`);
    json = scope.dialect.asJson(sql`(case ${join(branches, ' ')} else ${json} end)`);
  }
  return json;
}

const stars = trusted("'**********'");

function outputValue(output: Output, alias: string, joins: Joins, scope: Scope): Fragment | undefined {
  const { dialect } = scope;
  switch (output.is) {
    case 'field':
      return fieldValue(output.field, alias, scope);
    case 'constant':
      return dialect.jsonConstant(output.json);
    case 'denied':
      return undefined;
    case 'group': {
      const pairs = [...output.of].flatMap(([key, inner]) => {
        const value = outputValue(inner, alias, joins, scope);
        return value ? [[key, value] as const] : [];
      });
      return dialect.jsonObject(pairs);
    }
    case 'stub': {
      const value = column(alias, output.field);
      const object = dialect.jsonObject([[output.key, fieldValue(output.field, alias, scope)]]);
      return dialect.asJson(sql`(case when ${value} is null then null else ${object} end)`);
    }
    case 'relation':
      return output.relation.kind === 'm2o' ? toOne(output, alias, joins, scope) : toMany(output, alias, scope);
  }
}

function fieldValue(field: Field, alias: string, scope: Scope): Fragment {
  const value = column(alias, field);
  if (field.secret === 'masked') return sql`(case when ${value} is null then null else ${stars} end)`;
  return scope.dialect.jsonValue(field, value);
}

type RelationOutput = Extract<Output, { is: 'relation' }>;

/** A left join on the target's key; a target that the rules hide reads as null, like one that does not exist. */
function toOne(output: RelationOutput, alias: string, joins: Joins, scope: Scope): Fragment | undefined {
  const { relation, query } = output;
  if (relation.kind !== 'm2o') return undefined;
  const target = scope.alias();
  const on = joined(relation.join, alias, target, scope);
  const where = condition(query.where, target, scope);
  const [pair] = relation.join;
  if (!pair) return undefined;
  const tied = where ? sql`${on} and ${where}` : on;
  if (joins.length >= joinsOfOneSelect) {
    const inner = row(query.template, query.cases, target, scope);
    return scope.dialect.asJson(sql`(select ${inner.json} from ${table(query.collection, target)}${inner.joins} where ${tied} limit 1)`);
  }
  joins.push(sql` left join ${table(query.collection, target)} on ${tied}`);
  const json = object(query.template, query.cases, target, joins, scope);
  return scope.dialect.asJson(sql`(case when ${column(target, pair.to)} is null then null else ${json} end)`);
}

function toMany(output: RelationOutput, alias: string, scope: Scope): Fragment {
  const { relation, query, through } = output;
  const target = scope.alias();
  const { from, lead } = relatedRows(relation, query.collection, through, alias, target, scope);
  const inner = row(query.template, query.cases, target, scope);
  const where = condition(query.where, target, scope);
  return scope.dialect.jsonList({
    row: inner.json,
    from: sql`${from}${inner.joins}${whereClause(where ? sql`${lead} and ${where}` : lead)}`,
    order: orderClause(query.order, target, scope),
    ...(query.limit === undefined ? {} : { limit: query.limit }),
    ...(query.offset === 0 ? {} : { offset: query.offset }),
  });
}

/** A column whose type the database cannot order (JSON, a point) is ordered by its text. */
function orderTerms(order: readonly Order[], alias: string, scope: Scope): OrderTerm[] {
  return order.map(({ field, descending }) => ({
    expression: scope.dialect.comparable(field, column(alias, field)),
    descending,
    nullable: field.column.nullable,
  }));
}

/** ` order by …`, or nothing. */
export function orderClause(order: ReadQuery['order'], alias: string, scope: Scope): Fragment {
  if (order === 'random') return sql` order by ${scope.dialect.random()}`;
  if (order.length === 0) return nothing;
  const terms = orderTerms(order, alias, scope).map((term) => scope.dialect.orderTerm(term, scope.nullsLast));
  return sql` order by ${join(terms, ', ')}`;
}
