/** What directus_users demands: nobody raises anybody, an administrator is left, credentials are sound (directus8-system §4, §29). */

import { randomUUID } from 'node:crypto';
import { administratorRole, publicRole } from '../access/compile-rules.ts';
import { checkPolicy } from '../access/password-policy.ts';
import type { Rules } from '../access/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { allOf, compare } from '../query/filters.ts';
import type { WriteNode } from '../query/mutation.ts';
import type { Filter } from '../query/types.ts';
import { keyText } from '../schema/keys.ts';
import type { Collection } from '../schema/types.ts';
import { fillIn, isLimited, lockMatching, refuseSent, type SystemRules, type SystemWrite } from './system-write.ts';
import type { WriteState } from './write-state.ts';

/** What a secret is shown as. */
const mask = /^\*+$/;

export const userRules: SystemRules = {
  knows: ['role', 'status'],
  check(write) {
    const { action, state, sent } = write;
    if (action !== 'delete') {
      if (isLimited(state)) refuseRaising(write);
      refuseSecrets(write);
      // Whoever asked for a link before asked about the password of before.
      if (action === 'update' && sent('password') !== undefined) fillIn(write, 'password_reset_token', null);
      if (String(sent('role')) === publicRole) {
        throw new GatewayError('validation', { message: 'role: This is the role of those who have not signed in; no user may have it.' });
      }
      if (action === 'create' && (sent('external_id') ?? null) === null) fillIn(write, 'external_id', randomUUID());
      const email = sent('email');
      if (typeof email === 'string') state.duties.set(`email ${email}`, () => demandUnique(state, email));
    }
    if (changesStatus(write)) noteStatus(write);
    if (leavesAdministrators(write)) state.duties.set('last administrator', () => demandAdministrator(state));
  },
};

/** Roles are given by administrators, and so are tokens of others; nobody changes whether the own account counts. */
function refuseRaising(write: SystemWrite): void {
  const { action, node, state } = write;
  const own = action === 'update' && state.user !== null && keyText(node.key ?? []) === state.user;
  refuseSent(write, 'role', 'external_id', ...(own ? ['status'] : ['token']));
  // To take the second factor away is to have passed it.
  if (!own || write.sent('2fa_secret') !== null) refuseSent(write, '2fa_secret');
}

function refuseSecrets(write: SystemWrite): void {
  if (write.state.actor.is !== 'system' && write.sent('password_reset_token') !== null) refuseSent(write, 'password_reset_token');
  for (const field of ['token', '2fa_secret', 'password_reset_token']) {
    const value = write.sent(field);
    if (typeof value === 'string' && (value === '' || mask.test(value))) {
      throw new GatewayError('validation', { message: `${field}: This is no value; to take it away, send null.` });
    }
  }
}

function leavesAdministrators({ action, before, sent }: SystemWrite): boolean {
  if (action === 'create' || before('role') !== administratorRole || before('status') !== 'active') return false;
  if (action === 'delete') return true;
  const [role, status] = [sent('role'), sent('status')];
  return (role !== undefined && String(role) !== administratorRole) || (status !== undefined && status !== 'active');
}

function changesStatus({ action, before, sent }: SystemWrite): boolean {
  const status = sent('status');
  return action === 'update' && status !== undefined && String(status) !== before('status');
}

/** An entry of its own beside the change; wrong passwords of before count no more (directus8-system §4.2). */
function noteStatus({ node: { collection, key = [] }, state }: SystemWrite): void {
  state.journal?.push({ action: 'status-update', collection: collection.name, item: keyText(key) });
}

/** Locks the one that it finds, so that of two who take away the last ones one is refused. */
async function demandAdministrator(state: WriteState): Promise<void> {
  const active = (fields: Collection['fields']): Filter | undefined => {
    const [role, status] = [fields.get('role'), fields.get('status')];
    return role && status && allOf([compare(role, 'eq', administratorRole), compare(status, 'eq', 'active')]);
  };
  if ((await lockMatching(state, 'directus_users', active, 1)).length === 0) throw new GatewayError('last_administrator');
}

/** Who signs in is found whatever the letter case, so that there must be one. */
async function demandUnique(state: WriteState, email: string): Promise<void> {
  const same = (fields: Collection['fields']): Filter | undefined => {
    const field = fields.get('email');
    return field && { is: 'like', field, pattern: email.replace(/[\\%_]/g, '\\$&'), negated: false };
  };
  if ((await lockMatching(state, 'directus_users', same, 2)).length > 1) {
    throw new GatewayError('duplicate', { value: email, collection: 'directus_users', field: 'email' });
  }
}

/** What the setting `password_policy` wants of a password, and what can be hashed. Throws validation. */
export function checkPassword({ collection, values }: WriteNode, rules: Rules): void {
  if (!collection.system || collection.name !== 'directus_users') return;
  const field = collection.fields.get('password');
  const password = field && values.get(field);
  if (typeof password === 'string') checkPolicy(rules, password);
}
