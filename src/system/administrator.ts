/** The administrator an installation makes sure of. */
import { hashPassword, verifyPassword } from '../auth/passwords.ts';
import type { Connection } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';

type Knex = Connection['knex'];

/** "Is an administrator" means exactly this role (directus8-tables §5). */
const administratorRole = 1;
const shortestPassword = 8;

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** A static token; unset leaves the account's as it is. */
  readonly token?: string;
}

interface UserRow {
  id: unknown;
  role: unknown;
  status: string;
  password: string | null;
  token: string | null;
}

/**
 * Refuses what could not be signed in with later.
 *
 * @throws GatewayError `validation` naming the fault, never the password or token
 */
export function checkCredentials({ email, password, token }: Credentials): void {
  const refuse = (message: string) => new GatewayError('validation', { message });
  if (email.length > 128 || !/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(email)) {
    throw refuse('The administrator needs a valid e-mail address of at most 128 characters, such as name@example.com');
  }
  if ([...password].length < shortestPassword) {
    throw refuse(`The password of the administrator is too short: it needs at least ${shortestPassword} characters`);
  }
  if (token !== undefined && !/^[\x21-\x7e]{1,255}$/.test(token)) {
    throw refuse('A static token is made of 1 to 255 visible ASCII characters without spaces');
  }
}

/**
 * Makes sure that an active administrator has this e-mail address, password and token. What already agrees is not written again.
 *
 * A user of another role is not promoted: whoever can change an own address could otherwise become administrator at the next start.
 *
 * @returns the user's id, and whether the user is new
 * @throws GatewayError `unprocessable` when the address belongs to a user of another role, or the token to another user
 */
export async function ensureAdministrator(knex: Knex, credentials: Credentials): Promise<{ id: string; created: boolean }> {
  const { email, password, token } = credentials;
  const user = await findByEmail(knex, email);
  if (user && Number(user.role) !== administratorRole) {
    throw new GatewayError('unprocessable', {
      message: `The e-mail address ${email} belongs to a user who is no administrator; change that user's role or name another address`,
    });
  }
  if (token !== undefined && user?.token !== token) await refuseTakenToken(knex, token);

  if (!user) {
    await knex('directus_users').insert({
      status: 'active',
      role: administratorRole,
      first_name: 'Admin',
      last_name: 'User',
      email,
      password: await newHash(knex, password),
      token: token ?? null,
      timezone: 'UTC',
      locale: 'en-US',
    });
    const made = await findByEmail(knex, email);
    return { id: String(made?.id), created: true };
  }

  const changes: Partial<UserRow> = {};
  if (user.status !== 'active') changes.status = 'active';
  if (!(await verifyPassword(password, user.password))) changes.password = await newHash(knex, password);
  if (token !== undefined && user.token !== token) changes.token = token;
  if (Object.keys(changes).length > 0) await knex('directus_users').where('id', String(user.id)).update(changes);
  return { id: String(user.id), created: false };
}

/** Letter case does not make another address, whatever the database's collation says. */
async function findByEmail(knex: Knex, email: string): Promise<UserRow | undefined> {
  const rows: UserRow[] = await knex('directus_users')
    .select('id', 'role', 'status', 'password', 'token')
    .whereRaw('lower(??) = ?', ['email', email.toLowerCase()])
    .orderBy('id')
    .limit(1);
  return rows[0];
}

async function refuseTakenToken(knex: Knex, token: string): Promise<void> {
  const taken = await knex('directus_users').select('id').where({ token }).limit(1);
  if (taken.length > 0) throw new GatewayError('unprocessable', { message: 'This token belongs to another user; choose a different one' });
}

/** Where bcrypt hashes are, Directus 8 may still be running, and it reads nothing else. */
async function newHash(knex: Knex, password: string): Promise<string> {
  const readers = await knex('directus_users').select('id').where('password', 'like', '$2%').limit(1);
  return hashPassword(password, { directusReadable: readers.length > 0 });
}
