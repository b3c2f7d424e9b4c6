/** Orders: their terms as expressions, and the joins that lead to the fields of related rows. */
import type { OrderTerm } from '../dialect/types.ts';
import { type Fragment, join, name, nothing, sql } from '../lib/fragment.ts';
import type { ListStep, Order, OrderStep, ReadQuery } from '../query/types.ts';
import { namesOneRow } from '../schema/one-row.ts';
import type { Field } from '../schema/types.ts';
import { haversine } from './geo-condition.ts';
import { column, joinedRow, type Scope, table } from './scope.ts';
import { condition, joined, relatedTables } from './where.ts';

/**
 * MySQL joins at most 61 tables and SQLite 64, those of the row's own relations included (sql/row.ts); past this many, a term becomes
 * a sub-select.
 */
const joinsOfOneOrder = 20;

export interface Ordered {
  /** ` left join …`, one after another: none of them adds a row. */
  readonly joins: Fragment;
  readonly terms: readonly OrderTerm[];
  /** ` order by …`, or nothing. */
  readonly clause: Fragment;
}

/** The order of the rows under `alias`. */
export function ordered(order: ReadQuery['order'], alias: string, scope: Scope): Ordered {
  if (order === 'random') return { joins: nothing, terms: [], clause: sql` order by ${scope.dialect.random()}` };
  const joins: Fragment[] = [];
  const aliases = new Map<OrderStep, string>();
  const terms = order.map((term) => ({
    expression: term.lists
      ? firstOfLists(term.lists, term, alias, scope)
      : term.via
        ? through(term.via, (target) => sorted(term, target, scope), alias, joins, aliases, scope)
        : sorted(term, alias, scope),
    descending: term.descending,
    nullable: isNullable(term),
    turned: term.turned === true,
    emptyLast: term.emptyLast === true,
    ...(term.nulls ? { nulls: term.nulls } : {}),
  }));
  return { joins: join(joins, ''), terms, clause: orderClause(terms, scope) };
}

function sorted({ field, from }: Pick<Order, 'field' | 'from'>, alias: string, scope: Scope): Fragment {
  if (from) return haversine(field, from, alias, scope);
  return scope.dialect.ordered(field, column(alias, field));
}

/** The same rows from their end. */
export function turnedRound(order: readonly Order[]): Order[] {
  return order.map((term) => ({ ...term, descending: !term.descending, turned: true }));
}

/**
 * The end at which a term's NULLs are: where the database has them, if that is asked for; with the setting the last in both directions, else
 * they are the lowest of all values.
 */
export function nullsOf(
  { descending, turned, emptyLast = false, nulls }: Pick<OrderTerm, 'descending' | 'turned' | 'emptyLast' | 'nulls'>,
  { nullsLast, dialect }: Pick<Scope, 'nullsLast' | 'dialect'>,
): 'first' | 'last' {
  if (nulls) return (dialect.indexNullsFirst?.(descending) ?? !descending) ? 'first' : 'last';
  return (nullsLast || emptyLast ? !turned : descending) ? 'last' : 'first';
}

/** There may be no related row. */
function isNullable(term: Order): boolean {
  return term.via !== undefined || term.from !== undefined || term.field.column.nullable;
}

/** ` order by …`, or nothing. */
export function orderClause(terms: readonly OrderTerm[], scope: Scope): Fragment {
  if (terms.length === 0) return nothing;
  return sql` order by ${join(
    terms.map((term) => scope.dialect.orderTerm(term, nullsOf(term, scope))),
    ', ',
  )}`;
}

/** `value` of the row that the steps lead to from the row under `alias`; adds the joins they need. */
export function through(
  via: readonly OrderStep[],
  value: (alias: string) => Fragment,
  alias: string,
  joins: Fragment[],
  aliases: Map<OrderStep, string>,
  scope: Scope,
): Fragment {
  const missing = via.filter((step) => !aliases.has(step)).length;
  if (joins.length + missing > joinsOfOneOrder || !via.every(leadsToOne)) return subSelect(via, value, alias, scope);
  let here = alias;
  for (const step of via) {
    const known = aliases.get(step) ?? (isFree(step) ? joinedRow(scope, step.relation, here)?.alias : undefined);
    const target = known ?? scope.alias();
    if (known === undefined) {
      aliases.set(step, target);
      joins.push(sql` left join ${table(step.collection, target)} on ${tied(step, here, target, scope)}`);
    }
    here = target;
  }
  return value(here);
}

/** Whether no rule stands between the step's two rows. */
const isFree = ({ own, where }: OrderStep): boolean => own.is === 'always' && where.is === 'always';

/** Whether the columns pointed at are unique for sure: some databases take foreign keys to others too. */
function leadsToOne({ relation, collection }: OrderStep): boolean {
  return namesOneRow(
    relation.join.map((pair) => pair.to),
    collection,
  );
}

/** What ties a row of the step to the row under `from`, its rules included. */
function tied(step: OrderStep, from: string, target: string, scope: Scope): Fragment {
  const rules = [condition(step.own, from, scope), condition(step.where, target, scope)];
  return join([joined(step.relation.join, from, target, scope), ...rules.flatMap((rule) => rule ?? [])], ' and ');
}

function subSelect(via: readonly OrderStep[], value: (alias: string) => Fragment, alias: string, scope: Scope): Fragment {
  const aliases = via.map(() => scope.alias());
  const at = (i: number): string => aliases[i] ?? alias;
  const [first, ...others] = via;
  if (!first) return value(alias);
  const joins = others.map((step, i) => sql` left join ${table(step.collection, at(i + 1))} on ${tied(step, at(i), at(i + 1), scope)}`);
  return sql`(select ${value(at(via.length - 1))} from ${table(first.collection, at(0))}${join(joins, '')} where ${tied(first, alias, at(0), scope)} limit 1)`;
}

/** The lowest value of the rows that the steps lead to from the row under `alias`, or the highest; NULL where there is none. */
function firstOfLists(steps: readonly ListStep[], term: Order, alias: string, scope: Scope): Fragment {
  const { descending, turned } = term;
  const parts = steps.reduce<{ here: string; from: Fragment[]; where: Fragment[] }>(
    ({ here, from, where }, { relation, collection, through: junction, where: rows, own }) => {
      const target = scope.alias();
      const { tables, lead } = relatedTables(relation, collection, junction, here, target, scope);
      const rules = [condition(own, here, scope), condition(rows, target, scope)].flatMap((rule) => rule ?? []);
      return { here: target, from: [...from, tables], where: [...where, lead, ...rules] };
    },
    { here: alias, from: [], where: [] },
  );
  const value = sorted(term, parts.here, scope);
  // Rows are read from their end too, which makes no other row of a list the first one.
  const direction = descending !== (turned === true) ? sql` desc` : nothing;
  const conditions = join([...parts.where, sql`${value} is not null`], ' and ');
  return sql`(select ${value} from ${join(parts.from, ' cross join ')} where ${conditions} order by ${value}${direction} limit 1)`;
}

/**
 * The order once more on the page, whose rows are under `paged`. The fields of the row itself are among the page's columns; those of
 * related rows are carried over under names of their own.
 */
export function carried(
  order: readonly Order[],
  inner: Ordered,
  paged: string,
  columns: readonly Field[],
  scope: Scope,
): { columns: Fragment[]; terms: OrderTerm[] } {
  const taken = new Set(columns.map((field) => field.column.name.toLowerCase()));
  const carriedColumns: Fragment[] = [];
  const terms = order.map((term, i): OrderTerm => {
    const made = inner.terms[i];
    if (!term.via || !made) {
      return {
        expression: sorted(term, paged, scope),
        descending: term.descending,
        nullable: isNullable(term),
        turned: term.turned === true,
        emptyLast: term.emptyLast === true,
        ...(term.nulls ? { nulls: term.nulls } : {}),
      };
    }
    let label = `sort${i}`;
    while (taken.has(label)) label = `${label}_`;
    carriedColumns.push(sql`${made.expression} as ${name(label)}`);
    return { ...made, expression: name(paged, label) };
  });
  return { columns: carriedColumns, terms };
}
