/** Which hash new passwords get: the one that whoever else reads the users can read too. */
import type { Connection } from '../dialect/types.ts';
import { name, print, sql } from '../lib/fragment.ts';
import type { Project } from '../projects/project.ts';
import type { Schema } from '../schema/types.ts';
import { tableName } from '../sql/scope.ts';
import { hashPassword, isBcryptHash } from './passwords.ts';
import { changeUser, type UserRow } from './users.ts';

/** Whether the users have hashes that Directus 8 reads, which reads nothing else. */
async function holdsBcrypt(connection: Connection, schema: Schema): Promise<boolean> {
  const users = schema.collections.get('directus_users');
  const password = users?.fields.get('password');
  if (!users || !password) return false;
  const { dialect } = connection;
  const like = dialect.like(password, dialect.text(password, name(password.column.name)), '$2%');
  const statement = sql`select 1 as found from ${tableName(users)} where ${like}`;
  return (await connection.rows(print(statement, dialect))).length > 0;
}

/** Made as the project file says; without a word in it as the others of the table are. */
export async function newHash({ connection, config, schemas }: Project, password: string): Promise<string> {
  const kind = config.auth?.passwords;
  const directusReadable = kind === undefined ? await holdsBcrypt(connection, schemas.current) : kind === 'bcrypt';
  return hashPassword(password, { directusReadable });
}

/** Gives a password that was just right a hash of the newer kind, where the project file asks for that; the hash it has afterwards. */
export async function rehashed(project: Project, user: UserRow, password: string): Promise<UserRow> {
  if (project.config.auth?.passwords !== 'argon2id' || user.password === null || !isBcryptHash(user.password)) return user;
  const hash = await hashPassword(password);
  const { connection, schemas } = project;
  const changed = await changeUser(connection, schemas.current, user.id, { password: hash }, { password: user.password });
  return changed ? { ...user, password: hash } : user;
}
