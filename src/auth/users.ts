/** Users as sign-in and identification see them; the only code that reads passwords and tokens. */
import type { Connection, Reader, Row } from '../dialect/types.ts';
import { type Fragment, join, name, print, sql } from '../lib/fragment.ts';
import type { Collection, Field, Schema } from '../schema/types.ts';
import { tableName } from '../sql/scope.ts';
import { type SessionRow, sessionHolds } from './sessions.ts';

export interface UserRow {
  readonly id: string;
  readonly status: string;
  readonly role: string;
  readonly password: string | null;
  readonly token: string | null;
  readonly twoFactorSecret: string | null;
  /** All columns, as stored. */
  readonly row: Row;
}

async function find(
  connection: Pick<Reader, 'dialect' | 'rows'>,
  schema: Schema,
  where: (users: Collection) => Fragment,
): Promise<UserRow | undefined> {
  const users = schema.collections.get('directus_users');
  if (!users) return undefined;
  const columns = join(
    [...users.fields.values()].map((field) => name(field.column.name)),
    ', ',
  );
  const statement = print(sql`select ${columns} from ${tableName(users)} where ${where(users)} order by ${name('id')}`, connection.dialect);
  const [row] = await connection.rows(statement);
  if (!row) return undefined;
  const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));
  return {
    id: String(row['id']),
    status: String(row['status']),
    role: text(row['role']) ?? '',
    password: text(row['password']),
    token: text(row['token']),
    twoFactorSecret: text(row['2fa_secret']),
    row,
  };
}

/** The user with that static token, exactly; a database that compares without case does not widen it. */
export async function userByToken(connection: Connection, schema: Schema, token: string): Promise<UserRow | undefined> {
  if (token === '' || token.includes('\0') || token.length > 255) return undefined;
  const user = await find(connection, schema, (users) => {
    const field = users.fields.get('token');
    return field ? connection.dialect.exactly(field, name('token'), token) : sql`1 = 0`;
  });
  return user?.token === token ? user : undefined;
}

/** The user of that id; undefined where there is none. */
export async function userById(connection: Pick<Reader, 'dialect' | 'rows'>, schema: Schema, id: string): Promise<UserRow | undefined> {
  if (!/^\d{1,9}$/.test(id)) return undefined;
  return find(connection, schema, (users) => {
    const key = users.fields.get('id');
    return key ? sql`${name('id')} = ${connection.dialect.operand(key, id)}` : sql`1 = 0`;
  });
}

/** By the name that a directory or an identity provider has for the user, exactly. */
export async function userByExternalId(connection: Connection, schema: Schema, id: string): Promise<UserRow | undefined> {
  if (id === '' || id.includes('\0') || id.length > 255) return undefined;
  const user = await find(connection, schema, (users) => {
    const field = users.fields.get('external_id');
    return field ? connection.dialect.exactly(field, name('external_id'), id) : sql`1 = 0`;
  });
  return user?.row['external_id'] === id ? user : undefined;
}

/** By the login name, upper and lower case alike. */
export async function userByEmail(connection: Connection, schema: Schema, email: string): Promise<UserRow | undefined> {
  if (email.includes('\0')) return undefined;
  const whole = email.replace(/[\\%_]/g, '\\$&');
  return find(connection, schema, (users) => {
    const field = users.fields.get('email');
    return field ? connection.dialect.like(field, name('email'), whole) : sql`1 = 0`;
  });
}

/** What a user was known by, as far as the database can say that it is still so. */
export type Held =
  | { readonly by: 'token'; readonly token: string }
  | { readonly by: 'session'; readonly session: Pick<SessionRow, 'id' | 'user' | 'token'>; readonly password: string | null }
  /** A token of Directus 8, which knows of no session. */
  | { readonly by: 'signature' };

/**
 * A condition that holds while the user is as given: active, in that role, with a second factor if there was one, and holding that token
 * or that session, which ends with the password. Undefined on a database without users.
 */
export function stillHolds(
  connection: Connection,
  schema: Schema,
  user: Pick<UserRow, 'id' | 'role' | 'twoFactorSecret'>,
  held: Held,
): Fragment | undefined {
  const users = schema.collections.get('directus_users');
  const [id, status, role, token, password] = ['id', 'status', 'role', 'token', 'password'].map((field) => users?.fields.get(field));
  if (!users || !id || !status || !role || !token || !password) return undefined;
  const { dialect } = connection;
  const same = (field: Field, value: string): Fragment => dialect.exactly(field, name(field.column.name), value);
  const found = [same(id, user.id)];
  const parts = [same(status, 'active'), same(role, user.role)];
  if (held.by === 'token') parts.push(same(token, held.token));
  if (held.by === 'session') {
    const session = sessionHolds(connection, schema, held.session);
    if (!session) return undefined;
    parts.push(held.password === null ? sql`${name('password')} is null` : same(password, held.password));
    found.push(session);
  }
  if (user.twoFactorSecret && users.fields.has('2fa_secret')) parts.push(sql`${name('2fa_secret')} <> ''`);
  // The row is found by its key alone and what it holds is selected: a planner would otherwise weigh every index of the table each time.
  return sql`(select ${join(parts, ' and ')} from ${tableName(users)} where ${join(found, ' and ')})`;
}

/**
 * Changes columns of a user while others hold what they held; NULL is given and expected as null. Whether there was such a user.
 */
export async function changeUser(
  connection: Pick<Connection, 'dialect' | 'execute'>,
  schema: Schema,
  id: string,
  values: Readonly<Record<string, string | null>>,
  holding: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const users = schema.collections.get('directus_users');
  const key = users?.fields.get('id');
  if (!users || !key) return false;
  const { dialect } = connection;
  const fieldOf = (column: string): Field[] => {
    const field = users.fields.get(column);
    return field ? [field] : [];
  };
  const set = Object.entries(values).flatMap(([column, value]) =>
    fieldOf(column).map((field) => sql`${name(field.column.name)} = ${dialect.stored(field, value)}`),
  );
  const conditions = Object.entries(holding).flatMap(([column, value]) =>
    fieldOf(column).map((field) => dialect.exactly(field, name(field.column.name), value)),
  );
  if (set.length === 0 || conditions.length < Object.keys(holding).length) return false;
  const where = join([sql`${name('id')} = ${dialect.operand(key, id)}`, ...conditions], ' and ');
  return (await connection.execute(print(sql`update ${tableName(users)} set ${join(set, ', ')} where ${where}`, dialect))) > 0;
}
