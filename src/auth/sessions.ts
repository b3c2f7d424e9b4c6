/**
 * Sessions: rows of directus_user_sessions. Who holds one has its id and a secret; the row has a hash of the secret together with the
 * password's hash, so that a session ends with its row and with the password.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Connection } from '../dialect/types.ts';
import { insertRows } from '../engine/insert-rows.ts';
import { utcText } from '../engine/journal.ts';
import { transactional } from '../engine/transactional.ts';
import { type Fragment, join, name, print, sql } from '../lib/fragment.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Collection, Field, Schema } from '../schema/types.ts';
import { tableName } from '../sql/scope.ts';
import type { UserRow } from './users.ts';

const collectionName = 'directus_user_sessions';

export interface NewSession {
  readonly user: Pick<UserRow, 'id' | 'password'>;
  readonly type: 'jwt' | 'cookie';
  readonly ip: string;
  readonly userAgent: string;
  readonly expires: Date;
}

export interface SessionRow {
  readonly id: string;
  readonly user: string;
  readonly type: string;
  readonly token: string;
  readonly created: Date;
  readonly expires: Date;
}

/** What a session is told from others by in the row, as long as the password is that one. */
export function secretHash(secret: string, password: string | null): string {
  return createHash('sha256')
    .update(`${secret}\n${password ?? ''}`)
    .digest('hex');
}

/** The two parts of what the holder has. */
export function partsOf(held: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = /^(\d{1,18})\.([\w-]{43})$/.exec(held) ?? [];
  return id !== undefined && secret !== undefined ? { id, secret } : undefined;
}

function columnsOf(sessions: Collection, values: Readonly<Record<string, Stored>>): [Field, Stored][] {
  return Object.entries(values).flatMap(([key, value]): [Field, Stored][] => {
    const field = sessions.fields.get(key);
    return field ? [[field, value]] : [];
  });
}

/** Begins a session; what its holder is to have. Undefined on a database that keeps none. */
export async function beginSession(connection: Connection, schema: Schema, session: NewSession): Promise<string | undefined> {
  const sessions = schema.collections.get(collectionName);
  if (!sessions) return undefined;
  const secret = randomBytes(32).toString('base64url');
  const now = new Date();
  const row = new Map(
    columnsOf(sessions, {
      user: session.user.id,
      token_type: session.type,
      token: secretHash(secret, session.user.password),
      ip_address: session.ip,
      user_agent: session.userAgent.slice(0, 1000),
      created_on: utcText(now),
      token_expired_at: utcText(session.expires),
    }),
  );
  await endWhere(connection, schema, (equal) => equal('token_expired_at', '<', utcText(now)));
  const [made] = await transactional(connection, (transaction) => insertRows({ connection: transaction }, sessions, [row]));
  const [id] = made?.key ?? [];
  return id === undefined ? undefined : `${String(id)}.${secret}`;
}

function moment(value: unknown): Date {
  return value instanceof Date ? value : new Date(`${String(value).slice(0, 19).replace(' ', 'T')}Z`);
}

/** A condition on a column of the sessions; one that they lack holds for none. */
type Condition = (column: string, operator: '=' | '<' | '>', value: string) => Fragment;

function conditionOn(connection: Connection, sessions: Collection): Condition {
  const { dialect } = connection;
  return (column, operator, value) => {
    const field = sessions.fields.get(column);
    if (!field) return sql`1 = 0`;
    const named = name(field.column.name);
    return operator === '=' ? dialect.exactly(field, named, value) : dialect.compares(field, named, operator, value);
  };
}

async function find(connection: Connection, schema: Schema, where: (condition: Condition) => Fragment): Promise<Record<string, unknown>[]> {
  const sessions = schema.collections.get(collectionName);
  if (!sessions) return [];
  const columns = [...sessions.fields.values()].map((field) => name(field.column.name));
  const condition = where(conditionOn(connection, sessions));
  const statement = sql`select ${join(columns, ', ')} from ${tableName(sessions)} where ${condition} order by ${name('id')}`;
  return connection.rows(print(statement, connection.dialect));
}

/** The session of that id, unless it has ended. */
export async function sessionById(connection: Connection, schema: Schema, id: string): Promise<SessionRow | undefined> {
  const [row] = await find(connection, schema, (is) => is('id', '=', id));
  if (!row) return undefined;
  const expires = moment(row['token_expired_at']);
  if (!(expires.getTime() > Date.now())) return undefined;
  const text = (key: string): string => String(row[key] ?? '');
  return {
    id: text('id'),
    user: text('user'),
    type: text('token_type'),
    token: text('token'),
    created: moment(row['created_on']),
    expires,
  };
}

const shown = ['ip_address', 'user_agent', 'created_on', 'token_expired_at'] as const;

/** The sessions of a user that have not ended, as their owner is told of them: without the token. */
export async function sessionsOf(connection: Connection, schema: Schema, user: string): Promise<Record<string, unknown>[]> {
  const rows = await find(
    connection,
    schema,
    (is) => sql`${is('user', '=', user)} and ${is('token_expired_at', '>', utcText(new Date()))}`,
  );
  return rows.map((row) => ({
    id: Number(row['id']),
    user: Number(row['user']),
    token_type: row['token_type'] ?? null,
    ...Object.fromEntries(shown.map((key) => [key, key.endsWith('_on') || key.endsWith('_at') ? utcText(moment(row[key])) : row[key]])),
  }));
}

async function endWhere(connection: Connection, schema: Schema, where: (condition: Condition) => Fragment): Promise<void> {
  const sessions = schema.collections.get(collectionName);
  if (!sessions) return;
  const condition = where(conditionOn(connection, sessions));
  await connection.execute(print(sql`delete from ${tableName(sessions)} where ${condition}`, connection.dialect));
}

/** Ends all sessions of a user, or the one of that id. */
export async function endSessions(connection: Connection, schema: Schema, user: string, id?: string): Promise<void> {
  await endWhere(connection, schema, (is) => {
    const own = is('user', '=', user);
    return id === undefined ? own : sql`${own} and ${is('id', '=', id)}`;
  });
}

/** Moves the end of a session. */
export async function extendSession(connection: Connection, schema: Schema, id: string, expires: Date): Promise<void> {
  const sessions = schema.collections.get(collectionName);
  const field = sessions?.fields.get('token_expired_at');
  if (!sessions || !field) return;
  const value = connection.dialect.stored(field, utcText(expires));
  const is = conditionOn(connection, sessions);
  const statement = sql`update ${tableName(sessions)} set ${name(field.column.name)} = ${value} where ${is('id', '=', id)}`;
  await connection.execute(print(statement, connection.dialect));
}

/** A condition that holds while that session of the user is there. */
export function sessionHolds(
  connection: Connection,
  schema: Schema,
  session: Pick<SessionRow, 'id' | 'user' | 'token'>,
): Fragment | undefined {
  const sessions = schema.collections.get(collectionName);
  if (!sessions) return undefined;
  const is = conditionOn(connection, sessions);
  const parts = [is('id', '=', session.id), is('user', '=', session.user), is('token', '=', session.token)];
  return sql`exists (select 1 from ${tableName(sessions)} where ${join(parts, ' and ')})`;
}
