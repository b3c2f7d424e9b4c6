/** Users as sign-in and identification see them; the only code that reads passwords and tokens. */
import type { Connection, Row } from '../dialect/types.ts';
import { type Fragment, join, name, param, print, sql } from '../lib/fragment.ts';
import type { Collection, Schema } from '../schema/types.ts';

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

function usersTable(users: Collection): Fragment {
  return users.table.schema === null ? name(users.table.name) : name(users.table.schema, users.table.name);
}

async function find(connection: Connection, schema: Schema, where: (users: Collection) => Fragment): Promise<UserRow | undefined> {
  const users = schema.collections.get('directus_users');
  if (!users) return undefined;
  const columns = join(
    [...users.fields.values()].map((field) => name(field.column.name)),
    ', ',
  );
  const statement = print(
    sql`select ${columns} from ${usersTable(users)} where ${where(users)} order by ${name('id')}`,
    connection.dialect,
  );
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
  const user = await find(connection, schema, () => sql`${name('token')} = ${param(token)}`);
  return user?.token === token ? user : undefined;
}

export async function userById(connection: Connection, schema: Schema, id: string): Promise<UserRow | undefined> {
  if (!/^\d{1,9}$/.test(id)) return undefined;
  return find(connection, schema, (users) => {
    const key = users.fields.get('id');
    return key ? sql`${name('id')} = ${connection.dialect.operand(key, id)}` : sql`1 = 0`;
  });
}

/** By the login name, upper and lower case alike. */
export async function userByEmail(connection: Connection, schema: Schema, email: string): Promise<UserRow | undefined> {
  if (email.includes('\0')) return undefined;
  return find(connection, schema, () => sql`lower(${name('email')}) = lower(${param(email)})`);
}
