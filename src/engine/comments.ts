/** Comments on rows: added, edited and deleted, each by one conditional statement (directus8-data §12.4). */
import { type AskedComment, type CommentRows, commentAccess } from '../access/comments.ts';
import type { Scalar, Transaction } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { collectionOf, keyFilter } from '../query/bind.ts';
import { keyText, parseKey } from '../schema/keys.ts';
import type { Collection, Field } from '../schema/types.ts';
import { compileComment, compileCommentChange, compileFound, type Values } from '../sql/comments.ts';
import { authorOf, utcText } from './journal.ts';
import type { ReadContext } from './read.ts';

/** Comments change in a transaction, which ends with what is thrown here. */
type Within = ReadContext & { readonly connection: Transaction };

export interface NewComment {
  readonly collection: string;
  /** The text of the row's key. */
  readonly item: string;
  readonly text: string;
  /** Whether the request says why. */
  readonly explained: boolean;
  readonly userAgent: string;
}

/** The collection that comments are entries of. Throws `unknown_collection` where there are no system tables. */
export function activityOf({ schema }: Pick<ReadContext, 'schema'>): Collection {
  return collectionOf(schema, 'directus_activity');
}

/**
 * Adds a comment to a row that may be read and commented on.
 *
 * @returns its key. Throws unknown_collection, item_not_found, create_denied, comment_create_denied, and forbidden where a reason is
 *   demanded and none is given
 */
export async function addComment(context: Within, asked: NewComment): Promise<string> {
  const { schema, rules, actor, connection } = context;
  const activity = activityOf(context);
  const collection = collectionOf(schema, asked.collection);
  const access = commentAccess(schema, rules, actor);
  if (!access.creates) throw new GatewayError('create_denied', { collection: activity.name });
  const key = keyFilter(collection, [asked.item]);
  const rows = access.commentable(collection, key);
  const denied = new GatewayError('comment_create_denied', { collection: collection.name });
  if (!rows) throw denied;
  if (!asked.explained && access.explains(collection)) throw unexplained(collection.name);
  const author = authorOf({ actor, userAgent: asked.userAgent }, new Date(), activity);
  const values = valuesOf(activity, {
    action: 'comment',
    action_by: author.user,
    action_on: author.at,
    ip: author.ip,
    user_agent: author.userAgent,
    collection: collection.name,
    item: keyText(parseKey(collection, asked.item) ?? []),
    comment: asked.text,
  });
  const id = await insert(connection, activity, values, rows);
  if (id !== undefined) return id;
  const readable = await found(context, access.readable(collection, key));
  throw readable === undefined ? new GatewayError('item_not_found', { id: asked.item }) : denied;
}

async function insert(connection: Transaction, activity: Collection, values: Values, rows: CommentRows): Promise<string | undefined> {
  const statement = compileComment(activity, values, rows, connection.dialect);
  if (connection.dialect.returning.insert) {
    const [row] = await connection.rows(statement);
    const [id] = Object.values(row ?? {});
    return id === undefined ? undefined : String(id);
  }
  if ((await connection.execute(statement)) === 0) return undefined;
  return (await connection.insertedIds?.(1))?.[0];
}

export interface ChangedComment {
  readonly id: string;
  readonly text: string;
  readonly explained: boolean;
}

/**
 * Gives a comment another text.
 *
 * @throws GatewayError comment_not_found, comment_update_denied, and forbidden where a reason is demanded and none is given
 */
export async function editComment(context: Within, { id, text, explained }: ChangedComment): Promise<void> {
  const activity = activityOf(context);
  const values = valuesOf(activity, { comment: text, edited_on: utcText(new Date()) });
  await change(context, { activity, key: keyFilter(activity, [id]), deleted: false }, id, explained, values, new Map());
}

/**
 * Deletes a comment: the entry stays, its text does not. What was deleted before stays so.
 *
 * @throws GatewayError comment_not_found, comment_delete_denied
 */
export async function deleteComment(context: Within, id: string): Promise<void> {
  const activity = activityOf(context);
  const asked = { activity, key: keyFilter(activity, [id]), deleted: true };
  await change(
    context,
    asked,
    id,
    true,
    valuesOf(activity, { comment: '' }),
    valuesOf(activity, { comment_deleted_on: utcText(new Date()) }),
  );
}

async function change(context: Within, asked: AskedComment, id: string, explained: boolean, values: Values, kept: Values): Promise<void> {
  const { schema, rules, actor, connection } = context;
  const access = commentAccess(schema, rules, actor);
  const statement = compileCommentChange(access.changeable(asked, explained), values, kept, connection.dialect);
  if ((await connection.execute(statement)) > 0) return;
  const name = await found(context, access.known(asked), asked.activity.fields.get('collection'));
  if (name === undefined) throw new GatewayError('comment_not_found', { id });
  const collection = schema.collections.get(name);
  if (!explained && collection && access.explains(collection)) throw unexplained(name);
  throw new GatewayError(asked.deleted ? 'comment_delete_denied' : 'comment_update_denied', { collection: name });
}

/** The field's text in one of the rows; undefined where there is none. */
async function found({ connection }: ReadContext, rows: CommentRows, shown?: Field): Promise<string | undefined> {
  const [row] = await connection.texts(compileFound(rows, shown, connection.dialect));
  return row ? (row[0] ?? '') : undefined;
}

function unexplained(collection: string): GatewayError {
  return new GatewayError('forbidden', { message: `Activity comment required for collection: ${collection}` });
}

/** Columns that the table lacks are left out. */
function valuesOf(activity: Collection, named: Readonly<Record<string, Scalar>>): Values {
  return new Map(
    Object.entries(named).flatMap(([name, value]) => {
      const field = activity.fields.get(name);
      return field ? [[field, value] as const] : [];
    }),
  );
}
