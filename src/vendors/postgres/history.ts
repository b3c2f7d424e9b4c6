/** Activity and revisions of a write as one statement, whose text is the same however many rows it has. */
import type { HistoryAuthor, HistoryRow, HistoryTables } from '../../dialect/types.ts';
import { type Fragment, join, name, type Printer, param, print, type Statement, sql, trusted } from '../../lib/fragment.ts';
import type { Collection } from '../../schema/types.ts';

const activityColumns = ['action', 'action_by', 'action_on', 'ip', 'user_agent', 'collection', 'item', 'comment'];
const revisionColumns = ['activity', 'collection', 'item', 'data', 'delta', 'parent_collection', 'parent_item', 'parent_changed'];

function hasAll(collection: Collection, columns: readonly string[]): boolean {
  return columns.every((column) => collection.fields.has(column));
}

function table({ table: { schema, name: own } }: Collection): Fragment {
  return schema === null ? name(own) : name(schema, own);
}

const names = (columns: readonly string[]): Fragment =>
  join(
    columns.map((column) => name(column)),
    ', ',
  );

const activityNames = names(activityColumns);
const revisionNames = names(revisionColumns);

const lists = ['action', 'collection', 'item', 'comment', 'parentCollection', 'parentItem'] as const;
/** JSON texts, which need not be escaped to stand in a list. */
const snapshots = ['data', 'delta'] as const;

/** The texts for one pair of tables: of an activity alone, of one with its revision, and of any number of both. */
interface Texts {
  readonly activity: string;
  readonly revision: string;
  readonly many: string;
}

const known = new WeakMap<Collection, Texts | null>();

/** Tells which values a text binds, and in which order: only their number counts. */
const hole = param(null);
const holes = (count: number, suffix = ''): Fragment =>
  join(
    Array.from({ length: count }, () => (suffix === '' ? hole : sql`${hole}${trusted(suffix)}`)),
    ', ',
  );

function textsOf({ activity, revisions }: HistoryTables, printer: Printer): Texts | null {
  if (!hasAll(activity, activityColumns) || !hasAll(revisions, revisionColumns)) return null;
  if (revisions.fields.get('data')?.storage !== 'text' || !activity.fields.get('id')?.column.autoIncrement) return null;
  const one = sql`insert into ${table(activity)} (${activityNames}) values (${holes(activityColumns.length)})`;
  const kept = sql`select a.id, ${holes(6, '::text')}, ${hole}::boolean from a`;
  // As JSON: the text of an array is slow to write where there is much to escape. Of the type json all is kept as it was written.
  const given = join(
    [...lists.map(() => sql`json_array_elements_text(${hole}::json)`), ...snapshots.map(() => sql`json_array_elements(${hole}::json)`)],
    ', ',
  );
  const columns = trusted('action, collection, item, comment, parent_collection, parent_item, data, delta, n');
  return {
    activity: print(one, printer).text,
    revision: print(sql`with a as (${one} returning id) insert into ${table(revisions)} (${revisionNames}) ${kept}`, printer).text,
    many: print(
      sql`with u as (select * from rows from (${given}) with ordinality as u (${columns})),
    a as (insert into ${table(activity)} (${activityNames})
      select u.action, ${hole}::int, ${hole}::timestamp, ${hole}, ${hole}, u.collection, u.item, u.comment
      from u order by u.n returning id),
    k as (select id, row_number() over (order by id) as n from a)
    insert into ${table(revisions)} (${revisionNames})
    select k.id, u.collection, u.item, u.data::text, u.delta::text, u.parent_collection, u.parent_item, u.parent_collection is not null
    from k join u on u.n = k.n where u.data::text <> 'null' order by u.n`,
      printer,
    ).text,
  };
}

const types = ['', '::int', '::timestamp', '', '', '', '', ''];

/** Undefined where the tables are not those that an installation makes. */
export function deleteWithHistory(
  deletion: Fragment,
  { activity }: HistoryTables,
  { user, at, ip, userAgent }: HistoryAuthor,
  { action, collection, item, comment }: HistoryRow,
  printer: Printer,
): Statement | undefined {
  if (!hasAll(activity, activityColumns)) return undefined;
  const values = [action, user, at, ip, userAgent, collection, item, comment].map(
    (value, i) => sql`${param(value)}${trusted(types[i] ?? '')}`,
  );
  const kept = sql`insert into ${table(activity)} (${activityNames}) select ${join(values, ', ')} from gone`;
  return print(sql`with gone as (${deletion}), kept as (${kept}) select * from gone`, printer);
}

/** Undefined where the tables are not those that an installation makes. Keys are counted up in the order of the rows. */
export function history(
  tables: HistoryTables,
  { user, at, ip, userAgent }: HistoryAuthor,
  rows: readonly HistoryRow[],
  printer: Printer,
): Statement | undefined {
  let texts = known.get(tables.activity);
  if (texts === undefined) {
    texts = textsOf(tables, printer);
    known.set(tables.activity, texts);
  }
  if (!texts) return undefined;
  const [only] = rows;
  if (only && rows.length === 1) {
    const { action, collection, item, comment, data, delta, parentCollection, parentItem } = only;
    const made = [action, user, at, ip, userAgent, collection, item, comment];
    if (data === null) return { text: texts.activity, values: made };
    const changed = parentCollection !== null;
    return { text: texts.revision, values: [...made, collection, item, data, delta, parentCollection, parentItem, String(changed)] };
  }
  const given = [
    ...lists.map((list) => JSON.stringify(rows.map((row) => row[list]))),
    ...snapshots.map((list) => `[${rows.map((row) => row[list] ?? 'null').join(',')}]`),
  ];
  return { text: texts.many, values: [...given, user, at, ip, userAgent] };
}
