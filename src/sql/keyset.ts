/**
 * The rows behind a position in an order (keyset pagination). The first term bounds them, so that an index on it leads straight there; NULLs of it are a part
 * of their own, since no index has them and the values side by side in either direction.
 */
import type { OrderTerm } from '../dialect/types.ts';
import { type Fragment, join, name, nothing, sql, trusted } from '../lib/fragment.ts';
import type { CursorPosition } from '../query/cursor.ts';
import type { Order, ReadQuery } from '../query/types.ts';
import type { Field } from '../schema/types.ts';
import { canBeMerged } from './null-split.ts';
import { nullsOf, type Ordered, orderClause, ordered } from './order.ts';
import { scanned } from './scan.ts';
import { column, type Scope, table } from './scope.ts';

/** Rows in an order of their own; parts follow one another. */
interface Part {
  readonly where: Fragment;
  readonly terms: readonly OrderTerm[];
}

interface Step {
  readonly compared: Fragment;
  readonly expression: Fragment;
  /** NULL where the position has none. */
  readonly operand: (() => Fragment) | null;
  readonly beyond: '>' | '<';
  readonly nullable: boolean;
  /** NULLs come last. */
  readonly nullsEnd: boolean;
}

function stepsOf(order: readonly Order[], terms: readonly OrderTerm[], position: CursorPosition, scope: Scope): Step[] {
  return terms.flatMap((term, i) => {
    const field = order[i]?.field;
    if (!field) return [];
    const value = position[i] ?? null;
    const { compared, operand } = scope.dialect.sortKey(field, term.expression);
    return [
      {
        compared,
        expression: term.expression,
        operand: value === null ? null : () => operand(value),
        beyond: term.descending ? '<' : '>',
        nullable: term.nullable,
        nullsEnd: nullsOf(term, scope) === 'last',
      },
    ];
  });
}

/** Rows of which the first of the steps has a value and that are behind the position; undefined where there are none. */
function valued([first, ...rest]: readonly Step[]): Fragment | undefined {
  if (!first) return undefined;
  const { compared, operand, beyond } = first;
  // The position is a NULL: the values are all behind it, or all before.
  if (!operand) return first.nullsEnd ? undefined : sql`${first.expression} is not null`;
  const further = behind(rest);
  const strictly = sql`${compared} ${trusted(beyond)} ${operand()}`;
  return further ? sql`${compared} ${trusted(`${beyond}=`)} ${operand()} and (${strictly} or ${further})` : strictly;
}

/** The same of those of which the first of the steps is NULL. */
function nulls([first, ...rest]: readonly Step[]): Fragment | undefined {
  if (!first?.nullable) return undefined;
  if (first.operand) return first.nullsEnd ? sql`${first.expression} is null` : undefined;
  const further = behind(rest);
  return further && sql`${first.expression} is null and ${further}`;
}

/** Rows behind the position by these steps alone; undefined where there are none. */
function behind(steps: readonly Step[]): Fragment | undefined {
  const parts = [valued(steps), nulls(steps)].flatMap((part) => (part ? [sql`(${part})`] : []));
  return parts.length === 0 ? undefined : sql`(${join(parts, ' or ')})`;
}

/** The parts in which the rows behind the position are found: the values and the NULLs of the first term each by itself, or both in one. */
function partsBehind(order: readonly Order[], terms: readonly OrderTerm[], position: CursorPosition, apart: boolean, scope: Scope): Part[] {
  const steps = stepsOf(order, terms, position, scope);
  const [first, ...rest] = terms;
  const [withValue, withNull] = [valued(steps), nulls(steps)];
  // Where it is known whether there is a value, the order need not speak of NULLs, and may then be an index's own.
  const values = first && withValue && { where: withValue, terms: [{ ...first, nullable: false }, ...rest] };
  const voids = withNull && { where: withNull, terms: rest };
  if (values && voids && !apart) return [{ where: sql`(${values.where} or ${voids.where})`, terms }];
  const parts = [values, voids].flatMap((part) => part ?? []);
  return parts.length === 0 ? [{ where: sql`1 = 0`, terms }] : parts;
}

/** What a page shows of its rows: `columns` of the row under `base`, those of `needed` first. */
export interface Shown {
  readonly base: string;
  readonly order: Ordered;
  readonly columns: readonly Fragment[];
  readonly needed: readonly Field[];
}

/** The select of a page that begins behind the position. */
export function keysetPage(query: ReadQuery, position: CursorPosition, shown: Shown, scope: Scope): Fragment {
  const order = query.order === 'random' ? [] : query.order;
  const { collection, limit } = query;
  const page = scope.dialect.page(limit, 0);
  const select = (columns: readonly Fragment[], alias: string, joins: Fragment, part: Part): Fragment => {
    const rows = columns.length === 0 ? sql`1 as x` : join(columns, ', ');
    const where = scanned(collection, query.where, alias, scope);
    const all = where ? sql`${where} and ${part.where}` : part.where;
    return sql`select ${rows} from ${table(collection, alias)}${joins} where ${all}${orderClause(part.terms, scope)} ${page}`;
  };
  const apart = order[0]?.field.indexed === true && canBeMerged(order);
  const [first, second] = partsBehind(order, shown.order.terms, position, apart, scope);
  if (!first) return nothing;
  if (!second) return select(shown.columns, shown.base, shown.order.joins, first);
  const parts = [0, 1].map((i) => {
    const alias = scope.alias();
    const part = partsBehind(order, ordered(order, alias, scope).terms, position, apart, scope)[i] ?? first;
    const columns = shown.needed.map((field) => column(alias, field));
    const own = name(scope.alias());
    return sql`select ${own}.* from (${select(columns, alias, nothing, part)}) ${own}`;
  });
  const merged = scope.alias();
  const columns = shown.needed.map((field) => column(merged, field));
  return sql`select ${join(columns, ', ')} from (${join(parts, ' union all ')}) ${name(merged)}${ordered(order, merged, scope).clause} ${page}`;
}
