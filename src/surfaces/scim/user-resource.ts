/** A user as SCIM shows it, and what a changed one means for the columns (directus8-system §17). */
import { createHash } from 'node:crypto';
import SCIMMY from 'scimmy';
import { GatewayError } from '../../lib/errors.ts';
import { known, type ScimBody } from './body.ts';
import { patched, validated } from './patch.ts';
import type { ScimRow } from './rows.ts';

const schema = 'urn:ietf:params:scim:schemas:core:2.0:User';
const writable = ['userName', 'name', 'emails', 'active', 'locale', 'timezone', 'password'];

/** A value as text; empty for none. */
export const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

/** The entity tag of a resource that is made of these parts. */
export function etag(...parts: readonly string[]): string {
  return `W/"${createHash('md5').update(parts.join('')).digest('hex')}"`;
}

/** The address of the user in the list of a group and in its own resource. */
export const userAddress = (row: ScimRow, base: string): string => `${base}/Users/${encodeURIComponent(text(row['external_id']))}`;

/** The user as it is answered. Its numeric key stands under `externalId`, as in Directus 8. */
export function userResource(row: ScimRow, base: string): object {
  const [first, last, email] = [text(row['first_name']), text(row['last_name']), text(row['email'])];
  return {
    schemas: [schema],
    id: row['external_id'] ?? null,
    externalId: row['id'],
    meta: { resourceType: 'User', location: userAddress(row, base), version: etag(last, first, email) },
    name: { familyName: row['last_name'] ?? null, givenName: row['first_name'] ?? null },
    userName: row['email'],
    emails: [{ value: row['email'], type: 'work', primary: true }],
    locale: row['locale'] ?? null,
    timezone: row['timezone'] ?? null,
    active: row['status'] === 'active',
  };
}

type User = InstanceType<typeof SCIMMY.Schemas.User>;

/** The row as SCIM's own schema has it, to be changed by operations. */
function userOf(row: ScimRow): User {
  const values: Record<string, unknown> = { userName: row['email'], active: row['status'] === 'active' };
  const name: Record<string, unknown> = {};
  if (text(row['first_name']) !== '') name['givenName'] = row['first_name'];
  if (text(row['last_name']) !== '') name['familyName'] = row['last_name'];
  if (Object.keys(name).length > 0) values['name'] = name;
  values['emails'] = [{ value: row['email'], type: 'work', primary: true }];
  for (const key of ['locale', 'timezone']) if (text(row[key]) !== '') values[key] = row[key];
  return validated(() => new SCIMMY.Schemas.User(values));
}

/** The address that counts: the primary one, or else the last. */
function emailOf(user: User): string | undefined {
  const emails = user.emails ?? [];
  return (emails.find(({ primary }) => primary) ?? emails.at(-1))?.value;
}

function checkEmail(email: string): string {
  if (/^[^@\s]+@[^@\s]+$/.test(email)) return email;
  throw new GatewayError('validation', { message: 'userName: this should be an e-mail address' });
}

function checkPassword(password: unknown): string {
  if (typeof password === 'string' && password !== '') return password;
  throw new GatewayError('validation', { message: 'password: this should not be blank' });
}

/** The columns whose values differ. */
function changed(before: User, after: User): Record<string, string | null> {
  const columns: Record<string, string | null> = {};
  const set = (column: string, was: unknown, is: unknown): void => {
    if (was !== is) columns[column] = text(is) === '' ? null : String(is);
  };
  set('first_name', before.name?.givenName, after.name?.givenName);
  set('last_name', before.name?.familyName, after.name?.familyName);
  set('locale', before.locale, after.locale);
  set('timezone', before.timezone, after.timezone);
  if (before.active !== after.active) columns['status'] = after.active ? 'active' : 'draft';
  const email = emailOf(after);
  const login = email !== undefined && email !== emailOf(before) ? email : after.userName;
  if (login !== before.userName) columns['email'] = checkEmail(login);
  if (after.password !== undefined) columns['password'] = checkPassword(after.password);
  return columns;
}

/** The columns that a plain body or operations change. */
export async function userChanges(row: ScimRow, body: ScimBody): Promise<Record<string, string | null>> {
  const before = userOf(row);
  if (Array.isArray(body['Operations'])) return changed(before, (await patched(userOf(row), body)) ?? before);
  const { name, ...given } = known(body, writable);
  const names = name === undefined ? before.name : { ...(Object.keys(Object(name)).length === 0 ? {} : before.name), ...Object(name) };
  const plain = { ...before, ...given, ...(names === undefined ? {} : { name: names }) };
  for (const [key, value] of Object.entries(plain)) if (value === null) delete plain[key as keyof typeof plain];
  return changed(
    before,
    validated(() => new SCIMMY.Schemas.User(plain)),
  );
}

/** The columns of a new user, but for the external id. */
export function newUser(body: ScimBody): Record<string, string | null> {
  const { userName, ...given } = known(body, writable);
  const emails = given['emails'];
  const user = validated(() => new SCIMMY.Schemas.User({ userName: userName ?? '', ...given }));
  const login = (Array.isArray(emails) ? emailOf(user) : undefined) ?? user.userName;
  const email = checkEmail(text(login));
  return {
    email,
    status: user.active === true ? 'active' : 'draft',
    first_name: user.name?.givenName ?? null,
    last_name: user.name?.familyName ?? null,
    ...(user.locale === undefined ? {} : { locale: user.locale }),
    ...(user.timezone === undefined ? {} : { timezone: user.timezone }),
    ...(user.password === undefined ? {} : { password: checkPassword(user.password) }),
  };
}
