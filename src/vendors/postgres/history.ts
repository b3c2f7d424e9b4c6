/** Activity and revisions of a write as one statement, whose text is the same however many rows it has. */
import type { HistoryAuthor, HistoryRow, HistoryTables } from '../../dialect/types.ts';
import { type Fragment, join, name, param, sql, trusted } from '../../lib/fragment.ts';
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

const lists = ['action', 'collection', 'item', 'comment', 'data', 'delta', 'parentCollection', 'parentItem'] as const;

/** Undefined where the tables are not those that an installation makes. Keys are counted up in the order of the rows. */
export function history({ activity, revisions }: HistoryTables, author: HistoryAuthor, rows: readonly HistoryRow[]): Fragment | undefined {
  if (!hasAll(activity, activityColumns) || !hasAll(revisions, revisionColumns)) return undefined;
  if (revisions.fields.get('data')?.storage !== 'text' || !activity.fields.get('id')?.column.autoIncrement) return undefined;
  const [only] = rows;
  if (only && rows.length === 1) return historyOfOne({ activity, revisions }, author, only);
  // As JSON: the text of an array is slow to write where there is much to escape, and snapshots are full of it.
  const given = lists.map((list) => sql`json_array_elements_text(${param(JSON.stringify(rows.map((row) => row[list])))}::json)`);
  const columns = trusted('action, collection, item, comment, data, delta, parent_collection, parent_item, n');
  return sql`with u as (select * from rows from (${join(given, ', ')}) with ordinality as u (${columns})),
    a as (insert into ${table(activity)} (${activityNames})
      select u.action, ${param(author.user)}::int, ${param(author.at)}::timestamp, ${param(author.ip)}, ${param(author.userAgent)}, u.collection, u.item, u.comment
      from u order by u.n returning id),
    k as (select id, row_number() over (order by id) as n from a)
    insert into ${table(revisions)} (${revisionNames})
    select k.id, u.collection, u.item, u.data, u.delta, u.parent_collection, u.parent_item, u.parent_collection is not null
    from k join u on u.n = k.n where u.data is not null order by u.n`;
}

/** The same of one row, without what it takes to tell rows apart. */
function historyOfOne({ activity, revisions }: HistoryTables, author: HistoryAuthor, row: HistoryRow): Fragment {
  const by = sql`${param(author.user)}, ${param(author.at)}, ${param(author.ip)}, ${param(author.userAgent)}`;
  const own = sql`${param(row.collection)}, ${param(row.item)}, ${param(row.comment)}`;
  const made = sql`insert into ${table(activity)} (${activityNames}) values (${param(row.action)}, ${by}, ${own})`;
  if (row.data === null) return made;
  const text = (value: string | null): Fragment => sql`${param(value)}::text`;
  const kept = join([row.collection, row.item, row.data, row.delta, row.parentCollection, row.parentItem].map(text), ', ');
  const changed = trusted(row.parentCollection === null ? 'false' : 'true');
  return sql`with a as (${made} returning id)
    insert into ${table(revisions)} (${revisionNames}) select a.id, ${kept}, ${changed} from a`;
}
