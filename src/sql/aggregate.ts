/**
 * Authorised groups and aggregates as ONE statement: an inner select forms the groups, the outer one orders and pages them. Values
 * leave as cells, and a writer made with the statement puts the JSON of a group together.
 */
import type { Authorized } from '../access/types.ts';
import type { Dialect, TextRow } from '../dialect/types.ts';
import { type Fragment, join, name, nothing, print, type Statement, sql, trusted } from '../lib/fragment.ts';
import type { AggregateQuery, Filter, Group, Measure, OrderStep } from '../query/types.ts';
import type { Field } from '../schema/types.ts';
import { double, groupWriter, number, plainCell, quotient, type ValueWriter } from './group-text.ts';
import { orderClause, through } from './order.ts';
import { scanned } from './scan.ts';
import { column, createScope, type Scope, table, whereClause } from './scope.ts';
import { condition } from './where.ts';

export interface CompiledAggregate {
  readonly statement: Statement;
  /** A row of the result as one JSON object. */
  readonly write: (cells: TextRow) => string;
}

/** The two selects while they are put together. */
interface Draft {
  readonly scope: Scope;
  /** The alias of the rows, and that of the groups. */
  readonly base: string;
  readonly groups: string;
  /** Columns of the inner select by what they are, so that what serves twice is worked out once. Those of the groups come first. */
  readonly columns: Map<string, { readonly label: string; readonly value: Fragment }>;
  /** Columns of the outer select. */
  readonly cells: Fragment[];
}

export interface AggregateOptions {
  readonly nullsLast: boolean;
  /** Where it does not hold there is no row, not even the one of a count. */
  readonly proof?: Fragment | undefined;
}

/** Prints groups and aggregates. */
export function compileAggregate(query: Authorized<AggregateQuery>, dialect: Dialect, options: AggregateOptions): CompiledAggregate {
  const scope = createScope(dialect, options.nullsLast);
  const draft: Draft = { scope, base: scope.alias(), groups: scope.alias(), columns: new Map(), cells: [] };
  const { joins, keys, apart, clause } = formGroups(query.groups, draft);
  const heads = query.groups.map((group, i) => [group.as, keyCell(group, keys[i] ?? nothing, draft)] as const);
  const values = query.measures.map((measure) => [measure, measureCell(measure, draft)] as const);
  const terms = query.order.map(({ of, at, descending }) => {
    const measure = of === 'measures' ? query.measures[at] : undefined;
    return { expression: (measure ? measureOrder(measure, draft) : keys[at]) ?? nothing, descending, nullable: true };
  });
  for (const expression of apart) terms.push({ expression, descending: false, nullable: false });
  const columns = [...draft.columns.values()].map(({ label, value }) => sql`${value} as ${name(label)}`);
  const where = whereClause(scanned(query.collection, query.where, draft.base, scope));
  const inner = sql`select ${join(columns, ', ')} from ${table(query.collection, draft.base)}${joins}${where}${clause}`;
  const page = dialect.page(query.limit, query.offset);
  const outer = sql`select ${join(draft.cells, ', ')} from (${inner}) ${name(draft.groups)}${whereClause(options.proof)}${orderClause(terms, scope)} ${page}`;
  return { statement: print(outer, dialect), write: groupWriter(heads, values) };
}

/** A column of the inner select, as the outer one names it. */
function worked(key: string, make: () => Fragment, { columns, groups }: Draft): Fragment {
  const known = columns.get(key) ?? { label: `c${columns.size}`, value: make() };
  columns.set(key, known);
  return name(groups, known.label);
}

interface Formed {
  readonly joins: Fragment;
  /** What tells the groups apart, as the outer select names it. */
  readonly keys: readonly Fragment[];
  /** The same where the database looks at the beginning of a long text only, when it sorts. */
  readonly apart: readonly Fragment[];
  readonly clause: Fragment;
}

/** By the columns' numbers, since an expression with parameters is equal to no other. */
function formGroups(groups: readonly Group[], draft: Draft): Formed {
  const { base, scope } = draft;
  const { aggregates } = scope.dialect;
  const joins: Fragment[] = [];
  const aliases = new Map<OrderStep, string>();
  const form = ({ field, via, visible }: Group, make: (column: Fragment) => Fragment): Fragment =>
    via
      ? through(via, (alias) => make(column(alias, field)), base, joins, aliases, scope)
      : where(visible, make(column(base, field)), draft);
  const keys = groups.map((group, i) => {
    const { field, part } = group;
    const make = (value: Fragment): Fragment => (part ? aggregates.datePart(part, field, value) : aggregates.distinct(field, value));
    return worked(`group ${i}`, () => form(group, make), draft);
  });
  const apart = groups.flatMap((group, i) => {
    const { field, part } = group;
    if (part || !aggregates.apart?.(field, nothing)) return [];
    return worked(`apart ${i}`, () => form(group, (value) => aggregates.apart?.(field, value) ?? value), draft);
  });
  const numbers = Array.from({ length: keys.length + apart.length }, (_, i) => trusted(String(i + 1)));
  return { joins: join(joins, ''), keys, apart, clause: numbers.length === 0 ? nothing : sql` group by ${join(numbers.reverse(), ', ')}` };
}

/** A value where `visible` holds, else NULL. */
function where(visible: Filter | undefined, value: Fragment, { base, scope }: Draft): Fragment {
  const rows = visible && condition(visible, base, scope);
  return rows ? sql`(case when ${rows} then ${value} end)` : value;
}

function cell(value: Fragment, draft: Draft): number {
  return draft.cells.push(value) - 1;
}

function keyCell({ field, part }: Group, key: Fragment, draft: Draft): ValueWriter {
  return part ? plainCell(cell(key, draft)) : valueCell(field, key, draft);
}

/** A value of the field, in the form it has in rows. */
function valueCell(field: Field, value: Fragment, draft: Draft): ValueWriter {
  const { dialect } = draft.scope;
  const plain = dialect.aggregates.plain(field, value);
  if (dialect.cell) {
    const made = dialect.cell(field, plain);
    return plainCell(cell(made.value, draft), made.write);
  }
  const { finish = String } = dialect;
  const at = cell(dialect.jsonText(dialect.jsonObject([['v', dialect.jsonValue(field, plain)]])), draft);
  return plainCell(at, (text) => member(finish(text)));
}

/** What stands behind the colon of an object with one key, `v`. */
function member(object: string): string {
  return object.slice(object.indexOf(':') + 1, -1).trim();
}

function counted({ field, visible }: Pick<Measure, 'field' | 'visible'>, draft: Draft): Fragment {
  const make = (): Fragment => (field ? sql`count(${where(visible, column(draft.base, field), draft)})` : sql`count(*)`);
  return worked(`count ${field?.name ?? '*'}`, make, draft);
}

/** What of a measure the groups hold: a sum of `avg`, else what the function gives. */
function held(measure: Measure, field: Field, draft: Draft): Fragment {
  const { base, scope } = draft;
  const { aggregates } = scope.dialect;
  const value = column(base, field);
  const { visible } = measure;
  switch (measure.function) {
    case 'count':
      return counted(measure, draft);
    case 'countDistinct':
      return worked(
        `distinct ${field.name}`,
        () => sql`count(distinct ${where(visible, aggregates.distinct(field, value), draft)})`,
        draft,
      );
    case 'sum':
    case 'avg':
      return worked(`sum ${field.name}`, () => aggregates.sum(field, where(visible, value, draft)), draft);
    case 'min':
    case 'max': {
      const extreme = (): Fragment => sql`${trusted(measure.function)}(${where(visible, aggregates.extreme(field, value), draft)})`;
      return worked(`${measure.function} ${field.name}`, extreme, draft);
    }
  }
}

function measureCell(measure: Measure, draft: Draft): ValueWriter {
  const { field } = measure;
  if (!field) return plainCell(cell(counted(measure, draft), draft));
  const value = held(measure, field, draft);
  switch (measure.function) {
    case 'count':
    case 'countDistinct':
      return plainCell(cell(value, draft));
    case 'sum':
      return plainCell(cell(value, draft), field.storage === 'float' ? double : number);
    case 'avg':
      return quotient(cell(value, draft), cell(counted(measure, draft), draft));
    case 'min':
    case 'max':
      return valueCell(field, value, draft);
  }
}

/** What a measure is sorted by: the very number that is shown. */
function measureOrder(measure: Measure, draft: Draft): Fragment {
  const { field } = measure;
  if (!field) return counted(measure, draft);
  const { aggregates } = draft.scope.dialect;
  const value = held(measure, field, draft);
  if (measure.function === 'sum') return aggregates.sumOrder(field, value);
  return measure.function === 'avg' ? sql`(${aggregates.double(value)} / ${counted(measure, draft)})` : value;
}
