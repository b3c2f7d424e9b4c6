/** The statements by which old history goes, a few rows at a time (projects/retention.ts). */
import type { Dialect } from '../dialect/types.ts';
import { type Fragment, join, name, print, type Statement, sql } from '../lib/fragment.ts';
import type { Collection, Field } from '../schema/types.ts';
import { column, createScope, table } from './scope.ts';

/** The two tables of history, as far as they are needed here. */
export interface HistoryTables {
  readonly activity: Collection;
  readonly revisions: Collection;
}

/** A row of which the revisions are counted. */
export interface Versioned {
  readonly collection: string;
  readonly item: string;
}

function fieldOf(collection: Collection, field: string): Field {
  const found = collection.fields.get(field);
  if (!found) throw new Error(`${collection.name} has no ${field}`);
  return found;
}

/** Whether both tables have what is looked at. */
export function hasHistory({ activity, revisions }: HistoryTables): boolean {
  const needed = [
    [activity, ['id', 'action', 'action_on']],
    [revisions, ['id', 'activity', 'collection', 'item']],
  ] as const;
  return needed.every(([of, names]) => names.every((one) => of.fields.has(one)));
}

/** Keys of revisions whose entry is older than `before`, the oldest first. */
export function oldRevisions({ activity, revisions }: HistoryTables, before: string, rows: number, dialect: Dialect): Statement {
  const scope = createScope(dialect, false);
  const [a, r] = [scope.alias(), scope.alias()];
  const on = fieldOf(activity, 'action_on');
  const tied = sql`${column(r, fieldOf(revisions, 'activity'))} = ${column(a, fieldOf(activity, 'id'))}`;
  const old = sql`${column(a, on)} < ${dialect.operand(on, before)}`;
  return print(
    sql`select ${column(r, fieldOf(revisions, 'id'))} as id from ${table(activity, a)} inner join ${table(revisions, r)} on ${tied} where ${old} order by ${column(a, on)} ${dialect.page(rows, 0)}`,
    dialect,
  );
}

/** Keys of entries older than `before` that are no comments and that no revision belongs to. */
export function oldActivity(tables: HistoryTables, before: string, rows: number, dialect: Dialect): Statement {
  const { activity } = tables;
  const scope = createScope(dialect, false);
  const a = scope.alias();
  const [id, action, on] = ['id', 'action', 'action_on'].map((one) => fieldOf(activity, one)) as [Field, Field, Field];
  const old = sql`${column(a, on)} < ${dialect.operand(on, before)} and not (${dialect.exactly(action, column(a, action), 'comment')})`;
  const where = sql`${old} and not ${revisionsOf(tables, column(a, id), scope.alias())}`;
  return print(
    sql`select ${column(a, id)} as id from ${table(activity, a)} where ${where} order by ${column(a, on)} ${dialect.page(rows, 0)}`,
    dialect,
  );
}

/** Whether a revision belongs to the entry of that key. */
function revisionsOf({ revisions }: HistoryTables, key: Fragment, alias: string): Fragment {
  return sql`exists (select 1 from ${table(revisions, alias)} where ${column(alias, fieldOf(revisions, 'activity'))} = ${key})`;
}

/** The revisions behind that key: theirs, and the rows that they are of. */
export function revisionsBehind({ revisions }: HistoryTables, key: string, rows: number, dialect: Dialect): Statement {
  const scope = createScope(dialect, false);
  const r = scope.alias();
  const [id, collection, item] = ['id', 'collection', 'item'].map((one) => fieldOf(revisions, one)) as [Field, Field, Field];
  const shown = join([sql`${column(r, id)} as id`, sql`${column(r, collection)} as c`, sql`${column(r, item)} as i`], ', ');
  const behind = sql`${column(r, id)} > ${dialect.operand(id, key)}`;
  return print(
    sql`select ${shown} from ${table(revisions, r)} where ${behind} order by ${column(r, id)} ${dialect.page(rows, 0)}`,
    dialect,
  );
}

/** Keys of the row's revisions beyond the newest so many. */
export function surplusRevisions({ revisions }: HistoryTables, of: Versioned, newest: number, rows: number, dialect: Dialect): Statement {
  const scope = createScope(dialect, false);
  const r = scope.alias();
  const id = fieldOf(revisions, 'id');
  const same = (['collection', 'item'] as const).map((one) => {
    const field = fieldOf(revisions, one);
    return dialect.exactly(field, column(r, field), of[one]);
  });
  return print(
    sql`select ${column(r, id)} as id from ${table(revisions, r)} where ${join(same, ' and ')} order by ${column(r, id)} desc ${dialect.page(rows, newest)}`,
    dialect,
  );
}

/** Deletes rows by their keys. Of activity those alone that no revision belongs to by now. */
export function removed(tables: HistoryTables, from: keyof HistoryTables, keys: readonly string[], dialect: Dialect): Statement {
  const collection = tables[from];
  const id = fieldOf(collection, 'id');
  const { schema, name: of } = collection.table;
  const bare = schema === null ? name(of) : name(schema, of);
  const column = sql`${bare}.${name(id.column.name)}`;
  const free = from === 'activity' ? sql` and not ${revisionsOf(tables, column, createScope(dialect, false).alias())}` : sql``;
  return print(sql`delete from ${bare} where ${dialect.isIn(id, column, keys)}${free}`, dialect);
}
