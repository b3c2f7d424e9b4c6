/** Who may comment on which rows, and change whose comments (directus8-data §10.6, §12.4). */
import { allOf, always, anyOf, compare, isNull, never } from '../query/filters.ts';
import type { Filter } from '../query/types.ts';
import { coerceOperand } from '../schema/field-types.ts';
import type { Collection, Schema } from '../schema/types.ts';
import { otherRights, readGrant } from './grants.ts';
import { namedRow, visibleRows } from './history.ts';
import type { Actor, Authorized, Permission, Rules } from './types.ts';

/** To read comments takes no right of its own; what is not named here is none. */
const levels = ['create', 'update', 'full'] as const;
type CommentLevel = (typeof levels)[number];

/** What of the comments a statement may touch, or on which rows it may add one. */
export type CommentRows = Authorized<{ readonly collection: Collection; readonly where: Filter }>;

export interface CommentAccess {
  /** Whether entries may be added to the activity at all. */
  readonly creates: boolean;
  /** Whether whoever adds or edits a comment on the collection has to say why. */
  explains(collection: Collection): boolean;
  /** Of the rows that match, those that may be read, and those of them that may be commented on; undefined where none of all ever may. */
  readable(collection: Collection, asked: Filter): CommentRows;
  commentable(collection: Collection, asked: Filter): CommentRows | undefined;
  /** The comments of that key that may be known of, and those that may be changed; without a reason, where none is demanded. */
  known(asked: AskedComment): CommentRows;
  changeable(asked: AskedComment, explained: boolean): CommentRows;
}

export interface AskedComment {
  /** directus_activity. */
  readonly activity: Collection;
  readonly key: Filter;
  /** Whether one that was deleted counts. */
  readonly deleted: boolean;
}

/** The rights of one actor under one version of schema and rules. */
export function commentAccess(schema: Schema, rules: Rules, actor: Actor): CommentAccess {
  const everything = actor.is === 'system' || (actor.is === 'user' && actor.admin);
  const role = actor.is === 'system' ? undefined : rules.roles.get(actor.role);
  const permissionsOf = (name: string): readonly Permission[] => {
    const granted = role?.collections.get(name);
    if (!granted) return [];
    return granted.mode === 'global' ? [granted.permission] : [...granted.byStatus.values()];
  };
  const explains = ({ name }: Collection): boolean => !everything && permissionsOf(name).some((one) => one.explain === 'always');
  const readableRows = (collection: Collection): Filter => readGrant(collection, rules, actor, schema)?.rows() ?? never;

  /** Rows whose permission gives that level or a higher one. */
  function rowsAt(collection: Collection, least: CommentLevel): Filter {
    if (everything) return always;
    const granted = role?.collections.get(collection.name);
    if (!granted) return never;
    if (granted.mode === 'global') return reaches(granted.permission, least) ? always : never;
    const field = collection.status?.field;
    const statuses = [...granted.byStatus].flatMap(([status, one]) =>
      field && reaches(one, least) ? (coerceOperand(field, status) ?? []) : [],
    );
    return field && statuses.length > 0 ? compare(field, 'in', ...statuses) : never;
  }

  /** Own comments from `update` on; those of others where everything may be done and the row may be read. */
  function changes(activity: Collection, explained: boolean): Filter {
    if (everything) return always;
    const [field, by] = [activity.fields.get('collection'), activity.fields.get('action_by')];
    if (!field || !by) return never;
    const own = actor.is === 'user' ? compare(by, 'exact', actor.id) : never;
    const of = new Map<string, Filter>();
    for (const name of role?.collections.keys() ?? []) {
      const collection = schema.collections.get(name);
      if (!collection || (!explained && explains(collection))) continue;
      const row = (where: Filter): Filter => namedRow(activity, collection, where);
      const others = allOf([row(rowsAt(collection, 'full')), row(readableRows(collection))]);
      of.set(name, anyOf([allOf([own, row(rowsAt(collection, 'update'))]), others]));
    }
    return { is: 'byValue', field, of };
  }

  return {
    creates: everything || permissionsOf('directus_activity').some((one) => one.create !== 'none'),
    explains,
    readable: (collection, asked) => authorized(collection, allOf([asked, readableRows(collection)])),
    commentable(collection, asked) {
      const rows = rowsAt(collection, 'create');
      return rows.is === 'never' ? undefined : authorized(collection, allOf([asked, readableRows(collection), rows]));
    },
    known: (asked) =>
      authorized(
        asked.activity,
        allOf([isComment(asked), everything ? always : visibleRows(asked.activity, otherRights(rules, actor, schema))]),
      ),
    changeable: (asked, explained) => authorized(asked.activity, allOf([isComment(asked), changes(asked.activity, explained)])),
  };
}

function reaches({ comment }: Permission, least: CommentLevel): boolean {
  return levels.some((level, i) => level === comment && i >= levels.indexOf(least));
}

function isComment({ activity, key, deleted }: AskedComment): Filter {
  const [action, deletedOn] = [activity.fields.get('action'), activity.fields.get('comment_deleted_on')];
  if (!action) return never;
  return allOf([key, compare(action, 'exact', 'comment'), deletedOn && !deleted ? isNull(deletedOn) : always]);
}

function authorized(collection: Collection, where: Filter): CommentRows {
  return { collection, where } as CommentRows;
}
